// LPOS tells where in a list an element stands.
#include <limits>
#include <vector>

#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/argument_reader.h"
#include "server/commands/element_match.h"
#include "server/commands/families.h"
#include "server/commands/list/list_common.h"

namespace inkstone {
namespace {

struct Search {
  bool from_tail = false;
  uint64_t skipped_matches = 0;
  std::optional<uint64_t> wanted;  // 0: all
  uint64_t compared_max = 0;       // 0: all
};

void readRank(ArgumentReader& reader, Search& search) {
  const int64_t rank = reader.nextInteger();
  if (reader.failed()) return;
  if (rank == 0) return reader.fail(errors::kRankZero);
  // The lowest integer has no opposite.
  if (rank == std::numeric_limits<int64_t>::min()) return reader.fail(errors::kNotSymmetricLong);
  search.from_tail = rank < 0;
  search.skipped_matches = static_cast<uint64_t>(rank < 0 ? -rank : rank) - 1;
}

bool parseSearch(CommandContext& ctx, Search& search) {
  ArgumentReader reader(ctx, 3);
  while (!reader.atEnd()) {
    if (reader.matchesKeyword("RANK", 1)) {
      readRank(reader, search);
    } else if (reader.matchesKeyword("COUNT", 1)) {
      search.wanted = reader.nextNotNegative(errors::kCountNegative);
    } else if (reader.matchesKeyword("MAXLEN", 1)) {
      search.compared_max = reader.nextNotNegative(errors::kMaxlenNegative);
    } else {
      reader.failSyntax();
    }
  }
  return reader.finish();
}

// Returns as many places as COUNT asks for, one without it.
std::vector<size_t> findPlaces(const ListValue& list, std::string_view text, const Search& search) {
  const uint64_t wanted = search.wanted.value_or(1);
  const size_t size = list.size();
  const size_t compared =
      search.compared_max == 0 ? size : std::min<uint64_t>(search.compared_max, size);
  size_t place = search.from_tail ? size - 1 : 0;
  uint64_t to_skip = search.skipped_matches;
  std::vector<size_t> places;
  const ElementMatch matches(text);
  list.forRangeWhile(place, compared, search.from_tail, [&](const Element& element) {
    if (matches(element)) {
      if (to_skip > 0) {
        --to_skip;
      } else {
        places.push_back(place);
        if (places.size() == wanted) return false;
      }
    }
    search.from_tail ? --place : ++place;
    return true;
  });
  return places;
}

void lposCommand(CommandContext& ctx) {
  Search search;
  if (!parseSearch(ctx, search)) return;
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kList)) return;
  std::vector<size_t> places;
  if (key) places = findPlaces(listOf(ctx, key), ctx.args[2], search);
  if (search.wanted) {
    ctx.reply.array(places.size());
  } else if (places.empty()) {
    ctx.reply.null();
  }
  for (size_t place : places) ctx.reply.integer(static_cast<int64_t>(place));
}

constexpr CommandRow kRows[] = {
    {.name = "lpos",
     .syntax = "key:key@0 string:element integer:rank=RANK? integer:num-matches=COUNT? "
               "integer:len=MAXLEN?",
     .arity = -3,
     .flags = kCmdReadonly,
     .categories = kAclList,
     .handler = lposCommand,
     .keys = {key_specs::kRead},
     .since = "6.0.6",
     .group = "list",
     .complexity = "O(N), N being the number of elements compared, at most MAXLEN",
     .summary = "Returns where in a list an element stands."},
};

}  // namespace

CommandRows listPositionRows() {
  return kRows;
}

}  // namespace inkstone

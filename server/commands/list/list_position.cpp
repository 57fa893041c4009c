// LPOS.
#include <limits>
#include <vector>

#include "base/numbers.h"
#include "server/command_table/errors.h"
#include "server/commands/argument_reader.h"
#include "server/commands/element_match.h"
#include "server/commands/list/list_handlers.h"

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
  // It has no opposite.
  if (rank == std::numeric_limits<int64_t>::min()) return reader.fail(errors::kNotSymmetricLong);
  search.from_tail = rank < 0;
  search.skipped_matches = static_cast<uint64_t>(rank < 0 ? -rank : rank) - 1;
}

// An integer from 0 up, whatever it is that is wrong with it.
uint64_t readLimit(ArgumentReader& reader, std::string_view error_text) {
  int64_t value;
  if (parseInt64(reader.next(), value) && value >= 0) return static_cast<uint64_t>(value);
  reader.fail(error_text);
  return 0;
}

bool parseSearch(CommandContext& ctx, Search& search) {
  ArgumentReader reader(ctx, 3);
  while (!reader.atEnd()) {
    if (reader.matchesKeyword("RANK", 1)) {
      readRank(reader, search);
    } else if (reader.matchesKeyword("COUNT", 1)) {
      search.wanted = readLimit(reader, errors::kCountNegative);
    } else if (reader.matchesKeyword("MAXLEN", 1)) {
      search.compared_max = readLimit(reader, errors::kMaxlenNegative);
    } else {
      reader.failSyntax();
    }
  }
  return reader.finish();
}

// The first places wanted; without COUNT one.
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

}  // namespace

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

}  // namespace inkstone

// SCAN. A cursor is a place in the order of hashes, see storage/hash_table.h.
#include <charconv>
#include <limits>
#include <vector>

#include "config/glob.h"
#include "protocol/numbers.h"
#include "server/ascii.h"
#include "server/commands/argument_reader.h"
#include "server/commands/key_handlers.h"
#include "server/errors.h"
#include "server/server.h"

namespace inkstone {
namespace {

struct ScanOptions {
  std::string_view pattern = "*";
  std::string_view type;
  int64_t count = 10;
};

// What strtoul() takes, but for blanks in front: an empty text is 0, and a sign is allowed, which
// takes the number around the end of its range.
bool parseCursor(std::string_view text, uint64_t& cursor) {
  cursor = 0;
  if (text.empty()) return true;
  const bool negative = text[0] == '-';
  const std::string_view digits = text.substr(negative || text[0] == '+' ? 1 : 0);
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, cursor);
  if (error != std::errc() || stop != end) return false;
  if (negative) cursor = 0 - cursor;
  return true;
}

bool parseOptions(CommandContext& ctx, ScanOptions& options) {
  ArgumentReader reader(ctx, 2);
  while (!reader.atEnd()) {
    if (reader.matchesKeyword("COUNT", 1)) {
      options.count = reader.nextInteger();
      if (options.count < 1) reader.failSyntax();
    } else if (reader.matchesKeyword("MATCH", 1)) {
      options.pattern = reader.next();
    } else if (reader.matchesKeyword("TYPE", 1)) {
      options.type = reader.next();
    } else {
      reader.failSyntax();
    }
  }
  return reader.finish();
}

bool nameMatches(const Entry& entry, const ScanOptions& options) {
  return options.pattern == "*" || globMatch(options.pattern, entry.key());
}

bool typeMatches(const Entry& entry, const ScanOptions& options) {
  return options.type.data() == nullptr || equalsIgnoreCase(options.type, typeName(entry.type()));
}

// Steps until `options.count` keys were seen or the end is reached, in a bounded number of steps
// also where the table is nearly empty.
uint64_t collect(CommandContext& ctx, uint64_t cursor, const ScanOptions& options,
                 std::vector<Entry*>& found) {
  constexpr int64_t kStepsPerKey = 10;
  constexpr int64_t kCountMax = std::numeric_limits<int64_t>::max() / kStepsPerKey;
  int64_t steps_left = std::min(options.count, kCountMax) * kStepsPerKey;
  int64_t seen = 0;
  do {
    cursor = ctx.db().table().scan(cursor, [&](Entry* entry) {
      ++seen;
      if (nameMatches(*entry, options)) found.push_back(entry);
    });
  } while (cursor != 0 && seen < options.count && --steps_left > 0);
  return cursor;
}

}  // namespace

void scanCommand(CommandContext& ctx) {
  uint64_t cursor;
  if (!parseCursor(ctx.args[1], cursor)) return ctx.error(errors::kInvalidCursor);
  ScanOptions options;
  if (!parseOptions(ctx, options)) return;
  std::vector<Entry*> found;
  cursor = collect(ctx, cursor, options, found);
  // Looking an expired key up deletes it, whatever its type; the others stay where they are.
  std::erase_if(found, [&](Entry* entry) {
    if (hasExpired(ctx, *entry) && !ctx.lookupQuiet(entry->key())) return true;
    return !typeMatches(*entry, options);
  });
  ctx.reply.array(2);
  char text[kInt64TextMax];
  ctx.reply.bulk({text, formatInt64(text, static_cast<int64_t>(cursor))});
  ctx.reply.array(found.size());
  for (const Entry* entry : found) ctx.reply.bulk(entry->key());
}

}  // namespace inkstone

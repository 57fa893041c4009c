#include "server/commands/key/scan_options.h"

#include <charconv>

#include "base/glob.h"
#include "server/command_table/errors.h"
#include "server/commands/argument_reader.h"

namespace inkstone {
namespace {

// What strtoul() takes, but for blanks in front: an empty text is 0, and a sign is allowed, which
// takes the number around the end of its range.
bool readCursor(std::string_view text, uint64_t& cursor) {
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

}  // namespace

bool ScanOptions::matches(std::string_view name) const {
  return pattern == "*" || globMatch(pattern, name);
}

bool parseScanCursor(CommandContext& ctx, std::string_view text, uint64_t& cursor) {
  if (readCursor(text, cursor)) return true;
  ctx.error(errors::kInvalidCursor);
  return false;
}

bool parseScanOptions(CommandContext& ctx, size_t first, bool keys, ScanOptions& options) {
  ArgumentReader reader(ctx, first);
  while (!reader.atEnd()) {
    if (reader.matchesKeyword("COUNT", 1)) {
      options.count = reader.nextInteger();
      if (options.count < 1) reader.failSyntax();
    } else if (reader.matchesKeyword("MATCH", 1)) {
      options.pattern = reader.next();
    } else if (keys && reader.matchesKeyword("TYPE", 1)) {
      options.type = reader.next();
    } else {
      reader.failSyntax();
    }
  }
  return reader.finish();
}

void replyScanHeader(CommandContext& ctx, uint64_t cursor, size_t elements) {
  ctx.reply.array(2);
  char text[kInt64TextMax];
  ctx.reply.bulk({text, formatInt64(text, static_cast<int64_t>(cursor))});
  ctx.reply.array(elements);
}

}  // namespace inkstone

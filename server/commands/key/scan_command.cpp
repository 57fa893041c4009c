// SCAN. A cursor is a place in the order of hashes, see storage/hash_table.h.
#include <vector>

#include "base/ascii.h"
#include "server/commands/key/key_handlers.h"
#include "server/commands/key/scan_options.h"

namespace inkstone {
namespace {

bool typeMatches(const Entry& entry, const ScanOptions& options) {
  return options.type.data() == nullptr || equalsIgnoreCase(options.type, typeName(entry.type()));
}

uint64_t collect(CommandContext& ctx, uint64_t cursor, const ScanOptions& options,
                 std::vector<Entry*>& found) {
  return scanInSteps(cursor, options.count, [&](uint64_t from, int64_t& seen) {
    return ctx.db().table().scan(from, [&](Entry* entry) {
      ++seen;
      if (options.matches(entry->key())) found.push_back(entry);
    });
  });
}

}  // namespace

void scanCommand(CommandContext& ctx) {
  uint64_t cursor;
  if (!parseScanCursor(ctx, ctx.args[1], cursor)) return;
  ScanOptions options;
  if (!parseScanOptions(ctx, 2, true, options)) return;
  std::vector<Entry*> found;
  cursor = collect(ctx, cursor, options, found);
  // Looking an expired key up deletes it, whatever its type; the others stay where they are.
  std::erase_if(found, [&](Entry* entry) {
    if (hasExpired(ctx, *entry) && !ctx.lookupQuiet(entry->key())) return true;
    return !typeMatches(*entry, options);
  });
  replyScanHeader(ctx, cursor, found.size());
  for (const Entry* entry : found) ctx.reply.bulk(entry->key());
}

}  // namespace inkstone

// Commands that tell which keys there are: KEYS, RANDOMKEY, SCAN, TYPE. A cursor of SCAN is a place
// in the order of hashes, see storage/hash_table.h.
#include <vector>

#include "base/ascii.h"
#include "base/glob.h"
#include "server/clients/clients.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key/scan_options.h"
#include "server/execution/command_context.h"
#include "server/process/runtime.h"
#include "storage/value.h"

namespace inkstone {
namespace {

// Says whether the entry's time has passed, which is never so while the log is replayed.
bool hasExpired(const CommandContext& ctx, const Entry& entry) {
  return entry.hasExpired(ctx.unixMs()) && expiredKeysAreGone(ctx.client.origin);
}

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

void keysCommand(CommandContext& ctx) {
  const std::string_view pattern = ctx.args[1];
  const bool all = pattern == "*";
  std::vector<const Entry*> found;
  ctx.db().table().forEach([&](const Entry* entry) {
    if ((all || globMatch(pattern, entry->key())) && !hasExpired(ctx, *entry)) {
      found.push_back(entry);
    }
  });
  ctx.reply.array(found.size());
  for (const Entry* entry : found) ctx.reply.bulk(entry->key());
}

void randomkeyCommand(CommandContext& ctx) {
  // An expired key goes when it is looked up, so this ends; but not while clients are paused.
  constexpr int kTriesMax = 100;
  for (int tries = 0; tries < kTriesMax || !ctx.clients().pause.active(); ++tries) {
    Entry* entry = ctx.db().randomEntry(ctx.runtime().random);
    if (entry == nullptr) break;
    if (ctx.lookupQuiet(entry->key())) return ctx.reply.bulk(entry->key());
  }
  ctx.reply.null();
}

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

void typeCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupNoTouch(ctx.args[1]);
  ctx.reply.simpleString(key ? typeName(key.entry()->type()) : "none");
}

constexpr CommandRow kRows[] = {
    {.name = "keys",
     .syntax = "pattern:pattern",
     .arity = 2,
     .flags = kCmdReadonly,
     .categories = kAclKeyspace | kAclDangerous,
     .handler = keysCommand,
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(N), N being the number of keys in the database",
     .summary = "Returns all keys whose name matches a pattern.",
     .tips = {"request_policy:all_shards", "nondeterministic_output_order"}},
    {.name = "randomkey",
     .arity = 1,
     .flags = kCmdReadonly,
     .categories = kAclKeyspace,
     .handler = randomkeyCommand,
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Returns a key at random.",
     .tips = {"request_policy:all_shards", "response_policy:special", "nondeterministic_output"}},
    {.name = "scan",
     .syntax = "integer:cursor pattern:pattern=MATCH? integer:count=COUNT? string:type=TYPE^6.0.0?",
     .arity = -2,
     .flags = kCmdReadonly,
     .categories = kAclKeyspace,
     .handler = scanCommand,
     .since = "2.8.0",
     .group = "generic",
     .complexity = "O(1) a call, O(N) for all N keys",
     .summary = "Returns the keys of the database step by step.",
     .tips = {"nondeterministic_output", "request_policy:special", "response_policy:special"}},
    {.name = "type",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclKeyspace,
     .handler = typeCommand,
     .keys = {key_specs::kInspect},
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Returns the type of the value a key holds."},
};

}  // namespace

CommandRows keyBrowseRows() {
  return kRows;
}

}  // namespace inkstone

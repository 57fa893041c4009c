// DUMP and RESTORE: a value as bytes, and back.
#include <algorithm>
#include <optional>
#include <vector>

#include "base/numbers.h"
#include "persistence/rdb/rdb_payload.h"
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/argument_reader.h"
#include "server/commands/families.h"
#include "server/commands/key/expire_time.h"
#include "server/commands/key/key_changes.h"
#include "server/data/data_set.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

void dump(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!key) return ctx.reply.null();
  RdbWriteSettings settings;
  settings.compress = ctx.runtime().settings.rdbcompression;
  ctx.reply.bulk(dumpPayload(*key.entry(), ctx.encodingRules(), settings));
}

struct RestoreOptions {
  bool replace = false;
  bool absolute = false;
  std::optional<uint64_t> idle_seconds;
  std::optional<uint8_t> frequency;
};

bool parseOptions(CommandContext& ctx, RestoreOptions& options) {
  ArgumentReader reader(ctx, 4);
  while (!reader.atEnd()) {
    if (reader.matchesKeyword("REPLACE")) {
      options.replace = true;
    } else if (reader.matchesKeyword("ABSTTL")) {
      options.absolute = true;
    } else if (!options.frequency && reader.matchesKeyword("IDLETIME", 1)) {
      const int64_t seconds = reader.nextInteger();
      if (seconds < 0) reader.fail(errors::kIdletimeNegative);
      options.idle_seconds = static_cast<uint64_t>(seconds);
    } else if (!options.idle_seconds && reader.matchesKeyword("FREQ", 1)) {
      const int64_t counter = reader.nextInteger();
      if (counter < 0 || counter > UINT8_MAX) reader.fail(errors::kFreqOutOfRange);
      options.frequency = static_cast<uint8_t>(counter);
    } else {
      reader.failSyntax();
    }
  }
  return reader.finish();
}

// A deadline of 0 means that there is none.
bool parseDeadline(CommandContext& ctx, bool absolute, int64_t& deadline) {
  if (!ctx.parseInteger(ctx.args[2], deadline)) return false;
  if (deadline < 0) {
    ctx.error(errors::kTtlNegative);
    return false;
  }
  if (deadline == 0 || absolute) return true;
  // What lies beyond the end of time is as good as the end of time.
  const int64_t left = INT64_MAX - ctx.unixMs();
  deadline = ctx.unixMs() + std::min(deadline, left);
  return true;
}

uint32_t accessBits(const CommandContext& ctx, const RestoreOptions& options) {
  const AccessClock& clock = ctx.data().access_clock;
  if (clock.lfu() && options.frequency) return clock.fromFrequency(*options.frequency);
  if (!clock.lfu() && options.idle_seconds) return clock.fromIdleSeconds(*options.idle_seconds);
  return clock.initial();
}

void put(CommandContext& ctx, const KeyRef& key, RdbValue& value, int64_t deadline,
         uint32_t access) {
  Database& db = ctx.db();
  const std::string_view name = ctx.args[1];
  if (value.isString()) {
    ctx.keyAdded(name);
    if (deadline != 0) {
      db.setStringUntil(key.hash, name, {}, value.string(), deadline, access);
    } else {
      db.setString(key.hash, name, {}, value.string(), false, access);
    }
    return;
  }
  const Value released = value.release();
  ctx.keyAdded(name);
  db.insertValue(key.hash, name, released, access);
  if (deadline != 0) db.setDeadline(key.hash, db.find(key.hash, name), deadline);
}

// The log gets the moment itself, so that a replay means the same later.
void propagateRestore(CommandContext& ctx, bool absolute, int64_t deadline) {
  if (deadline == 0 || absolute) return;
  char text[kInt64TextMax];
  std::vector<std::string_view> args(ctx.args.begin(), ctx.args.end());
  args[2] = {text, formatInt64(text, deadline)};
  args.emplace_back("ABSTTL");
  ctx.propagateInstead(args);
}

void restore(CommandContext& ctx) {
  RestoreOptions options;
  if (!parseOptions(ctx, options)) return;
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (key && !options.replace) return ctx.error(errors::kBusyKey);
  int64_t deadline;
  if (!parseDeadline(ctx, options.absolute, deadline)) return;
  const std::string_view payload = ctx.args[3];
  if (!isPayloadValid(payload, ctx.runtime().debug.verify_checksums)) {
    return ctx.error(errors::kBadPayload);
  }
  RdbPayloadReader reader(payload, ctx.encodingRules());
  RdbValue value;
  if (!reader.read(value)) return ctx.error(errors::kBadData);
  ctx.reply.ok();
  const bool lazy = ctx.runtime().settings.lazyfree_lazy_server_del;
  const bool replaces = static_cast<bool>(key);
  if (replaces) deleteKey(ctx, key, lazy);
  if (deadline != 0 && alreadyExpired(ctx, deadline)) {
    if (!replaces) return;
    ctx.keyDeleted(ctx.args[1]);
    ctx.markDirty();
    return ctx.propagateInstead({lazy ? "UNLINK" : "DEL", ctx.args[1]});
  }
  put(ctx, key, value, deadline, accessBits(ctx, options));
  ctx.keyChanged(kNotifyGeneric, "restore", ctx.args[1]);
  ctx.markDirty();
  propagateRestore(ctx, options.absolute, deadline);
}

constexpr CommandRow kRows[] = {
    {.name = "dump",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdReadonly,
     .categories = kAclKeyspace,
     .handler = dump,
     .keys = {key_specs::kRead},
     .since = "2.6.0",
     .group = "generic",
     .complexity = "O(1) for the key, and O(N*M) for a value of N elements of M bytes",
     .summary = "Returns a value as bytes that RESTORE takes.",
     .tips = {"nondeterministic_output"}},
    {.name = "restore",
     .syntax =
         "key:key@0 integer:ttl string:serialized-value token:replace=REPLACE^3.0.0? "
         "token:absttl=ABSTTL^5.0.0? integer:seconds=IDLETIME^5.0.0? integer:frequency=FREQ^5.0.0?",
     .arity = -4,
     .flags = kCmdWrite | kCmdDenyOom,
     .categories = kAclKeyspace | kAclDangerous,
     .handler = restore,
     .keys = {key_specs::kOverwrite},
     .since = "2.6.0",
     .group = "generic",
     .complexity = "O(1) for the key, and O(N*M) for a value of N elements of M bytes; "
                   "O(N*M*log(N)) for sorted sets",
     .summary = "Makes a key from the bytes that DUMP returned."},
};

}  // namespace

CommandRows dumpRows() {
  return kRows;
}

}  // namespace inkstone

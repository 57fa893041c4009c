// OBJECT: how a value is kept.
#include "server/commands/key/key_object.h"

#include <limits>

#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/data/data_set.h"
#include "server/execution/command_context.h"
#include "server/process/runtime.h"
#include "storage/string_value.h"

namespace inkstone {
namespace {

// Redis keeps one object for each of the integers below this, unless eviction needs access bits of
// its own for each key.
constexpr int64_t kSharedIntegers = 10000;
constexpr int64_t kSharedReferences = std::numeric_limits<int32_t>::max();

bool policyForbidsSharing(const ConfigValues& settings) {
  switch (settings.maxmemory_policy) {
    case MaxmemoryPolicy::kVolatileLru:
    case MaxmemoryPolicy::kVolatileLfu:
    case MaxmemoryPolicy::kAllkeysLru:
    case MaxmemoryPolicy::kAllkeysLfu:
      return settings.maxmemory > 0;
    default:
      return false;
  }
}

// Replies null when the key of an OBJECT subcommand does not exist.
KeyRef lookupObject(CommandContext& ctx) {
  // It counts as a hit or miss like a read, but no keyspace event tells of a key that is missing.
  const KeyRef key = ctx.lookupQuiet(ctx.args[2]);
  ++(key ? ctx.runtime().stats.keyspace_hits : ctx.runtime().stats.keyspace_misses);
  if (!key) ctx.reply.null();
  return key;
}

}  // namespace

// Our values have one owner; users that look here look for the number that Redis shows.
int64_t referencesOf(const Entry& entry, const ConfigValues& settings) {
  const bool is_integer =
      entry.encoding() == Encoding::kSmallInteger || entry.encoding() == Encoding::kInteger;
  const bool shared = is_integer && entry.integer() >= 0 && entry.integer() < kSharedIntegers &&
                      !policyForbidsSharing(settings);
  return shared ? kSharedReferences : 1;
}

namespace {

void objectEncodingCommand(CommandContext& ctx) {
  if (const KeyRef key = lookupObject(ctx)) ctx.reply.bulk(encodingName(*key.entry()));
}

void objectFreqCommand(CommandContext& ctx) {
  const KeyRef key = lookupObject(ctx);
  if (!key) return;
  const AccessClock& clock = ctx.data().access_clock;
  if (!clock.lfu()) return ctx.error(errors::kNeedsLfu);
  ctx.reply.integer(clock.frequency(*key.entry()));
}

void objectIdletimeCommand(CommandContext& ctx) {
  const KeyRef key = lookupObject(ctx);
  if (!key) return;
  const AccessClock& clock = ctx.data().access_clock;
  if (clock.lfu()) return ctx.error(errors::kNeedsLru);
  ctx.reply.integer(clock.idleSeconds(*key.entry()));
}

void objectRefcountCommand(CommandContext& ctx) {
  if (const KeyRef key = lookupObject(ctx)) {
    ctx.reply.integer(referencesOf(*key.entry(), ctx.runtime().settings));
  }
}

constexpr CommandRow kRows[] = {
    {.name = "object",
     .arity = -2,
     .since = "2.2.3",
     .group = "generic",
     .complexity = "That of the subcommand.",
     .summary = "Tells how keys and values are kept."},
    {.name = "object|encoding",
     .syntax = "key:key@0",
     .arity = 3,
     .flags = kCmdReadonly,
     .categories = kAclKeyspace,
     .handler = objectEncodingCommand,
     .keys = {key_specs::one(kKeyReadOnly, 2)},
     .since = "2.2.3",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Returns the name of the form in which a value is kept.",
     .tips = {"nondeterministic_output"},
     .help = "ENCODING <key>\n"
             "    Name the form in which the value is kept."},
    {.name = "object|freq",
     .syntax = "key:key@0",
     .arity = 3,
     .flags = kCmdReadonly,
     .categories = kAclKeyspace,
     .handler = objectFreqCommand,
     .keys = {key_specs::one(kKeyReadOnly, 2)},
     .since = "4.0.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Returns how often a key is used, on a logarithmic scale.",
     .tips = {"nondeterministic_output"},
     .help =
         "FREQ <key>\n"
         "    Tell how often the key is used, on a logarithmic scale that decays (LFU policies)."},
    {.name = "object|help",
     .arity = 2,
     .flags = kCmdLoading | kCmdStale,
     .categories = kAclKeyspace,
     .handler = subcommandHelp,
     .since = "6.2.0",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Explains the subcommands."},
    {.name = "object|idletime",
     .syntax = "key:key@0",
     .arity = 3,
     .flags = kCmdReadonly,
     .categories = kAclKeyspace,
     .handler = objectIdletimeCommand,
     .keys = {key_specs::one(kKeyReadOnly, 2)},
     .since = "2.2.3",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Returns the seconds since a key was last used.",
     .tips = {"nondeterministic_output"},
     .help = "IDLETIME <key>\n"
             "    Tell the seconds since the key was last used (all other policies)."},
    {.name = "object|refcount",
     .syntax = "key:key@0",
     .arity = 3,
     .flags = kCmdReadonly,
     .categories = kAclKeyspace,
     .handler = objectRefcountCommand,
     .keys = {key_specs::one(kKeyReadOnly, 2)},
     .since = "2.2.3",
     .group = "generic",
     .complexity = "O(1)",
     .summary = "Returns how many owners a value has.",
     .tips = {"nondeterministic_output"},
     .help = "REFCOUNT <key>\n"
             "    Tell how many owners the value has."},
};

}  // namespace

CommandRows keyObjectRows() {
  return kRows;
}

}  // namespace inkstone

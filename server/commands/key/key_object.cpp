// What is known about a key: TYPE, OBJECT.
#include <array>
#include <limits>

#include "server/command_table/errors.h"
#include "server/commands/command/command_help.h"
#include "server/commands/key/key_handlers.h"
#include "server/server.h"
#include "storage/string_value.h"

namespace inkstone {
namespace {

constexpr std::array<std::string_view, 8> kHelp = {
    "ENCODING <key>",
    "    Name the form in which the value is kept.",
    "FREQ <key>",
    "    Tell how often the key is used, on a logarithmic scale that decays (LFU policies).",
    "IDLETIME <key>",
    "    Tell the seconds since the key was last used (all other policies).",
    "REFCOUNT <key>",
    "    Tell how many owners the value has.",
};

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
  // Counts like a read, and is none: a key that is not there is not missed.
  const KeyRef key = ctx.lookupQuiet(ctx.args[2]);
  ++(key ? ctx.server.stats.keyspace_hits : ctx.server.stats.keyspace_misses);
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

void typeCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupNoTouch(ctx.args[1]);
  ctx.reply.simpleString(key ? typeName(key.entry()->type()) : "none");
}

void objectEncodingCommand(CommandContext& ctx) {
  if (const KeyRef key = lookupObject(ctx)) ctx.reply.bulk(encodingName(*key.entry()));
}

void objectFreqCommand(CommandContext& ctx) {
  const KeyRef key = lookupObject(ctx);
  if (!key) return;
  const AccessClock& clock = ctx.server.access_clock;
  if (!clock.lfu()) return ctx.error(errors::kNeedsLfu);
  ctx.reply.integer(clock.frequency(*key.entry()));
}

void objectIdletimeCommand(CommandContext& ctx) {
  const KeyRef key = lookupObject(ctx);
  if (!key) return;
  const AccessClock& clock = ctx.server.access_clock;
  if (clock.lfu()) return ctx.error(errors::kNeedsLru);
  ctx.reply.integer(clock.idleSeconds(*key.entry()));
}

void objectRefcountCommand(CommandContext& ctx) {
  if (const KeyRef key = lookupObject(ctx)) {
    ctx.reply.integer(referencesOf(*key.entry(), ctx.server.settings));
  }
}

void objectHelpCommand(CommandContext& ctx) {
  replyHelp(ctx, kHelp);
}

}  // namespace inkstone

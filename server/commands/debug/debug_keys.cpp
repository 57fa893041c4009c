// DEBUG subcommands that look at keys or make them.
#include <fmt/format.h>

#include <iterator>

#include "base/numbers.h"
#include "persistence/rdb/rdb_payload.h"
#include "server/command_table/errors.h"
#include "server/commands/debug/debug_subcommands.h"
#include "server/commands/key/key_object.h"
#include "server/data/data_set.h"
#include "server/durability/data_digest.h"
#include "server/execution/command_context.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

// Bytes the value takes in an RDB file.
size_t serializedLength(const CommandContext& context, const Entry& entry) {
  constexpr size_t kTypeBytes = 1;
  constexpr size_t kFooterBytes = 10;
  RdbWriteSettings settings;
  settings.compress = context.runtime().settings.rdbcompression;
  return dumpPayload(entry, context.encodingRules(), settings).size() - kTypeBytes - kFooterBytes;
}

// True when `text` is an integer from 0 up; else replies so.
bool parsePositive(CommandContext& context, std::string_view text, int64_t& value) {
  if (parseInt64(text, value) && value >= 0) return true;
  context.error(errors::kMustBePositive);
  return false;
}

// "value:7", cut or filled with zero bytes to `bytes` if that is not 0.
std::string populateValue(int64_t number, size_t bytes) {
  std::string value = fmt::format("value:{}", number);
  if (bytes != 0) value.resize(bytes, '\0');
  return value;
}

std::string tableReport(const Database& db) {
  const auto& table = db.table();
  const double load = table.slotCount() == 0 ? 0
                                             : static_cast<double>(table.size()) * 100 /
                                                   static_cast<double>(table.slotCount());
  return fmt::format(
      "[Dictionary HT]\n table size: {}\n segments: {}\n number of elements: {}\n"
      " load: {:.2f}%\n table bytes: {}\n[Expires HT]\n number of elements: {}\n",
      table.slotCount(), table.segmentCount(), table.size(), load, db.tableBytes(),
      db.volatileCount());
}

void debugDigest(CommandContext& context) {
  context.reply.simpleString(hexDigits(digestOfDataSet(context.data().keyspace)));
}

void debugDigestValue(CommandContext& context) {
  const auto keys = context.args.subspan(2);
  context.reply.array(keys.size());
  const Database& database = context.db();
  for (std::string_view key : keys) {
    // The key is not looked up as for other commands, so that it stays as it is, expired or not.
    const uint64_t hash = database.hashOf(key);
    const KeyRef found{hash, database.find(hash, key)};
    context.reply.simpleString(
        hexDigits(found ? digestOfValue(*found.entry(), context.encodingRules()) : Sha1Digest{}));
  }
}

void debugHtStats(CommandContext& context) {
  int64_t index = 0;
  if (!context.parseInteger(context.args[2], index)) return;
  if (index < 0 || static_cast<size_t>(index) >= context.data().keyspace.size()) {
    return context.error(errors::kDbOutOfRange);
  }
  context.reply.verbatim("txt", tableReport(context.data().keyspace[static_cast<size_t>(index)]));
}

void debugObject(CommandContext& context) {
  const KeyRef found = context.lookupQuiet(context.args[2]);
  if (!found) return context.error(errors::kNoSuchKey);
  const Entry& entry = *found.entry();
  const AccessClock& clock = context.data().access_clock;
  std::string text = fmt::format(
      "Value at:{} refcount:{} encoding:{} serializedlength:{} lru:{} lru_seconds_idle:{}",
      static_cast<const void*>(&entry), referencesOf(entry, context.runtime().settings),
      encodingName(entry), serializedLength(context, entry), entry.access(),
      clock.lfu() ? 0 : clock.idleSeconds(entry));
  if (clock.lfu()) fmt::format_to(std::back_inserter(text), " freq:{}", clock.frequency(entry));
  context.reply.simpleString(text);
}

void debugPopulate(CommandContext& context) {
  const auto args = context.args;
  const std::string_view prefix = args.size() > 3 ? args[3] : "key";
  int64_t count = 0;
  int64_t bytes = 0;
  if (!parsePositive(context, args[2], count)) return;
  if (args.size() > 4 && !parsePositive(context, args[4], bytes)) return;
  if (bytes > static_cast<int64_t>(context.runtime().settings.proto_max_bulk_len)) {
    return context.error(errors::kStringTooLong);
  }
  Database& db = context.db();
  for (int64_t i = 0; i < count; ++i) {
    const std::string key = fmt::format("{}:{}", prefix, i);
    const uint64_t hash = db.hashOf(key);
    if (db.find(hash, key)) continue;
    db.setString(hash, key, {}, populateValue(i, static_cast<size_t>(bytes)), false,
                 context.initialAccess());
  }
  context.reply.ok();
}

constexpr DebugSubcommand kSubcommands[] = {
    {.name = "digest",
     .args_min = 2,
     .args_max = 2,
     .handler = debugDigest,
     .help = "DIGEST\n"
             "    A digest of all keys and values."},
    {.name = "digest-value",
     .args_min = 2,
     .args_max = SIZE_MAX,
     .handler = debugDigestValue,
     .help = "DIGEST-VALUE <key> [<key> ...]\n"
             "    Digests of single values."},
    {.name = "htstats",
     .args_min = 3,
     .args_max = 3,
     .handler = debugHtStats,
     .help = "HTSTATS <dbid>\n"
             "    How the hash table of a database is filled."},
    {.name = "object",
     .args_min = 3,
     .args_max = 3,
     .handler = debugObject,
     .help = "OBJECT <key>\n"
             "    How a value is kept."},
    {.name = "populate",
     .args_min = 3,
     .args_max = 5,
     .handler = debugPopulate,
     .help = "POPULATE <count> [<prefix>] [<size>]\n"
             "    Make <count> strings named <prefix>:<number> (key:<number>), of <size> bytes "
             "each. They\n"
             "    do not reach the log."},
};

}  // namespace

std::span<const DebugSubcommand> debugKeySubcommands() {
  return kSubcommands;
}

}  // namespace inkstone

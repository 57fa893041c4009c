// DEBUG: what tests and people who look for faults need. Subcommands are no rows of their own, as
// in Redis: COMMAND does not show them.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

#include "base/ascii.h"
#include "base/glob.h"
#include "server/command_table/errors.h"
#include "server/commands/command/command_help.h"
#include "server/commands/debug/debug_handlers.h"
#include "server/commands/families.h"
#include "server/execution/command_context.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

void debugError(CommandContext& context) {
  context.error(context.args[2]);
}

void debugLog(CommandContext& context) {
  context.runtime().logger.warning("DEBUG LOG: {}", context.args[2]);
  context.reply.ok();
}

void debugPauseCron(CommandContext& context) {
  context.runtime().debug.cron_paused = debugSwitchIsOn(context.args[2]);
  context.reply.ok();
}

// The output buffer gives its memory back as soon as it is sent, so it has neither a peak to reset
// nor a size to adjust; the switches are taken for the sake of tests that set them.
void debugReplyBuffer(CommandContext& context) {
  const std::string_view option = context.args[2];
  const std::string_view value = context.args[3];
  if (equalsIgnoreCase(option, "resizing")) return context.reply.ok();
  if (!equalsIgnoreCase(option, "peak-reset-time")) return replySubcommandSyntaxError(context);
  int64_t milliseconds = 0;
  if (!equalsIgnoreCase(value, "never") && !equalsIgnoreCase(value, "reset") &&
      !context.parseInteger(value, milliseconds)) {
    return;
  }
  context.reply.ok();
}

void debugSetActiveExpire(CommandContext& context) {
  context.runtime().debug.active_expire = debugSwitchIsOn(context.args[2]);
  context.reply.ok();
}

void debugSleep(CommandContext& context) {
  const double seconds = std::strtod(std::string(context.args[2]).c_str(), nullptr);
  if (seconds > 0) std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  context.reply.ok();
}

void debugStringMatchLen(CommandContext& context) {
  constexpr int64_t kLengthMax = 1 << 20;
  int64_t length = 0;
  if (!context.parseInteger(context.args[2], length)) return;
  if (length < 0 || length > kLengthMax) return context.error(errors::kOutOfRange);
  const std::string text(static_cast<size_t>(length), 'a');
  context.reply.integer(globMatch(context.args[3], text) ? 1 : 0);
}

void debugHelp(CommandContext& context) {
  static constexpr std::string_view kLines[] = {
      "DICT-RESIZING <0|1>",
      "    Let the tables of databases grow and shrink (1), or not (0).",
      "DIGEST",
      "    A digest of all keys and values.",
      "DIGEST-VALUE <key> [<key> ...]",
      "    Digests of single values.",
      "ERROR <string>",
      "    Reply an error with that text.",
      "HTSTATS <dbid>",
      "    How the hash table of a database is filled.",
      "LOADAOF",
      "    Write the append-only file out and load the data set from it again.",
      "LOG <message>",
      "    Write a line to the server's log.",
      "OBJECT <key>",
      "    How a value is kept.",
      "PAUSE-CRON <0|1>",
      "    Stop and resume periodic work.",
      "POPULATE <count> [<prefix>] [<size>]",
      "    Make <count> strings named <prefix>:<number> (key:<number>), of <size> bytes each. They",
      "    do not reach the log.",
      "PROTOCOL <type>",
      "    A reply of that type: string, integer, double, bignum, null, array, set, map, attrib,",
      "    push, verbatim, true, false.",
      "QUICKLIST-PACKED-THRESHOLD <size>",
      "    From which size on an element of a list has a node of its own; 0: when no other has "
      "room.",
      "RELOAD [NOSAVE] [NOFLUSH] [MERGE]",
      "    Write a snapshot, empty the server and load the snapshot; or leave the first or the",
      "    second out. MERGE: keys that are there give way.",
      "REPLYBUFFER (PEAK-RESET-TIME <NEVER|RESET|milliseconds>|RESIZING <0|1>)",
      "    Accepted for tests that switch it; reply buffers keep no memory that is not used.",
      "REWRITE-STEP [<step> STOP|KILL]",
      "    Have the server or its child stop or kill itself where the next rewrite reaches that",
      "    step; without arguments not any more.",
      "SET-ACTIVE-EXPIRE <0|1>",
      "    Delete expired keys only when they are asked for (0), or also by themselves (1).",
      "SET-SKIP-CHECKSUM-VALIDATION <0|1>",
      "    Take snapshots and payloads of RESTORE whatever their checksum (1).",
      "SLEEP <seconds>",
      "    Do nothing for that long; fractions allowed.",
      "STRINGMATCH-LEN <length> <pattern>",
      "    Whether a glob pattern matches so many letters a.",
  };
  replyHelp(context, kLines);
}

struct Subcommand {
  std::string_view name;
  // Arguments, with DEBUG and the subcommand.
  size_t args_min;
  size_t args_max;
  CommandHandler handler;
};

constexpr size_t kAny = SIZE_MAX;
constexpr Subcommand kSubcommands[] = {
    {"dict-resizing", 3, 3, debugDictResizing},
    {"digest", 2, 2, debugDigest},
    {"digest-value", 2, kAny, debugDigestValue},
    {"error", 3, 3, debugError},
    {"help", 2, 2, debugHelp},
    {"htstats", 3, 3, debugHtStats},
    {"loadaof", 2, kAny, debugLoadAof},
    {"log", 3, 3, debugLog},
    {"object", 3, 3, debugObject},
    {"pause-cron", 3, 3, debugPauseCron},
    {"populate", 3, 5, debugPopulate},
    {"protocol", 3, 3, debugProtocol},
    {"quicklist-packed-threshold", 3, 3, debugQuicklistPackedThreshold},
    {"reload", 2, kAny, debugReload},
    {"replybuffer", 4, 4, debugReplyBuffer},
    {"rewrite-step", 2, 4, debugRewriteStep},
    {"set-active-expire", 3, 3, debugSetActiveExpire},
    {"set-skip-checksum-validation", 3, 3, debugSetSkipChecksumValidation},
    {"sleep", 3, 3, debugSleep},
    {"stringmatch-len", 4, 4, debugStringMatchLen},
};

void debugCommand(CommandContext& context) {
  const size_t args = context.args.size();
  for (const Subcommand& each : kSubcommands) {
    if (args >= each.args_min && args <= each.args_max &&
        equalsIgnoreCase(context.args[1], each.name)) {
      return each.handler(context);
    }
  }
  replySubcommandSyntaxError(context);
}

}  // namespace

bool debugSwitchIsOn(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size()));
  if (text.starts_with('+')) text.remove_prefix(1);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc::result_out_of_range || number != 0;
}

std::vector<CommandRow> debugCommands() {
  return {{.name = "debug",
           .arity = -2,
           .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale | kCmdDebug,
           .handler = debugCommand,
           .since = "1.0.0",
           .group = "server",
           .complexity = "Depends on subcommand.",
           .summary = "Looks inside the server, and provokes it."}};
}

}  // namespace inkstone

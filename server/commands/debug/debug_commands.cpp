// DEBUG: what tests and people who look for faults need. Subcommands are no rows of their own, as
// in Redis: COMMAND does not show them.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "base/ascii.h"
#include "base/glob.h"
#include "base/invariant.h"
#include "server/command_table/errors.h"
#include "server/commands/debug/debug_subcommands.h"
#include "server/commands/families.h"
#include "server/execution/command_context.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

// The one client command that trips an invariant: tests see by it what happens then.
void debugAssert(CommandContext& context) {
  invariant(false, "DEBUG ASSERT was not called", context.args.size());
}

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

void debugHelp(CommandContext& context);

constexpr DebugSubcommand kSubcommands[] = {
    {.name = "assert",
     .args_min = 2,
     .args_max = 2,
     .handler = debugAssert,
     .help = "ASSERT\n"
             "    End the process as a claim does that does not hold."},
    {.name = "error",
     .args_min = 3,
     .args_max = 3,
     .handler = debugError,
     .help = "ERROR <string>\n"
             "    Reply an error with that text."},
    {.name = "help", .args_min = 2, .args_max = 2, .handler = debugHelp},
    {.name = "log",
     .args_min = 3,
     .args_max = 3,
     .handler = debugLog,
     .help = "LOG <message>\n"
             "    Write a line to the server's log."},
    {.name = "pause-cron",
     .args_min = 3,
     .args_max = 3,
     .handler = debugPauseCron,
     .help = "PAUSE-CRON <0|1>\n"
             "    Stop and resume periodic work."},
    {.name = "replybuffer",
     .args_min = 4,
     .args_max = 4,
     .handler = debugReplyBuffer,
     .help =
         "REPLYBUFFER (PEAK-RESET-TIME <NEVER|RESET|milliseconds>|RESIZING <0|1>)\n"
         "    Accepted for tests that switch it; reply buffers keep no memory that is not used."},
    {.name = "set-active-expire",
     .args_min = 3,
     .args_max = 3,
     .handler = debugSetActiveExpire,
     .help =
         "SET-ACTIVE-EXPIRE <0|1>\n"
         "    Delete expired keys only when they are asked for (0), or also by themselves (1)."},
    {.name = "sleep",
     .args_min = 3,
     .args_max = 3,
     .handler = debugSleep,
     .help = "SLEEP <seconds>\n"
             "    Do nothing for that long; fractions allowed."},
    {.name = "stringmatch-len",
     .args_min = 4,
     .args_max = 4,
     .handler = debugStringMatchLen,
     .help = "STRINGMATCH-LEN <length> <pattern>\n"
             "    Whether a glob pattern matches so many letters a."},
};

// All subcommands, in the order of their names.
std::vector<const DebugSubcommand*> allSubcommands() {
  std::vector<const DebugSubcommand*> all;
  for (const auto part : {std::span<const DebugSubcommand>(kSubcommands), debugKeySubcommands(),
                          debugPersistenceSubcommands(), debugProtocolSubcommands()}) {
    for (const DebugSubcommand& each : part) all.push_back(&each);
  }
  std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  return all;
}

void debugHelp(CommandContext& context) {
  std::vector<std::string_view> texts;
  for (const DebugSubcommand* each : allSubcommands()) texts.push_back(each->help);
  replyHelp(context, texts);
}

void debugCommand(CommandContext& context) {
  const size_t args = context.args.size();
  for (const DebugSubcommand* each : allSubcommands()) {
    if (args >= each->args_min && args <= each->args_max &&
        equalsIgnoreCase(context.args[1], each->name)) {
      return each->handler(context);
    }
  }
  replySubcommandSyntaxError(context);
}

constexpr CommandRow kRows[] = {
    {.name = "debug",
     .arity = -2,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale | kCmdDebug,
     .handler = debugCommand,
     .since = "1.0.0",
     .group = "server",
     .complexity = "Depends on subcommand.",
     .summary = "Looks inside the server, and provokes it.",
     .system = true},
};

}  // namespace

bool debugSwitchIsOn(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size()));
  if (text.starts_with('+')) text.remove_prefix(1);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc::result_out_of_range || number != 0;
}

CommandRows debugRows() {
  return kRows;
}

}  // namespace inkstone

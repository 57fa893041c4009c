// INFO, TIME, SHUTDOWN.
#include "base/ascii.h"
#include "server/command_table/errors.h"
#include "server/commands/families.h"
#include "server/commands/server/server_lolwut.h"
#include "server/durability/durability.h"
#include "server/execution/command_context.h"
#include "server/info/info_report.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

void info(CommandContext& context) {
  context.reply.verbatim("txt", infoReport(context.parts(), context.args.subspan(1)));
}

void time(CommandContext& context) {
  const int64_t now_us = context.runtime().clock.unixUs();
  context.reply.array(2);
  context.reply.bulkInteger(now_us / 1'000'000);
  context.reply.bulkInteger(now_us % 1'000'000);
}

struct ShutdownOptions {
  bool save = false;
  bool nosave = false;
  bool now = false;
  bool force = false;
  bool abort = false;

  // ABORT stands alone, and SAVE and NOSAVE contradict each other.
  bool valid() const { return !(save && nosave) && !(abort && (save || nosave || now || force)); }
};

bool parseShutdown(CommandContext& context, ShutdownOptions& options) {
  for (std::string_view word : context.args.subspan(1)) {
    if (equalsIgnoreCase(word, "save")) {
      options.save = true;
    } else if (equalsIgnoreCase(word, "nosave")) {
      options.nosave = true;
    } else if (equalsIgnoreCase(word, "now")) {
      options.now = true;
    } else if (equalsIgnoreCase(word, "force")) {
      options.force = true;
    } else if (equalsIgnoreCase(word, "abort")) {
      options.abort = true;
    } else {
      context.error(errors::kSyntax);
      return false;
    }
  }
  if (options.valid()) return true;
  context.error(errors::kSyntax);
  return false;
}

void shutdown(CommandContext& context) {
  ShutdownOptions options;
  if (!parseShutdown(context, options)) return;
  // A shutdown ends with the command that asks for it, so there is never one under way to abort.
  if (options.abort) return context.error(errors::kNoShutdown);
  const ServerParts& parts = context.parts();
  if (parts.durability.loading.active()) {
    // Nothing was changed that would have to be kept.
    parts.runtime.stop(0);
  } else if (!parts.durability.shutdown.prepare(
                 {.save = options.save, .nosave = options.nosave, .force = options.force})) {
    return context.error(errors::kShutdownFailed);
  }
  // There is no reply: the client learns it from the end of its connection.
  context.client.close_after_reply = true;
}

constexpr CommandRow kRows[] = {
    {.name = "info",
     .syntax = "string:section?*",
     .arity = -1,
     .flags = kCmdLoading | kCmdStale,
     .categories = kAclDangerous,
     .handler = info,
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Tells how the server is doing.",
     .tips = {"nondeterministic_output", "request_policy:all_shards", "response_policy:special"}},
    {.name = "shutdown",
     .syntax = "oneof:save-selector?(token:nosave=NOSAVE token:save=SAVE) token:now=NOW^7.0.0? "
               "token:force=FORCE^7.0.0? token:abort=ABORT^7.0.0?",
     .arity = -1,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale | kCmdNoMulti | kCmdAllowBusy,
     .handler = shutdown,
     .since = "1.0.0",
     .group = "server",
     .complexity =
         "O(N) when saving, where N is the number of keys in all databases, otherwise O(1)",
     .summary = "Stops the server when everything acknowledged is safe."},
    {.name = "time",
     .arity = 1,
     .flags = kCmdLoading | kCmdStale | kCmdFast,
     .handler = time,
     .since = "2.6.0",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Tells the server's time.",
     .tips = {"nondeterministic_output"}},
};

}  // namespace

CommandRows serverRows() {
  return kRows;
}

}  // namespace inkstone

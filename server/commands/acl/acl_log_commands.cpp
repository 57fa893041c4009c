// ACL LOG.
#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "server/acl/access_control.h"
#include "server/commands/families.h"
#include "server/commands/reply_parts.h"
#include "server/execution/command_context.h"

namespace inkstone {
namespace {

void replyEntry(ReplyBuilder& reply, const AclLogEntry& entry, int64_t now_ms) {
  const double age_s = static_cast<double>(now_ms - entry.updated_ms) / 1000;
  reply.map(10);
  replyField(reply, "count", static_cast<int64_t>(entry.count));
  replyField(reply, "reason", aclReasonName(entry.reason));
  replyField(reply, "context", aclContextName(entry.context));
  replyField(reply, "object", entry.object);
  replyField(reply, "username", entry.user);
  reply.bulk("age-seconds");
  reply.doubleText(fmt::format("{}", age_s));
  replyField(reply, "client-info", entry.client);
  replyField(reply, "entry-id", static_cast<int64_t>(entry.id));
  replyField(reply, "timestamp-created", entry.created_ms);
  replyField(reply, "timestamp-last-updated", entry.updated_ms);
}

void aclLog(CommandContext& context) {
  constexpr int64_t kShownMost = 10;
  AclLog& log = context.acl().log();
  if (context.args.size() > 3) return replySubcommandSyntaxError(context);
  int64_t wanted = kShownMost;
  if (context.args.size() == 3) {
    if (equalsIgnoreCase(context.args[2], "reset")) {
      log.clear();
      return context.reply.ok();
    }
    if (!context.parseInteger(context.args[2], wanted)) return;
  }
  const auto shown =
      std::min(static_cast<size_t>(std::max<int64_t>(wanted, 0)), log.entries().size());
  context.reply.array(shown);
  auto entry = log.entries().begin();
  for (size_t i = 0; i < shown; ++i, ++entry) {
    replyEntry(context.reply, *entry, context.unixMs());
  }
}

constexpr CommandRow kRows[] = {
    {.name = "acl|log",
     .syntax = "oneof:operation?(integer:count token:reset=RESET)",
     .arity = -2,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = aclLog,
     .since = "6.0.0",
     .group = "server",
     .complexity = "O(N) where N is the number of entries",
     .summary = "Tells what was refused lately.",
     .help = "LOG [<count>|RESET]\n"
             "    What was refused lately; with RESET, forget it."},
};

}  // namespace

CommandRows aclLogRows() {
  return kRows;
}

}  // namespace inkstone

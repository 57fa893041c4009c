// BGREWRITEAOF.
#include "server/command_table/errors.h"
#include "server/commands/families.h"
#include "server/durability/durability.h"
#include "server/execution/command_context.h"

namespace inkstone {
namespace {

void backgroundRewrite(CommandContext& context) {
  switch (context.durability().log_rewrite.start()) {
    case LogRewrite::Start::kStarted:
      return context.reply.simpleString("Background append only file rewriting started");
    case LogRewrite::Start::kScheduled:
      return context.reply.simpleString("Background append only file rewriting scheduled");
    case LogRewrite::Start::kAlreadyRunning:
      return context.error(errors::kLogRewriteInProgress);
    case LogRewrite::Start::kFailed:
      return context.error(errors::kLogRewriteFailed);
  }
}

}  // namespace

std::vector<CommandRow> rewriteCommands() {
  return {{.name = "bgrewriteaof",
           .arity = 1,
           .flags = kCmdAdmin | kCmdNoAsyncLoading | kCmdNoScript,
           .handler = backgroundRewrite,
           .since = "1.0.0",
           .group = "server",
           .complexity = "O(1)",
           .summary = "Has a child process write the append-only file anew."}};
}

}  // namespace inkstone

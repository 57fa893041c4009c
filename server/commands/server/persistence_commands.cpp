// Files written on demand: SAVE, BGSAVE, LASTSAVE, BGREWRITEAOF.
#include "base/ascii.h"
#include "server/command_table/errors.h"
#include "server/commands/families.h"
#include "server/durability/durability.h"
#include "server/execution/command_context.h"
#include "server/execution/executor.h"

namespace inkstone {
namespace {

void save(CommandContext& context) {
  Snapshots& snapshots = context.durability().snapshots;
  if (snapshots.running()) return context.error(errors::kSaveInProgress);
  if (!snapshots.save()) return context.error(errors::kUnnamed);
  context.reply.ok();
}

void backgroundSave(CommandContext& context) {
  bool may_schedule = false;
  if (context.args.size() > 1) {
    may_schedule = context.args.size() == 2 && equalsIgnoreCase(context.args[1], "schedule");
    if (!may_schedule) return context.error(errors::kSyntax);
  }
  const ServerParts& parts = context.parts();
  if (parts.durability.snapshots.running()) return context.error(errors::kSaveInProgress);
  // Within a transaction a snapshot would have half of it.
  const bool in_transaction = parts.executor.inTransaction();
  if (parts.durability.child.active() || in_transaction) {
    if (!may_schedule && !in_transaction) return context.error(errors::kOtherChildActive);
    parts.durability.snapshots.schedule();
    return context.reply.simpleString("Background saving scheduled");
  }
  if (!parts.durability.snapshots.saveInBackground()) return context.error(errors::kUnnamed);
  context.reply.simpleString("Background saving started");
}

void lastSave(CommandContext& context) {
  context.reply.integer(context.durability().snapshots.lastSaveUnixSeconds());
}

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

constexpr CommandRow kRows[] = {
    {.name = "save",
     .arity = 1,
     .flags = kCmdAdmin | kCmdNoScript | kCmdNoMulti | kCmdNoAsyncLoading,
     .handler = save,
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(N), N being the number of keys in all databases",
     .summary = "Writes a snapshot of the data set while everybody waits."},
    {.name = "bgsave",
     .syntax = "token:schedule=SCHEDULE^3.2.2?",
     .arity = -1,
     .flags = kCmdAdmin | kCmdNoScript | kCmdNoAsyncLoading,
     .handler = backgroundSave,
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Has a child process write a snapshot of the data set."},
    {.name = "lastsave",
     .arity = 1,
     .flags = kCmdLoading | kCmdStale | kCmdFast,
     .categories = kAclAdmin | kAclDangerous,
     .handler = lastSave,
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Tells when the last snapshot was written, in Unix seconds.",
     .tips = {"nondeterministic_output"}},
    {.name = "bgrewriteaof",
     .arity = 1,
     .flags = kCmdAdmin | kCmdNoScript | kCmdNoAsyncLoading,
     .handler = backgroundRewrite,
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(1)",
     .summary = "Has a child process write the append-only file anew."},
};

}  // namespace

CommandRows persistenceRows() {
  return kRows;
}

}  // namespace inkstone

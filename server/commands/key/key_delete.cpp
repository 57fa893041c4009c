// DEL, UNLINK, EXISTS, TOUCH: one answer over any number of keys.
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key/key_changes.h"
#include "server/execution/command_context.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

void deleteKeys(CommandContext& ctx, bool lazy) {
  uint64_t deleted = 0;
  for (std::string_view name : ctx.args.subspan(1)) {
    const KeyRef key = ctx.lookupQuiet(name);
    if (!key) continue;
    deleteKey(ctx, key, lazy);
    ctx.keyDeleted(name);
    ++deleted;
  }
  ctx.markDirty(deleted);
  ctx.reply.integer(static_cast<int64_t>(deleted));
}

void delCommand(CommandContext& ctx) {
  deleteKeys(ctx, ctx.runtime().settings.lazyfree_lazy_user_del);
}

void unlinkCommand(CommandContext& ctx) {
  deleteKeys(ctx, true);
}

void existsCommand(CommandContext& ctx) {
  int64_t found = 0;
  for (std::string_view name : ctx.args.subspan(1)) {
    if (ctx.lookupNoTouch(name)) ++found;
  }
  ctx.reply.integer(found);
}

void touchCommand(CommandContext& ctx) {
  int64_t found = 0;
  for (std::string_view name : ctx.args.subspan(1)) {
    if (ctx.lookupRead(name)) ++found;
  }
  ctx.reply.integer(found);
}

constexpr CommandRow kRows[] = {
    {.name = "del",
     .syntax = "key:key@0*",
     .arity = -2,
     .flags = kCmdWrite,
     .categories = kAclKeyspace,
     .handler = delCommand,
     .keys = {key_specs::all(kKeyRemove | kKeyDelete)},
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(N), N being the number of keys, plus O(M) for each that holds a collection "
                   "of M elements",
     .summary = "Deletes keys.",
     .tips = {"request_policy:multi_shard", "response_policy:agg_sum"}},
    {.name = "unlink",
     .syntax = "key:key@0*",
     .arity = -2,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclKeyspace,
     .handler = unlinkCommand,
     .keys = {key_specs::all(kKeyRemove | kKeyDelete)},
     .since = "4.0.0",
     .group = "generic",
     .complexity = "O(1) a key, and O(N) in another thread to free what it held",
     .summary = "Deletes keys; big values are freed by another thread.",
     .tips = {"request_policy:multi_shard", "response_policy:agg_sum"}},
    {.name = "exists",
     .syntax = "key:key@0*",
     .arity = -2,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclKeyspace,
     .handler = existsCommand,
     .keys = {key_specs::all(kKeyReadOnly)},
     .since = "1.0.0",
     .group = "generic",
     .complexity = "O(N), N being the number of keys",
     .summary = "Counts which of the keys exist.",
     .tips = {"request_policy:multi_shard", "response_policy:agg_sum"}},
    {.name = "touch",
     .syntax = "key:key@0*",
     .arity = -2,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclKeyspace,
     .handler = touchCommand,
     .keys = {key_specs::all(kKeyReadOnly)},
     .since = "3.2.1",
     .group = "generic",
     .complexity = "O(N), N being the number of keys",
     .summary = "Counts which of the keys exist, and notes that they were used.",
     .tips = {"request_policy:multi_shard", "response_policy:agg_sum"}},
};

}  // namespace

CommandRows keyDeleteRows() {
  return kRows;
}

}  // namespace inkstone

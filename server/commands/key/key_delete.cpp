// DEL, UNLINK, EXISTS, TOUCH: one answer over any number of keys.
#include "server/commands/key/key_free.h"
#include "server/commands/key/key_handlers.h"
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

}  // namespace

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

}  // namespace inkstone

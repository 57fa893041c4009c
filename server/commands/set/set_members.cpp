// Adding members, taking them away, asking for them.
#include "server/command_table/errors.h"
#include "server/commands/element_reply.h"
#include "server/commands/key/key_free.h"
#include "server/commands/set/set_handlers.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

// A set for these members under a key that does not exist.
Entry* createSet(CommandContext& ctx, const KeyRef& key, std::string_view name,
                 CommandContext::Args members) {
  return ctx.insertValue(key, name,
                         SetValue::create(ctx.encodingRules(), members[0], members.size()));
}

}  // namespace

void deleteEmptied(CommandContext& ctx, std::string_view name, const KeyRef& key) {
  deleteKey(ctx, key, ctx.runtime().settings.lazyfree_lazy_server_del);
  ctx.keyDeleted(name);
}

void replyMembers(CommandContext& ctx, const SetValue& set) {
  ctx.reply.set(set.size());
  BulkRun run(ctx.reply);
  set.forEach([&](const Element& member) { addElement(run, member); });
}

void saddCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kSet)) return;
  const auto members = ctx.args.subspan(2);
  SetValue set(key ? *key.entry() : *createSet(ctx, key, ctx.args[1], members),
               ctx.encodingRules());
  set.expect(members.size());
  int64_t added = 0;
  for (std::string_view member : members) added += set.insert(member) ? 1 : 0;
  if (added > 0) ctx.keyChanged(kNotifySet, "sadd", ctx.args[1]);
  ctx.markDirty(static_cast<uint64_t>(added));
  ctx.reply.integer(added);
}

void sremCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kSet)) return;
  if (!key) return ctx.reply.integer(0);
  SetValue set = setOf(ctx, key);
  int64_t removed = 0;
  for (std::string_view member : ctx.args.subspan(2)) removed += set.erase(member) ? 1 : 0;
  if (removed > 0) ctx.keyChanged(kNotifySet, "srem", ctx.args[1]);
  if (set.size() == 0) deleteEmptied(ctx, ctx.args[1], key);
  ctx.markDirty(static_cast<uint64_t>(removed));
  ctx.reply.integer(removed);
}

void smoveCommand(CommandContext& ctx) {
  // The target first, and its entry only: looking the source up may delete it, which makes slots
  // void.
  const KeyRef target = ctx.lookupWrite(ctx.args[2]);
  Entry* target_entry = target ? target.entry() : nullptr;
  const KeyRef source = ctx.lookupWrite(ctx.args[1]);
  if (!source) return ctx.reply.integer(0);
  if (!ctx.expectType(source, ValueType::kSet)) return;
  if (target_entry != nullptr && target_entry->type() != ValueType::kSet) {
    return ctx.error(errors::kWrongType);
  }
  const auto member = ctx.args.subspan(3, 1);
  SetValue from = setOf(ctx, source);
  if (source.entry() == target_entry) return ctx.reply.integer(from.contains(member[0]) ? 1 : 0);
  if (!from.erase(member[0])) return ctx.reply.integer(0);
  ctx.keyChanged(kNotifySet, "srem", ctx.args[1]);
  if (from.size() == 0) deleteEmptied(ctx, ctx.args[1], source);
  ctx.markDirty();
  if (target_entry == nullptr) target_entry = createSet(ctx, target, ctx.args[2], member);
  SetValue to(*target_entry, ctx.encodingRules());
  if (to.insert(member[0])) {
    ctx.keyChanged(kNotifySet, "sadd", ctx.args[2]);
    ctx.markDirty();
  }
  ctx.reply.integer(1);
}

void sismemberCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kSet)) return;
  ctx.reply.integer(key && setOf(ctx, key).contains(ctx.args[2]) ? 1 : 0);
}

void smismemberCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kSet)) return;
  const auto members = ctx.args.subspan(2);
  ctx.reply.array(members.size());
  for (std::string_view member : members) {
    ctx.reply.integer(key && setOf(ctx, key).contains(member) ? 1 : 0);
  }
}

void scardCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kSet)) return;
  ctx.reply.integer(key ? static_cast<int64_t>(setOf(ctx, key).size()) : 0);
}

void smembersCommand(CommandContext& ctx) {
  const KeyRef key = ctx.lookupRead(ctx.args[1]);
  if (!ctx.expectType(key, ValueType::kSet)) return;
  if (!key) return ctx.reply.set(0);
  replyMembers(ctx, setOf(ctx, key));
}

}  // namespace inkstone

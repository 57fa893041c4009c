// Members that are added, taken away and asked for: SADD, SREM, SMOVE, SISMEMBER, SMISMEMBER,
// SCARD, SMEMBERS.
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key/key_changes.h"
#include "server/commands/key_values.h"
#include "server/commands/reply_parts.h"

namespace inkstone {
namespace {

// Makes a set for these members under a key that does not exist.
Entry* createSet(CommandContext& ctx, const KeyRef& key, std::string_view name,
                 CommandContext::Args members) {
  return ctx.insertValue(key, name,
                         SetValue::create(ctx.encodingRules(), members[0], members.size()));
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
  // The target comes first, and only its entry is kept: a source that has expired is deleted by the
  // lookup, which makes slots void.
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
  replyMembers(ctx.reply, setOf(ctx, key));
}

constexpr CommandRow kRows[] = {
    {.name = "sadd",
     .syntax = "key:key@0 string:member*",
     .arity = -3,
     .flags = kCmdWrite | kCmdDenyOom | kCmdFast,
     .categories = kAclSet,
     .handler = saddCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyInsert)},
     .member = {.argument = 2},
     .since = "1.0.0",
     .group = "set",
     .complexity = "O(N), N being the number of members given",
     .summary = "Adds members to a set, creating it if need be."},
    {.name = "srem",
     .syntax = "key:key@0 string:member*",
     .arity = -3,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclSet,
     .handler = sremCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyDelete)},
     .member = {.argument = 2},
     .since = "1.0.0",
     .group = "set",
     .complexity = "O(N), N being the number of members given",
     .summary = "Takes members out of a set; an empty set is deleted."},
    {.name = "smove",
     .syntax = "key:source@0 key:destination@1 string:member",
     .arity = 4,
     .flags = kCmdWrite | kCmdFast,
     .categories = kAclSet,
     .handler = smoveCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete),
              key_specs::one(kKeyReadWrite | kKeyInsert, 2)},
     .member = {.argument = 3},
     .since = "1.0.0",
     .group = "set",
     .complexity = "O(1)",
     .summary = "Moves a member from one set to another."},
    {.name = "sismember",
     .syntax = "key:key@0 string:member",
     .arity = 3,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclSet,
     .handler = sismemberCommand,
     .keys = {key_specs::kInspect},
     .member = {.argument = 2},
     .since = "1.0.0",
     .group = "set",
     .complexity = "O(1)",
     .summary = "Says whether a set has a member."},
    {.name = "smismember",
     .syntax = "key:key@0 string:member*",
     .arity = -3,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclSet,
     .handler = smismemberCommand,
     .keys = {key_specs::kRead},
     .member = {.argument = 2},
     .since = "6.2.0",
     .group = "set",
     .complexity = "O(N), N being the number of members given",
     .summary = "Says of several members whether a set has them."},
    {.name = "scard",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdReadonly | kCmdFast,
     .categories = kAclSet,
     .handler = scardCommand,
     .keys = {key_specs::kInspect},
     .since = "1.0.0",
     .group = "set",
     .complexity = "O(1)",
     .summary = "Returns the number of members of a set."},
    {.name = "smembers",
     .syntax = "key:key@0",
     .arity = 2,
     .flags = kCmdReadonly,
     .categories = kAclSet,
     .handler = smembersCommand,
     .keys = {key_specs::kRead},
     .since = "1.0.0",
     .group = "set",
     .complexity = "O(N), N being the size of the set",
     .summary = "Returns all members of a set.",
     .tips = {"nondeterministic_output_order"}},
};

}  // namespace

CommandRows setMembersRows() {
  return kRows;
}

}  // namespace inkstone

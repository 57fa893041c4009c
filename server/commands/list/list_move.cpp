// Commands that move an element from one list to another: LMOVE, RPOPLPUSH.
#include "server/command_table/errors.h"
#include "server/command_table/key_specs.h"
#include "server/commands/families.h"
#include "server/commands/key/key_changes.h"
#include "server/commands/list/list_common.h"

namespace inkstone {
namespace {

// Returns a copy, because it is needed when the list has changed.
std::string takeFrom(ListValue& list, ListEnd end) {
  const size_t at = end == ListEnd::kHead ? 0 : list.size() - 1;
  std::string text = list.at(at).toString();
  list.erase(at, 1);
  return text;
}

void pushTo(ListValue& list, ListEnd end, std::string_view text) {
  list.expect(1, text.size());
  if (end == ListEnd::kHead) {
    list.pushFront(text);
  } else {
    list.pushBack(text);
  }
}

}  // namespace

void moveElement(CommandContext& ctx, ListEnd from, ListEnd to) {
  // A target that has expired stays while nothing comes to it: only a source that is there counts.
  if (const KeyRef found = ctx.lookupWrite(ctx.args[1]); !found) {
    return ctx.reply.null();
  } else if (!ctx.expectType(found, ValueType::kList)) {
    return;
  }
  const std::string_view target_name = ctx.args[2];
  // This comes before the source is looked up for good: a lookup that finds a key expired takes it
  // away, and with it the slots of others.
  const KeyRef target = ctx.lookupWrite(target_name);
  if (!ctx.expectType(target, ValueType::kList)) return;
  const KeyRef source = ctx.lookupWrite(ctx.args[1]);
  // Entries, unlike slots, stay where they are when other keys come and go.
  Entry* target_entry = target ? target.entry() : nullptr;
  const bool same = target_entry == source.entry();
  ListValue list = listOf(ctx, source);
  const std::string text = takeFrom(list, from);
  bool emptied = false;
  if (same) {
    pushTo(list, to, text);
  } else {
    emptied = list.size() == 0;
    if (emptied) deleteKey(ctx, source);
    if (target_entry == nullptr) {
      target_entry = ctx.insertValue(target, target_name, ListValue::create());
    }
    ListValue target_list(*target_entry, ctx.encodingRules());
    pushTo(target_list, to, text);
  }
  // The element arrives before it leaves, as in Redis.
  ctx.keyChanged(kNotifyList, pushEvent(to), target_name);
  ctx.keyChanged(kNotifyList, popEvent(from), ctx.args[1]);
  if (emptied) ctx.keyDeleted(ctx.args[1]);
  ctx.markDirty();
  ctx.reply.bulk(text);
}

namespace {

void lmoveCommand(CommandContext& ctx) {
  const std::optional<ListEnd> from = listEndFrom(ctx.args[3]);
  const std::optional<ListEnd> to = listEndFrom(ctx.args[4]);
  if (!from || !to) return ctx.error(errors::kSyntax);
  moveElement(ctx, *from, *to);
}

void rpoplpushCommand(CommandContext& ctx) {
  moveElement(ctx, ListEnd::kTail, ListEnd::kHead);
}

constexpr CommandRow kRows[] = {
    {.name = "lmove",
     .syntax = "key:source@0 key:destination@1 oneof:wherefrom(token:left=LEFT token:right=RIGHT) "
               "oneof:whereto(token:left=LEFT token:right=RIGHT)",
     .arity = 5,
     .flags = kCmdWrite | kCmdDenyOom,
     .categories = kAclList,
     .handler = lmoveCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete),
              key_specs::one(kKeyReadWrite | kKeyInsert, 2)},
     .since = "6.2.0",
     .group = "list",
     .complexity = "O(1)",
     .summary = "Moves an element from one end of a list to one end of a list."},
    {.name = "rpoplpush",
     .syntax = "key:source@0 key:destination@1",
     .arity = 3,
     .flags = kCmdWrite | kCmdDenyOom,
     .categories = kAclList,
     .handler = rpoplpushCommand,
     .keys = {key_specs::one(kKeyReadWrite | kKeyAccess | kKeyDelete),
              key_specs::one(kKeyReadWrite | kKeyInsert, 2)},
     .since = "1.2.0",
     .group = "list",
     .complexity = "O(1)",
     .summary = "Moves an element from the tail of a list to the head of a list.",
     .deprecated_since = "6.2.0",
     .replaced_by = "`LMOVE` with the `RIGHT` and `LEFT` arguments"},
};

}  // namespace

CommandRows listMoveRows() {
  return kRows;
}

}  // namespace inkstone

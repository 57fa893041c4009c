// LPUSH, RPUSH, LPUSHX, RPUSHX.
#include "server/commands/list/list_handlers.h"

namespace inkstone {
namespace {

enum class IfMissing : uint8_t { kCreate, kDoNothing };

void push(CommandContext& ctx, ListEnd end, IfMissing if_missing) {
  const std::string_view name = ctx.args[1];
  const KeyRef key = ctx.lookupWrite(name);
  if (!ctx.expectType(key, ValueType::kList)) return;
  if (!key && if_missing == IfMissing::kDoNothing) return ctx.reply.integer(0);
  const auto elements = ctx.args.subspan(2);
  Entry* const entry = key ? key.entry() : ctx.insertValue(key, name, ListValue::create());
  ListValue list(*entry, ctx.encodingRules());
  size_t bytes = 0;
  for (std::string_view element : elements) bytes += element.size();
  list.expect(elements.size(), bytes);
  for (std::string_view element : elements) {
    if (end == ListEnd::kHead) {
      list.pushFront(element);
    } else {
      list.pushBack(element);
    }
  }
  ctx.keyChanged(kNotifyList, pushEvent(end), name);
  ctx.markDirty(elements.size());
  ctx.reply.integer(static_cast<int64_t>(list.size()));
}

}  // namespace

void lpushCommand(CommandContext& ctx) {
  push(ctx, ListEnd::kHead, IfMissing::kCreate);
}

void rpushCommand(CommandContext& ctx) {
  push(ctx, ListEnd::kTail, IfMissing::kCreate);
}

void lpushxCommand(CommandContext& ctx) {
  push(ctx, ListEnd::kHead, IfMissing::kDoNothing);
}

void rpushxCommand(CommandContext& ctx) {
  push(ctx, ListEnd::kTail, IfMissing::kDoNothing);
}

}  // namespace inkstone

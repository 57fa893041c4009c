// LPOP, RPOP, LMPOP.
#include <algorithm>

#include "base/ascii.h"
#include "base/numbers.h"
#include "server/command_table/errors.h"
#include "server/commands/blocking_search.h"
#include "server/commands/element_reply.h"
#include "server/commands/key/key_free.h"
#include "server/commands/list/list_handlers.h"
#include "server/process/runtime.h"

namespace inkstone {
void popElement(CommandContext& ctx, std::string_view name, const KeyRef& key, ListEnd end) {
  ListValue list = listOf(ctx, key);
  const size_t size = list.size();
  const size_t at = end == ListEnd::kHead ? 0 : size - 1;
  replyElement(ctx.reply, list.at(at));
  ctx.keyChanged(kNotifyList, popEvent(end), name);
  if (size == 1) {
    deleteList(ctx, key);
    ctx.keyDeleted(name);
  } else {
    list.erase(at, 1);
  }
  ctx.markDirty();
}

namespace {

void pop(CommandContext& ctx, ListEnd end) {
  if (ctx.args.size() > 3) return ctx.arityError();
  const bool counted = ctx.args.size() == 3;
  int64_t count = 1;
  if (counted && (!parseInt64(ctx.args[2], count) || count < 0)) {
    return ctx.error(errors::kMustBePositive);
  }
  const KeyRef key = ctx.lookupWrite(ctx.args[1]);
  if (!key) return counted ? ctx.reply.nullArray() : ctx.reply.null();
  if (!ctx.expectType(key, ValueType::kList)) return;
  if (!counted) return popElement(ctx, ctx.args[1], key, end);
  if (count == 0) return ctx.reply.array(0);
  ctx.markDirty(popElements(ctx, ctx.args[1], key, end, static_cast<uint64_t>(count)));
}

// True when `text` is an integer above 0; else replies the error.
bool parseAboveZero(CommandContext& ctx, std::string_view text, int64_t& value,
                    std::string_view error_text) {
  if (parseInt64(text, value) && value > 0) return true;
  ctx.error(error_text);
  return false;
}

}  // namespace

std::optional<ListMultiPop> parseListMultiPop(CommandContext& ctx, size_t first) {
  const auto args = ctx.args.subspan(first);
  int64_t key_count;
  if (!parseAboveZero(ctx, args[0], key_count, errors::kNumkeysNotPositive)) return {};
  const auto syntaxError = [&ctx] {
    ctx.error(errors::kSyntax);
    return std::nullopt;
  };
  if (static_cast<uint64_t>(key_count) >= args.size() - 1) return syntaxError();
  const auto keys = args.subspan(1, static_cast<size_t>(key_count));
  const auto rest = args.subspan(1 + keys.size());
  const std::optional<ListEnd> end = listEndFrom(rest[0]);
  if (!end) return syntaxError();
  ListMultiPop request{keys, *end};
  if (rest.size() == 1) return request;
  if (rest.size() == 2 || !equalsIgnoreCase(rest[1], "COUNT")) return syntaxError();
  if (!parseAboveZero(ctx, rest[2], request.count, errors::kCountNotPositive)) return {};
  if (rest.size() > 3) return syntaxError();
  return request;
}

void popFromList(CommandContext& ctx, std::string_view name, const KeyRef& key,
                 const ListMultiPop& request) {
  ctx.reply.array(2);
  ctx.reply.bulk(name);
  const size_t popped =
      popElements(ctx, name, key, request.end, static_cast<uint64_t>(request.count));
  ctx.markDirty(popped);
  // The list that was popped from, so that a replay need not find it again.
  char text[kInt64TextMax];
  ctx.propagateInstead({request.end == ListEnd::kHead ? "LPOP" : "RPOP",
                        name,
                        {text, formatInt64(text, static_cast<int64_t>(popped))}});
}

std::optional<ListEnd> listEndFrom(std::string_view word) {
  if (equalsIgnoreCase(word, "LEFT")) return ListEnd::kHead;
  if (equalsIgnoreCase(word, "RIGHT")) return ListEnd::kTail;
  return {};
}

size_t popElements(CommandContext& ctx, std::string_view name, const KeyRef& key, ListEnd end,
                   uint64_t count) {
  ListValue list = listOf(ctx, key);
  const size_t size = list.size();
  const size_t popped = std::min<uint64_t>(count, size);
  const ListSpan span{end == ListEnd::kHead ? 0 : size - popped, popped};
  replyElements(ctx, list, span, end == ListEnd::kTail);
  ctx.keyChanged(kNotifyList, popEvent(end), name);
  if (popped == size) {
    deleteList(ctx, key);
    ctx.keyDeleted(name);
  } else {
    list.erase(span.first, span.count);
  }
  return popped;
}

void deleteList(CommandContext& ctx, const KeyRef& key) {
  deleteKey(ctx, key, ctx.runtime().settings.lazyfree_lazy_server_del);
}

void lpopCommand(CommandContext& ctx) {
  pop(ctx, ListEnd::kHead);
}

void rpopCommand(CommandContext& ctx) {
  pop(ctx, ListEnd::kTail);
}

void lmpopCommand(CommandContext& ctx) {
  const std::optional<ListMultiPop> request = parseListMultiPop(ctx, 1);
  if (!request) return;
  withServable(
      ctx, request->keys, ValueType::kList,
      [&](std::string_view name, const KeyRef& key) { popFromList(ctx, name, key, *request); },
      [&] { ctx.reply.nullArray(); });
}

}  // namespace inkstone

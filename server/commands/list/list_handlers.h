// Handlers of the list commands, and what several of them share.
#pragma once

#include <optional>
#include <string_view>

#include "server/execution/command_context.h"
#include "storage/types/list_value.h"

namespace inkstone {

void blmoveCommand(CommandContext& ctx);
void blmpopCommand(CommandContext& ctx);
void blpopCommand(CommandContext& ctx);
void brpopCommand(CommandContext& ctx);
void brpoplpushCommand(CommandContext& ctx);
void lindexCommand(CommandContext& ctx);
void linsertCommand(CommandContext& ctx);
void llenCommand(CommandContext& ctx);
void lmoveCommand(CommandContext& ctx);
void lmpopCommand(CommandContext& ctx);
void lpopCommand(CommandContext& ctx);
void lposCommand(CommandContext& ctx);
void lpushCommand(CommandContext& ctx);
void lpushxCommand(CommandContext& ctx);
void lrangeCommand(CommandContext& ctx);
void lremCommand(CommandContext& ctx);
void lsetCommand(CommandContext& ctx);
void ltrimCommand(CommandContext& ctx);
void rpopCommand(CommandContext& ctx);
void rpoplpushCommand(CommandContext& ctx);
void rpushCommand(CommandContext& ctx);
void rpushxCommand(CommandContext& ctx);

enum class ListEnd : uint8_t { kHead, kTail };

// The keyspace events of an end.
constexpr std::string_view pushEvent(ListEnd end) {
  return end == ListEnd::kHead ? "lpush" : "rpush";
}
constexpr std::string_view popEvent(ListEnd end) {
  return end == ListEnd::kHead ? "lpop" : "rpop";
}

// LEFT or RIGHT in any case.
std::optional<ListEnd> listEndFrom(std::string_view word);

// The list of an existing key of that type.
inline ListValue listOf(const CommandContext& ctx, const KeyRef& key) {
  return {*key.entry(), ctx.encodingRules()};
}

// Elements from `first` on.
struct ListSpan {
  size_t first;
  size_t count;
};

// What `start` and `stop` mean in a list of `size` elements: inclusive, negative from the tail, cut
// to what there is.
ListSpan listSpan(int64_t start, int64_t stop, size_t size);

// The place of an element by an index that may count from the tail; nothing when there is none.
std::optional<size_t> listPlace(int64_t index, size_t size);

// Replies `count` elements from `first` on as an array, towards the head if backward.
void replyElements(CommandContext& ctx, const ListValue& list, ListSpan span, bool backward);

// Replies an array of up to `count` (not 0) elements from one end of an existing list and takes
// them away, the key too if none is left. Returns how many.
size_t popElements(CommandContext& ctx, std::string_view name, const KeyRef& key, ListEnd end,
                   uint64_t count);

// Replies one element of an existing list and takes it away, the key too if none is left.
void popElement(CommandContext& ctx, std::string_view name, const KeyRef& key, ListEnd end);

// LMPOP without its name.
struct ListMultiPop {
  std::span<const std::string_view> keys;
  ListEnd end;
  int64_t count = 1;
};
// numkeys key [key ...] LEFT|RIGHT [COUNT count], from argument `first` on; nothing after an error.
std::optional<ListMultiPop> parseListMultiPop(CommandContext& ctx, size_t first);
// Replies the name of an existing list and elements of it, which it takes away, and propagates
// that.
void popFromList(CommandContext& ctx, std::string_view name, const KeyRef& key,
                 const ListMultiPop& request);
// LMOVE between these ends: replies the element, null when there is none.
void moveElement(CommandContext& ctx, ListEnd from, ListEnd to);

// The rows of the commands that wait.
std::vector<CommandRow> blockingListRows();

// Takes a key away whose list has become empty, or would; silently.
void deleteList(CommandContext& ctx, const KeyRef& key);

}  // namespace inkstone

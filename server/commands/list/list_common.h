// What several list commands share: ends, places and spans of lists, and taking elements away.
#pragma once

#include <optional>
#include <string_view>

#include "server/commands/key_values.h"
#include "server/commands/waiting.h"
#include "server/execution/command_context.h"

namespace inkstone {

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

// Replies one element of an existing list and takes it away, the key too if none is left.
void popElement(CommandContext& ctx, std::string_view name, const KeyRef& key, ListEnd end);

// The same for LMPOP and BLMPOP: replies the name of the list and several elements, and propagates
// what was done.
void popFromList(CommandContext& ctx, std::string_view name, const KeyRef& key,
                 const MultiPop& request);

// LMOVE between these ends: replies the element, null when there is none.
void moveElement(CommandContext& ctx, ListEnd from, ListEnd to);

}  // namespace inkstone

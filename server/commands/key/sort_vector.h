// The elements that SORT works on: loaded, weighed, put in order.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/commands/key/sort_options.h"
#include "server/execution/command_context.h"
#include "storage/types/element.h"
#include "storage/types/list_value.h"

namespace inkstone {

// Its elements are views into the value that is sorted, which must not change meanwhile.
class SortVector {
 public:
  SortVector(CommandContext& ctx, const SortOptions& options) : ctx_(ctx), options_(options) {}

  // Takes the elements of a list, set or sorted set: all of them, or, if they are not to be sorted,
  // those that LIMIT leaves.
  void load(Entry& source);
  // Finds out what each is to be sorted by. False if that should be a number and is none.
  [[nodiscard]] bool weigh();
  // Puts them in order and cuts away what LIMIT leaves out.
  void sort();

  size_t size() const { return items_.size(); }
  const Element& operator[](size_t index) const { return items_[index].element; }

 private:
  struct Item {
    Element element;
    double number = 0;
    // It is set when elements are compared as texts, and ends with a zero byte. It is empty if the
    // pattern of BY leads nowhere.
    std::optional<std::string_view> text;
    size_t position = 0;
  };

  void loadList(Entry& source);
  void loadSet(Entry& source);
  void loadSortedSet(Entry& source);
  SortRange wanted(size_t size) const;
  void add(const Element& element) { items_.push_back({element, 0, {}, items_.size()}); }
  std::string_view keep(const Element& element);
  int compare(const Item& a, const Item& b) const;
  int compareTexts(const Item& a, const Item& b) const;
  bool before(const Item& a, const Item& b) const;

  CommandContext& ctx_;
  const SortOptions& options_;
  std::vector<Item> items_;
  // Copies of texts; a deque, because views into its elements stay valid when it grows.
  std::deque<std::string> texts_;
  // It owns the nodes of a list that were unpacked.
  std::optional<ListValue> list_;
};

}  // namespace inkstone

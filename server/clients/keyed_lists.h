// Lists that belong to names: the clients that watch a key, that wait for a key, that listen to a
// channel. The items of a list keep the order in which they came.
#pragma once

#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/kept_buffer.h"
#include "storage/key_hash.h"

namespace inkstone {

struct NameHash {
  using is_transparent = void;
  // The hash is secret, because clients choose the names.
  const KeyHasher* hasher;
  size_t operator()(std::string_view name) const { return (*hasher)(name); }
};

template <class Item>
class KeyedLists {
 public:
  using Items = std::list<Item>;
  using Lists = std::unordered_map<std::string, Items, NameHash, std::equal_to<>>;
  using Named = typename Lists::value_type;

  // The place of an item, which is valid until the item is removed.
  struct Place {
    Named* named;
    typename Items::iterator item;
  };

  // The hasher must outlive the lists.
  explicit KeyedLists(const KeyHasher& hasher) : lists_(0, NameHash{&hasher}) {}

  // Appends to the list of that name. O(1).
  Place add(std::string_view name, Item item) {
    auto found = lists_.find(name);
    if (found == lists_.end()) found = lists_.emplace(std::string(name), Items()).first;
    Items& items = found->second;
    return {&*found, items.insert(items.end(), std::move(item))};
  }
  // O(1). A name without items is forgotten.
  void remove(const Place& place) {
    place.named->second.erase(place.item);
    if (!place.named->second.empty()) return;
    lists_.erase(lists_.find(place.named->first));
    shrinkIfEmpty(lists_, kBucketsKept);
  }

  // Null if the name has no items. The result is valid until the last item of the name is removed.
  Named* find(std::string_view name) {
    const auto found = lists_.find(name);
    return found == lists_.end() ? nullptr : &*found;
  }
  const Named* find(std::string_view name) const {
    const auto found = lists_.find(name);
    return found == lists_.end() ? nullptr : &*found;
  }

  size_t size() const { return lists_.size(); }
  bool empty() const { return lists_.empty(); }
  auto begin() { return lists_.begin(); }
  auto end() { return lists_.end(); }
  auto begin() const { return lists_.begin(); }
  auto end() const { return lists_.end(); }

 private:
  static constexpr size_t kBucketsKept = 1024;

  Lists lists_;
};

}  // namespace inkstone

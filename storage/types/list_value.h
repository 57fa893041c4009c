// Lists: one listpack while that stays within list-max-listpack-size (encoding kListpack), else a
// sequence of such nodes (kQuicklist, quicklist.h). A list that has shrunk to one node of half the
// limit becomes a listpack again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/types/element.h"
#include "storage/types/listpack.h"
#include "storage/types/quicklist.h"
#include "storage/types/value_handle.h"

namespace inkstone {

// Indexes count from 0 at the head and must exist. Elements are views until the next change, and no
// longer than the handle, which owns what it had to decompress. Text given to a change must not
// point into the list.
class ListValue : public ValueHandle {
 public:
  // An empty list without a key.
  static Value create();

  ListValue(Entry& entry, const EncodingRules& rules) : ValueHandle(entry, rules) {}
  ListValue(const Value& value, const EncodingRules& rules) : ValueHandle(value, rules) {}

  size_t size() const;
  // Is called before a command pushes `count` elements of `bytes` together: it decides for all of
  // them at once whether a listpack will do, as in Redis; the pushes do not.
  void expect(size_t count, size_t bytes);
  void pushFront(std::string_view text);
  void pushBack(std::string_view text);

  // Complexity: logarithmic in the number of nodes, then within one node.
  Element at(size_t index) const;
  void set(size_t index, std::string_view text);
  // Puts `text` before the element at `index`; at the end if that is size().
  void insert(size_t index, std::string_view text);
  // Erases `count` elements from `index` on.
  void erase(size_t index, size_t count);
  // Erases up to `count` (0: all) elements equal to `text`, from the head or from the tail; returns
  // how many.
  size_t eraseEqual(std::string_view text, size_t count, bool from_tail);

  // visit(Element) for `count` elements from `index` on, towards the tail, or towards the head if
  // backward.
  template <class Visit>
  void forRange(size_t index, size_t count, bool backward, Visit visit) const;
  // Does the same with visit(Element) -> bool, and goes on while that returns true.
  template <class Visit>
  void forRangeWhile(size_t index, size_t count, bool backward, Visit visit) const;

 private:
  bool isListpack() const { return encoding() == Encoding::kListpack; }
  Listpack pack() const { return Listpack(object()); }
  Quicklist& nodes() const { return *static_cast<Quicklist*>(object()); }
  void keep(Listpack pack);
  // A listpack again, if it has become small enough.
  void tryReturn();

  mutable DecompressedNodes decompressed_;
};

template <class Visit>
void ListValue::forRange(size_t index, size_t count, bool backward, Visit visit) const {
  forRangeWhile(index, count, backward, [&visit](const Element& element) {
    visit(element);
    return true;
  });
}

template <class Visit>
void ListValue::forRangeWhile(size_t index, size_t count, bool backward, Visit visit) const {
  if (!isListpack()) return nodes().forRange(index, count, backward, decompressed_, visit);
  if (count == 0) return;
  const Listpack pack = this->pack();
  auto at = pack.at(static_cast<int64_t>(index));
  for (; count > 0 && at != nullptr; --count) {
    if (!visit(Listpack::get(at))) return;
    at = backward ? pack.previous(at) : pack.next(at);
  }
}

// These are the row of lists in value.cpp.
namespace list_values {
size_t size(const Value& value);
size_t bytes(const Value& value);
size_t freeEffort(const Value& value);
Value copy(const Value& value, const EncodingRules& rules);
void destroy(const Value& value);
}  // namespace list_values

}  // namespace inkstone

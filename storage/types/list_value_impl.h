// Templates of list_value.h.
#pragma once

namespace inkstone {

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

}  // namespace inkstone

// The templates of set_value.h, which includes this file.
#pragma once

#include "storage/random_choice.h"
#include "storage/types/set_value.h"

namespace inkstone {

template <class Visit>
void SetValue::forEach(Visit visit) const {
  forEachWhile([&](const Element& member) {
    visit(member);
    return true;
  });
}

template <class Visit>
void SetValue::forEachWhile(Visit visit) const {
  if (encoding() == Encoding::kHashTable) {
    table().nodes().forEachWhile([&](const Member* node) { return visit(Element(node->key())); });
  } else if (encoding() == Encoding::kIntset) {
    intset().forEachWhile([&](int64_t member) { return visit(Element(member)); });
  } else {
    const Listpack members = listpack();
    Listpack::Cursor at = members.first();
    while (at != nullptr && visit(Listpack::get(at))) at = members.next(at);
  }
}

template <class Random>
Element SetValue::randomMember(Random& random) const {
  if (encoding() == Encoding::kHashTable) {
    return Element(table().nodes().randomNode(random)->key());
  }
  const uint64_t index = randomBelow(size(), random);
  if (encoding() == Encoding::kIntset) return Element(intset().at(index));
  return Listpack::get(listpack().at(static_cast<int64_t>(index)));
}

template <class Random, class Visit>
void SetValue::sample(size_t count, Random& random, Visit visit) const {
  const size_t members = size();
  if (!isSparseSample(count, members) || encoding() == Encoding::kListpack) {
    SelectionSample selection(count, members);
    if (selection.complete()) return;
    return forEachWhile([&](const Element& member) {
      if (selection.takesNext(random)) visit(member);
      return !selection.complete();
    });
  }
  if (encoding() == Encoding::kIntset) {
    return sampleDistinct(
        count, [&] { return randomBelow(members, random); },
        [&](size_t index) { visit(Element(intset().at(index))); });
  }
  sampleDistinct(
      count, [&] { return table().nodes().randomNode(random); },
      [&](const Member* node) { visit(Element(node->key())); });
}

template <class Visit>
uint64_t SetValue::scan(uint64_t cursor, Visit visit) const {
  if (encoding() != Encoding::kHashTable) {
    forEach(visit);
    return 0;
  }
  return table().nodes().scan(cursor, [&](const Member* node) { visit(Element(node->key())); });
}

}  // namespace inkstone

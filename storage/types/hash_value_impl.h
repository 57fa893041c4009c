// The templates of hash_value.h, which includes this file.
#pragma once

#include "storage/random_choice.h"
#include "storage/types/hash_value.h"

namespace inkstone {

template <class Visit>
void HashValue::forEach(Visit visit) const {
  if (encoding() == Encoding::kHashTable) {
    table().nodes().forEach(
        [&](const Field* node) { visit(Element(node->key()), Element(node->value())); });
    return;
  }
  const Listpack fields = listpack();
  for (Listpack::Cursor at = fields.first(); at != nullptr;) {
    const Listpack::Cursor value = fields.next(at);
    visit(Listpack::get(at), Listpack::get(value));
    at = fields.next(value);
  }
}

template <class Random, class Visit>
void HashValue::randomField(Random& random, Visit visit) const {
  if (encoding() == Encoding::kHashTable) {
    const Field* const node = table().nodes().randomNode(random);
    visit(Element(node->key()), Element(node->value()));
    return;
  }
  const Listpack fields = listpack();
  const uint64_t index = randomBelow(size(), random);
  const Listpack::Cursor at = fields.at(static_cast<int64_t>(2 * index));
  visit(Listpack::get(at), Listpack::get(fields.next(at)));
}

template <class Random, class Visit>
void HashValue::sample(size_t count, Random& random, Visit visit) const {
  if (encoding() == Encoding::kHashTable && isSparseSample(count, size())) {
    return sampleDistinct(
        count, [&] { return table().nodes().randomNode(random); },
        [&](const Field* node) { visit(Element(node->key()), Element(node->value())); });
  }
  SelectionSample selection(count, size());
  forEach([&](const Element& field, const Element& value) {
    if (selection.takesNext(random)) visit(field, value);
  });
}

template <class Visit>
uint64_t HashValue::scan(uint64_t cursor, Visit visit) const {
  if (encoding() != Encoding::kHashTable) {
    forEach(visit);
    return 0;
  }
  return table().nodes().scan(
      cursor, [&](const Field* node) { visit(Element(node->key()), Element(node->value())); });
}

}  // namespace inkstone

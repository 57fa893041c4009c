// The templates of sorted_set_value.h, which includes this file.
#pragma once

#include "storage/random_choice.h"
#include "storage/types/sorted_set_value.h"

namespace inkstone {

template <class Visit>
void SortedSetValue::forRange(RankRange range, bool reverse, Visit visit) const {
  if (isTree()) {
    const auto visitMember = [&](const SortedSetMember* member, double score) {
      visit(Element(member->key()), score);
    };
    return reverse ? tree().forRangeReversed(range, visitMember)
                   : tree().forRange(range, visitMember);
  }
  size_t left = range.size();
  if (left == 0) return;
  const SortedSetListpack entries = listpack();
  auto at = entries.at(reverse ? range.last - 1 : range.first);
  for (; left > 0; --left) {
    visit(entries.member(at), entries.score(at));
    at = reverse ? entries.previous(at) : entries.next(at);
  }
}

template <class Visit>
void SortedSetValue::forEach(Visit visit) const {
  forEachWhile([&](const Element& member, double score) {
    visit(member, score);
    return true;
  });
}

template <class Visit>
void SortedSetValue::forEachWhile(Visit visit) const {
  if (isTree()) {
    return tree().members().nodes().forEachWhile([&](const SortedSetMember* member) {
      return visit(Element(member->key()), member->score());
    });
  }
  const SortedSetListpack entries = listpack();
  auto at = entries.first();
  while (at != nullptr && visit(entries.member(at), entries.score(at))) at = entries.next(at);
}

template <class Random, class Visit>
void SortedSetValue::randomMember(Random& random, Visit visit) const {
  if (isTree()) {
    const SortedSetMember* const member = tree().members().nodes().randomNode(random);
    return visit(Element(member->key()), member->score());
  }
  const SortedSetListpack entries = listpack();
  const auto at = entries.at(randomBelow(size(), random));
  visit(entries.member(at), entries.score(at));
}

template <class Random, class Visit>
void SortedSetValue::sample(size_t count, Random& random, Visit visit) const {
  const size_t members = size();
  if (isTree() && isSparseSample(count, members)) {
    return sampleDistinct(
        count, [&] { return tree().members().nodes().randomNode(random); },
        [&](const SortedSetMember* member) { visit(Element(member->key()), member->score()); });
  }
  SelectionSample selection(count, members);
  forEach([&](const Element& member, double score) {
    if (selection.takesNext(random)) visit(member, score);
  });
}

template <class Visit>
uint64_t SortedSetValue::scan(uint64_t cursor, Visit visit) const {
  if (!isTree()) {
    forEach(visit);
    return 0;
  }
  return tree().members().nodes().scan(cursor, [&](const SortedSetMember* member) {
    visit(Element(member->key()), member->score());
  });
}

}  // namespace inkstone

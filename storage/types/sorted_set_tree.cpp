#include "storage/types/sorted_set_tree.h"

namespace inkstone {

SortedSetTree::~SortedSetTree() {
  for (Leaf* leaf = order_.first(); leaf != nullptr;) {
    Leaf* const next = leaf->next;
    delete leaf;
    leaf = next;
  }
}

SortedSetTree::Change SortedSetTree::set(std::string_view member, double score) {
  const ChangeCheck check(*this);
  const uint64_t hash = members_.hashOf(member);
  if (const auto slot = members_.find(hash, member)) {
    if (slot.node()->score() == score) return Change::kSame;
    moveEntry(slot.node(), score);
    return Change::kMoved;
  }
  insertEntry(members_.insert(hash, member, score));
  return Change::kAdded;
}

void SortedSetTree::append(std::string_view member, double score) {
  const ChangeCheck check(*this);
  SortedSetMember* const added = members_.insert(members_.hashOf(member), member, score);
  Leaf* const last = order_.last();
  if (last == nullptr || last->full()) return addLeafAtEnd(last, added);
  last->append(added, score);
  order_.changed(last, 1);
}

SortedSetMember* SortedSetTree::addUnordered(uint64_t hash, std::string_view member, double score) {
  return members_.find(hash, member) ? nullptr : members_.insert(hash, member, score);
}

void SortedSetTree::putInOrder(std::span<SortedSetMember* const> ascending) {
  const ChangeCheck check(*this);
  for (size_t begin = 0; begin < ascending.size(); begin += Leaf::kCapacity) {
    auto* const leaf = new Leaf;
    const size_t end = std::min(begin + Leaf::kCapacity, ascending.size());
    for (size_t i = begin; i < end; ++i) leaf->append(ascending[i], ascending[i]->score());
    order_.insertAfter(order_.last(), leaf);
  }
}

bool SortedSetTree::erase(std::string_view member) {
  const ChangeCheck check(*this);
  const uint64_t hash = members_.hashOf(member);
  const auto slot = members_.find(hash, member);
  if (!slot) return false;
  removeEntry(spotOf(slot.node(), -1));
  members_.erase(hash, slot);
  return true;
}

void SortedSetTree::eraseRange(RankRange range) {
  const ChangeCheck check(*this);
  size_t left = range.size();
  if (left == 0) return;
  auto [leaf, index] = order_.find(range.first);
  Leaf* const before = leaf->previous;
  while (left > 0) {
    Leaf* const next = leaf->next;
    const size_t n = std::min(left, leaf->count - index);
    for (size_t i = index; i < index + n; ++i) members_.erase(leaf->members[i]->key());
    left -= n;
    if (n == leaf->count) {
      eraseLeaf(leaf);
    } else {
      leaf->remove(index, n);
      order_.changed(leaf, -static_cast<ptrdiff_t>(n));
      if (index == 0) order_.firstKeyChanged(leaf);
    }
    leaf = next;
    index = 0;
  }
  // Only the leaves at both ends of the gap can have become sparse.
  Leaf* const first = before == nullptr ? order_.first() : before->next;
  if (first == nullptr) return;
  Leaf* const second = first->next;
  if (second != nullptr && second->count < kSparse) repair(second);
  Leaf* const remaining = before == nullptr ? order_.first() : before->next;
  if (remaining != nullptr && remaining->count < kSparse) repair(remaining);
}

void SortedSetTree::prefetchLeaf(uint64_t hash, std::string_view member) const {
  const auto slot = members_.find(hash, member);
  if (!slot) return;
  order_.seek(EntryProbe{slot.node()->score(), member, true})->prefetchScores();
}

size_t SortedSetTree::rankOf(const SortedSetMember* member) const {
  return countBefore(EntryProbe{member->score(), member->key(), false});
}

RankRange SortedSetTree::ranksWithin(const ScoreRange& range) const {
  const size_t first = countBefore(ScoreProbe{range.min, range.min_exclusive});
  const size_t last = countBefore(ScoreProbe{range.max, !range.max_exclusive});
  return {first, std::max(first, last)};
}

RankRange SortedSetTree::ranksWithin(const LexRange& range) const {
  const size_t first = countBefore(LexMinProbe{range});
  const size_t last = countBefore(LexMaxProbe{range});
  return {first, std::max(first, last)};
}

template <class Probe>
size_t SortedSetTree::countBefore(const Probe& probe) const {
  if (order_.empty()) return 0;
  size_t position;
  const Leaf* const leaf = order_.seek(probe, position);
  leaf->prefetchScores();
  return position + leaf->countBefore(probe);
}

// Finds where an entry with the member's score is, or belongs. `delta` is added to the leaf's
// weight.
SortedSetTree::Spot SortedSetTree::spotOf(const SortedSetMember* member, ptrdiff_t delta) {
  EntryProbe probe{member->score(), member->key(), true};
  Leaf* const leaf = order_.seekToChange(probe, delta);
  leaf->prefetchScores();
  probe.behind = false;
  return {leaf, leaf->countBefore(probe)};
}

void SortedSetTree::insertEntry(SortedSetMember* member) {
  if (order_.empty()) return addLeafAtEnd(nullptr, member);
  const Spot spot = spotOf(member, 1);
  if (spot.leaf->full()) return insertIntoFull(spot, member);
  spot.leaf->put(spot.index, member, member->score());
  if (spot.index == 0) order_.firstKeyChanged(spot.leaf);
}

// A leaf of its own, behind `left` or in front of all: for sets that grow at an end.
void SortedSetTree::addLeafAtEnd(Leaf* left, SortedSetMember* member) {
  Leaf* const fresh = new Leaf;
  fresh->append(member, member->score());
  order_.insertAfter(left, fresh);
}

// The tree has counted the new entry already, as one of the leaf's.
void SortedSetTree::insertIntoFull(Spot spot, SortedSetMember* member) {
  const bool at_front = spot.index == 0 && spot.leaf->previous == nullptr;
  if (at_front || (spot.index == Leaf::kCapacity && spot.leaf->next == nullptr)) {
    order_.changed(spot.leaf, -1);
    return addLeafAtEnd(at_front ? nullptr : spot.leaf, member);
  }
  if (!shareWithNeighbour(spot, member)) splitLeaf(spot, member);
}

}  // namespace inkstone

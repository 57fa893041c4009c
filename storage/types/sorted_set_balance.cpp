// How the leaves of big sorted sets are kept well filled: before a leaf is split it gives entries
// to a neighbour, and two that are full become three. So leaves of a set that was filled at random
// are more than four fifths full (B* trees: Knuth, The Art of Computer Programming, 6.2.4).
#include "storage/types/sorted_set_tree.h"

namespace inkstone {
namespace {

// Moves the last `n` entries of a leaf to the front of the one behind it.
void moveBack(SortedSetLeaf& left, SortedSetLeaf& right, size_t n) {
  right.move(n, 0, right.count);
  right.copy(0, left, left.count - n, n);
  left.count -= n;
  right.count += n;
}

// Moves the first `n` entries of a leaf to the end of the one in front of it.
void moveForward(SortedSetLeaf& left, SortedSetLeaf& right, size_t n) {
  left.copy(left.count, right, 0, n);
  left.count += n;
  right.remove(0, n);
}

bool isBefore(const SortedSetMember& a, const SortedSetMember& b) {
  return a.score() != b.score() ? a.score() < b.score() : a.key() < b.key();
}

}  // namespace

// Evens out the full leaf and the emptier one of its neighbours, if that has room, and adds the
// member.
bool SortedSetTree::shareWithNeighbour(Spot spot, SortedSetMember* member) {
  Leaf* const leaf = spot.leaf;
  Leaf* neighbour = leaf->next;
  if (neighbour == nullptr ||
      (leaf->previous != nullptr && leaf->previous->count < neighbour->count)) {
    neighbour = leaf->previous;
  }
  if (neighbour == nullptr || neighbour->count > kNearlyFull) return false;
  const size_t count_before = neighbour->count;
  const size_t n = (leaf->count - count_before) / 2;
  if (neighbour == leaf->next) {
    moveBack(*leaf, *neighbour, n);
    if (spot.index > leaf->count) spot = {neighbour, spot.index - leaf->count};
  } else {
    moveForward(*neighbour, *leaf, n);
    spot = spot.index > n ? Spot{leaf, spot.index - n} : Spot{neighbour, count_before + spot.index};
  }
  spot.leaf->put(spot.index, member, member->score());
  adjustFull(leaf);
  order_.changed(neighbour, static_cast<ptrdiff_t>(neighbour->count - count_before));
  order_.firstKeyChanged(leaf);
  order_.firstKeyChanged(neighbour);
  return true;
}

// Tells the tree how many entries are left of a full leaf and the one that was to be added.
void SortedSetTree::adjustFull(Leaf* leaf) {
  order_.changed(leaf, static_cast<ptrdiff_t>(leaf->count) - ptrdiff_t{Leaf::kCapacity + 1});
}

void SortedSetTree::splitLeaf(Spot spot, SortedSetMember* member) {
  Leaf* const leaf = spot.leaf;
  Leaf* const fresh = new Leaf;
  if (leaf->next != nullptr) {
    Leaf* const right = leaf->next;
    moveBack(*leaf, *fresh, leaf->count / 3);
    const size_t n = right->count / 3;
    moveForward(*fresh, *right, n);
    order_.changed(right, -static_cast<ptrdiff_t>(n));
    order_.firstKeyChanged(right);
  } else {
    moveBack(*leaf, *fresh, leaf->count / 2);
  }
  if (spot.index > leaf->count) spot = {fresh, spot.index - leaf->count};
  spot.leaf->put(spot.index, member, member->score());
  order_.insertAfter(leaf, fresh);
  adjustFull(leaf);
  if (spot.index == 0) order_.firstKeyChanged(leaf);
}

void SortedSetTree::removeEntry(Spot spot) {
  spot.leaf->remove(spot.index, 1);
  if (spot.leaf->count == 0) return eraseLeaf(spot.leaf);
  if (spot.index == 0) order_.firstKeyChanged(spot.leaf);
  if (spot.leaf->count < kSparse) repair(spot.leaf);
}

// Joins a sparse leaf and a neighbour.
void SortedSetTree::repair(Leaf* leaf) {
  if (leaf->next != nullptr && join(leaf, leaf->next)) return;
  if (leaf->previous != nullptr) join(leaf->previous, leaf);
}

bool SortedSetTree::join(Leaf* left, Leaf* right) {
  const size_t n = right->count;
  if (left->count + n > kJoinedMax) return false;
  moveForward(*left, *right, n);
  order_.changed(left, static_cast<ptrdiff_t>(n));
  eraseLeaf(right);
  return true;
}

void SortedSetTree::eraseLeaf(Leaf* leaf) {
  order_.erase(leaf);
  delete leaf;
}

// Where the entry is and where it goes are found first, so that both leaves are loaded at once.
void SortedSetTree::moveEntry(SortedSetMember* member, double score) {
  const EntryProbe before{member->score(), member->key(), true};
  const EntryProbe after{score, member->key(), true};
  Leaf* const from = order_.seekToChange(before, -1);
  from->prefetchScores();
  Leaf* const to = order_.seekToChange(after, 1);
  to->prefetchScores();
  const size_t index = from->countBefore(before) - 1;
  if (to == from) return moveWithin({from, index}, member, score);
  if (from->count <= kSparse || to->full()) {
    // Leaves are joined or split, which may be these two.
    order_.changed(to, -1);
    removeEntry({from, index});
    member->setScore(score);
    return insertEntry(member);
  }
  const size_t target = to->countBefore(after);
  from->remove(index, 1);
  to->put(target, member, score);
  member->setScore(score);
  if (index == 0) order_.firstKeyChanged(from);
  if (target == 0) order_.firstKeyChanged(to);
}

void SortedSetTree::moveWithin(Spot spot, SortedSetMember* member, double score) {
  Leaf& leaf = *spot.leaf;
  const size_t target = leaf.countBefore(EntryProbe{score, member->key(), true});
  size_t index = spot.index;
  if (target > index + 1) {
    leaf.move(index, index + 1, target - 1 - index);
    index = target - 1;
  } else if (target < index) {
    leaf.move(target + 1, target, index - target);
    index = target;
  }
  leaf.scores[index] = score;
  leaf.members[index] = member;
  member->setScore(score);
  if (index == 0 || spot.index == 0) order_.firstKeyChanged(&leaf);
}

size_t SortedSetTree::memoryBytes() const {
  return blockBytes(sizeof *this) - blockBytes(sizeof members_) + members_.memoryBytes() +
         order_.memoryBytes() + order_.leafCount() * blockBytes(sizeof(Leaf));
}

BrokenClaim SortedSetTree::checkStructure() const {
  if (const BrokenClaim broken = members_.checkStructure()) return broken;
  if (const BrokenClaim broken = order_.checkStructure()) return broken;
  if (order_.weight() != size()) return Claim("as many members stand in order as in the table");
  const SortedSetMember* previous = nullptr;
  for (const Leaf* leaf = order_.first(); leaf != nullptr; leaf = leaf->next) {
    if (leaf->count == 0 || leaf->count > Leaf::kCapacity) {
      return Claim("a leaf has entries, and no more than it has room for");
    }
    for (size_t i = 0; i < leaf->count; ++i) {
      const SortedSetMember* const member = leaf->members[i];
      if (find(member->key()) != member) return Claim("a member in order stands in the table");
      if (member->score() != leaf->scores[i]) return Claim("a leaf knows the score of a member");
      if (previous != nullptr && !isBefore(*previous, *member)) {
        return Claim("members ascend by score, then by their bytes");
      }
      previous = member;
    }
  }
  return {};
}

}  // namespace inkstone

// Big sorted sets: each member with its score in one block, found by a hash table (member_table.h),
// and kept in order by a B+ tree that counts (counted_tree.h).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "storage/types/counted_tree.h"
#include "storage/types/member_table.h"
#include "storage/types/sorted_set_leaf.h"
#include "storage/types/sorted_set_range.h"

namespace inkstone {

// Owns its members; those it gives out are valid until the next change. Text given to a change must
// not point into the set. n: members, m: members visited.
class SortedSetTree {
 public:
  enum class Change : uint8_t { kAdded, kMoved, kSame };

  // The hasher has to outlive the set.
  explicit SortedSetTree(const KeyHasher& hasher) : members_(hasher) {}
  ~SortedSetTree();
  SortedSetTree(const SortedSetTree&) = delete;
  SortedSetTree& operator=(const SortedSetTree&) = delete;

  size_t size() const { return members_.size(); }
  // Gives null if there is no such member.
  const SortedSetMember* find(std::string_view member) const {
    const auto slot = members_.find(member);
    return slot ? slot.node() : nullptr;
  }

  // Adds a member or gives it another score. O(log n); constant where the member keeps its place.
  Change set(std::string_view member, double score);
  // Adds a member that is not there yet and comes behind all others. No search, and leaves become
  // full.
  void append(std::string_view member, double score);
  // Building an empty set from members in any order: add each (null if it is there already), then
  // put all of them in order once. Nothing else may be asked in between.
  SortedSetMember* addUnordered(uint64_t hash, std::string_view member, double score);
  void putInOrder(std::span<SortedSetMember* const> ascending);
  // Makes an empty set ready for so many members.
  void reserve(size_t members) { members_.reserve(members); }
  // Gives false if it was no member. Takes O(log n).
  bool erase(std::string_view member);
  // Takes O(log n + m).
  void eraseRange(RankRange range);

  // Begins to load the leaf where a member stands, if there is such a member.
  void prefetchLeaf(uint64_t hash, std::string_view member) const;

  // These take O(log n).
  size_t rankOf(const SortedSetMember* member) const;
  RankRange ranksWithin(const ScoreRange& range) const;
  RankRange ranksWithin(const LexRange& range) const;

  // visit(const SortedSetMember*, double score) for the ranks of the range. O(log n + m).
  template <class Visit>
  void forRange(RankRange range, Visit visit) const;
  template <class Visit>
  void forRangeReversed(RankRange range, Visit visit) const;

  // Serves walks in the order of hashes.
  const MemberTable<SortedSetMember>& members() const { return members_; }

  // Counts the bytes of everything that the set owns.
  size_t memoryBytes() const;
  // Pieces of memory to be given back in the end.
  size_t pieces() const { return members_.pieces() + order_.leafCount(); }
  // Finds a claim that is broken: about the table, about the tree, and that the two agree.
  BrokenClaim checkStructure() const;
  // Each member is looked up.
  size_t checkSteps() const { return 2 * size(); }

 private:
  using Leaf = SortedSetLeaf;
  using Order = CountedTree<Leaf, SortedSetSeparators>;
  // Where an entry is, or is to be.
  struct Spot {
    Leaf* leaf;
    size_t index;
  };

  // A leaf fuller than this takes no entries from a neighbour that has no room left.
  static constexpr size_t kNearlyFull = Leaf::kCapacity - 4;
  // A leaf with fewer entries joins a neighbour if the two leave some room.
  static constexpr size_t kSparse = Leaf::kCapacity / 2;
  static constexpr size_t kJoinedMax = Leaf::kCapacity * 7 / 8;

  Spot spotOf(const SortedSetMember* member, ptrdiff_t delta);
  void insertEntry(SortedSetMember* member);
  void insertIntoFull(Spot spot, SortedSetMember* member);
  void addLeafAtEnd(Leaf* left, SortedSetMember* member);
  void splitLeaf(Spot spot, SortedSetMember* member);
  bool shareWithNeighbour(Spot spot, SortedSetMember* member);
  void removeEntry(Spot spot);
  void moveEntry(SortedSetMember* member, double score);
  void moveWithin(Spot spot, SortedSetMember* member, double score);
  void adjustFull(Leaf* leaf);
  void repair(Leaf* leaf);
  bool join(Leaf* left, Leaf* right);
  void eraseLeaf(Leaf* leaf);
  template <class Probe>
  size_t countBefore(const Probe& probe) const;

  MemberTable<SortedSetMember> members_;
  Order order_;
};

template <class Visit>
void SortedSetTree::forRange(RankRange range, Visit visit) const {
  size_t left = range.size();
  if (left == 0) return;
  auto [leaf, index] = order_.find(range.first);
  while (true) {
    // The members of a leaf lie anywhere, but which ones come next is known.
    constexpr size_t kAhead = 8;
    const size_t end = std::min(leaf->count, index + left);
    left -= end - index;
    for (size_t i = index; i < end; ++i) {
      if (i + kAhead < leaf->count) prefetch(leaf->members[i + kAhead]);
      visit(static_cast<const SortedSetMember*>(leaf->members[i]), leaf->scores[i]);
    }
    if (left == 0) return;
    leaf = leaf->next;
    index = 0;
  }
}

template <class Visit>
void SortedSetTree::forRangeReversed(RankRange range, Visit visit) const {
  size_t left = range.size();
  if (left == 0) return;
  auto [leaf, index] = order_.find(range.last - 1);
  while (true) {
    constexpr size_t kAhead = 8;
    const size_t end = index + 1 - std::min(index + 1, left);
    left -= index + 1 - end;
    for (size_t i = index + 1; i-- > end;) {
      if (i >= kAhead) prefetch(leaf->members[i - kAhead]);
      visit(static_cast<const SortedSetMember*>(leaf->members[i]), leaf->scores[i]);
    }
    if (left == 0) return;
    leaf = leaf->previous;
    index = leaf->count - 1;
  }
}

}  // namespace inkstone

// A B+ tree that counts: finds what stands at a position, and the position of what stands
// somewhere, in O(log n). The backbone of big lists and sorted sets.
//
// The leaves are the user's, linked to each other in order. Inner nodes keep, for each child, the
// weight of all leaves below it (order-statistics, Cormen et al., chapter 14), so a change of a
// leaf walks up once, and a position is found by subtracting on the way down. A tree of one leaf
// has no inner node. Where a sequence grows at an end, the node that is full stays full, so leaves
// that were appended or prepended lie densely.
//
// With separators (sorted sets) inner nodes also keep the first key of each child, all of a node in
// one array, so a search by key touches one leaf only: the one it ends in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "base/structure_check.h"
#include "storage/memory_cost.h"

namespace inkstone {

// Leaves without a key: found by position only.
struct NoSeparators {
  struct Key {};

  template <size_t kCapacity>
  struct Array {
    void set(size_t, Key) {}
    Key get(size_t) const { return {}; }
    void move(size_t, const Array&, size_t, size_t) {}
  };

  template <class Leaf>
  static Key firstKey(const Leaf&) {
    return {};
  }
};

// The weights of a node's children, in six bytes each: a list of many short nodes pays for each.
// Two halves, each summed up a vector at a time.
template <size_t kCapacity>
class WeightArray {
 public:
  size_t get(size_t index) const { return low_[index] | static_cast<size_t>(high_[index]) << 32; }
  void set(size_t index, size_t weight) {
    low_[index] = static_cast<uint32_t>(weight);
    high_[index] = static_cast<uint16_t>(weight >> 32);
  }
  void add(size_t index, ptrdiff_t delta) { set(index, get(index) + static_cast<size_t>(delta)); }
  size_t sum(size_t count) const {
    size_t low = 0;
    uint32_t high = 0;
    for (size_t i = 0; i < count; ++i) low += low_[i];
    for (size_t i = 0; i < count; ++i) high += high_[i];
    return low + (static_cast<size_t>(high) << 32);
  }
  // The ranges may overlap.
  void move(size_t to, const WeightArray& other, size_t from, size_t n) {
    std::memmove(&low_[0] + to, &other.low_[0] + from, n * sizeof(low_[0]));
    std::memmove(&high_[0] + to, &other.high_[0] + from, n * sizeof(high_[0]));
  }

 private:
  std::array<uint32_t, kCapacity> low_;
  std::array<uint16_t, kCapacity> high_;
};

// Leaf has three public pointers that belong to the tree and need no initial value: `void* parent`,
// `Leaf* previous`, `Leaf* next`; and `size_t weight() const`.
//
// Separators, if there are any, describe keys as NoSeparators does: firstKey() of a leaf (never an
// empty one), and Array, which holds a node's keys and copies ranges that may overlap. For searches
// Array has `size_t countBefore(const Probe&, size_t count) const`: how many of its first `count`
// keys lie before what is looked for; that must be true of keys up to some place and of none
// behind.
//
// A weight, of the whole tree as well, stays below 2^48.
//
// The tree never owns its leaves, and clear() and the destructor do not look at them.
template <class Leaf, class Separators = NoSeparators>
class CountedTree {
 public:
  using Key = typename Separators::Key;

  struct Place {
    Leaf* leaf;
    size_t offset;  // within the leaf
  };

  CountedTree() = default;
  ~CountedTree() { clear(); }
  CountedTree(const CountedTree&) = delete;
  CountedTree& operator=(const CountedTree&) = delete;

  bool empty() const { return first_ == nullptr; }
  Leaf* first() const { return first_; }
  Leaf* last() const { return last_; }
  // Gives the sum over all leaves, in constant time.
  size_t weight() const { return weight_; }
  size_t leafCount() const { return leaf_count_; }
  // Counts the bytes of the inner nodes, in constant time.
  size_t memoryBytes() const { return node_count_ * blockBytes(sizeof(Node)); }

  // Finds where `position`, which is less than weight(), lies.
  Place find(size_t position) const;

  // Puts a leaf behind another; null: in front of all.
  void insertAfter(Leaf* left, Leaf* fresh);
  // Takes a leaf out, with the weight the tree knows of; the caller frees it.
  void erase(Leaf* leaf);
  // The tree must be told of every change of a leaf's weight.
  void changed(Leaf* leaf, ptrdiff_t delta);
  // The tree must be told when a leaf's first key becomes another one.
  void firstKeyChanged(Leaf* leaf);
  // Forgets the leaves.
  void clear();

  // The leaf where the place between "before" and "not before" is: the last one whose first key
  // lies before it, or the first leaf. The tree must not be empty.
  template <class Probe>
  Leaf* seek(const Probe& probe) const;
  // Does the same, and gives the leaf's position.
  template <class Probe>
  Leaf* seek(const Probe& probe, size_t& position) const;
  // Does the same, and adds `delta` to the weights on the way, for a change that is about to be
  // made to that leaf.
  template <class Probe>
  Leaf* seekToChange(const Probe& probe, ptrdiff_t delta);

  // Finds a claim about links, weights, separators and the filling of nodes that is broken. It
  // holds once every change of a leaf has been told.
  BrokenClaim checkStructure() const;

 private:
  static constexpr bool kHasSeparators = !std::is_same_v<Separators, NoSeparators>;
  // With it a node fits 1 KB, and 2 KB with separators of two words: size classes of the allocator.
  static constexpr size_t kFanOut = kHasSeparators ? 67 : 72;
  // A node with fewer children joins a neighbour if the two leave some room for growth.
  static constexpr size_t kSparse = kFanOut / 4;
  static constexpr size_t kJoinedMax = kFanOut * 3 / 4;
  // What six bytes hold.
  static constexpr size_t kWeightMax = (size_t{1} << 48) - 1;

  using Weights = WeightArray<kFanOut>;

  // What is to become a child.
  struct Child {
    void* address;
    size_t weight;
    Key key;
  };

  struct Node {
    Node* parent = nullptr;
    uint32_t count = 0;
    const bool above_leaves;
    [[no_unique_address]] typename Separators::template Array<kFanOut> keys;
    Weights weights;
    std::array<void*, kFanOut> children;

    explicit Node(bool leaves) : above_leaves(leaves) {
      static_assert(sizeof(Node) <= (kHasSeparators ? 2048 : 1024));
    }
    bool full() const { return count == kFanOut; }
    Node* node(size_t index) const { return static_cast<Node*>(children[index]); }
    Leaf* leaf(size_t index) const { return static_cast<Leaf*>(children[index]); }
    size_t indexOf(const void* child) const {
      size_t index = 0;
      while (children[index] != child) ++index;
      return index;
    }
    size_t weight() const { return weights.sum(count); }
    void adopt(size_t index) {
      if (above_leaves) {
        leaf(index)->parent = this;
      } else {
        node(index)->parent = this;
      }
    }
    void put(size_t index, const Child& child);
    void remove(size_t index);
    // Moves the other's children from that index on behind its own.
    void take(Node& other, size_t from);

   private:
    void moveWithin(size_t to, size_t from, size_t n);
  };

  static Node* parentOf(const Leaf* leaf) { return static_cast<Node*>(leaf->parent); }
  static Node* parentOf(const Node* node) { return node->parent; }

  // Does as seek() does, and calls onPath(weights of a node, index of the child) on the way.
  template <class Probe, class OnPath>
  Leaf* descend(const Probe& probe, OnPath onPath) const;
  void link(Leaf* left, Leaf* fresh);
  void unlink(Leaf* leaf);
  // Adds to what all nodes above know of a child.
  template <class Below>
  static void addAbove(const Below* child, ptrdiff_t delta);
  // Tells the nodes above that the first key of a child is another one.
  template <class Below>
  static void setFirstKey(const Below* child, Key key);
  Node* createNode(bool above_leaves);
  void destroyNode(Node* node);
  void insertChild(Node* node, size_t index, const Child& child);
  size_t splitIndex(const Node* node, size_t index) const;
  void removeChild(Node* node, size_t index);
  void joinNeighbour(Node* node);
  bool join(Node* parent, size_t left_index);
  void destroyBelow(Node* node);
  BrokenClaim checkNode(const Node* node, const Leaf*& leaf) const;

  // The topmost node; null while there is one leaf at most.
  Node* root_ = nullptr;
  Leaf* first_ = nullptr;
  Leaf* last_ = nullptr;
  size_t weight_ = 0;
  size_t leaf_count_ = 0;
  size_t node_count_ = 0;
};

}  // namespace inkstone

#include "storage/types/counted_tree_impl.h"

// A long list: a sequence of nodes of packed elements (quicklist_node.h) in a tree that counts, so
// that the element at an index is found in O(log nodes).
//
// Nodes are filled up to list-max-listpack-size as in Redis, so both sides' dumps of a list that
// was pushed are the same bytes. Nodes further than list-compress-depth from both ends are
// compressed when they are left alone; the first and the last never are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/types/counted_tree.h"
#include "storage/types/element.h"
#include "storage/types/encoding_rules.h"
#include "storage/types/listpack.h"
#include "storage/types/node_limit.h"
#include "storage/types/quicklist_node.h"

namespace inkstone {

// What readers of a list see of compressed nodes: copies that live until clear(), which is due
// before the list changes.
class DecompressedNodes {
 public:
  // The node's bytes, a copy of them if it is compressed.
  const uint8_t* bytesOf(const QuicklistNode& node) {
    return node.isCompressed() ? copyOf(node) : node.rawBytes();
  }
  void clear() { copies_.clear(); }

 private:
  const uint8_t* copyOf(const QuicklistNode& node);

  std::vector<std::pair<const QuicklistNode*, std::unique_ptr<uint8_t[]>>> copies_;
};

// The rules are asked anew by each operation. Indexes must exist. Text must not point into the
// list. Throws std::bad_alloc.
class Quicklist {
 public:
  Quicklist() = default;
  // Takes the block over as the only node.
  explicit Quicklist(Listpack pack);
  ~Quicklist();
  Quicklist(const Quicklist&) = delete;
  Quicklist& operator=(const Quicklist&) = delete;

  std::unique_ptr<Quicklist> copy() const;
  size_t size() const { return size_; }
  size_t nodeCount() const { return tree_.leafCount(); }
  // Nodes in order follow from here.
  const QuicklistNode* head() const { return tree_.first(); }
  // Takes one step a node.
  size_t memoryBytes() const;
  // Tells whether it is one packed node small enough to be a listpack.
  bool mayBecomeListpack(const EncodingRules& rules) const;
  // The only node's listpack, leaving the list empty.
  Listpack release();

  void pushFront(std::string_view text, const EncodingRules& rules);
  void pushBack(std::string_view text, const EncodingRules& rules);
  // Takes the block over as the last node, whatever the limit of nodes says. It must not be empty.
  void appendNode(Listpack pack, const EncodingRules& rules);
  void set(size_t index, std::string_view text, const EncodingRules& rules);
  // Inserts before `index`, which may be size().
  void insert(size_t index, std::string_view text, const EncodingRules& rules);
  void erase(size_t index, size_t count, const EncodingRules& rules);
  // Does what ListValue::eraseEqual() does.
  size_t eraseEqual(std::string_view text, size_t count, bool from_tail,
                    const EncodingRules& rules);

  // visit(Element) -> bool for `count` elements from `index` on until it returns false.
  template <class Visit>
  void forRange(size_t index, size_t count, bool backward, DecompressedNodes& decompressed,
                Visit visit) const;

  // Finds a claim that is broken: about the tree, the nodes and their bytes, and the counts.
  BrokenClaim checkStructure() const;
  size_t checkSteps() const { return size_; }

 private:
  using Tree = CountedTree<QuicklistNode>;
  using Place = Tree::Place;

  static bool hasRoom(const QuicklistNode& node, std::string_view text, NodeLimit limit) {
    return !node.isPlain() && limit.hasRoom(node.byteCount(), node.count(), text.size());
  }
  Place locate(size_t index) const;
  QuicklistNode* createNode(std::string_view text, NodeLimit limit);
  void link(QuicklistNode* left, QuicklistNode* fresh);
  void becomeInner(QuicklistNode* node);
  void becomeEnd(QuicklistNode* node);
  void remove(QuicklistNode* node);
  // Called when a packed node's elements have changed; `count_before`: how many they were.
  void changed(QuicklistNode* node, size_t count_before);
  void split(QuicklistNode* node, size_t index);
  bool join(QuicklistNode* left, QuicklistNode* right, NodeLimit limit);
  QuicklistNode* joinNeighbours(QuicklistNode* node, NodeLimit limit);

  // The following stand in quicklist_edit.cpp.
  void insertWithin(QuicklistNode* node, size_t index, std::string_view text);
  void eraseWithin(QuicklistNode* node, size_t index, size_t count);
  QuicklistNode* insertNode(Place place, std::string_view text, NodeLimit limit);
  QuicklistNode* replaceByNode(Place place, std::string_view text, NodeLimit limit);
  size_t eraseEqualWithin(QuicklistNode* node, std::string_view text, size_t count, bool from_tail);

  void compressAround(QuicklistNode* node, const EncodingRules& rules);
  void compressEnds(const EncodingRules& rules);

  Tree tree_;
  size_t size_ = 0;
};

template <class Visit>
void Quicklist::forRange(size_t index, size_t count, bool backward, DecompressedNodes& decompressed,
                         Visit visit) const {
  if (count == 0) return;
  Place place = locate(index);
  for (const QuicklistNode* node = place.leaf; count > 0 && node != nullptr;) {
    const uint8_t* const bytes = decompressed.bytesOf(*node);
    if (node->isPlain()) {
      const auto* const chars = reinterpret_cast<const char*>(bytes);
      if (!visit(Element(std::string_view(chars, node->byteCount())))) return;
      --count;
    } else {
      const Listpack pack(const_cast<uint8_t*>(bytes));
      auto at = pack.at(static_cast<int64_t>(place.offset));
      for (; count > 0 && at != nullptr; --count) {
        if (!visit(Listpack::get(at))) return;
        at = backward ? pack.previous(at) : pack.next(at);
      }
    }
    node = backward ? node->previous : node->next;
    if (node != nullptr) place.offset = backward ? node->count() - 1 : 0;
  }
}

}  // namespace inkstone

// The templates of counted_tree.h, which includes this file.
#pragma once

namespace inkstone {

template <class Leaf, class Separators>
void CountedTree<Leaf, Separators>::Node::moveWithin(size_t to, size_t from, size_t n) {
  keys.move(to, keys, from, n);
  weights.move(to, weights, from, n);
  std::memmove(&children[0] + to, &children[0] + from, n * sizeof(children[0]));
}

template <class Leaf, class Separators>
void CountedTree<Leaf, Separators>::Node::put(size_t index, const Child& child) {
  moveWithin(index + 1, index, count - index);
  keys.set(index, child.key);
  weights.set(index, child.weight);
  children[index] = child.address;
  ++count;
  adopt(index);
}

template <class Leaf, class Separators>
void CountedTree<Leaf, Separators>::Node::remove(size_t index) {
  --count;
  moveWithin(index, index + 1, count - index);
}

template <class Leaf, class Separators>
void CountedTree<Leaf, Separators>::Node::take(Node& other, size_t from) {
  const size_t n = other.count - from;
  keys.move(count, other.keys, from, n);
  weights.move(count, other.weights, from, n);
  std::memcpy(&children[0] + count, &other.children[0] + from, n * sizeof(children[0]));
  const size_t end = count + n;
  for (size_t i = count; i < end; ++i) adopt(i);
  count = static_cast<uint32_t>(end);
  other.count = static_cast<uint32_t>(from);
}

template <class Leaf, class Separators>
auto CountedTree<Leaf, Separators>::find(size_t position) const -> Place {
  if (root_ == nullptr) return {first_, position};
  const Node* node = root_;
  while (true) {
    size_t index = 0;
    while (position >= node->weights.get(index)) position -= node->weights.get(index++);
    if (node->above_leaves) return {node->leaf(index), position};
    node = node->node(index);
  }
}

template <class Leaf, class Separators>
template <class Probe, class OnPath>
Leaf* CountedTree<Leaf, Separators>::descend(const Probe& probe, OnPath onPath) const {
  if (root_ == nullptr) return first_;
  Node* node = root_;
  while (true) {
    const size_t before = node->keys.countBefore(probe, node->count);
    const size_t index = before - (before > 0 ? 1 : 0);
    onPath(node->weights, index);
    if (node->above_leaves) return node->leaf(index);
    node = node->node(index);
  }
}

template <class Leaf, class Separators>
template <class Probe>
Leaf* CountedTree<Leaf, Separators>::seek(const Probe& probe) const {
  return descend(probe, [](const Weights&, size_t) {});
}

template <class Leaf, class Separators>
template <class Probe>
Leaf* CountedTree<Leaf, Separators>::seek(const Probe& probe, size_t& position) const {
  position = 0;
  return descend(
      probe, [&position](const Weights& weights, size_t index) { position += weights.sum(index); });
}

template <class Leaf, class Separators>
template <class Probe>
Leaf* CountedTree<Leaf, Separators>::seekToChange(const Probe& probe, ptrdiff_t delta) {
  weight_ += static_cast<size_t>(delta);
  return descend(probe, [delta](Weights& weights, size_t index) { weights.add(index, delta); });
}

template <class Leaf, class Separators>
template <class Below>
void CountedTree<Leaf, Separators>::addAbove(const Below* below, ptrdiff_t delta) {
  const void* child = below;
  for (Node* node = parentOf(below); node != nullptr; node = node->parent) {
    node->weights.add(node->indexOf(child), delta);
    child = node;
  }
}

template <class Leaf, class Separators>
template <class Below>
void CountedTree<Leaf, Separators>::setFirstKey(const Below* below, Key key) {
  if constexpr (kHasSeparators) {
    const void* child = below;
    for (Node* node = parentOf(below); node != nullptr; node = node->parent) {
      const size_t index = node->indexOf(child);
      node->keys.set(index, key);
      if (index > 0) return;
      child = node;
    }
  }
}

template <class Leaf, class Separators>
void CountedTree<Leaf, Separators>::changed(Leaf* leaf, ptrdiff_t delta) {
  weight_ += static_cast<size_t>(delta);
  invariant(weight_ <= kWeightMax, "a tree never loses more weight than it has", weight_, delta);
  addAbove(leaf, delta);
}

template <class Leaf, class Separators>
void CountedTree<Leaf, Separators>::firstKeyChanged(Leaf* leaf) {
  setFirstKey(leaf, Separators::firstKey(*leaf));
}

template <class Leaf, class Separators>
auto CountedTree<Leaf, Separators>::createNode(bool above_leaves) -> Node* {
  Node* const node = new Node(above_leaves);
  ++node_count_;
  return node;
}

template <class Leaf, class Separators>
void CountedTree<Leaf, Separators>::destroyNode(Node* node) {
  delete node;
  --node_count_;
}

template <class Leaf, class Separators>
void CountedTree<Leaf, Separators>::link(Leaf* left, Leaf* fresh) {
  Leaf* const right = left == nullptr ? first_ : left->next;
  fresh->previous = left;
  fresh->next = right;
  (left == nullptr ? first_ : left->next) = fresh;
  (right == nullptr ? last_ : right->previous) = fresh;
  ++leaf_count_;
}

template <class Leaf, class Separators>
void CountedTree<Leaf, Separators>::unlink(Leaf* leaf) {
  (leaf->previous == nullptr ? first_ : leaf->previous->next) = leaf->next;
  (leaf->next == nullptr ? last_ : leaf->next->previous) = leaf->previous;
  --leaf_count_;
}

template <class Leaf, class Separators>
void CountedTree<Leaf, Separators>::insertAfter(Leaf* left, Leaf* fresh) {
  const size_t weight_before = weight_;
  const size_t weight = fresh->weight();
  link(left, fresh);
  weight_ += weight;
  fresh->parent = nullptr;
  if (leaf_count_ == 1) return;
  Leaf* const beside = left == nullptr ? fresh->next : left;
  if (root_ == nullptr) {
    root_ = createNode(true);
    root_->put(0, {beside, weight_before, Separators::firstKey(*beside)});
  }
  Node* const node = parentOf(beside);
  const size_t index = left == nullptr ? 0 : node->indexOf(beside) + 1;
  insertChild(node, index, {fresh, weight, Separators::firstKey(*fresh)});
  if (left == nullptr) firstKeyChanged(fresh);
}

// Above `node` the weights still lack the child's when this is called.
template <class Leaf, class Separators>
void CountedTree<Leaf, Separators>::insertChild(Node* node, size_t index, const Child& child) {
  if (!node->full()) {
    node->put(index, child);
    addAbove(node, static_cast<ptrdiff_t>(child.weight));
    return;
  }
  if (node == root_) {
    root_ = createNode(false);
    root_->put(0, {node, node->weight(), node->keys.get(0)});
  }
  const size_t split = splitIndex(node, index);
  Node* const right = createNode(node->above_leaves);
  right->take(*node, split);
  const bool to_right = index > split || split == kFanOut;
  (to_right ? right : node)->put(to_right ? index - split : index, child);

  // The neighbour takes its weight from the node, so the node's own part of the path is corrected
  // by what is left, and the child's weight goes up along it.
  const size_t right_weight = right->weight();
  addAbove(node, static_cast<ptrdiff_t>(child.weight) - static_cast<ptrdiff_t>(right_weight));
  Node* const parent = node->parent;
  insertChild(parent, parent->indexOf(node) + 1, {right, right_weight, right->keys.get(0)});
}

// Tells how many children of a full node stay in it. At the ends of the tree it stays full, or
// becomes the full neighbour of a new one: sequences mostly grow there.
template <class Leaf, class Separators>
size_t CountedTree<Leaf, Separators>::splitIndex(const Node* node, size_t index) const {
  const bool at_front = index == 0;
  if (!at_front && index < kFanOut) return kFanOut / 2;
  const Node* below = node;
  for (const Node* above = node->parent; above != nullptr; above = above->parent) {
    if (above->children[at_front ? 0 : above->count - 1] != below) return kFanOut / 2;
    below = above;
  }
  return at_front ? 0 : kFanOut;
}

template <class Leaf, class Separators>
void CountedTree<Leaf, Separators>::erase(Leaf* leaf) {
  unlink(leaf);
  Node* const node = parentOf(leaf);
  if (node == nullptr) {
    weight_ = 0;
    return;
  }
  const size_t index = node->indexOf(leaf);
  changed(leaf, -static_cast<ptrdiff_t>(node->weights.get(index)));
  removeChild(node, index);
}

// The child weighs nothing any more.
template <class Leaf, class Separators>
void CountedTree<Leaf, Separators>::removeChild(Node* node, size_t index) {
  node->remove(index);
  if (node->count == 0) {
    Node* const parent = node->parent;
    const size_t index_above = parent->indexOf(node);
    destroyNode(node);
    return removeChild(parent, index_above);
  }
  if (index == 0) setFirstKey(node, node->keys.get(0));
  if (node != root_) {
    if (node->count < kSparse) joinNeighbour(node);
    return;
  }
  while (root_ != nullptr && root_->count == 1) {
    Node* const old_root = root_;
    if (old_root->above_leaves) {
      old_root->leaf(0)->parent = nullptr;
      root_ = nullptr;
    } else {
      root_ = old_root->node(0);
      root_->parent = nullptr;
    }
    destroyNode(old_root);
  }
}

template <class Leaf, class Separators>
void CountedTree<Leaf, Separators>::joinNeighbour(Node* node) {
  Node* const parent = node->parent;
  const size_t index = parent->indexOf(node);
  if (index + 1 < parent->count && join(parent, index)) return;
  if (index > 0) join(parent, index - 1);
}

// The child at `left_index` and the one behind it; false if they are too full for that.
template <class Leaf, class Separators>
bool CountedTree<Leaf, Separators>::join(Node* parent, size_t left_index) {
  Node* const left = parent->node(left_index);
  Node* const right = parent->node(left_index + 1);
  if (left->count + right->count > kJoinedMax) return false;
  left->take(*right, 0);
  const size_t joined = parent->weights.get(left_index) + parent->weights.get(left_index + 1);
  parent->weights.set(left_index, joined);
  destroyNode(right);
  removeChild(parent, left_index + 1);
  return true;
}

// The recursion is as deep as the tree is high.
template <class Leaf, class Separators>
void CountedTree<Leaf, Separators>::destroyBelow(Node* node) {
  if (!node->above_leaves) {
    for (size_t i = 0; i < node->count; ++i) destroyBelow(node->node(i));
  }
  destroyNode(node);
}

template <class Leaf, class Separators>
void CountedTree<Leaf, Separators>::clear() {
  if (root_ != nullptr) destroyBelow(root_);
  root_ = nullptr;
  first_ = last_ = nullptr;
  weight_ = leaf_count_ = 0;
}

// `leaf` is the one that is to come next.
template <class Leaf, class Separators>
BrokenClaim CountedTree<Leaf, Separators>::checkNode(const Node* node, const Leaf*& leaf) const {
  if (node->count > kFanOut) return Claim("a node has no more children than it has room for");
  if (node->count < (node == root_ ? 2 : 1)) return Claim("a node has children, the root two");
  for (size_t i = 0; i < node->count; ++i) {
    if (leaf == nullptr) return Claim("the nodes have no more leaves than are linked");
    if constexpr (kHasSeparators) {
      if (!(Separators::firstKey(*leaf) == node->keys.get(i))) {
        return Claim("a separator is the first key of the child");
      }
    }
    if (node->above_leaves) {
      const Leaf* const child = node->leaf(i);
      if (child != leaf) return Claim("the leaves below the nodes are linked in that order");
      if (child->parent != node) return Claim("a leaf knows the node above it");
      if (child->weight() != node->weights.get(i)) return Claim("a node knows a leaf's weight");
      leaf = leaf->next;
    } else {
      const Node* const child = node->node(i);
      if (child->parent != node) return Claim("a node knows the node above it");
      if (child->weight() != node->weights.get(i)) return Claim("a node knows a child's weight");
      if (const BrokenClaim broken = checkNode(child, leaf)) return broken;
    }
  }
  return {};
}

template <class Leaf, class Separators>
BrokenClaim CountedTree<Leaf, Separators>::checkStructure() const {
  size_t leaves = 0;
  size_t weight = 0;
  const Leaf* previous = nullptr;
  for (const Leaf* leaf = first_; leaf != nullptr; leaf = leaf->next) {
    if (leaf->previous != previous) return Claim("leaves are linked both ways");
    if (++leaves > leaf_count_) break;
    previous = leaf;
    weight += leaf->weight();
  }
  if (leaves != leaf_count_) return Claim("the tree has as many leaves as it says");
  if (previous != last_) return Claim("the last leaf is the one that nothing follows");
  if (weight != weight_) return Claim("the tree weighs as much as its leaves");
  if (root_ == nullptr) {
    if (leaves > 1 || node_count_ > 0) return Claim("a tree without nodes has one leaf at most");
    if (leaves == 1 && first_->parent != nullptr) return Claim("a lone leaf has no node above it");
    return {};
  }
  if (root_->parent != nullptr) return Claim("nothing is above the root");
  const Leaf* leaf = first_;
  if (const BrokenClaim broken = checkNode(root_, leaf)) return broken;
  if (leaf != nullptr) return Claim("all leaves are below the nodes");
  return {};
}

}  // namespace inkstone

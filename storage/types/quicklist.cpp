#include "storage/types/quicklist.h"

#include <algorithm>

namespace inkstone {
namespace {

using listpack_format::Encoded;

// A node that begins at an end starts with this part of what it may hold.
constexpr size_t kFirstPart = 16;
// No change moves a node by more places than this, or touches nodes further away from the one it
// was made to.
constexpr int kReach = 3;
// This is the limit that Redis has; each new node at an end costs as many steps.
constexpr int64_t kDepthMax = 65535;

size_t depthOf(const EncodingRules& rules) {
  return static_cast<size_t>(std::clamp(rules.list_compress_depth, int64_t{0}, kDepthMax));
}

// Tells whether fewer than `depth` nodes stand between this one and an end.
bool isWithin(const QuicklistNode* node, size_t depth) {
  const QuicklistNode* left = node;
  const QuicklistNode* right = node;
  for (size_t i = 0; i < depth; ++i) {
    left = left->previous;
    right = right->next;
    if (left == nullptr || right == nullptr) return true;
  }
  return false;
}

}  // namespace

Quicklist::Quicklist(Listpack pack) {
  if (pack.empty()) {
    Listpack::destroy(pack.bytes());
    return;
  }
  auto* const node = new QuicklistNode(pack);
  tree_.insertAfter(nullptr, node);
  size_ = node->count();
}

Quicklist::~Quicklist() {
  for (QuicklistNode* node = tree_.first(); node != nullptr;) {
    delete std::exchange(node, node->next);
  }
}

std::unique_ptr<Quicklist> Quicklist::copy() const {
  auto copied = std::make_unique<Quicklist>();
  for (const QuicklistNode* node = tree_.first(); node != nullptr; node = node->next) {
    copied->link(copied->tree_.last(), QuicklistNode::copy(*node));
  }
  copied->size_ = size_;
  return copied;
}

size_t Quicklist::memoryBytes() const {
  size_t bytes = blockBytes(sizeof(Quicklist)) + tree_.memoryBytes();
  for (const QuicklistNode* node = head(); node != nullptr; node = node->next) {
    bytes += node->memoryBytes();
  }
  return bytes;
}

bool Quicklist::mayBecomeListpack(const EncodingRules& rules) const {
  const QuicklistNode* const node = head();
  return tree_.leafCount() == 1 && !node->isPlain() &&
         NodeLimit(rules.list_max_listpack_size).allowsReturn(node->byteCount(), node->count());
}

Listpack Quicklist::release() {
  QuicklistNode* const node = tree_.first();
  const Listpack pack = node->release();
  tree_.erase(node);
  delete node;
  size_ = 0;
  return pack;
}

// The ends stand apart: the tree does not know how many elements they have.
Quicklist::Place Quicklist::locate(size_t index) const {
  QuicklistNode* const first = tree_.first();
  if (index < first->count()) return {first, index};
  QuicklistNode* const last = tree_.last();
  const size_t last_begin = size_ - last->count();
  if (index >= last_begin) return {last, index - last_begin};
  return tree_.find(index - first->count());
}

QuicklistNode* Quicklist::createNode(std::string_view text, NodeLimit limit) {
  if (limit.isLarge(text.size())) return new QuicklistNode(text);
  const Encoded element(text);
  const size_t bytes = QuicklistNode::kRoomBytes + Listpack::kEmptyBytes + element.bytes();
  auto* const node = new QuicklistNode(std::max(bytes, limit.bytesMax() / kFirstPart));
  node->pushBack(element, limit.bytesMax(), false);
  return node;
}

// Puts a node behind another; null: in front of all.
void Quicklist::link(QuicklistNode* left, QuicklistNode* fresh) {
  tree_.insertAfter(left, fresh);
  if (fresh->isInner()) return becomeInner(fresh);
  QuicklistNode* const beside = fresh->previous == nullptr ? fresh->next : fresh->previous;
  if (beside != nullptr && beside->isInner()) becomeInner(beside);
}

void Quicklist::becomeInner(QuicklistNode* node) {
  tree_.changed(node, static_cast<std::ptrdiff_t>(node->count()));
  if (!node->isPlain() && !node->isCompressed()) node->trim();
}

// Called when a node has lost one of its neighbours.
void Quicklist::becomeEnd(QuicklistNode* node) {
  if (node->previous != nullptr || node->next != nullptr) {
    tree_.changed(node, -static_cast<std::ptrdiff_t>(node->count()));
  }
  node->decompress();
}

void Quicklist::remove(QuicklistNode* node) {
  QuicklistNode* const previous = node->previous;
  QuicklistNode* const next = node->next;
  tree_.erase(node);
  delete node;
  if (previous == nullptr && next != nullptr) becomeEnd(next);
  if (next == nullptr && previous != nullptr) becomeEnd(previous);
}

void Quicklist::changed(QuicklistNode* node, size_t count_before) {
  if (!node->isInner()) return;
  const auto difference =
      static_cast<std::ptrdiff_t>(node->count()) - static_cast<std::ptrdiff_t>(count_before);
  if (difference != 0) tree_.changed(node, difference);
}

void Quicklist::split(QuicklistNode* node, size_t index) {
  const size_t count_before = node->count();
  node->decompress();
  QuicklistNode* const right = node->split(index);
  changed(node, count_before);
  link(node, right);
}

// Two neighbours become one if that leaves it room to grow. Never the last two: a list that Redis
// keeps in more than one node does not become a listpack.
bool Quicklist::join(QuicklistNode* left, QuicklistNode* right, NodeLimit limit) {
  if (left == nullptr || right == nullptr || tree_.leafCount() <= 2) return false;
  if (left->isPlain() || right->isPlain()) return false;
  const size_t count_before = left->count();
  if (!limit.allowsJoin(left->byteCount() + right->byteCount(), count_before + right->count())) {
    return false;
  }
  left->decompress();
  right->decompress();
  left->append(*right);
  changed(left, count_before);
  remove(right);
  return true;
}

// Returns the node that holds the elements afterwards.
QuicklistNode* Quicklist::joinNeighbours(QuicklistNode* node, NodeLimit limit) {
  join(node, node->next, limit);
  QuicklistNode* const previous = node->previous;
  return join(previous, node, limit) ? previous : node;
}

void Quicklist::pushFront(std::string_view text, const EncodingRules& rules) {
  const ChangeCheck check(*this);
  const NodeLimit limit(rules.list_max_listpack_size, rules.list_packed_threshold);
  QuicklistNode* const first = tree_.first();
  ++size_;
  if (first != nullptr && hasRoom(*first, text, limit)) {
    return first->pushFront(Encoded(text), limit.bytesMax(), first->next == nullptr);
  }
  link(nullptr, createNode(text, limit));
  compressEnds(rules);
}

void Quicklist::pushBack(std::string_view text, const EncodingRules& rules) {
  const ChangeCheck check(*this);
  const NodeLimit limit(rules.list_max_listpack_size, rules.list_packed_threshold);
  QuicklistNode* const last = tree_.last();
  ++size_;
  if (last != nullptr && hasRoom(*last, text, limit)) {
    return last->pushBack(Encoded(text), limit.bytesMax(), last->previous == nullptr);
  }
  link(last, createNode(text, limit));
  compressEnds(rules);
}

void Quicklist::appendNode(Listpack pack, const EncodingRules& rules) {
  const ChangeCheck check(*this);
  auto* const node = new QuicklistNode(pack);
  size_ += node->count();
  link(tree_.last(), node);
  compressEnds(rules);
}

void Quicklist::compressAround(QuicklistNode* node, const EncodingRules& rules) {
  const size_t depth = depthOf(rules);
  if (depth == 0) return;
  compressEnds(rules);
  for (int i = 0; i < kReach && node->previous != nullptr; ++i) node = node->previous;
  for (int i = 0; i <= 2 * kReach && node != nullptr; ++i, node = node->next) {
    if (!node->isCompressed() && !isWithin(node, depth)) node->compress();
  }
}

// Nodes that have come near an end are opened, those that have just left it are compressed.
void Quicklist::compressEnds(const EncodingRules& rules) {
  const size_t depth = depthOf(rules);
  if (depth == 0) return;
  QuicklistNode* front = tree_.first();
  QuicklistNode* back = tree_.last();
  for (size_t i = 0; i < depth + kReach && front != nullptr; ++i) {
    if (i < depth) {
      front->decompress();
      back->decompress();
    } else if (i + depth < nodeCount()) {
      front->compress();
      back->compress();
    }
    front = front->next;
    back = back->previous;
  }
}

const uint8_t* DecompressedNodes::copyOf(const QuicklistNode& node) {
  if (copies_.empty() || copies_.back().first != &node) {
    auto copy = std::make_unique<uint8_t[]>(node.byteCount());
    node.decompressTo(copy.get());
    copies_.emplace_back(&node, std::move(copy));
  }
  return copies_.back().second.get();
}

BrokenClaim Quicklist::checkStructure() const {
  if (const BrokenClaim broken = tree_.checkStructure()) return broken;
  size_t elements = 0;
  for (const QuicklistNode* node = head(); node != nullptr; node = node->next) {
    if (const BrokenClaim broken = node->checkStructure()) return broken;
    if (node->count() == 0) return Claim("a node of a list has elements");
    if (!node->isInner() && node->isCompressed()) {
      return Claim("the first and the last node of a list are not compressed");
    }
    elements += node->count();
  }
  if (elements != size_) return Claim("the nodes of a list hold as many elements as it says");
  return {};
}

}  // namespace inkstone

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
// As in Redis; each new node at an end costs as many steps.
constexpr int64_t kDepthMax = 65535;

size_t depthOf(const EncodingRules& rules) {
  return static_cast<size_t>(std::clamp(rules.list_compress_depth, int64_t{0}, kDepthMax));
}

// Whether fewer than `depth` nodes stand between this one and an end.
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

bool hasRoom(const QuicklistNode& node, std::string_view text, NodeLimit limit) {
  return !node.isPlain() && limit.hasRoom(node.byteCount(), node.count(), text.size());
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
  const size_t bytes = Listpack::kEmptyBytes + element.bytes();
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
  node->trim();
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
  const NodeLimit limit(rules.list_max_listpack_size);
  QuicklistNode* const first = tree_.first();
  ++size_;
  if (first != nullptr && hasRoom(*first, text, limit)) {
    return first->pushFront(Encoded(text), limit.bytesMax(), first->next == nullptr);
  }
  link(nullptr, createNode(text, limit));
  compressEnds(rules);
}

void Quicklist::pushBack(std::string_view text, const EncodingRules& rules) {
  const NodeLimit limit(rules.list_max_listpack_size);
  QuicklistNode* const last = tree_.last();
  ++size_;
  if (last != nullptr && hasRoom(*last, text, limit)) {
    return last->pushBack(Encoded(text), limit.bytesMax(), last->previous == nullptr);
  }
  link(last, createNode(text, limit));
  compressEnds(rules);
}

void Quicklist::appendNode(Listpack pack, const EncodingRules& rules) {
  auto* const node = new QuicklistNode(pack);
  size_ += node->count();
  link(tree_.last(), node);
  compressAround(node, rules);
}

void Quicklist::insertWithin(QuicklistNode* node, size_t index, std::string_view text) {
  const size_t count_before = node->count();
  node->decompress();
  node->insert(index, text);
  changed(node, count_before);
}

void Quicklist::eraseWithin(QuicklistNode* node, size_t index, size_t count) {
  const size_t count_before = node->count();
  node->decompress();
  node->erase(index, count);
  changed(node, count_before);
}

void Quicklist::insert(size_t index, std::string_view text, const EncodingRules& rules) {
  if (index == size_) return pushBack(text, rules);
  if (index == 0) return pushFront(text, rules);
  const NodeLimit limit(rules.list_max_listpack_size);
  const Place place = locate(index);
  QuicklistNode* node = place.leaf;
  QuicklistNode* const previous = node->previous;
  if (limit.isLarge(text.size())) {
    node = insertNode(place, text, limit);
  } else if (hasRoom(*node, text, limit)) {
    insertWithin(node, place.offset, text);
  } else if (place.offset == 0 && hasRoom(*previous, text, limit)) {
    insertWithin(previous, previous->count(), text);
    node = previous;
  } else {
    node = joinNeighbours(insertNode(place, text, limit), limit);
  }
  ++size_;
  compressAround(node, rules);
}

// A node with this one element, in front of that place. Returns it.
QuicklistNode* Quicklist::insertNode(Place place, std::string_view text, NodeLimit limit) {
  QuicklistNode* left = place.leaf->previous;
  if (place.offset > 0) {
    left = place.leaf;
    split(left, place.offset);
  }
  QuicklistNode* const fresh = createNode(text, limit);
  link(left, fresh);
  return fresh;
}

void Quicklist::set(size_t index, std::string_view text, const EncodingRules& rules) {
  const NodeLimit limit(rules.list_max_listpack_size);
  const Place place = locate(index);
  QuicklistNode* node = place.leaf;
  bool fits = !node->isPlain() && !limit.isLarge(text.size());
  if (fits) {
    node->decompress();
    fits = node->replace(place.offset, text, limit.bytesMax());
    changed(node, node->count());
  }
  if (!fits) {
    node = replaceByNode(place, text, limit);
    if (!node->isPlain()) node = joinNeighbours(node, limit);
  }
  compressAround(node, rules);
}

// A node with this one element takes the place of another element. Returns it.
QuicklistNode* Quicklist::replaceByNode(Place place, std::string_view text, NodeLimit limit) {
  QuicklistNode* node = place.leaf;
  QuicklistNode* const fresh = createNode(text, limit);
  if (node->count() == 1) {
    link(node, fresh);
    remove(node);
  } else if (place.offset == node->count() - 1) {
    eraseWithin(node, place.offset, 1);
    link(node, fresh);
  } else {
    if (place.offset > 0) {
      split(node, place.offset);
      node = node->next;
    }
    eraseWithin(node, 0, 1);
    link(node->previous, fresh);
  }
  return fresh;
}

void Quicklist::erase(size_t index, size_t count, const EncodingRules& rules) {
  if (count == 0) return;
  size_ -= count;
  QuicklistNode* const first = tree_.first();
  if (index == 0 && count < first->count()) return first->eraseFront(count);
  QuicklistNode* const last = tree_.last();
  if (index == size_ && count < last->count()) return last->eraseBack(count);

  size_ += count;
  const Place place = locate(index);
  size_ -= count;
  QuicklistNode* node = place.leaf;
  QuicklistNode* left = node->previous;
  for (size_t offset = place.offset; count > 0; offset = 0) {
    QuicklistNode* const next = node->next;
    const size_t erased = std::min(count, node->count() - offset);
    count -= erased;
    if (erased == node->count()) {
      remove(node);
    } else {
      eraseWithin(node, offset, erased);
      if (offset > 0) left = node;
    }
    node = next;
  }
  if (tree_.empty()) return;
  // Of what stands on both sides of the gap.
  node = left == nullptr ? tree_.first() : left;
  const NodeLimit limit(rules.list_max_listpack_size);
  if (node->next != nullptr) joinNeighbours(node->next, limit);
  node = left == nullptr ? tree_.first() : left;
  compressAround(joinNeighbours(node, limit), rules);
}

size_t Quicklist::eraseEqual(std::string_view text, size_t count, bool from_tail,
                             const EncodingRules& rules) {
  const NodeLimit limit(rules.list_max_listpack_size);
  const size_t wanted = count == 0 ? size_ : count;
  size_t erased = 0;
  QuicklistNode* node = from_tail ? tree_.last() : tree_.first();
  while (node != nullptr && erased < wanted) {
    QuicklistNode* const following = from_tail ? node->previous : node->next;
    const size_t count_before = node->count();
    const size_t found = eraseEqualWithin(node, text, wanted - erased, from_tail);
    erased += found;
    if (found == count_before) {
      remove(node);
    } else if (found > 0) {
      // Only with the neighbour that is done, since the other one comes next.
      QuicklistNode* const done = from_tail ? node->next : node->previous;
      if (!from_tail && join(done, node, limit)) node = done;
      if (from_tail) join(node, done, limit);
      compressAround(node, rules);
    }
    node = following;
  }
  size_ -= erased;
  compressEnds(rules);
  return erased;
}

// Returns how many; a node that would lose all its elements is left as it is.
size_t Quicklist::eraseEqualWithin(QuicklistNode* node, std::string_view text, size_t count,
                                   bool from_tail) {
  DecompressedNodes decompressed;
  const uint8_t* const bytes = decompressed.bytesOf(*node);
  if (node->isPlain()) {
    return std::string_view(reinterpret_cast<const char*>(bytes), node->byteCount()) == text ? 1
                                                                                             : 0;
  }
  const Listpack pack(const_cast<uint8_t*>(bytes));
  std::vector<size_t> found;
  const size_t elements = node->count();
  auto at = from_tail ? pack.last() : pack.first();
  for (size_t i = 0; i < elements && found.size() < count; ++i) {
    if (Listpack::equals(at, text)) found.push_back(from_tail ? elements - 1 - i : i);
    at = from_tail ? pack.previous(at) : pack.next(at);
  }
  if (found.empty() || found.size() == elements) return found.size();
  if (!from_tail) std::reverse(found.begin(), found.end());
  node->decompress();
  // The highest first, so that the others keep their index.
  for (const size_t index : found) node->erase(index, 1);
  changed(node, elements);
  return found.size();
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

bool Quicklist::isConsistent() const {
  size_t elements = 0;
  for (const QuicklistNode* node = head(); node != nullptr; node = node->next) {
    if (node->count() == 0) return false;
    elements += node->count();
  }
  if (nodeCount() > 0 && (tree_.first()->isCompressed() || tree_.last()->isCompressed())) {
    return false;
  }
  return elements == size_ && tree_.isConsistent();
}

}  // namespace inkstone

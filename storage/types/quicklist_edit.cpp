// The parts of quicklist.h that change a list elsewhere than at its ends.
#include <algorithm>

#include "storage/types/quicklist.h"

namespace inkstone {

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
  const ChangeCheck check(*this);
  if (index == size_) return pushBack(text, rules);
  if (index == 0) return pushFront(text, rules);
  const NodeLimit limit(rules.list_max_listpack_size, rules.list_packed_threshold);
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
  const ChangeCheck check(*this);
  const NodeLimit limit(rules.list_max_listpack_size, rules.list_packed_threshold);
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
  const ChangeCheck check(*this);
  if (count == 0) return;
  invariant(index <= size_ && count <= size_ - index, "only elements of the list are erased", index,
            count, size_);
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
  // What stands on both sides of the gap is joined if it is small enough.
  node = left == nullptr ? tree_.first() : left;
  const NodeLimit limit(rules.list_max_listpack_size, rules.list_packed_threshold);
  if (node->next != nullptr) joinNeighbours(node->next, limit);
  node = left == nullptr ? tree_.first() : left;
  compressAround(joinNeighbours(node, limit), rules);
}

size_t Quicklist::eraseEqual(std::string_view text, size_t count, bool from_tail,
                             const EncodingRules& rules) {
  const ChangeCheck check(*this);
  const NodeLimit limit(rules.list_max_listpack_size, rules.list_packed_threshold);
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
      // The node is joined only with the neighbour that is done, since the other one comes next.
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

}  // namespace inkstone

#include "persistence/rdb/rdb_duplicates.h"

#include <bit>
#include <cstring>

namespace inkstone {
namespace {

// So few are compared with each other one by one.
constexpr size_t kPairwiseMax = 8;

bool equal(const Element& a, const Element& b) {
  if (a.isInteger() != b.isInteger()) return false;
  return a.isInteger() ? a.integer() == b.integer() : a.bytes() == b.bytes();
}

uint64_t hashOf(const Element& element, const KeyHasher& hasher) {
  if (!element.isInteger()) return hasher(element.bytes());
  const int64_t integer = element.integer();
  return hasher({reinterpret_cast<const char*>(&integer), sizeof integer});
}

bool pairwise(std::span<const Element> elements, size_t step) {
  for (size_t i = step; i < elements.size(); i += step) {
    for (size_t j = 0; j < i; j += step) {
      if (equal(elements[i], elements[j])) return true;
    }
  }
  return false;
}

}  // namespace

bool RdbDuplicates::among(std::span<const Element> elements, size_t step, const KeyHasher& hasher) {
  const size_t count = elements.size() / step;
  if (count <= kPairwiseMax) return pairwise(elements, step);
  slots_.assign(std::bit_ceil(2 * count), 0);
  const size_t mask = slots_.size() - 1;
  for (size_t i = 0; i < elements.size(); i += step) {
    size_t slot = hashOf(elements[i], hasher) & mask;
    for (; slots_[slot] != 0; slot = (slot + 1) & mask) {
      if (equal(elements[i], elements[slots_[slot] - 1])) return true;
    }
    slots_[slot] = static_cast<uint32_t>(i + 1);
  }
  return false;
}

}  // namespace inkstone

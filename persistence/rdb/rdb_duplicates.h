// Finds out whether packed elements differ from each other: lookups in a damaged value would find
// one of two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "storage/key_hash.h"
#include "storage/types/element.h"

namespace inkstone {

class RdbDuplicates {
 public:
  // Whether two of elements[0], elements[step], elements[2 * step] ... are equal. None of those
  // that are bytes may be the text of an integer. Complexity: linear.
  bool among(std::span<const Element> elements, size_t step, const KeyHasher& hasher);

 private:
  // 1 + index of an element, 0 for none; open addressing.
  std::vector<uint32_t> slots_;
};

}  // namespace inkstone

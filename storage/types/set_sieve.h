// Tells for many elements at a time which of them are members of a set.
#pragma once

#include <cstddef>
#include <span>

#include "storage/types/element.h"
#include "storage/types/set_value.h"

namespace inkstone {

// The set must not change meanwhile.
class SetSieve {
 public:
  // More elements than this are not taken at a time.
  static constexpr size_t kBlockMax = SetValue::kLookupsMax;

  // `ascending`: the elements will be integers, each larger than the one before, `expected` of them
  // in all.
  SetSieve(const Value& set, const EncodingRules& rules, bool ascending, size_t expected);

  // Moves the elements that are members (or those that are none) to the front, in their order, and
  // returns how many they are.
  size_t sift(std::span<Element> block, bool members);

 private:
  size_t mergeIntset(std::span<Element> block, bool members);

  Value set_;
  const EncodingRules& rules_;
  // Integers are merged from here on; otherwise each is looked up.
  bool merge_;
  size_t position_ = 0;
};

}  // namespace inkstone

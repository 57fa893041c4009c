// Loads ahead what looking up a member of a big value will touch: for batches of look-ups in one
// value, each step done for all of them before the next one, so that their cache misses overlap.
#pragma once

#include <cstdint>
#include <string_view>

#include "storage/types/encoding_rules.h"
#include "storage/value.h"

namespace inkstone {

// Changes nothing. The value must not change while the object is used; members need not exist.
class MemberPrefetch {
 public:
  MemberPrefetch(const Value& value, const EncodingRules& rules)
      : value_(value), hasher_(*rules.hasher) {}

  // Tells whether members of such a value are found by their hash. Nothing else may be called if
  // not.
  static bool helps(const Value& value);

  uint64_t hashOf(std::string_view member) const { return hasher_(member); }
  // These are the steps, in their order.
  void loadBucket(uint64_t hash) const;
  void loadNode(uint64_t hash) const;
  // This step serves operations on where the member stands in the order. It does nothing but in
  // sorted sets.
  void loadLeaf(uint64_t hash, std::string_view member) const;

 private:
  template <class Use>
  void withTable(Use use) const;

  const Value value_;
  const KeyHasher& hasher_;
};

}  // namespace inkstone

// Intersection, union and difference of sets, with the algorithm that fits their sizes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "storage/types/element.h"
#include "storage/types/encoding_rules.h"
#include "storage/value.h"

// All take values of sets, which must not change while the elements that are returned, views into
// them, are in use. The same set may occur several times. Sets that do not exist are left out by
// the caller, who knows what their absence means.
namespace inkstone::set_algebra {

using Sets = std::vector<Value>;
using Elements = std::vector<Element>;

// Members of all sets, of which there must be one at least, in the order of the smallest.
// Complexity: O(n * k), n being the size of the smallest set and k the number of sets.
Elements intersection(Sets sets, const EncodingRules& rules);
// Counts how many there are; counting ends at `limit`, if that is not 0.
uint64_t intersectionSize(Sets sets, const EncodingRules& rules, uint64_t limit);

// Members of the first set, which must be there, that are in none of the others, in the order of
// the first. Complexity: O(n * k), n being the size of the first set, or O(n + m), m being the size
// of all others together; whichever Redis reckons to be less.
Elements difference(Sets sets, const EncodingRules& rules);
// Gives the same as a new set, which is the caller's, or an empty one. Where going through the
// others is less work, its encoding is that of all members of the first set, added one by one to an
// empty set of integers: Redis makes that set and takes the others' members away. Else as for
// makeSet().
Value differenceSet(const Sets& sets, const EncodingRules& rules);

// Members of at least one set, each once. Complexity: O(m * k), m being the size of all but the
// largest set, or O(n), n being the size of all together.
class Union {
 public:
  Union(Sets sets, const EncodingRules& rules);
  ~Union();
  Union(const Union&) = delete;
  Union& operator=(const Union&) = delete;

  // Valid as long as this object and the sets.
  const Elements& members() const { return members_; }

 private:
  std::optional<Value> united_;
  Elements members_;
};
// Gives the same as a new set, which is the caller's; its encoding is chosen as for makeSet().
Value unionSet(Sets sets, const EncodingRules& rules);

// A new set of these elements, which must differ from each other, in the encoding it would have had
// they been added one by one to an empty set of integers. It is the caller's.
Value makeSet(const Elements& members, const EncodingRules& rules);

}  // namespace inkstone::set_algebra

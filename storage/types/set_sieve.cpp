#include "storage/types/set_sieve.h"

#include <cstdint>

#include "storage/types/intset.h"

namespace inkstone {
namespace {

// A step of a merge is several times cheaper than a binary search.
constexpr size_t kMergeStepsPerSearch = 4;

// Moves what is kept to the front.
template <class Keep>
size_t siftEach(std::span<Element> block, Keep keep) {
  size_t kept = 0;
  for (size_t i = 0; i < block.size(); ++i) {
    if (keep(i)) block[kept++] = block[i];
  }
  return kept;
}

}  // namespace

SetSieve::SetSieve(const Value& set, const EncodingRules& rules, bool ascending, size_t expected)
    : set_(set),
      rules_(rules),
      merge_(ascending && set.encoding == Encoding::kIntset &&
             Intset(set.object).size() / kMergeStepsPerSearch <= expected) {}

size_t SetSieve::sift(std::span<Element> block, bool members) {
  if (merge_) return mergeIntset(block, members);
  const uint32_t found = SetValue(set_, rules_).containsMany(block);
  return siftEach(block, [&](size_t i) { return ((found >> i & 1) != 0) == members; });
}

size_t SetSieve::mergeIntset(std::span<Element> block, bool members) {
  const Intset intset(set_.object);
  const size_t size = intset.size();
  return siftEach(block, [&](size_t i) {
    const int64_t wanted = block[i].integer();
    while (position_ < size && intset.at(position_) < wanted) ++position_;
    return (position_ < size && intset.at(position_) == wanted) == members;
  });
}

}  // namespace inkstone

// What big sorted sets are made of: members with their scores, leaves that hold them in order, and
// the searches in both leaves and inner nodes of the tree.
//
// Leaves keep the scores beside the pointers to the members: a search then touches the leaf only,
// and a member only where scores are equal. That costs 8 bytes a member, and saves a cache miss
// each step of the search.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "storage/memory_cost.h"
#include "storage/types/member_node.h"
#include "storage/types/sorted_set_range.h"

namespace inkstone {

// A member in the hash table of a sorted set: its score, then its text.
class SortedSetMember {
 public:
  static size_t bytesFor(std::string_view key, double) {
    return sizeof(double) + NodeText::bytesFor(key.size());
  }
  static SortedSetMember* place(void* memory, std::string_view key, double score) {
    std::memcpy(memory, &score, sizeof score);
    NodeText::write(static_cast<uint8_t*>(memory) + sizeof score, key);
    return static_cast<SortedSetMember*>(memory);
  }

  double score() const { return score_; }
  void setScore(double score) { score_ = score; }
  std::string_view key() const {
    return NodeText::read(reinterpret_cast<const uint8_t*>(this) + sizeof score_);
  }
  size_t bytes() const { return bytesFor(key(), score_); }

 private:
  double score_;
};

namespace sorted_set_search {

// Counts how many of `n` ascending scores are less, without branches that depend on them.
inline size_t countLess(const double* scores, size_t n, double than) {
  const double* at = scores;
  while (n > 1) {
    const size_t half = n / 2;
    at += at[half - 1] < than ? half : 0;
    n -= half;
  }
  return static_cast<size_t>(at - scores) + (n == 1 && *at < than ? 1 : 0);
}

// Counts those that are equal, too.
inline size_t countUpTo(const double* scores, size_t n, double limit) {
  const double* at = scores;
  while (n > 1) {
    const size_t half = n / 2;
    at += at[half - 1] <= limit ? half : 0;
    n -= half;
  }
  return static_cast<size_t>(at - scores) + (n == 1 && *at <= limit ? 1 : 0);
}

// Counts how many of the members in [first, last) come first, by a test that is true up to some
// place.
template <class IsBefore>
size_t partition(const SortedSetMember* const* members, size_t first, size_t last,
                 IsBefore isBefore) {
  while (first < last) {
    const size_t middle = first + (last - first) / 2;
    if (isBefore(members[middle]->key())) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return first;
}

}  // namespace sorted_set_search

// Probes say how many of a run of entries lie before what is looked for.

// Stands before a score, or behind all entries that have it.
struct ScoreProbe {
  double score;
  bool behind;

  size_t countBefore(const double* scores, const SortedSetMember* const*, size_t n) const {
    return behind ? sorted_set_search::countUpTo(scores, n, score)
                  : sorted_set_search::countLess(scores, n, score);
  }
};

// Stands before an entry, or behind it.
struct EntryProbe {
  double score;
  std::string_view member;
  bool behind;

  size_t countBefore(const double* scores, const SortedSetMember* const* members, size_t n) const {
    const size_t first = sorted_set_search::countLess(scores, n, score);
    if (first == n || scores[first] != score) return first;
    const size_t last = sorted_set_search::countUpTo(scores, n, score);
    return sorted_set_search::partition(members, first, last, [&](std::string_view key) {
      return behind ? key <= member : key < member;
    });
  }
};

// These go by members alone, where all scores are the same.
struct LexMinProbe {
  const LexRange& range;

  size_t countBefore(const double*, const SortedSetMember* const* members, size_t n) const {
    return sorted_set_search::partition(members, 0, n,
                                        [&](std::string_view key) { return !range.aboveMin(key); });
  }
};
struct LexMaxProbe {
  const LexRange& range;

  size_t countBefore(const double*, const SortedSetMember* const* members, size_t n) const {
    return sorted_set_search::partition(members, 0, n,
                                        [&](std::string_view key) { return range.belowMax(key); });
  }
};

// 1 KB: a size class of the allocator.
struct SortedSetLeaf {
  static constexpr size_t kCapacity = 62;

  void* parent;
  SortedSetLeaf* previous;
  SortedSetLeaf* next;
  size_t count = 0;
  std::array<double, kCapacity> scores;
  std::array<SortedSetMember*, kCapacity> members;

  size_t weight() const { return count; }
  bool full() const { return count == kCapacity; }
  template <class Probe>
  size_t countBefore(const Probe& probe) const {
    return probe.countBefore(scores.data(), members.data(), count);
  }
  // Lets a search wait for memory once instead of at each step.
  void prefetchScores() const {
    constexpr size_t kScoresPerLine = 8;
    for (size_t i = 0; i < kCapacity; i += kScoresPerLine) prefetch(&scores[i]);
  }

  void put(size_t index, SortedSetMember* member, double score) {
    move(index + 1, index, count - index);
    scores[index] = score;
    members[index] = member;
    ++count;
  }
  void append(SortedSetMember* member, double score) {
    scores[count] = score;
    members[count++] = member;
  }
  void remove(size_t index, size_t n) {
    move(index, index + n, count - index - n);
    count -= n;
  }
  // Copies from another leaf, not past its own end.
  void copy(size_t to, const SortedSetLeaf& other, size_t from, size_t n) {
    std::memcpy(&scores[0] + to, &other.scores[0] + from, n * sizeof scores[0]);
    std::memcpy(&members[0] + to, &other.members[0] + from, n * sizeof members[0]);
  }
  void move(size_t to, size_t from, size_t n) {
    std::memmove(&scores[0] + to, &scores[0] + from, n * sizeof scores[0]);
    std::memmove(&members[0] + to, &members[0] + from, n * sizeof members[0]);
  }
};
static_assert(sizeof(SortedSetLeaf) == 1024);

// Separators of the tree (counted_tree.h): the first entry of each child.
struct SortedSetSeparators {
  struct Key {
    double score;
    const SortedSetMember* member;
    bool operator==(const Key&) const = default;
  };

  template <size_t kCapacity>
  struct Array {
    std::array<double, kCapacity> scores;
    std::array<const SortedSetMember*, kCapacity> members;

    void set(size_t index, Key key) {
      scores[index] = key.score;
      members[index] = key.member;
    }
    Key get(size_t index) const { return {scores[index], members[index]}; }
    void move(size_t to, const Array& other, size_t from, size_t n) {
      std::memmove(&scores[0] + to, &other.scores[0] + from, n * sizeof scores[0]);
      std::memmove(&members[0] + to, &other.members[0] + from, n * sizeof members[0]);
    }
    template <class Probe>
    size_t countBefore(const Probe& probe, size_t count) const {
      return probe.countBefore(scores.data(), members.data(), count);
    }
  };

  static Key firstKey(const SortedSetLeaf& leaf) { return {leaf.scores[0], leaf.members[0]}; }
};

}  // namespace inkstone

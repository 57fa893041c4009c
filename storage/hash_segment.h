// The parts of HashTable that do not depend on what it holds: cache-line buckets and the segment
// that owns them.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>

#include "storage/memory_usage.h"

namespace inkstone {

// No deadline: later than any time.
inline constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// A slot is a 48-bit pointer and 16 bits of the hash ("tag"). The tag is enough to move a slot
// within its segment, so growing never touches the entries. Zero is an empty slot. Slots of a
// bucket are filled from the front.
struct alignas(64) HashBucket {
  static constexpr size_t kSlots = 8;
  std::array<uint64_t, kSlots> slots;

  static constexpr int kTagShift = 48;
  static constexpr uint64_t kPointerMask = (uint64_t{1} << kTagShift) - 1;

  static uint64_t pack(const void* node, uint32_t tag) {
    return reinterpret_cast<uintptr_t>(node) | (static_cast<uint64_t>(tag) << kTagShift);
  }
  static uint32_t tag(uint64_t slot) { return static_cast<uint32_t>(slot >> kTagShift); }

  bool full() const { return slots[kSlots - 1] != 0; }
  size_t used() const {
    size_t count = 0;
    while (count < kSlots && slots[count] != 0) ++count;
    return count;
  }
  // Bit i is set when slot i may hold `wanted`.
  uint32_t match(uint32_t wanted) const {
    uint32_t mask = 0;
    for (size_t i = 0; i < kSlots; ++i) {
      mask |= static_cast<uint32_t>(tag(slots[i]) == wanted) << i;
    }
    return mask;
  }
};

// A segment holds all entries whose hash starts with one prefix of `depth` bits, ordered by hash:
// the home bucket of a tag is tag * bucket_count / 65536, an entry that finds its home full lies in
// the next bucket with room (cyclically). One allocation: this header, then the buckets. Sizes are
// jemalloc's size classes, four to a doubling, so nothing is lost to rounding.
struct alignas(64) HashSegment {
  // Entries are told apart by time of expiry in this many groups of hash values.
  static constexpr size_t kGroups = 16;
  static constexpr int kGroupShift = 12;
  static constexpr size_t kHeaderLines = 3;
  static constexpr size_t kLinesMax = 256;
  static constexpr uint32_t kBucketsMax = kLinesMax - kHeaderLines;

  uint32_t count = 0;
  uint32_t bucket_count = 0;
  uint32_t depth = 0;
  uint64_t prefix = 0;
  // Lower bound of the deadlines in each group.
  alignas(64) std::array<int64_t, kGroups> group_deadlines;

  HashBucket* buckets() { return reinterpret_cast<HashBucket*>(this + 1); }
  size_t slotCount() const { return bucket_count * HashBucket::kSlots; }
  uint32_t home(uint32_t tag) const {
    return static_cast<uint32_t>((static_cast<uint64_t>(tag) * bucket_count) >> 16);
  }
  uint32_t next(uint32_t bucket) const { return bucket + 1 == bucket_count ? 0 : bucket + 1; }
  // Smallest tag whose home is `bucket`; 65536 behind the last.
  uint32_t firstTag(uint32_t bucket) const {
    return static_cast<uint32_t>(((uint64_t{bucket} << 16) + bucket_count - 1) / bucket_count);
  }
  size_t bytes() const { return sizeof(HashSegment) + bucket_count * sizeof(HashBucket); }

  static HashSegment* create(uint32_t bucket_count, uint32_t depth, uint64_t prefix) {
    const size_t bytes = sizeof(HashSegment) + bucket_count * sizeof(HashBucket);
    void* memory = ::operator new (bytes, std::align_val_t{alignof(HashSegment)});
    auto* segment = new (memory) HashSegment;
    segment->bucket_count = bucket_count;
    segment->depth = depth;
    segment->prefix = prefix;
    segment->group_deadlines.fill(kNever);
    for (uint32_t i = 0; i < bucket_count; ++i) new (segment->buckets() + i) HashBucket{};
    return segment;
  }
  static void destroy(HashSegment* segment) {
    ::operator delete (segment, std::align_val_t{alignof(HashSegment)});
  }

  // Puts a slot into its home bucket or the next one with room. There must be room.
  void place(uint64_t slot) {
    uint32_t bucket = home(HashBucket::tag(slot));
    while (buckets()[bucket].full()) bucket = next(bucket);
    HashBucket& found = buckets()[bucket];
    found.slots[found.used()] = slot;
  }

  // Smallest bucket count of the size classes that holds `entries` at no more than `load_percent`
  // of its slots.
  static uint32_t bucketsFor(size_t entries, size_t load_percent) {
    size_t lines = kHeaderLines + 1;
    while (lines < kLinesMax &&
           (lines - kHeaderLines) * HashBucket::kSlots * load_percent < entries * 100) {
      lines += lines < 8 ? 1 : std::bit_floor(lines) / 4;
    }
    return static_cast<uint32_t>(lines - kHeaderLines);
  }
};

static_assert(sizeof(HashSegment) == HashSegment::kHeaderLines * 64);

// What the directory says of a segment, in one word, so that a lookup goes from the directory to
// the bucket at once: pointer (48 bits, the low 6 free because segments are aligned to 64), depth
// in those 6, bucket count in the top 16.
class HashSegmentRef {
 public:
  HashSegmentRef() = default;
  explicit HashSegmentRef(HashSegment* segment)
      : word_(reinterpret_cast<uintptr_t>(segment) | segment->depth |
              (static_cast<uint64_t>(segment->bucket_count) << HashBucket::kTagShift)) {}

  HashSegment* segment() const {
    return reinterpret_cast<HashSegment*>(word_ & HashBucket::kPointerMask & ~kDepthMask);
  }
  HashBucket* buckets() const { return segment()->buckets(); }
  uint32_t bucketCount() const { return static_cast<uint32_t>(word_ >> HashBucket::kTagShift); }
  uint32_t depth() const { return static_cast<uint32_t>(word_ & kDepthMask); }
  uint32_t tag(uint64_t hash) const { return static_cast<uint32_t>((hash << depth()) >> 48); }
  bool operator==(const HashSegmentRef&) const = default;
  uint32_t home(uint32_t tag) const {
    return static_cast<uint32_t>((static_cast<uint64_t>(tag) * bucketCount()) >> 16);
  }

 private:
  static constexpr uint64_t kDepthMask = 63;
  uint64_t word_ = 0;
};

}  // namespace inkstone

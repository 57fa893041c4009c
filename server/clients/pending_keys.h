// The keys that were written and are not yet as durable as the policy promises. A reply that tells
// about such a key waits for it, whichever client asks.
//
// A key is known by its hash only, with the log offset of its last write. Two keys of one hash, and
// keys of the same name in two databases, wait for each other. That may delay a reply, and never
// lets one leave too early.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "storage/key_hash.h"

namespace inkstone {

class PendingKeys {
 public:
  PendingKeys() : slots_(kSlotsMin) {}

  bool empty() const { return last_offset_ == floor_; }

  // `log_offset` is the end of the write in the log; it never decreases from call to call. Where
  // there is no room, keys up to `acknowledged` are forgotten. Complexity: O(1) amortized.
  void add(KeyHash hash, uint64_t log_offset, uint64_t acknowledged) {
    if ((used_ + 1) * 2 > slots_.size()) rebuild(acknowledged);
    last_offset_ = log_offset;
    Slot& slot = find(hash.bits());
    if (free(slot)) {
      slot.hash = hash.bits();
      ++used_;
    }
    slot.log_offset = log_offset;
  }
  // A write whose keys are not known, or which wrote all keys.
  void addUnknown(uint64_t log_offset) { unknown_offset_ = last_offset_ = log_offset; }

  // The offset that a reply about this key has to wait for; it need not wait where that is 0 or
  // acknowledged.
  uint64_t offsetOf(KeyHash hash) {
    const Slot& slot = find(hash.bits());
    return std::max(unknown_offset_, free(slot) ? 0 : slot.log_offset);
  }
  // The offset that a reply about any key has to wait for.
  uint64_t lastOffset() const { return last_offset_; }

  // Everything so far is acknowledged. O(1).
  void clear() {
    floor_ = last_offset_;
    used_ = 0;
    if (slots_.size() > kSlotsKept) std::vector<Slot>(kSlotsMin).swap(slots_);
  }
  size_t memoryBytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  // A page of memory: a turn of the loop seldom writes more keys.
  static constexpr size_t kSlotsMin = 1024;
  // The number of slots that busy turns need; more are not kept.
  static constexpr size_t kSlotsKept = 16 * 1024;

  struct Slot {
    uint64_t hash = 0;
    uint64_t log_offset = 0;
  };

  bool free(const Slot& slot) const { return slot.log_offset <= floor_; }

  Slot& find(uint64_t hash) {
    const size_t mask = slots_.size() - 1;
    size_t at = hash & mask;
    while (!free(slots_[at]) && slots_[at].hash != hash) at = (at + 1) & mask;
    return slots_[at];
  }

  // Forgets the keys that are acknowledged, and grows if that does not help.
  void rebuild(uint64_t acknowledged) {
    std::vector<Slot> waiting;
    for (const Slot& slot : slots_) {
      if (!free(slot) && slot.log_offset > acknowledged) waiting.push_back(slot);
    }
    size_t size = kSlotsMin;
    while (size < waiting.size() * 4) size *= 2;
    slots_.assign(size, Slot{});
    for (const Slot& slot : waiting) find(slot.hash) = slot;
    used_ = waiting.size();
  }

  // The number of slots is a power of two. A slot is free when its offset is not above floor_.
  std::vector<Slot> slots_;
  size_t used_ = 0;
  uint64_t floor_ = 0;
  uint64_t last_offset_ = 0;
  uint64_t unknown_offset_ = 0;
};

}  // namespace inkstone

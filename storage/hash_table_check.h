// What has to be true of a HashTable; included by hash_table.h only.
#pragma once

#include <algorithm>

#include "storage/hash_table.h"

namespace inkstone {

template <class Node, class Traits>
BrokenClaim HashTable<Node, Traits>::checkStructure() const {
  if (directory_.empty()) {
    if (size_ != 0 || segment_count_ != 0) return Claim("a table without directory holds nothing");
    return {};
  }
  if (directory_.size() != size_t{1} << depth_ || due_.size() != directory_.size()) {
    return Claim("the directory has an entry for each prefix of its depth");
  }
  size_t nodes = 0;
  size_t bytes = 0;
  size_t slots = 0;
  size_t segments = 0;
  for (size_t i = 0; i < directory_.size();) {
    HashSegment* const segment = segmentAt(i);
    if (segment->depth > depth_ || firstIndex(segment) != i) {
      return Claim("a segment stands where its prefix begins");
    }
    const size_t end = i + indexSpan(segment);
    for (; i < end; ++i) {
      if (directory_[i] != HashSegmentRef(segment)) {
        return Claim("all entries of a prefix lead to its segment");
      }
    }
    if (const BrokenClaim broken = checkSegment(segment)) return broken;
    nodes += segment->count;
    bytes += segment->bytes();
    slots += segment->slotCount();
    ++segments;
  }
  if (nodes != size_) return Claim("the table holds as many nodes as it says");
  if (bytes != segment_bytes_ || slots != slot_count_ || segments != segment_count_) {
    return Claim("the table has as many segments, slots and bytes as it says");
  }
  return {};
}

template <class Node, class Traits>
BrokenClaim HashTable<Node, Traits>::checkSegment(HashSegment* segment) const {
  size_t nodes = 0;
  bool has_room = false;
  for (uint32_t b = 0; b < segment->bucket_count; ++b) {
    const HashBucket& bucket = segment->buckets()[b];
    const size_t used = bucket.used();
    has_room = has_room || used < HashBucket::kSlots;
    nodes += used;
    for (size_t i = 0; i < HashBucket::kSlots; ++i) {
      const uint64_t word = bucket.slots[i];
      if (i >= used && word != 0) return Claim("the slots of a bucket are filled from the front");
      if (word == 0) continue;
      if (const BrokenClaim broken = checkSlot(segment, b, word)) return broken;
    }
  }
  if (!has_room) return Claim("a segment has an empty slot, at which a search ends");
  if (nodes != segment->count) return Claim("a segment holds as many nodes as it says");
  return {};
}

template <class Node, class Traits>
BrokenClaim HashTable<Node, Traits>::checkSlot(HashSegment* segment, uint32_t bucket,
                                               uint64_t word) const {
  const uint64_t hash = traits_.hash(nodeOf(word));
  const uint32_t tag = HashBucket::tag(word);
  if ((hash >> 1) >> (63 - segment->depth) != segment->prefix) {
    return Claim("a node lies in the segment of its hash");
  }
  if (HashSegmentRef(segment).tag(hash) != tag) {
    return Claim("the tag of a slot is that of its node's hash");
  }
  for (uint32_t b = segment->home(tag); b != bucket; b = segment->next(b)) {
    if (!segment->buckets()[b].full()) {
      return Claim("all buckets between a node and its home are full");
    }
  }
  return {};
}

template <class Node, class Traits>
BrokenClaim HashTable<Node, Traits>::checkDeadlines() const {
  for (size_t i = 0; i < directory_.size(); i += indexSpan(segmentAt(i))) {
    HashSegment* const segment = segmentAt(i);
    const auto& groups = segment->group_deadlines;
    if (due_[i] > *std::min_element(groups.begin(), groups.end())) {
      return Claim("the directory knows a lower bound of a segment's deadlines");
    }
    if (next_deadline_ > due_[i]) return Claim("the table knows a lower bound of all deadlines");
    bool bounded = true;
    for (uint32_t b = 0; b < segment->bucket_count; ++b) {
      for (uint64_t word : segment->buckets()[b].slots) {
        if (word == 0) continue;
        const int64_t bound = groups[HashBucket::tag(word) >> HashSegment::kGroupShift];
        bounded = bounded && bound <= traits_.deadline(nodeOf(word));
      }
    }
    if (!bounded) return Claim("a group knows a lower bound of its nodes' deadlines");
  }
  return {};
}

}  // namespace inkstone

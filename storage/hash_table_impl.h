// Growth, shrinking, iteration and deadlines of HashTable; included by hash_table.h only.
#pragma once

#include <algorithm>

#include "storage/hash_table.h"
#include "storage/random_choice.h"

namespace inkstone {

template <class Node, class Traits>
HashSegment* HashTable<Node, Traits>::create(uint32_t buckets, uint32_t depth, uint64_t prefix) {
  HashSegment* segment = HashSegment::create(buckets, depth, prefix);
  segment_bytes_ += segment->bytes();
  slot_count_ += segment->slotCount();
  ++segment_count_;
  return segment;
}

template <class Node, class Traits>
void HashTable<Node, Traits>::destroy(HashSegment* segment) {
  segment_bytes_ -= segment->bytes();
  slot_count_ -= segment->slotCount();
  --segment_count_;
  HashSegment::destroy(segment);
}

// Makes the directory lead to the segment, and tells the directory when something in it expires.
template <class Node, class Traits>
void HashTable<Node, Traits>::publish(HashSegment* segment) {
  const size_t first = firstIndex(segment);
  const size_t span = indexSpan(segment);
  for (size_t i = first; i < first + span; ++i) {
    directory_[i] = HashSegmentRef(segment);
    due_[i] = kNever;
  }
  due_[first] = *std::min_element(segment->group_deadlines.begin(), segment->group_deadlines.end());
}

template <class Node, class Traits>
HashSegment* HashTable<Node, Traits>::segmentWithRoom(uint64_t hash) {
  if (directory_.empty()) {
    directory_.resize(1);
    due_.assign(1, kNever);
    publish(create(HashSegment::bucketsFor(1, kLoadMaxPercent), 0, 0));
  }
  while (true) {
    HashSegment* segment = segmentAt(indexOf(hash));
    const size_t wanted = size_t{segment->count} + 1;
    // One slot stays empty: it is what ends a search.
    const size_t limit =
        resize_allowed_ ? segment->slotCount() * kLoadMaxPercent / 100 : segment->slotCount() - 1;
    if (wanted <= limit && wanted < segment->slotCount()) return segment;
    if (segment->bucket_count < HashSegment::kBucketsMax) {
      // One class up: the load asked for is just below what there is.
      rebuild(segment, HashSegment::bucketsFor(segment->slotCount() + 1, 100));
    } else {
      split(segment);
    }
  }
}

template <class Node, class Traits>
void HashTable<Node, Traits>::rebuild(HashSegment* segment, uint32_t buckets) {
  HashSegment* fresh = create(buckets, segment->depth, segment->prefix);
  fresh->count = segment->count;
  fresh->group_deadlines = segment->group_deadlines;
  for (uint32_t b = 0; b < segment->bucket_count; ++b) {
    for (uint64_t word : segment->buckets()[b].slots) {
      if (word != 0) fresh->place(word);
    }
  }
  publish(fresh);
  destroy(segment);
}

template <class Node, class Traits>
void HashTable<Node, Traits>::doubleDirectory() {
  Directory wider(directory_.size() * 2);
  std::vector<int64_t> due(wider.size(), kNever);
  for (size_t i = 0; i < directory_.size(); ++i) {
    wider[2 * i] = wider[2 * i + 1] = directory_[i];
    due[2 * i] = due_[i];
  }
  directory_.swap(wider);
  due_.swap(due);
  ++depth_;
}

// Divides a segment by the next bit of the hash, which is the top bit of the tags. The tags then
// begin one bit later and need one more bit at their end, so each node's hash is computed anew: the
// one time that growing touches the nodes.
template <class Node, class Traits>
void HashTable<Node, Traits>::split(HashSegment* segment) {
  constexpr size_t kPrefetchDistance = 2;
  constexpr uint32_t kTopTagBit = 1U << 15;
  if (segment->depth == depth_) doubleDirectory();
  std::array<size_t, 2> counts{};
  for (uint32_t b = 0; b < segment->bucket_count; ++b) {
    for (uint64_t word : segment->buckets()[b].slots) {
      if (word != 0) ++counts[(HashBucket::tag(word) & kTopTagBit) != 0];
    }
  }
  std::array<HashSegment*, 2> halves{};
  for (size_t half = 0; half < 2; ++half) {
    halves[half] = create(HashSegment::bucketsFor(counts[half], kLoadAfterSplitPercent),
                          segment->depth + 1, segment->prefix * 2 + half);
    halves[half]->count = static_cast<uint32_t>(counts[half]);
    for (size_t group = 0; group < HashSegment::kGroups; ++group) {
      halves[half]->group_deadlines[group] =
          segment->group_deadlines[(half * HashSegment::kGroups + group) / 2];
    }
  }
  for (uint32_t b = 0; b < segment->bucket_count; ++b) {
    if (b + kPrefetchDistance < segment->bucket_count) {
      for (uint64_t word : segment->buckets()[b + kPrefetchDistance].slots) {
        prefetch(nodeOf(word));
      }
    }
    for (uint64_t word : segment->buckets()[b].slots) {
      if (word == 0) continue;
      Node* node = nodeOf(word);
      HashSegment* half = halves[(HashBucket::tag(word) & kTopTagBit) != 0];
      half->place(HashBucket::pack(node, HashSegmentRef(half).tag(traits_.hash(node))));
    }
  }
  publish(halves[0]);
  publish(halves[1]);
  destroy(segment);
}

// Fills the hole that an erased slot leaves. A search ends at the first bucket with room, so when a
// full bucket loses a slot, a later one that had to pass it must move back; that may open the next
// hole.
template <class Node, class Traits>
void HashTable<Node, Traits>::closeGap(HashSegment* segment, uint32_t bucket, size_t slot) {
  HashBucket* const buckets = segment->buckets();
  const uint32_t n = segment->bucket_count;
  const auto distance = [n](uint32_t from, uint32_t to) {
    return to >= from ? to - from : to + n - from;
  };
  while (true) {
    HashBucket& hole = buckets[bucket];
    const bool was_full = hole.full();
    const size_t last = hole.used() - 1;
    hole.slots[slot] = hole.slots[last];
    hole.slots[last] = 0;
    if (!was_full) return;
    bool moved = false;
    for (uint32_t b = segment->next(bucket); b != bucket && !moved; b = segment->next(b)) {
      for (size_t i = 0; i < HashBucket::kSlots && buckets[b].slots[i] != 0; ++i) {
        const uint32_t home = segment->home(HashBucket::tag(buckets[b].slots[i]));
        if (distance(home, b) < distance(bucket, b)) continue;
        hole.slots[last] = buckets[b].slots[i];
        bucket = b;
        slot = i;
        moved = true;
        break;
      }
      if (!moved && !buckets[b].full()) return;
    }
    if (!moved) return;
  }
}

template <class Node, class Traits>
void HashTable<Node, Traits>::shrinkIfSparse(HashSegment* segment) {
  if (!resize_allowed_) return;
  if (segment->count * 100 >= segment->slotCount() * kLoadMinPercent) return;
  if (mergeWithBuddy(segment)) return;
  const uint32_t buckets =
      HashSegment::bucketsFor(segment->count + 1, kLoadAfterSplitPercent * 3 / 4);
  if (buckets < segment->bucket_count) rebuild(segment, buckets);
}

// Two halves of one prefix become one segment again when together they fill less than half of the
// largest.
template <class Node, class Traits>
bool HashTable<Node, Traits>::mergeWithBuddy(HashSegment* segment) {
  if (segment->depth == 0) return false;
  const uint64_t buddy_prefix = segment->prefix ^ 1;
  HashSegment* buddy = segmentAt(buddy_prefix << (depth_ - segment->depth));
  const size_t together = size_t{segment->count} + buddy->count;
  if (buddy->depth != segment->depth ||
      together * 2 > size_t{HashSegment::kBucketsMax} * HashBucket::kSlots) {
    return false;
  }
  HashSegment* merged =
      create(HashSegment::bucketsFor(together + 1, kLoadAfterSplitPercent * 3 / 4),
             segment->depth - 1, segment->prefix >> 1);
  merged->count = static_cast<uint32_t>(together);
  for (HashSegment* half : {segment, buddy}) {
    const uint32_t top_bit = static_cast<uint32_t>(half->prefix & 1) << 15;
    for (uint32_t b = 0; b < half->bucket_count; ++b) {
      for (uint64_t word : half->buckets()[b].slots) {
        if (word == 0) continue;
        merged->place(HashBucket::pack(nodeOf(word), top_bit | (HashBucket::tag(word) >> 1)));
      }
    }
    for (size_t group = 0; group < HashSegment::kGroups; ++group) {
      int64_t& wider =
          merged->group_deadlines[((half->prefix & 1) * HashSegment::kGroups + group) / 2];
      wider = std::min(wider, half->group_deadlines[group]);
    }
  }
  publish(merged);
  destroy(segment);
  destroy(buddy);
  return true;
}

// visit(word) for the slots whose tag lies in [first_tag, last_tag], wherever they had to go.
template <class Node, class Traits>
template <class Visit>
void HashTable<Node, Traits>::visitHomes(HashSegment* segment, uint32_t first_tag,
                                         uint32_t last_tag, Visit visit) {
  const uint32_t first = segment->home(first_tag);
  const uint32_t homes = segment->home(last_tag) - first + 1;
  uint32_t index = first;
  for (uint32_t passed = 0; passed < segment->bucket_count; ++passed) {
    const HashBucket& bucket = segment->buckets()[index];
    for (uint64_t word : bucket.slots) {
      if (word != 0 && HashBucket::tag(word) >= first_tag && HashBucket::tag(word) <= last_tag) {
        visit(word);
      }
    }
    // Behind the last home only a run of full buckets can hold what was displaced from it.
    if (passed + 1 >= homes && !bucket.full()) return;
    index = segment->next(index);
  }
}

template <class Node, class Traits>
template <class Visit>
uint64_t HashTable<Node, Traits>::scan(uint64_t cursor, Visit visit) const {
  constexpr uint64_t kCursorBits = 48;
  if (directory_.empty()) return 0;
  const uint64_t hash = cursor << (64 - kCursorBits);
  const HashSegmentRef ref = directory_[indexOf(hash)];
  HashSegment* segment = ref.segment();
  const uint32_t tag = ref.tag(hash);
  const uint32_t next_tag = segment->firstTag(segment->home(tag) + 1);
  visitHomes(segment, tag, next_tag - 1, [&](uint64_t word) { visit(nodeOf(word)); });
  const uint64_t position = (segment->prefix << 16) + next_tag;
  // Position counts in steps of 2^-(depth + 16) of the hash space; past the last segment it has run
  // over.
  const uint64_t next = position << (kCursorBits - 16 - segment->depth);
  return next & ((uint64_t{1} << kCursorBits) - 1);
}

// The choice is made by rejection: any slot of any directory entry is as likely as any other, where
// segments are taken to be as long as the longest may be and each counts only at its first entry.
// What is left after that is one slot a node.
template <class Node, class Traits>
template <class Random>
Node* HashTable<Node, Traits>::randomNode(Random& random) const {
  // A table that does not shrink may be all but empty, or a few segments be left of a long
  // directory.
  constexpr int kTriesMax = 128;
  if (size_ == 0) return nullptr;
  const size_t slots = depth_ == 0 ? segmentAt(0)->slotCount() : kSegmentSlotsMax;
  for (int i = 0; i < kTriesMax; ++i) {
    const size_t index = indexOf(random());
    const uint64_t slot = randomBelow(slots, random);
    HashSegment* segment = segmentAt(index);
    if (index != firstIndex(segment) || slot >= segment->slotCount()) continue;
    const uint64_t word =
        segment->buckets()[slot / HashBucket::kSlots].slots[slot % HashBucket::kSlots];
    if (word != 0) return nodeOf(word);
  }
  return nodeOfRank(randomBelow(size_, random));
}

// The node that is visited after `rank` others.
template <class Node, class Traits>
Node* HashTable<Node, Traits>::nodeOfRank(size_t rank) const {
  size_t index = 0;
  while (rank >= segmentAt(index)->count) {
    rank -= segmentAt(index)->count;
    index += indexSpan(segmentAt(index));
  }
  const HashBucket* bucket = segmentAt(index)->buckets();
  while (rank >= bucket->used()) {
    rank -= bucket->used();
    ++bucket;
  }
  return nodeOf(bucket->slots[rank]);
}

template <class Node, class Traits>
void HashTable<Node, Traits>::reserve(size_t nodes) {
  // Leaves room for segments that get more than their share.
  constexpr size_t kLoadPercent = 85;
  if (size_ != 0) return;
  clear();
  while ((nodes >> depth_) * 100 > kSegmentSlotsMax * kLoadPercent) ++depth_;
  directory_.resize(size_t{1} << depth_);
  due_.assign(directory_.size(), kNever);
  const uint32_t buckets = HashSegment::bucketsFor((nodes >> depth_) + 1, kLoadPercent);
  for (size_t prefix = 0; prefix < directory_.size(); ++prefix) {
    publish(create(buckets, depth_, prefix));
  }
}

// Nodes of one group that are due; returns the earliest deadline of those that are not.
template <class Node, class Traits>
int64_t HashTable<Node, Traits>::collectDue(HashSegment* segment, size_t group, int64_t now,
                                            std::vector<Node*>& due) const {
  constexpr size_t kNodesAtOnce = 16;
  const auto first_tag = static_cast<uint32_t>(group << HashSegment::kGroupShift);
  const uint32_t last_tag = first_tag + (1U << HashSegment::kGroupShift) - 1;
  int64_t earliest = kNever;
  std::array<Node*, kNodesAtOnce> ahead;
  size_t waiting = 0;
  const auto inspect = [&] {
    for (size_t i = 0; i < waiting; ++i) {
      const int64_t deadline = traits_.deadline(ahead[i]);
      if (deadline < now) {
        due.push_back(ahead[i]);
      } else {
        earliest = std::min(earliest, deadline);
      }
    }
    waiting = 0;
  };
  visitHomes(segment, first_tag, last_tag, [&](uint64_t word) {
    prefetch(nodeOf(word));
    ahead[waiting++] = nodeOf(word);
    if (waiting == kNodesAtOnce) inspect();
  });
  inspect();
  return earliest;
}

template <class Node, class Traits>
bool HashTable<Node, Traits>::visitDueSegment(size_t index, int64_t now, auto& visit, auto& goOn) {
  std::vector<Node*> due;
  size_t group = 0;
  while (group < HashSegment::kGroups) {
    HashSegment* segment = segmentAt(index);
    if (segment->group_deadlines[group] >= now) {
      ++group;
      continue;
    }
    const uint32_t depth = segment->depth;
    due.clear();
    segment->group_deadlines[group] = collectDue(segment, group, now, due);
    due_[index] =
        *std::min_element(segment->group_deadlines.begin(), segment->group_deadlines.end());
    for (Node* node : due) visit(node);
    if (!goOn()) return false;
    // Erasing may have merged this segment with its buddy, which may begin earlier and whose groups
    // are other ones: then all of them are looked at again.
    segment = segmentAt(index);
    if (segment->depth == depth) {
      ++group;
    } else {
      index = firstIndex(segment);
      group = 0;
    }
  }
  return true;
}

template <class Node, class Traits>
template <class Visit, class GoOn>
bool HashTable<Node, Traits>::visitDue(int64_t now, Visit visit, GoOn goOn) {
  if (next_deadline_ >= now) return true;
  for (size_t i = 0; i < due_.size(); ++i) {
    if (due_[i] < now && !visitDueSegment(i, now, visit, goOn)) return false;
  }
  next_deadline_ = due_.empty() ? kNever : *std::min_element(due_.begin(), due_.end());
  return true;
}

}  // namespace inkstone

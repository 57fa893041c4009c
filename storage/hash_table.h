// A hash table of pointers to nodes that carry their own key: the keyspace, and the big sets and
// hashes.
//
// Shape: a directory indexed by the top bits of the hash leads to segments of at most 2,024 slots
// (hash_segment.h); two entries of the directory may lead to one segment (extendible hashing:
// Fagin, Nievergelt, Pippenger, Strong 1979). A segment grows by rewriting its slots, a few KB, and
// when it is full splits in two. So the cost of one insert is bounded however many keys there are,
// no second table stands beside the first, and load stays between 74 and 93 %. A lookup touches the
// directory (small, cached), one bucket and one node.
//
// Everything is ordered by hash. A SCAN cursor is a position in that order (its top 48 bits), and
// growing, shrinking, splitting and merging keep the order: whatever was in the table from the
// first call to the last is returned.
//
// Deadlines: per 1/16 of a segment a lower bound of the expiry times of its nodes is kept, a tenth
// of a byte a key; visitDue() finds what has expired without an index of its own.
//
// The hash must spread well in its top bits: where more than 2,000 nodes share the same 48 of them,
// splitting cannot tell them apart and the directory grows without end.
//
// Traits: `bool equals(const Node*, std::string_view key)`, `uint64_t hash(const Node*)`, `int64_t
// deadline(const Node*)` (kNever when it has none). The table never owns its nodes. Pointers to
// slots are valid until the next insert or erase.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/structure_check.h"
#include "storage/hash_segment.h"
#include "storage/memory_cost.h"

namespace inkstone {

template <class Node, class Traits>
class HashTable {
 public:
  // A place in the table that holds a node.
  class Slot {
   public:
    Slot() = default;
    explicit operator bool() const { return word_ != nullptr; }
    Node* node() const { return nodeOf(*word_); }
    // Puts another node with the same key in its place.
    void replace(Node* node) { *word_ = HashBucket::pack(node, HashBucket::tag(*word_)); }

   private:
    friend class HashTable;
    explicit Slot(uint64_t* word) : word_(word) {}
    uint64_t* word_ = nullptr;
  };

  explicit HashTable(Traits traits) : traits_(std::move(traits)) {}
  ~HashTable() { clear(); }
  HashTable(const HashTable&) = delete;
  HashTable& operator=(const HashTable&) = delete;

  size_t size() const { return size_; }

  Slot find(uint64_t hash, std::string_view key) const {
    if (directory_.empty()) return {};
    const HashSegmentRef ref = directory_[indexOf(hash)];
    HashBucket* const buckets = ref.buckets();
    const uint32_t tag = ref.tag(hash);
    uint32_t index = ref.home(tag);
    while (true) {
      HashBucket& bucket = buckets[index];
      for (uint32_t mask = bucket.match(tag); mask != 0; mask &= mask - 1) {
        uint64_t& word = bucket.slots[static_cast<size_t>(std::countr_zero(mask))];
        if (word != 0 && traits_.equals(nodeOf(word), key)) return Slot(&word);
      }
      if (!bucket.full()) return {};
      index = index + 1 == ref.bucketCount() ? 0 : index + 1;
    }
  }

  // These serve batches: the first call starts loading the bucket; the second, some work later, the
  // node.
  void prefetchBucket(uint64_t hash) const {
    if (directory_.empty()) return;
    const HashSegmentRef ref = directory_[indexOf(hash)];
    prefetch(ref.buckets() + ref.home(ref.tag(hash)));
  }
  void prefetchNode(uint64_t hash) const {
    if (directory_.empty()) return;
    const HashSegmentRef ref = directory_[indexOf(hash)];
    const uint32_t tag = ref.tag(hash);
    const HashBucket& bucket = ref.buckets()[ref.home(tag)];
    const uint32_t mask = bucket.match(tag);
    if (mask == 0) return;
    // A free slot may match as well. Its address is no pointer to add to, and prefetching it does
    // no harm.
    const auto node = reinterpret_cast<uintptr_t>(
        nodeOf(bucket.slots[static_cast<size_t>(std::countr_zero(mask))]));
    prefetch(reinterpret_cast<const void*>(node));
    prefetch(reinterpret_cast<const void*>(node + 63));
  }

  // `node`'s key must not be in the table yet.
  void insert(uint64_t hash, Node* node) {
    const ChangeCheck check(*this);
    HashSegment* segment = segmentWithRoom(hash);
    segment->place(HashBucket::pack(node, HashSegmentRef(segment).tag(hash)));
    ++segment->count;
    ++size_;
  }

  // Takes the node out; the caller frees it.
  void erase(uint64_t hash, Slot slot) {
    const ChangeCheck check(*this);
    HashSegment* segment = directory_[indexOf(hash)].segment();
    const auto offset =
        reinterpret_cast<char*>(slot.word_) - reinterpret_cast<char*>(segment->buckets());
    closeGap(segment, static_cast<uint32_t>(static_cast<size_t>(offset) / sizeof(HashBucket)),
             static_cast<size_t>(offset) % sizeof(HashBucket) / sizeof(uint64_t));
    invariant(segment->count > 0 && size_ > 0, "a node is erased once", segment->count, size_);
    --segment->count;
    --size_;
    shrinkIfSparse(segment);
  }

  // Counts the bytes of directory and segments.
  size_t memoryBytes() const {
    return segment_bytes_ + directory_.capacity() * sizeof(Directory::value_type) +
           due_.capacity() * sizeof(int64_t);
  }
  size_t slotCount() const { return slot_count_; }
  size_t segmentCount() const { return segment_count_; }

  // While growth is off (a child process shares the memory) segments are rewritten only when they
  // are all but full.
  void allowResize(bool allowed) { resize_allowed_ = allowed; }
  bool resizeAllowed() const { return resize_allowed_; }

  void clear() {
    forEachSegment([](HashSegment* segment) { HashSegment::destroy(segment); });
    Directory().swap(directory_);
    std::vector<int64_t>().swap(due_);
    size_ = segment_bytes_ = slot_count_ = segment_count_ = 0;
    depth_ = 0;
    next_deadline_ = kNever;
  }

  // Makes an empty table ready for so many nodes. Without it nodes that come in the order of their
  // hash (copied from another table) would crowd the first buckets of each segment that grows.
  void reserve(size_t nodes);

  // visit(Node*) for every node; the table must not change meanwhile.
  template <class Visit>
  void forEach(Visit visit) const {
    forEachWhile([&](Node* node) {
      visit(node);
      return true;
    });
  }
  // Does the same with visit(Node*) -> bool, and goes on while that returns true.
  template <class Visit>
  void forEachWhile(Visit visit) const {
    for (size_t i = 0; i < directory_.size(); i += indexSpan(segmentAt(i))) {
      if (!visitSegmentWhile(segmentAt(i), visit)) return;
    }
  }

  // Makes one step of SCAN: calls visit(Node*) for the nodes at `cursor` (0 to begin) and returns
  // the next cursor, 0 at the end.
  template <class Visit>
  uint64_t scan(uint64_t cursor, Visit visit) const;

  // A node at random, each with the same probability; null when empty. random() gives 64 random
  // bits. Complexity: some tries; where nearly all slots are empty, one step per segment.
  template <class Random>
  Node* randomNode(Random& random) const;

  // The table must be told of every node that gets a deadline, or an earlier one.
  void noteDeadline(uint64_t hash, int64_t deadline) {
    HashSegmentRef ref = directory_[indexOf(hash)];
    int64_t& group = ref.segment()->group_deadlines[ref.tag(hash) >> HashSegment::kGroupShift];
    if (deadline < group) group = deadline;
    int64_t& due = due_[firstIndex(ref.segment())];
    if (deadline < due) due = deadline;
    if (deadline < next_deadline_) next_deadline_ = deadline;
  }
  // Gives a lower bound of all deadlines.
  int64_t nextDeadline() const { return next_deadline_; }

  // visit(Node*) for nodes whose deadline is before `now`, a group of about a hundred at a time;
  // what the visitor wants erased it erases itself (that is allowed here, but of the nodes that are
  // due only the one it was given). What it leaves is visited again only after noteDeadline().
  // Between groups goOn() is asked. Returns whether all were visited.
  template <class Visit, class GoOn>
  bool visitDue(int64_t now, Visit visit, GoOn goOn);

  // Finds a claim that is broken: about directory, segments and counts, and that each node is where
  // a search looks for it.
  BrokenClaim checkStructure() const;
  size_t checkSteps() const { return slot_count_; }
  // Does the same for the lower bounds of deadlines. They hold between operations, if visitDue()
  // left nothing that is due.
  BrokenClaim checkDeadlines() const;

 private:
  using Directory = std::vector<HashSegmentRef>;

  static constexpr size_t kLoadMaxPercent = 93;
  static constexpr size_t kLoadAfterSplitPercent = 90;
  static constexpr size_t kLoadMinPercent = 30;
  static constexpr size_t kSegmentSlotsMax = HashSegment::kBucketsMax * HashBucket::kSlots;

  static Node* nodeOf(uint64_t word) {
    return reinterpret_cast<Node*>(word & HashBucket::kPointerMask);
  }

  // The two shifts stand for one by 64 - depth_, which would be undefined for depth 0.
  size_t indexOf(uint64_t hash) const { return (hash >> 1) >> (63 - depth_); }
  size_t firstIndex(const HashSegment* segment) const {
    return segment->prefix << (depth_ - segment->depth);
  }
  size_t indexSpan(const HashSegment* segment) const {
    return size_t{1} << (depth_ - segment->depth);
  }
  HashSegment* segmentAt(size_t index) const { return directory_[index].segment(); }

  template <class Visit>
  void forEachSegment(Visit visit) const {
    for (size_t i = 0; i < directory_.size();) {
      HashSegment* segment = segmentAt(i);
      i += indexSpan(segment);
      visit(segment);
    }
  }

  // Nodes of buckets this far ahead are being loaded while those of one are visited.
  static constexpr uint32_t kBucketsAhead = 2;

  template <class Visit>
  static bool visitSegmentWhile(HashSegment* segment, Visit& visit) {
    const HashBucket* const buckets = segment->buckets();
    for (uint32_t b = 0; b < segment->bucket_count; ++b) {
      if (b + kBucketsAhead < segment->bucket_count) {
        for (uint64_t word : buckets[b + kBucketsAhead].slots) prefetch(nodeOf(word));
      }
      for (uint64_t word : buckets[b].slots) {
        if (word == 0) break;
        if (!visit(nodeOf(word))) return false;
      }
    }
    return true;
  }

  Node* nodeOfRank(size_t rank) const;
  HashSegment* create(uint32_t buckets, uint32_t depth, uint64_t prefix);
  void destroy(HashSegment* segment);
  void publish(HashSegment* segment);
  HashSegment* segmentWithRoom(uint64_t hash);
  void rebuild(HashSegment* segment, uint32_t buckets);
  void split(HashSegment* segment);
  void doubleDirectory();
  void closeGap(HashSegment* segment, uint32_t bucket, size_t slot);
  void shrinkIfSparse(HashSegment* segment);
  bool mergeWithBuddy(HashSegment* segment);
  bool visitDueSegment(size_t index, int64_t now, auto& visit, auto& goOn);
  int64_t collectDue(HashSegment* segment, size_t group, int64_t now,
                     std::vector<Node*>& due) const;
  BrokenClaim checkSegment(HashSegment* segment) const;
  BrokenClaim checkSlot(HashSegment* segment, uint32_t bucket, uint64_t word) const;
  template <class Visit>
  static void visitHomes(HashSegment* segment, uint32_t first_tag, uint32_t last_tag, Visit visit);

  Traits traits_;
  Directory directory_;
  // Per directory entry: lower bound of the deadlines of the segment that begins there, kNever for
  // the others.
  std::vector<int64_t> due_;
  int64_t next_deadline_ = kNever;
  uint32_t depth_ = 0;
  size_t size_ = 0;
  size_t segment_bytes_ = 0;
  size_t slot_count_ = 0;
  size_t segment_count_ = 0;
  bool resize_allowed_ = true;
};

}  // namespace inkstone

#include "storage/hash_table_check.h"
#include "storage/hash_table_impl.h"

// One numbered database: its keys, their values and their times of expiry.
//
// It knows no clients, no replies and no clock: whether a deadline has passed is for the caller to
// decide, who also has to tell the log. Every operation takes the key's hash (hashOf()), so that a
// batch computes it once.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "storage/entry.h"
#include "storage/hash_table.h"
#include "storage/slab_allocator.h"
#include "storage/types/encoding_rules.h"
#include "storage/value.h"

namespace inkstone {

struct StringBuffer;

class Database {
 public:
  struct EntryTraits {
    const KeyHasher* hasher;
    bool equals(const Entry* entry, std::string_view key) const { return entry->key() == key; }
    uint64_t hash(const Entry* entry) const { return (*hasher)(entry->key()); }
    int64_t deadline(const Entry* entry) const { return entry->deadline(); }
  };
  using Table = HashTable<Entry, EntryTraits>;

  // What a database holds. It can be taken out whole and destroyed by another thread.
  struct Contents {
    explicit Contents(const KeyHasher& hasher) : table(EntryTraits{&hasher}) {}
    ~Contents();
    Contents(const Contents&) = delete;
    Contents& operator=(const Contents&) = delete;

    SlabAllocator slab;
    Table table;
    size_t volatile_count = 0;
  };

  // A key's place. Valid until the next change of the database.
  using Slot = Table::Slot;

  explicit Database(const EncodingRules& rules)
      : rules_(&rules), contents_(std::make_unique<Contents>(*rules.hasher)) {}

  uint64_t hashOf(std::string_view key) const { return (*rules_->hasher)(key); }
  const EncodingRules& encodingRules() const { return *rules_; }

  Slot find(uint64_t hash, std::string_view key) const { return table().find(hash, key); }
  void prefetchBucket(uint64_t hash) const { table().prefetchBucket(hash); }
  void prefetchEntry(uint64_t hash) const { table().prefetchNode(hash); }

  // Sets a string. `slot` is what find() gave for the key, empty if it is new. Integers are
  // recognised. The deadline stays when keep_deadline is set, else it goes. `access` are the access
  // bits of the new value. Returns the entry.
  Entry* setString(uint64_t hash, std::string_view key, Slot slot, std::string_view value,
                   bool keep_deadline, uint32_t access);
  // Does the same with a time of expiry (Unix milliseconds), in one step.
  Entry* setStringUntil(uint64_t hash, std::string_view key, Slot slot, std::string_view value,
                        int64_t deadline, uint32_t access);
  // Does as setString() with keep_deadline does, but keeps as text what looks like an integer.
  Entry* setText(uint64_t hash, std::string_view key, Slot slot, std::string_view value,
                 uint32_t access);
  // Sets an integer under an existing string key, keeping deadline and access bits.
  Entry* setInteger(Slot slot, int64_t value);
  Entry* createInteger(uint64_t hash, std::string_view key, int64_t value, uint32_t access);
  // Makes an existing string at least `length` bytes long (zero bytes are added) in a buffer of its
  // own, which may be changed until the next call; it then counts as "raw". One that grows gets
  // room for more such calls.
  StringBuffer* mutableString(Slot slot, size_t length);

  // Puts a value under a key that does not exist, and owns it from then on.
  Entry* insertValue(uint64_t hash, std::string_view key, const Value& value, uint32_t access);

  // Takes a key away together with its value.
  void erase(uint64_t hash, Slot slot) { destroyEntry(unlink(hash, slot)); }
  // These two do the same in two steps, for those who free values elsewhere or need the entry a
  // moment longer.
  Entry* unlink(uint64_t hash, Slot slot);
  void destroyEntry(Entry* entry);
  // Destroys an unlinked entry but for its value, which must have an object and is the caller's
  // from then on.
  Value takeValue(Entry* entry);

  // Sets or changes the time of expiry (Unix milliseconds); the entry may move.
  Entry* setDeadline(uint64_t hash, Slot slot, int64_t deadline);
  // Takes the time of expiry away; false when there was none.
  bool removeDeadline(Slot slot);

  // Gives value, deadline and access bits of `entry`, unlinked from `from`, to a key that does not
  // exist; `entry` is gone.
  Entry* adopt(uint64_t hash, std::string_view key, Database& from, Entry* entry);
  // Puts a copy of the value and deadline of `source`, of any database, under a key that does not
  // exist.
  Entry* insertCopy(uint64_t hash, std::string_view key, const Entry& source, uint32_t access);

  size_t size() const { return table().size(); }
  size_t volatileCount() const { return contents_->volatile_count; }
  bool empty() const { return size() == 0; }
  const Table& table() const { return contents_->table; }
  Table& table() { return contents_->table; }
  Entry* randomEntry(auto& random) const { return table().randomNode(random); }

  // Counts the bytes of the table itself, without its entries.
  size_t tableBytes() const { return table().memoryBytes(); }
  // Counts the bytes that an entry and its value take.
  static size_t entryBytes(const Entry& entry);

  // Finds a claim that is broken: about the table, the memory of entries, and the deadlines.
  BrokenClaim checkStructure() const;

  // Empties the database; what was in it is the caller's to destroy, on any thread.
  std::unique_ptr<Contents> takeContents();

 private:
  struct StringPlan;

  // `deadline` is null where the entry has none.
  Entry* putString(uint64_t hash, std::string_view key, Slot slot, std::string_view value,
                   const StringPlan& plan, const int64_t* deadline, uint32_t access);
  Entry* allocate(const Entry::Layout& layout, std::string_view key, uint32_t access);
  void freeMemory(Entry* entry);
  // Replaces the entry in `slot` by one of another layout with the same key, deadline (if both have
  // one) and access.
  Entry* relayout(Slot slot, const Entry::Layout& layout);
  // Gives the entry in `slot` room for a deadline, or takes it away.
  Entry* moveTo(Slot slot, bool has_deadline);
  Entry* insertLike(uint64_t hash, std::string_view key, const Entry& source, uint32_t access);
  static void moveContent(const Entry& from, Entry* to);
  void copyContent(const Entry& from, Entry* to) const;
  static void destroyContent(Entry* entry);

  const EncodingRules* rules_;
  std::unique_ptr<Contents> contents_;
};

}  // namespace inkstone

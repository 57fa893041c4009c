#include "storage/entry.h"

#include <catch2/catch.hpp>
#include <limits>
#include <vector>

#include "tests/unit/seeded_random.h"

namespace inkstone::testing {
namespace {

const std::vector<size_t> kKeyLengths = {0, 1, 254, 255, 256, 70000};

// An entry in memory of exactly its size, so that a byte beyond it is found by the sanitizer.
class PlacedEntry {
 public:
  PlacedEntry(const Entry::Layout& layout, std::string_view key, uint32_t access)
      : memory_(std::make_unique<char[]>(layout.bytes())),
        entry_(Entry::place(memory_.get(), layout, key, access)) {}
  Entry* operator->() { return entry_; }
  Entry& operator*() { return *entry_; }

 private:
  std::unique_ptr<char[]> memory_;
  Entry* entry_;
};

std::string keyOf(size_t length) {
  std::string key(length, '\0');
  for (size_t i = 0; i < length; ++i) key[i] = static_cast<char>(i * 7 + 1);
  return key;
}

// The values that every entry must still give after its other parts were written.
void checkHead(PlacedEntry& entry, const Entry::Layout& layout, const std::string& key,
               uint32_t access, int64_t deadline) {
  CHECK(entry->type() == layout.type);
  CHECK(entry->encoding() == layout.encoding);
  CHECK((entry->key() == key));
  CHECK(entry->keyLength() == key.size());
  CHECK(entry->access() == access);
  CHECK(entry->hasDeadline() == layout.has_deadline);
  CHECK(entry->deadline() == (layout.has_deadline ? deadline : kNever));
  CHECK(entry->bytesUsed() == layout.bytes());
  CHECK(entry->layout().inline_length == layout.inline_length);
}

// check(layout, key) for every key length, with and without a deadline.
template <class Check>
void forEachHead(Encoding encoding, size_t inline_length, Check check) {
  for (const size_t length : kKeyLengths) {
    for (const bool has_deadline : {false, true}) {
      CAPTURE(length, has_deadline);
      check(Entry::Layout{ValueType::kString, encoding, has_deadline, length, inline_length},
            keyOf(length));
    }
  }
}

constexpr uint32_t kAccess = Entry::kAccessMax;
constexpr int64_t kDeadline = 0x7766554433221100;

TEST_CASE("an inline string stands beside any key and deadline") {
  for (const size_t inline_length : {size_t{0}, size_t{1}, size_t{44}, Entry::kInlineStringMax}) {
    const std::string value(inline_length, 'v');
    forEachHead(Encoding::kInline, inline_length,
                [&](const Entry::Layout& layout, const auto& key) {
                  PlacedEntry entry(layout, key, kAccess);
                  if (layout.has_deadline) entry->setDeadline(kDeadline);
                  entry->setInlineString(value);
                  checkHead(entry, layout, key, kAccess, kDeadline);
                  CHECK(entry->inlineString() == value);
                });
  }
}

TEST_CASE("a small integer stands in the header up to both its limits") {
  for (const int64_t value :
       {int64_t{0}, int64_t{1}, int64_t{-1}, Entry::kSmallIntegerMax, Entry::kSmallIntegerMin}) {
    forEachHead(Encoding::kSmallInteger, 0, [&](const Entry::Layout& layout, const auto& key) {
      PlacedEntry entry(layout, key, 0);
      if (layout.has_deadline) entry->setDeadline(kDeadline);
      entry->setInteger(value);
      checkHead(entry, layout, key, 0, kDeadline);
      CHECK(entry->integer() == value);
    });
  }
}

TEST_CASE("an integer in its word takes every int64") {
  for (const int64_t value : {int64_t{0}, int64_t{-1}, std::numeric_limits<int64_t>::max(),
                              std::numeric_limits<int64_t>::min(), Entry::kSmallIntegerMax + 1,
                              Entry::kSmallIntegerMin - 1}) {
    forEachHead(Encoding::kInteger, 0, [&](const Entry::Layout& layout, const auto& key) {
      PlacedEntry entry(layout, key, kAccess);
      if (layout.has_deadline) entry->setDeadline(kDeadline);
      entry->setInteger(value);
      checkHead(entry, layout, key, kAccess, kDeadline);
      CHECK(entry->integer() == value);
    });
  }
}

TEST_CASE("a pointer to a value comes back as it was") {
  int object = 0;
  forEachHead(Encoding::kRaw, 0, [&](const Entry::Layout& layout, const auto& key) {
    PlacedEntry entry(layout, key, 1);
    entry->setObject(&object);
    if (layout.has_deadline) entry->setDeadline(kDeadline);
    checkHead(entry, layout, key, 1, kDeadline);
    CHECK(entry->object() == &object);
  });
}

TEST_CASE("sizes are those the design counts on") {
  const auto bytes = [](Encoding encoding, bool has_deadline, size_t key, size_t value) {
    return Entry::Layout{ValueType::kString, encoding, has_deadline, key, value}.bytes();
  };
  CHECK(bytes(Encoding::kInline, false, 16, 32) == 56);
  CHECK(bytes(Encoding::kInline, true, 16, 32) == 64);
  CHECK(bytes(Encoding::kSmallInteger, false, 16, 0) == 24);
  CHECK(bytes(Encoding::kInteger, false, 16, 0) == 32);
  CHECK(bytes(Encoding::kInline, false, 254, 0) == 262);
  CHECK(bytes(Encoding::kInline, false, 255, 0) == 271);
}

TEST_CASE("access bits change and leave everything else alone") {
  const Entry::Layout layout{ValueType::kHash, Encoding::kInline, true, 3, 5};
  PlacedEntry entry(layout, "key", 0);
  entry->setDeadline(-1);
  entry->setInlineString("value");
  for (const uint32_t access : {0U, 1U, 0x800000U, Entry::kAccessMax, 0x123456U}) {
    entry->setAccess(access);
    checkHead(entry, layout, "key", access, -1);
    CHECK(entry->inlineString() == "value");
  }
}

TEST_CASE("every type and encoding is told from the others") {
  for (const ValueType type : {ValueType::kString, ValueType::kList, ValueType::kSet,
                               ValueType::kZset, ValueType::kHash}) {
    for (const Encoding encoding :
         {Encoding::kSmallInteger, Encoding::kInteger, Encoding::kInline, Encoding::kRaw}) {
      PlacedEntry entry({type, encoding, false, 1, 0}, "k", kAccess);
      CHECK(entry->type() == type);
      CHECK(entry->encoding() == encoding);
    }
  }
}

TEST_CASE("random small integers, keys and deadlines are kept apart") {
  SeededRandom random("random small integers, keys and deadlines are kept apart");
  CAPTURE(random.seed());
  for (int i = 0; i < 3000; ++i) {
    const std::string key = random.bytes(random.mostlySmall(400));
    const Entry::Layout layout{ValueType::kString, Encoding::kSmallInteger, random.below(2) == 0,
                               key.size(), 0};
    const auto access = static_cast<uint32_t>(random() & Entry::kAccessMax);
    const auto deadline = static_cast<int64_t>(random());
    const int64_t value = static_cast<int64_t>(random()) >> 40;
    PlacedEntry entry(layout, key, access);
    entry->setInteger(value);
    if (layout.has_deadline) entry->setDeadline(deadline);
    REQUIRE((entry->key() == key));
    REQUIRE(entry->integer() == value);
    REQUIRE(entry->access() == access);
    REQUIRE(entry->deadline() == (layout.has_deadline ? deadline : kNever));
  }
}

}  // namespace
}  // namespace inkstone::testing

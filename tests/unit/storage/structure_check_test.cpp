// Canaries of checkStructure(): each damages a structure in one way, as a fault in it would, sees
// that the walk names the claim that is broken, and mends it again.
#include "base/structure_check.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/slab_allocator.h"
#include "storage/types/intset.h"
#include "storage/types/listpack.h"
#include "storage/types/member_arena.h"
#include "storage/types/quicklist.h"
#include "storage/types/sorted_set_tree.h"
#include "tests/unit/storage/database_fixture.h"
#include "tests/unit/storage/table_world.h"

namespace inkstone::testing {
namespace {

std::string brokenClaimOf(const auto& structure) {
  const BrokenClaim broken = structure.checkStructure();
  return broken ? std::string(broken->text()) : "";
}

// Writes another value over what lies at a place, and puts the old one back.
template <class Value>
class Damage {
 public:
  Damage(void* place, Value value) : place_(place) {
    std::memcpy(&old_, place_, sizeof old_);
    std::memcpy(place_, &value, sizeof value);
  }
  ~Damage() { std::memcpy(place_, &old_, sizeof old_); }
  Damage(const Damage&) = delete;
  Damage& operator=(const Damage&) = delete;

 private:
  void* place_;
  Value old_;
};

template <class Structure, class Value>
std::string brokenBy(const Structure& structure, void* place, Value value) {
  const Damage<Value> damage(place, value);
  return brokenClaimOf(structure);
}

const KeyHasher& hasher() {
  static const KeyHasher kHasher{testSecret()};
  return kHasher;
}

TEST_CASE("canary: damage to a listpack is named") {
  Listpack pack = Listpack::create();
  for (const char* text : {"one", "2", "-30000", "four"}) pack.append(text);
  uint8_t* const bytes = pack.bytes();
  uint8_t* const element = bytes + Listpack::kHeaderBytes;
  CHECK(brokenClaimOf(pack) == "");
  CHECK(brokenBy(pack, bytes + 4, uint16_t{3}) == "a listpack holds as many elements as it says");
  CHECK(brokenBy(pack, bytes + pack.byteCount() - 1, uint8_t{0}) ==
        "a listpack ends with its end byte");
  CHECK(brokenBy(pack, bytes, uint32_t{6}) == "a listpack has as many bytes as it says");
  const std::string both_ways = "an element of a listpack tells its length both ways";
  CHECK(brokenBy(pack, element, uint8_t{0x82}) == both_ways);
  CHECK(brokenBy(pack, element + 4, uint8_t{3}) == both_ways);
  CHECK(brokenBy(pack, element, uint8_t{0xf6}) == both_ways);
  CHECK(brokenClaimOf(pack) == "");
  Listpack::destroy(pack.bytes());
}

TEST_CASE("canary: damage to an intset is named") {
  Intset integers = Intset::create();
  for (const int64_t integer : {-5, 1, 70}) integers.insert(integer);
  CHECK(brokenClaimOf(integers) == "");
  CHECK(brokenBy(integers, integers.bytes() + Intset::kHeaderBytes, int16_t{1}) ==
        "the integers of an intset ascend");
  CHECK(brokenBy(integers, integers.bytes(), uint32_t{3}) == "an intset has one of three widths");
  Intset::destroy(integers.bytes());
}

// Where the address of a node and its tag stand; a slot is nothing but a pointer to it.
uint64_t* wordOf(const TestTable::Slot& slot) {
  static_assert(sizeof slot == sizeof(uint64_t*));
  uint64_t* word;
  std::memcpy(&word, &slot, sizeof word);
  return word;
}

TEST_CASE("canary: damage to a hash table is named") {
  SeededRandom random("canary: damage to a hash table is named");
  TableWorld world(goodHash);
  for (uint64_t number = 0; number < 10'000; ++number) world.insert(number);
  REQUIRE(brokenClaimOf(world.table) == "");
  Node* const node = world.alive[random.below(world.alive.size())];
  const uint64_t hash = node->hash;
  node->hash = ~hash;
  CHECK(brokenClaimOf(world.table) == "a node lies in the segment of its hash");
  node->hash = hash ^ (uint64_t{1} << 50);
  CHECK(brokenClaimOf(world.table) == "the tag of a slot is that of its node's hash");
  node->hash = hash;

  // A slot is the address of a node and a tag. It lies in a bucket of eight, which is filled from
  // the front.
  const TestTable::Slot slot = world.find(node->number);
  auto* const word = wordOf(slot);
  const auto bucket = reinterpret_cast<uintptr_t>(word) & ~uintptr_t{63};
  auto* const first = reinterpret_cast<uint64_t*>(bucket);
  const std::string lost = brokenBy(world.table, first, uint64_t{0});
  CHECK((lost == "the slots of a bucket are filled from the front" ||
         lost == "a segment holds as many nodes as it says"));
  CHECK(brokenClaimOf(world.table) == "");

  world.setDeadline(node, 1000);
  CHECK(!world.table.checkDeadlines());
  node->deadline = 999;
  CHECK(world.table.checkDeadlines()->text() ==
        "a group knows a lower bound of its nodes' deadlines");
}

TEST_CASE("canary: a node that no search would find is named") {
  TableWorld world(lastBucketHash);
  // Enough for several buckets, all displaced from the last one.
  for (uint64_t number = 0; number < 24; ++number) world.insert(number);
  REQUIRE(brokenClaimOf(world.table) == "");
  uint64_t* word = nullptr;
  for (Node* const node : world.alive) {
    // A full bucket whose first neighbour holds displaced nodes loses its last slot.
    word = wordOf(world.find(node->number));
    if ((reinterpret_cast<uintptr_t>(word) & 63) != 56) continue;
    const std::string broken = brokenBy(world.table, word, uint64_t{0});
    CHECK((broken == "all buckets between a node and its home are full" ||
           broken == "a segment holds as many nodes as it says"));
  }
}

TEST_CASE("canary: damage to a slab allocator is named") {
  SlabAllocator slab;
  std::vector<char*> slots;
  for (int i = 0; i < 2000; ++i) slots.push_back(static_cast<char*>(slab.allocate(56)));
  for (int i = 0; i < 5; ++i) {
    slab.deallocate(slots.back(), 56);
    slots.pop_back();
  }
  CHECK(brokenClaimOf(slab) == "");
  // A slot that was given back, and is written to by somebody who still has it.
  char* const freed = static_cast<char*>(slab.allocate(56));
  slab.deallocate(freed, 56);
  const std::string free_slot = "a free slot is one of its page that was handed out before";
  CHECK(brokenBy(slab, freed, std::string_view("some text").data()) == free_slot);
  CHECK(brokenBy(slab, freed, freed + 8) == free_slot);
  CHECK(brokenBy(slab, freed, freed) == "the free slots of a page form no circle");
  CHECK(brokenBy(slab, freed, uintptr_t{0}) == "a page has as many slots in use as it says");
  // The page's header is found by the slot's address.
  char* const page = freed - reinterpret_cast<uintptr_t>(freed) % (32 * 1024);
  CHECK(brokenBy(slab, page, uintptr_t{0}) == "a page knows its chunk");
  CHECK(brokenBy(slab, page + 32, uint32_t{57}) == "a page has slots of one of the sizes");
  CHECK(brokenBy(slab, page + 8, page) == "pages with a free slot are linked both ways");
  CHECK(brokenClaimOf(slab) == "");
  for (char* slot : slots) slab.deallocate(slot, 56);
}

TEST_CASE("canary: damage to an arena is named") {
  MemberArena arena;
  std::vector<char*> slots;
  for (int i = 0; i < 100; ++i) slots.push_back(static_cast<char*>(arena.allocate(24)));
  CHECK(brokenClaimOf(arena) == "");
  char* const freed = slots.back();
  arena.deallocate(freed, 24);
  CHECK(brokenClaimOf(arena) == "");
  CHECK(brokenBy(arena, freed, uint16_t{1}) ==
        "a free slot is one of its page that was handed out before");
  const auto offset = static_cast<uint16_t>(reinterpret_cast<uintptr_t>(freed) % 1024);
  CHECK(brokenBy(arena, freed, offset) == "the free slots of a page form no circle");
  CHECK(brokenClaimOf(arena) == "");
}

TEST_CASE("canary: damage to a list is named") {
  EncodingRules rules;
  rules.list_max_listpack_size = 8;
  Quicklist list;
  for (int i = 0; i < 1000; ++i) list.pushBack("element " + std::to_string(i), rules);
  CHECK(brokenClaimOf(list) == "");
  auto* const inner = const_cast<QuicklistNode*>(list.head()->next->next);
  auto* const other = inner->next;
  QuicklistNode* const previous = inner->previous;
  inner->previous = other;
  CHECK(brokenClaimOf(list) == "leaves are linked both ways");
  inner->previous = previous;
  void* const parent = std::exchange(inner->parent, nullptr);
  CHECK(brokenClaimOf(list) == "a leaf knows the node above it");
  inner->parent = parent;
  // The number of elements in a node's listpack; then its first element.
  uint8_t* const pack = inner->pack().bytes();
  CHECK(brokenBy(list, pack + 4, uint16_t{7}) == "the tree weighs as much as its leaves");
  CHECK(brokenBy(list, pack + Listpack::kHeaderBytes, uint8_t{0xf6}) ==
        "an element of a listpack tells its length both ways");
  CHECK(brokenClaimOf(list) == "");
}

TEST_CASE("canary: damage to a compressed node is named") {
  QuicklistNode node(std::string_view(std::string(10'000, 'x')));
  CHECK(brokenClaimOf(node) == "");
  node.compress();
  REQUIRE(node.isCompressed());
  CHECK(brokenClaimOf(node) == "");
  // The buffer begins with the number of bytes that are kept; its address stands in the last word.
  char* buffer;
  std::memcpy(&buffer, reinterpret_cast<char*>(&node) + sizeof node - sizeof buffer, sizeof buffer);
  buffer -= reinterpret_cast<uintptr_t>(buffer) % 16;
  CHECK(brokenBy(node, buffer, uint32_t{9}) ==
        "a compressed node becomes as many bytes as it says");
  CHECK(brokenClaimOf(node) == "");
}

TEST_CASE("canary: damage to a sorted set is named") {
  SortedSetTree tree(hasher());
  for (int i = 0; i < 5000; ++i) tree.set("member:" + std::to_string(i), i % 700);
  CHECK(brokenClaimOf(tree) == "");
  auto* const member = const_cast<SortedSetMember*>(tree.find("member:2500"));
  const double score = member->score();
  member->setScore(score + 1);
  CHECK(brokenClaimOf(tree) == "a leaf knows the score of a member");
  member->setScore(score);
  // The bytes of a member stand behind its score and their length.
  CHECK(brokenBy(tree, reinterpret_cast<char*>(member) + sizeof score + 1, 'M') != "");
  CHECK(brokenClaimOf(tree) == "");
}

TEST_CASE("canary: an entry with a deadline that is not counted is named") {
  TestDatabase world(hasher());
  for (int i = 0; i < 500; ++i) world.set("key:" + std::to_string(i), std::string(20, 'v'));
  world.expire("key:7", 1000);
  CHECK(brokenClaimOf(world.db) == "");
  // The head of an entry is a word with a bit that says so.
  Entry* const entry = world.find("key:8").node();
  uint32_t head;
  std::memcpy(&head, entry, sizeof head);
  CHECK(brokenBy(world.db, entry, head | 8) != "");
  CHECK(brokenClaimOf(world.db) == "");
}

TEST_CASE("a walk is due for each small structure, and seldom for a large one") {
  size_t walks = 0;
  for (int i = 0; i < 100'000; ++i) walks += isCheckDue(0) ? 1 : 0;
  CHECK(walks == 100'000);
  walks = 0;
  for (int i = 0; i < 100'000; ++i) walks += isCheckDue(4000) ? 1 : 0;
  CHECK(walks > 50);
  CHECK(walks < 200);
}

}  // namespace
}  // namespace inkstone::testing

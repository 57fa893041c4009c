// SortedSetTree against a std::set.
#include "storage/types/sorted_set_tree.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "storage/memory_usage.h"
#include "tests/unit/storage/types/sorted_set_model.h"

namespace inkstone::testing {
namespace {

using Change = SortedSetTree::Change;

#ifdef NDEBUG
constexpr int kSteps = 400'000;
#else
constexpr int kSteps = 40'000;
#endif

const KeyHasher& hasher() {
  static const KeyHasher kHasher{KeyHasher::Secret{1, 2, 3}};
  return kHasher;
}

bool matches(const SortedSetTree& tree, const SortedSetModel& model) {
  if (tree.checkStructure() || tree.size() != model.order.size()) return false;
  bool same = true;
  auto expected = model.order.begin();
  tree.forRange({0, tree.size()}, [&](const SortedSetMember* member, double score) {
    same = same && score == expected->first && member->key() == expected->second;
    ++expected;
  });
  tree.forRangeReversed({0, tree.size()}, [&](const SortedSetMember* member, double score) {
    --expected;
    same = same && score == expected->first && member->key() == expected->second;
  });
  return same;
}

void checkRanks(const SortedSetTree& tree, const SortedSetModel& model, SeededRandom& random) {
  const auto sorted = model.sorted();
  for (int i = 0; i < 50 && !sorted.empty(); ++i) {
    const size_t rank = random.below(sorted.size());
    const SortedSetMember* const member = tree.find(sorted[rank].second);
    REQUIRE(member != nullptr);
    REQUIRE(tree.rankOf(member) == rank);
    const RankRange range{rank,
                          rank + random.below(std::min<size_t>(sorted.size() - rank, 300)) + 1};
    size_t at = range.first;
    tree.forRange(range, [&](const SortedSetMember* visited, double) {
      REQUIRE(visited->key() == sorted[at++].second);
    });
    REQUIRE(at == range.last);
    tree.forRangeReversed(range, [&](const SortedSetMember* visited, double) {
      REQUIRE(visited->key() == sorted[--at].second);
    });
    REQUIRE(at == range.first);
  }
}

void checkScoreRanges(const SortedSetTree& tree, const SortedSetModel& model, SeededRandom& random,
                      SortedSetDraw& draw) {
  for (int i = 0; i < 12; ++i) {
    const ScoreRange range{draw.score(), draw.score(), random.below(2) == 0, random.below(2) == 0};
    const RankRange expected =
        model.ranksWhere([&](const auto& entry) { return range.contains(entry.first); });
    REQUIRE(sameRange(tree.ranksWithin(range), expected));
  }
}

struct World {
  explicit World(SeededRandom& random, size_t members) : draw(random, members) {}

  SortedSetTree tree{hasher()};
  SortedSetModel model;
  SortedSetDraw draw;

  void set(const std::string& member, double score) {
    const auto before = model.scores.find(member);
    const bool same = before != model.scores.end() && before->second == score;
    const bool added = model.set(member, score);
    REQUIRE(tree.set(member, score) == (added  ? Change::kAdded
                                        : same ? Change::kSame
                                               : Change::kMoved));
  }
  void erase(const std::string& member) { REQUIRE(tree.erase(member) == model.erase(member)); }
  void eraseRange(size_t first, size_t n) {
    const auto begin = std::next(model.order.begin(), static_cast<ptrdiff_t>(first));
    const auto end = std::next(begin, static_cast<ptrdiff_t>(n));
    for (auto at = begin; at != end; ++at) model.scores.erase(at->second);
    model.order.erase(begin, end);
    tree.eraseRange({first, first + n});
  }
};

void step(World& world, SeededRandom& random, bool growing) {
  const uint64_t kind = random.below(100);
  if (kind == 0 && !world.model.order.empty() && random.below(20) == 0) {
    const size_t first = random.below(world.model.order.size());
    const size_t most = std::min<size_t>(world.model.order.size() - first, 500);
    world.eraseRange(first, random.below(most + 1));
  } else if (kind < (growing ? 70 : 30)) {
    world.set(world.draw.member(), world.draw.score());
  } else if (kind < 75) {
    const std::string member = world.draw.member();
    const SortedSetMember* const found = world.tree.find(member);
    REQUIRE((found != nullptr) == (world.model.scores.count(member) > 0));
    if (found != nullptr) world.set(member, found->score() + 1);
  } else {
    world.erase(world.draw.member());
  }
}

}  // namespace

TEST_CASE("a sorted set tree does what a set of pairs does") {
  SeededRandom random("sorted set tree");
  for (const size_t members : {200U, 4000U, 60000U}) {
    World world(random, members);
    for (int i = 0; i < kSteps; ++i) {
      step(world, random, i / (kSteps / 8) % 2 == 0);
      if (i % (kSteps / 20) != 0) continue;
      REQUIRE(matches(world.tree, world.model));
      checkRanks(world.tree, world.model, random);
      checkScoreRanges(world.tree, world.model, random, world.draw);
    }
  }
}

TEST_CASE("a small sorted set tree is right after every step") {
  SeededRandom random("small sorted set tree");
  World world(random, 700);
  for (int i = 0; i < 20000; ++i) {
    step(world, random, i / 2000 % 2 == 0);
    REQUIRE(matches(world.tree, world.model));
  }
}

TEST_CASE("members with one score are in the order of their bytes") {
  SeededRandom random("sorted set tree by members");
  World world(random, 3000);
  for (int i = 0; i < 6000; ++i) world.set(world.draw.member(), i % 2 == 0 ? 0.0 : -0.0);
  REQUIRE(matches(world.tree, world.model));
  checkRanks(world.tree, world.model, random);
  using Kind = LexBound::Kind;
  for (int i = 0; i < 300; ++i) {
    const std::string min = world.draw.member();
    const std::string max = world.draw.member();
    const auto kind = [&] {
      constexpr Kind kKinds[] = {Kind::kMinusInfinity, Kind::kText, Kind::kText, Kind::kText,
                                 Kind::kPlusInfinity};
      return kKinds[random.below(5)];
    };
    const LexRange range{{kind(), min, random.below(2) == 0}, {kind(), max, random.below(2) == 0}};
    const RankRange expected =
        world.model.ranksWhere([&](const auto& entry) { return range.contains(entry.second); });
    REQUIRE(sameRange(world.tree.ranksWithin(range), expected));
  }
}

TEST_CASE("a range of ranks is erased whatever leaves it covers") {
  SeededRandom random("sorted set tree erase range");
  for (int round = 0; round < 150; ++round) {
    World world(random, 20000);
    const size_t members = random.mostlySmall(3000) + 1;
    for (size_t i = 0; i < members; ++i) world.set(world.draw.member(), world.draw.score());
    while (!world.model.order.empty()) {
      const size_t size = world.model.order.size();
      const size_t first = random.below(3) == 0 ? 0 : random.below(size);
      world.eraseRange(first,
                       random.below(4) == 0 ? size - first : random.mostlySmall(size - first + 1));
      if (round % 8 == 0) REQUIRE(matches(world.tree, world.model));
    }
    REQUIRE(matches(world.tree, world.model));
  }
}

TEST_CASE("leaves are well filled") {
  constexpr size_t kMembers = 100000;
  constexpr size_t kLeafBytes = 1024;
  const auto fill = [](auto scoreOf) {
    SortedSetTree tree(hasher());
    for (size_t i = 0; i < kMembers; ++i) tree.set(std::to_string(i), scoreOf(i));
    REQUIRE(!tree.checkStructure());
    const size_t leaf_bytes = tree.memoryBytes() - tree.members().memoryBytes();
    return static_cast<double>(kMembers) / 62 * kLeafBytes / static_cast<double>(leaf_bytes);
  };
  SeededRandom random("sorted set tree fill");
  CHECK(fill([](size_t i) { return static_cast<double>(i); }) > 0.95);
  CHECK(fill([](size_t i) { return -static_cast<double>(i); }) > 0.95);
  CHECK(fill([&](size_t) { return static_cast<double>(random()); }) > 0.8);
}

#ifdef INKSTONE_JEMALLOC
TEST_CASE("a member of 15 bytes takes at most 60 in a big sorted set") {
  SeededRandom random("a member of 15 bytes takes at most 60 in a big sorted set");
  constexpr size_t kMembers = 200'000;
  const int64_t before = usedMemory();
  SortedSetTree tree(hasher());
  for (size_t i = 0; i < kMembers; ++i) {
    tree.set("member:" + std::to_string(10'000'000 + i), static_cast<double>(random()));
  }
  CHECK(static_cast<size_t>(usedMemory() - before) <= 60 * kMembers);
}
#endif

TEST_CASE("a sorted set tree gives back all its memory") {
  const int64_t before = usedMemory();
  {
    SeededRandom random("sorted set tree memory");
    auto tree = std::make_unique<SortedSetTree>(hasher());
    SortedSetDraw draw(random, 50000);
    for (int i = 0; i < 100000; ++i) tree->set(draw.member(), draw.score());
    CHECK(tree->pieces() > tree->size() / 62);
#ifdef INKSTONE_JEMALLOC
    CHECK(usedMemory() - before == static_cast<int64_t>(tree->memoryBytes()));
#endif
    tree->eraseRange({0, tree->size()});
    CHECK(!tree->checkStructure());
    CHECK(tree->memoryBytes() < 16 * 1024);
  }
  CHECK(usedMemory() == before);
}

TEST_CASE("canary: a sorted set tree that differs from its model is found out") {
  SeededRandom random("sorted set tree canary");
  World world(random, 5000);
  for (int i = 0; i < 5000; ++i) world.set(world.draw.member(), world.draw.score());
  REQUIRE(matches(world.tree, world.model));
  const auto sorted = world.model.sorted();
  const auto& [score, member] = sorted[sorted.size() / 2];
  auto* const kept = const_cast<SortedSetMember*>(world.tree.find(member));
  kept->setScore(score + 1);
  CHECK_FALSE(matches(world.tree, world.model));
  kept->setScore(score);
  world.model.erase(member);
  CHECK_FALSE(matches(world.tree, world.model));
}

}  // namespace inkstone::testing

#include "storage/types/intset.h"

#include <catch2/catch.hpp>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "storage/memory_usage.h"
#include "tests/unit/seeded_random.h"

namespace inkstone::testing {
namespace {

#ifdef NDEBUG
constexpr uint64_t kSteps = 500'000;
#else
constexpr uint64_t kSteps = 40'000;
#endif

using Bytes = std::vector<uint8_t>;

class OwnedIntset {
 public:
  OwnedIntset() : integers_(Intset::create()) {}
  OwnedIntset(std::initializer_list<int64_t> values) : OwnedIntset() {
    for (const int64_t value : values) integers_.insert(value);
  }
  ~OwnedIntset() { Intset::destroy(integers_.bytes()); }
  OwnedIntset(const OwnedIntset&) = delete;
  OwnedIntset& operator=(const OwnedIntset&) = delete;

  Intset* operator->() { return &integers_; }
  Bytes bytes() const { return {integers_.view().begin(), integers_.view().end()}; }
  std::vector<int64_t> all() const {
    std::vector<int64_t> values;
    integers_.forEachWhile([&](int64_t value) {
      values.push_back(value);
      return true;
    });
    return values;
  }

 private:
  Intset integers_;
};

TEST_CASE("an intset has the bytes that RDB files have") {
  OwnedIntset integers{1, -2, 258};
  CHECK(integers.bytes() == Bytes{2, 0, 0, 0, 3, 0, 0, 0, 0xfe, 0xff, 0x01, 0x00, 0x02, 0x01});
  integers->insert(65536);
  CHECK(integers.bytes() == Bytes{4, 0, 0, 0, 4,    0,    0,    0,    0xfe, 0xff, 0xff, 0xff,
                                  1, 0, 0, 0, 0x02, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00});
}

TEST_CASE("integers are as wide as the widest that ever was among them") {
  constexpr int64_t kInt16Max = INT16_MAX;
  constexpr int64_t kInt32Max = INT32_MAX;
  struct {
    int64_t value;
    size_t width;
  } const cases[] = {{kInt16Max, 2}, {-kInt16Max - 1, 2}, {kInt16Max + 1, 4}, {-kInt16Max - 2, 4},
                     {kInt32Max, 4}, {-kInt32Max - 1, 4}, {kInt32Max + 1, 8}, {-kInt32Max - 2, 8},
                     {INT64_MAX, 8}, {INT64_MIN, 8}};
  for (const auto& [value, width] : cases) {
    CAPTURE(value);
    OwnedIntset integers{5, -7};
    REQUIRE(integers->insert(value));
    CHECK(integers->view().size() == 8 + 3 * width);
    CHECK(integers->at(value < 0 ? 0 : 2) == value);
    CHECK(integers->contains(-7));
    CHECK(integers->contains(5));
    REQUIRE(integers->erase(value));
    CHECK(integers->view().size() == 8 + 2 * width);
    CHECK(integers.all() == std::vector<int64_t>{-7, 5});
  }
}

TEST_CASE("an integer that is wider than all others is not looked for among them") {
  OwnedIntset integers{-1, 0, 1};
  CHECK_FALSE(integers->contains(65536));
  CHECK_FALSE(integers->erase(int64_t{1} << 32));
  CHECK(integers->view().size() == 14);
}

TEST_CASE("a range of integers is dropped") {
  OwnedIntset integers{1, 2, 3, 4, 5};
  integers->eraseRange(1, 3);
  CHECK(integers.all() == std::vector<int64_t>{1, 5});
  integers->eraseRange(0, 2);
  CHECK(integers->size() == 0);
}

TEST_CASE("bytes that are no intset are told from those that are") {
  OwnedIntset integers{-70000, 3, 70000};
  const Bytes good = integers.bytes();
  REQUIRE(Intset::isValid(good));
  for (size_t length = 0; length < good.size(); ++length) {
    CHECK_FALSE(Intset::isValid(std::span(good).first(length)));
  }
  const auto changed = [&](size_t at, uint8_t byte) {
    Bytes bad = good;
    bad[at] = byte;
    return bad;
  };
  CHECK_FALSE(Intset::isValid(changed(0, 3)));
  CHECK_FALSE(Intset::isValid(changed(0, 0)));
  CHECK_FALSE(Intset::isValid(changed(0, 2)));
  CHECK_FALSE(Intset::isValid(changed(4, 4)));
  CHECK_FALSE(Intset::isValid(changed(7, 0x80)));
  // The second is now larger than the third, then the same as the first.
  CHECK_FALSE(Intset::isValid(changed(15, 0x7f)));
  Bytes same = good;
  std::copy_n(good.begin() + 8, 4, same.begin() + 12);
  CHECK_FALSE(Intset::isValid(same));
}

int64_t randomInteger(SeededRandom& random, uint64_t range) {
  const auto value = static_cast<int64_t>(random.below(range)) - static_cast<int64_t>(range / 2);
  if (random.below(400) == 0) return value * (int64_t{1} << random.below(30));
  return random.below(4000) == 0 ? static_cast<int64_t>(random()) : value;
}

// Returns the first disagreement with a std::set. `broken`: the model forgets an insert.
std::string run(SeededRandom& random, uint64_t steps, uint64_t range, bool broken = false) {
  OwnedIntset integers;
  std::set<int64_t> model;
  for (uint64_t i = 0; i < steps; ++i) {
    const int64_t value = randomInteger(random, range);
    switch (random.below(3)) {
      case 0: {
        const bool added =
            broken && i > steps / 2 ? model.count(value) == 0 : model.insert(value).second;
        if (integers->insert(value) != added) return "insert is wrong";
        break;
      }
      case 1:
        if (integers->erase(value) != (model.erase(value) > 0)) return "erase is wrong";
        break;
      default:
        if (integers->contains(value) != (model.count(value) > 0)) return "contains is wrong";
    }
    if (integers->size() != model.size()) return "size differs";
    if (i % 16 == 0 && !Intset::isValid(integers->view())) return "no intset any more";
    if (i % 512 == 0 && integers.all() != std::vector<int64_t>(model.begin(), model.end())) {
      return "other integers";
    }
  }
  return {};
}

TEST_CASE("an intset agrees with a set over random changes") {
  SeededRandom random("an intset agrees with a set over random changes");
  CAPTURE(random.seed());
  CHECK(run(random, kSteps, 20) == "");
  CHECK(run(random, kSteps, 1000) == "");
  CHECK(run(random, kSteps / 4, 40000) == "");
  CHECK(run(random, kSteps / 4, uint64_t{1} << 34) == "");
}

TEST_CASE("canary: a set that forgets an integer is noticed beside an intset") {
  SeededRandom random("canary: a set that forgets an integer is noticed beside an intset");
  CHECK_FALSE(run(random, 2000, 1000, true).empty());
}

#ifdef INKSTONE_JEMALLOC
TEST_CASE("an intset knows what it takes, and gives it back") {
  const int64_t before = usedMemory();
  int wrong = 0;
  {
    OwnedIntset integers;
    const auto check = [&] {
      if (usedMemory() - before != static_cast<int64_t>(integers->memoryBytes())) ++wrong;
    };
    for (int64_t i = 0; i < 3000; ++i) {
      integers->insert(i * 7);
      check();
    }
    for (int64_t i = 0; i < 3000; ++i) {
      integers->erase(i * 7);
      check();
    }
  }
  const int64_t left = usedMemory() - before;
  CHECK(wrong == 0);
  CHECK(left == 0);
}
#endif

}  // namespace
}  // namespace inkstone::testing

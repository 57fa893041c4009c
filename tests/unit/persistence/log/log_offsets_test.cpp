#include "persistence/log/log_offsets.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/unit/persistence/log/trips_invariant.h"

namespace inkstone::test {

TEST_CASE("offsets follow a text from feeding to the disk") {
  LogOffsets offsets;
  offsets.feed(10);
  CHECK(offsets.fed() == 10);
  CHECK(offsets.gatheringFrom() == 0);
  offsets.write(4);
  CHECK(offsets.written() == 4);
  CHECK(offsets.gatheringFrom() == 4);
  offsets.confirm(4);
  CHECK(offsets.durable() == 4);
  offsets.beginGroup();
  offsets.feed(5);
  CHECK(offsets.gatheringFrom() == 10);
  offsets.write(6);
  CHECK(offsets.written() == 10);
  CHECK(offsets.gatheringFrom() == 10);
  CHECK(offsets.fed() == 15);
}

TEST_CASE("a group that failed is gathered again, and only the gathering goes back") {
  LogOffsets offsets;
  offsets.feed(10);
  offsets.beginGroup();
  offsets.feed(3);
  offsets.takeBackGroup();
  CHECK(offsets.gatheringFrom() == 0);
  CHECK(offsets.written() == 0);
  CHECK(offsets.fed() == 13);
  // What could not be cut off the file again.
  offsets.write(2);
  CHECK(offsets.gatheringFrom() == 2);
}

TEST_CASE("what is dropped counts as written, and the positions go on behind it") {
  LogOffsets offsets;
  offsets.feed(10);
  offsets.beginGroup();
  offsets.feed(5);
  offsets.skipToFed();
  CHECK(offsets.written() == 15);
  CHECK(offsets.gatheringFrom() == 15);
  CHECK(offsets.durable() == 0);
}

TEST_CASE("a move that cannot be right ends the process") {
  LogOffsets offsets;
  offsets.feed(10);
  offsets.write(6);
  offsets.confirm(3);
  SECTION("more is written than was fed") {
    CHECK(tripsInvariant([&] { offsets.write(5); }));
  }
  SECTION("more is durable than was written") {
    CHECK(tripsInvariant([&] { offsets.confirm(7); }));
  }
  SECTION("durable goes back") {
    CHECK(tripsInvariant([&] { offsets.confirm(2); }));
  }
  SECTION("a second group begins before the first is written") {
    offsets.beginGroup();
    offsets.feed(1);
    CHECK(tripsInvariant([&] { offsets.beginGroup(); }));
  }
  SECTION("a text overtakes the group, or a part of it counts for all") {
    offsets.beginGroup();
    offsets.feed(4);
    CHECK(tripsInvariant([&] { offsets.write(1); }));
  }
  SECTION("canary: a right move does not") {
    CHECK_FALSE(tripsInvariant([&] { offsets.write(4); }));
  }
}

TEST_CASE("whatever right moves come, the positions keep their order") {
  std::mt19937 random(7);
  LogOffsets offsets;
  bool group = false;
  for (int i = 0; i < 10'000; ++i) {
    const uint64_t before = offsets.durable();
    switch (random() % 6) {
      case 0:
      case 1:
        offsets.feed(random() % 100);
        break;
      case 2:
        if (!group) offsets.beginGroup();
        group = true;
        break;
      case 3:
        if (group) {
          offsets.write(offsets.gatheringFrom() - offsets.written());
        } else {
          offsets.write((offsets.fed() - offsets.written()) / 2);
        }
        group = false;
        break;
      case 4:
        offsets.takeBackGroup();
        group = false;
        break;
      default:
        offsets.confirm(offsets.durable() + (offsets.written() - offsets.durable()) / 2);
    }
    REQUIRE(before <= offsets.durable());
    REQUIRE(offsets.durable() <= offsets.written());
    REQUIRE(offsets.written() <= offsets.gatheringFrom());
    REQUIRE(offsets.gatheringFrom() <= offsets.fed());
  }
}

}  // namespace inkstone::test

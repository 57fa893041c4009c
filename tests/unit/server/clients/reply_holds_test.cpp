#include "server/clients/reply_holds.h"

#include <catch2/catch.hpp>

namespace inkstone {
namespace {

TEST_CASE("without a hold everything may be sent") {
  ReplyHolds holds;
  CHECK(holds.empty());
  CHECK(holds.sendableUpTo(0) == UINT64_MAX);
}

TEST_CASE("what stands in front of a held reply may be sent, it and the rest may not") {
  ReplyHolds holds;
  holds.add(10, 100, 0);
  CHECK(holds.sendableUpTo(99) == 10);
  CHECK(holds.sendableUpTo(100) == UINT64_MAX);
  CHECK(holds.empty());
}

TEST_CASE("replies of two groups are released one group after the other") {
  ReplyHolds holds;
  holds.add(10, 100, 50);
  holds.add(20, 200, 100);
  CHECK(holds.sendableUpTo(50) == 10);
  CHECK(holds.sendableUpTo(100) == 20);
  CHECK(holds.sendableUpTo(200) == UINT64_MAX);
}

TEST_CASE("writes that are acknowledged together take one hold, at the first of them") {
  ReplyHolds holds;
  holds.add(10, 100, 50);
  holds.add(20, 150, 50);
  CHECK(holds.sendableUpTo(100) == 10);
  CHECK(holds.sendableUpTo(150) == UINT64_MAX);
}

TEST_CASE("a reply behind one that waits for more waits with it") {
  ReplyHolds holds;
  holds.add(10, 100, 50);
  holds.add(20, 80, 50);
  CHECK(holds.sendableUpTo(80) == 10);
  CHECK(holds.sendableUpTo(100) == UINT64_MAX);
}

TEST_CASE("replies to writes that wait are known, and those that were released are not") {
  ReplyHolds holds;
  holds.addWrite(10, 15, 100, 0);
  holds.addWrite(15, 20, 150, 0);
  holds.add(20, 160, 0);
  holds.addWrite(30, 35, 170, 0);
  // No reply (CLIENT REPLY OFF).
  holds.addWrite(35, 35, 180, 0);
  // The next group.
  holds.addWrite(35, 40, 300, 200);
  SECTION("all of them") {
    const std::vector<ReplyHolds::Writes> writes = holds.endAll();
    REQUIRE(writes.size() == 3);
    CHECK(writes[0].begin == 10);
    CHECK(writes[0].end == 20);
    CHECK(writes[0].replies == 2);
    CHECK(writes[1].begin == 30);
    CHECK(writes[1].end == 35);
    CHECK(writes[1].replies == 1);
    CHECK(writes[2].begin == 35);
    CHECK(writes[2].replies == 1);
    CHECK(holds.empty());
    CHECK(holds.sendableUpTo(0) == UINT64_MAX);
    CHECK(holds.endAll().empty());
  }
  SECTION("those of the second group") {
    CHECK(holds.sendableUpTo(200) == 35);
    const std::vector<ReplyHolds::Writes> writes = holds.endAll();
    REQUIRE(writes.size() == 1);
    CHECK(writes[0].begin == 35);
    CHECK(writes[0].end == 40);
  }
  SECTION("none") {
    CHECK(holds.sendableUpTo(300) == UINT64_MAX);
    CHECK(holds.endAll().empty());
  }
}

TEST_CASE("no room is kept for more replies than a few") {
  ReplyHolds holds;
  for (uint64_t i = 0; i < 10'000; ++i) holds.addWrite(10 * i, 10 * i + 5, i + 1, i + 1);
  CHECK(holds.memoryBytes() > 10'000);
  CHECK(holds.sendableUpTo(10'000) == UINT64_MAX);
  CHECK(holds.memoryBytes() < 1000);
}

}  // namespace
}  // namespace inkstone

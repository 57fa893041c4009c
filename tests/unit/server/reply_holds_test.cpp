#include "server/reply_holds.h"

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

}  // namespace
}  // namespace inkstone

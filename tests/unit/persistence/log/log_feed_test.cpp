#include "persistence/log/log_feed.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/persistence/log/log_fixture.h"
#include "tests/unit/persistence/log/trips_invariant.h"

namespace inkstone::test {
namespace {

struct FeedBench {
  void set(int db, std::string_view key) {
    const std::vector<std::string_view> args = {"SET", key, "v"};
    feed.addCommand(db, args);
  }

  ManualClock clock;
  RecordingSink sink;
  LogOffsets offsets;
  LogFeed feed{clock, offsets};
};

const std::string kSelect0 = resp({"SELECT", "0"});
const std::string kSetA = resp({"SET", "a", "v"});
const std::string kSetB = resp({"SET", "b", "v"});

}  // namespace

TEST_CASE("a command and its frame give the same text, counted as so many bytes") {
  FeedBench bench;
  bench.set(0, "a");
  bench.feed.addFrame(0, kSetA);
  CHECK(bench.feed.gathered() == kSelect0 + kSetA + kSetA);
  CHECK(bench.offsets.fed() == bench.feed.gathered().size());
  CHECK(bench.feed.commands() == 2);
}

TEST_CASE("a group takes what was gathered, and gives it back in front of what came since") {
  FeedBench bench;
  bench.set(0, "a");
  LogBuffer group;
  bench.feed.handOver(group);
  CHECK(group.view() == kSelect0 + kSetA);
  CHECK_FALSE(bench.feed.hasGathered());
  bench.set(0, "b");
  CHECK(bench.feed.gathered() == kSetB);
  bench.feed.takeBack(group);
  CHECK(group.empty());
  CHECK(bench.feed.gathered() == kSelect0 + kSetA + kSetB);
  bench.feed.written(kSelect0.size());
  CHECK(bench.feed.gathered() == kSetA + kSetB);
  CHECK(bench.offsets.written() == kSelect0.size());
}

TEST_CASE("a rewrite gets what is fed from its begin on, with a SELECT of its own") {
  FeedBench bench;
  bench.set(0, "a");
  RewriteDiff diff(bench.sink);
  bench.feed.beginDiff(diff);
  bench.set(0, "b");
  bench.feed.feedDiff();
  CHECK(diff.front() == kSelect0 + kSetB);
  bench.feed.drop();
  bench.set(0, "a");
  bench.feed.feedDiff();
  bench.feed.endDiff();
  bench.set(0, "b");
  CHECK(diff.front() == kSelect0 + kSetB + kSetA);
}

TEST_CASE("annotations go forward only, also behind those of a file that is taken over") {
  FeedBench bench;
  bench.feed.setTimestamps(true);
  bench.feed.beginFile(bench.clock.unix_s);
  bench.set(0, "a");
  CHECK(bench.feed.gathered() == kSelect0 + kSetA);
  ++bench.clock.unix_s;
  bench.feed.drop();
  bench.set(0, "b");
  CHECK(bench.feed.gathered() == "#TS:1700000001\r\n" + kSetB);
}

TEST_CASE("a buffer that holds other than what was fed ends the process") {
  FeedBench bench;
  bench.set(0, "a");
  CHECK_FALSE(tripsInvariant([&] { static_cast<void>(bench.feed.gathered()); }));
  bench.offsets.feed(1);
  CHECK(tripsInvariant([&] { static_cast<void>(bench.feed.gathered()); }));
}

}  // namespace inkstone::test

#include "persistence/rewrite/data_set_file.h"

#include <catch2/catch.hpp>
#include <limits>
#include <set>
#include <string>

#include "tests/unit/persistence/rewrite/rewrite_bench.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

const std::string kTarget = "/data/snapshot";

struct SnapshotBench : RewriteBench {
  void putUntil(size_t db, std::string_view key, std::string_view value, int64_t deadline) {
    Database& database = keyspace[db];
    const uint64_t hash = database.hashOf(key);
    database.setStringUntil(hash, key, database.find(hash, key), value, deadline, 0);
  }
  // The commands that a rewrite writes for the data set; they must have reached the disk.
  std::string snapshot(std::optional<int64_t> annotation = {}) {
    const auto file = files.openAppend(kTarget).value;
    BulkWriter writer(*file, true);
    keys = writeSnapshotCommands(keyspace, annotation, writer);
    REQUIRE_FALSE(writer.finish());
    REQUIRE_FALSE(files.syncDirectory(kDirectory));
    const std::string text = files.durableContents(kTarget);
    REQUIRE(text.size() == writer.bytes());
    return text;
  }

  uint64_t keys = 0;
};

}  // namespace

TEST_CASE(
    "the snapshot of an empty data set is no empty text: that is a log nobody has written to") {
  SnapshotBench bench;
  REQUIRE(bench.snapshot() == resp({"SELECT", "0"}));
  REQUIRE(bench.keys == 0);
}

TEST_CASE("only databases that hold keys are selected, in their order") {
  SnapshotBench bench;
  bench.put(11, "c", "3");
  bench.put(0, "a", "1");
  bench.put(3, "b", "2");
  REQUIRE(bench.snapshot() == resp({"SELECT", "0"}) + resp({"SET", "a", "1"}) +
                                  resp({"SELECT", "3"}) + resp({"SET", "b", "2"}) +
                                  resp({"SELECT", "11"}) + resp({"SET", "c", "3"}));
  REQUIRE(bench.keys == 3);
}

TEST_CASE("a key with a deadline is followed by its PEXPIREAT, also when it is over") {
  SnapshotBench bench;
  const int64_t deadline = GENERATE(int64_t{1}, int64_t{1'700'000'000'123}, int64_t{1} << 62);
  bench.putUntil(0, "k", "v", deadline);
  REQUIRE(bench.snapshot() ==
          kSelect0 + resp({"SET", "k", "v"}) + resp({"PEXPIREAT", "k", std::to_string(deadline)}));
}

TEST_CASE("every way to keep a string gives its text") {
  SnapshotBench bench;
  const std::string value = GENERATE(
      std::string(), std::string("\r\n\0$", 4), std::string("-8388609"), std::string("8388607"),
      std::to_string(std::numeric_limits<int64_t>::min()), std::string("007"),
      std::string(400, 'i'), std::string(401, 'r'), std::string(BulkWriter::kPieceBytes * 2, 'x'));
  const std::string key = GENERATE(std::string(), std::string("k\n"), std::string(300, 'k'));
  bench.put(0, key, value);
  const bool same = bench.snapshot() == kSelect0 + resp({"SET", key, value});
  REQUIRE(same);
}

TEST_CASE("with timestamps the snapshot begins with its moment") {
  SnapshotBench bench;
  bench.put(0, "a", "1");
  REQUIRE(bench.snapshot(1'700'000'000) ==
          "#TS:1700000000\r\n" + kSelect0 + resp({"SET", "a", "1"}));
}

TEST_CASE("each of many keys is written once, in few large appends") {
  SnapshotBench bench;
  constexpr int kKeys = 50'000;
  std::multiset<std::string> expected;
  uint64_t bytes = kSelect0.size();
  for (int i = 0; i < kKeys; ++i) {
    const std::string number = std::to_string(i);
    bench.put(0, "key:" + number, number);
    bytes += resp({"SET", "key:" + number, number}).size();
    expected.insert("key:" + number);
  }
  const std::string text = bench.snapshot();
  REQUIRE(text.size() == bytes);
  REQUIRE(bench.keys == kKeys);
  std::multiset<std::string> found;
  for (size_t at = text.find("key:"); at != std::string::npos; at = text.find("key:", at + 1)) {
    found.insert(text.substr(at, text.find('\r', at) - at));
  }
  const bool same = found == expected;
  REQUIRE(same);
  REQUIRE(bench.files.count(Call::kAppend) <=
          static_cast<int>(bytes / BulkWriter::kPieceBytes * 11 / 10 + 2));
}

TEST_CASE("a snapshot stops at the first error and tells it") {
  SnapshotBench bench;
  for (size_t i = 0; i < 20'000; ++i) bench.put(i % 2, "key:" + std::to_string(i), "value");
  const auto file = bench.files.openAppend(kTarget).value;
  bench.files.setSpace(300'000);
  BulkWriter writer(*file, false);
  REQUIRE(writeSnapshotCommands(bench.keyspace, {}, writer) < 20'000);
  REQUIRE(writer.finish() == std::errc::no_space_on_device);
  REQUIRE(bench.files.contents(kTarget).size() == 300'000);
  REQUIRE(bench.files.count(Call::kAppend) == 2);
  REQUIRE(bench.files.count(Call::kSync) == 0);
}

TEST_CASE("an append that takes less ends with its error") {
  SnapshotBench bench;
  bench.put(0, "a", "1");
  const auto file = bench.files.openAppend(kTarget).value;
  bench.files.shortenNextAppend(3, std::errc::no_space_on_device);
  BulkWriter writer(*file, true);
  writeSnapshotCommands(bench.keyspace, {}, writer);
  REQUIRE(writer.finish() == std::errc::no_space_on_device);
}

TEST_CASE("a large text is synced while it is written, if that is wanted") {
  SnapshotBench bench;
  const bool wanted = GENERATE(true, false);
  const auto file = bench.files.openAppend(kTarget).value;
  BulkWriter writer(*file, wanted);
  const std::string block(BulkWriter::kSyncBytes / 8, 'x');
  for (int i = 0; i < 17; ++i) writer.append(block);
  REQUIRE(bench.files.count(Call::kSync) == (wanted ? 2 : 0));
  bench.files.failNth(Call::kSync, 1, std::errc::io_error);
  REQUIRE(writer.finish() == std::errc::io_error);
  // The error is kept, because a later sync that succeeds proves nothing.
  REQUIRE(writer.finish() == std::errc::io_error);
}

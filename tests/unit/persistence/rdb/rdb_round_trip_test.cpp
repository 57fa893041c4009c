#include <catch2/catch.hpp>
#include <cmath>
#include <set>
#include <string>

#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/rdb/rdb_random.h"
#include "tests/unit/persistence/rdb/rdb_world.h"

namespace inkstone::test {

TEST_CASE("random data sets come back as they were", "[rdb]") {
  inkstone::testing::SeededRandom random("rdb round trip");
  std::set<std::string> encodings;
  for (int round = 0; round < 8; ++round) {
    RdbWorld world;
    fillAtRandom(world, random);
    for (const uint32_t version : {10U, 11U}) {
      RdbWriteSettings settings;
      settings.compress = random.below(2) == 0;
      settings.checksum = random.below(2) == 0;
      settings.version = version;
      const std::string bytes = world.save(settings);
      RdbWorld other;
      if (random.below(2) == 0) changeRulesAtRandom(other, random);
      REQUIRE(other.load(bytes));
      CHECK(other.keys_loaded == world.keyspace.keyCount());
      REQUIRE((other.describe() == world.describe()));
      other.keyspace[0].table().forEach(
          [&](const Entry* entry) { encodings.insert(encodingName(*entry)); });
    }
  }
  CHECK(encodings == std::set<std::string>{"embstr", "hashtable", "int", "intset", "listpack",
                                           "quicklist", "raw", "skiplist"});
}

// The canary: what this family of tests compares must tell two data sets apart.
TEST_CASE("a changed element is noticed by what the tests compare", "[rdb]") {
  inkstone::testing::SeededRandom random("rdb canary");
  RdbWorld world;
  fillAtRandom(world, random);
  RdbWorld other;
  REQUIRE(other.load(world.save()));
  REQUIRE((other.describe() == world.describe()));
  other.database = 0;
  other.zset("one more", {{"m", 1}});
  CHECK(other.describe() != world.describe());
  RdbWorld moved;
  moved.zset("one more", {{"m", 1.0000000000000002}});
  RdbWorld unmoved;
  unmoved.zset("one more", {{"m", 1}});
  CHECK(moved.describe() != unmoved.describe());
}

TEST_CASE("values larger than the reader's buffer come back, from a file", "[rdb]") {
  RdbWorld world;
  inkstone::testing::SeededRandom random("rdb large values");
  const std::string large = random.bytes(3 * RdbInput::kBufferBytes + 17);
  world.string("large", large);
  world.string("packed", std::string(2 * RdbInput::kBufferBytes, 'x'));
  world.list("list", {"a", large, std::string(RdbInput::kBufferBytes, 'y'), "b"});
  world.hash("hash", {{"field", large}, {large, "value"}});
  for (int i = 0; i < 20000; ++i) world.string("key " + std::to_string(i), random.bytes(20));
  const std::string bytes = world.save();

  FaultFileSystem files;
  files.put("/data/dump.rdb", bytes);
  const auto file = files.openRead("/data/dump.rdb");
  REQUIRE(file.ok());
  RdbWorld other;
  REQUIRE(other.load(*file.value, bytes.size()));
  CHECK(other.end_offset == bytes.size());
  CHECK((other.describe() == world.describe()));
}

TEST_CASE("an error of the disk while reading is told as that", "[rdb]") {
  RdbWorld world;
  inkstone::testing::SeededRandom random("rdb read error");
  world.string("large", random.bytes(3 * RdbInput::kBufferBytes));
  const std::string bytes = world.save();
  for (const int nth : {1, 2, 3}) {
    FaultFileSystem files;
    files.put("/data/dump.rdb", bytes);
    const auto file = files.openRead("/data/dump.rdb");
    files.failNth(Call::kRead, nth, std::errc::io_error);
    RdbWorld other;
    CHECK_FALSE(other.load(*file.value, bytes.size()));
    CHECK(other.error.kind == RdbError::Kind::kIo);
    CHECK(other.error.io == std::errc::io_error);
  }
}

TEST_CASE("a file that has become shorter than it was is an error of the disk", "[rdb]") {
  RdbWorld world;
  inkstone::testing::SeededRandom random("rdb shrinking file");
  world.string("large", random.bytes(3 * RdbInput::kBufferBytes));
  const std::string bytes = world.save();
  FaultFileSystem files;
  files.put("/data/dump.rdb", bytes.substr(0, 2 * RdbInput::kBufferBytes));
  const auto file = files.openRead("/data/dump.rdb");
  RdbWorld other;
  CHECK_FALSE(other.load(*file.value, bytes.size()));
  CHECK(other.error.kind == RdbError::Kind::kIo);
  CHECK(other.error.io == std::errc::io_error);
}

TEST_CASE("a score of -0 keeps its sign in a sorted set that is a tree", "[rdb]") {
  RdbWorld world;
  EncodingRules rules = world.rules();
  rules.zset_max_listpack_entries = 0;
  world.keyspace.setEncodingRules(rules);
  world.zset("z", {{"a", -0.0}, {"b", 1}});
  RdbWorld other;
  other.keyspace.setEncodingRules(rules);
  REQUIRE(other.load(world.save()));
  double score;
  REQUIRE(SortedSetValue(valueOf(*other.entry("z")), other.rules()).score("a", score));
  CHECK(std::signbit(score));
}

TEST_CASE("a full disk ends the save", "[rdb]") {
  RdbWorld world;
  inkstone::testing::SeededRandom random("rdb full disk");
  for (int i = 0; i < 2000; ++i) world.string("key " + std::to_string(i), random.bytes(1000));
  FaultFileSystem files;
  files.setSpace(500'000);
  const auto file = files.openAppend("/data/temp.rdb");
  REQUIRE(file.ok());
  BulkWriter out(*file.value, false);
  RdbFileSink sink(out);
  const RdbSaveResult result = saveRdb(world.keyspace, {}, sink);
  CHECK_FALSE(result.complete);
  CHECK(result.keys < 2000);
  CHECK(out.error() == std::errc::no_space_on_device);
}

TEST_CASE("an observer sees every key that is saved", "[rdb]") {
  struct Observer : RdbSaveObserver {
    void keySaved(uint64_t keys, uint64_t bytes) override {
      CHECK(keys == ++seen);
      CHECK(bytes > last_bytes);
      last_bytes = bytes;
    }
    uint64_t seen = 0;
    uint64_t last_bytes = 0;
  } observer;
  RdbWorld world;
  for (int i = 0; i < 100; ++i) world.string("key " + std::to_string(i), "v");
  RdbSaveRequest request;
  request.observer = &observer;
  RdbStringSink sink;
  const RdbSaveResult result = saveRdb(world.keyspace, request, sink);
  CHECK(result.complete);
  CHECK(result.keys == 100);
  CHECK(result.bytes == sink.text().size());
  CHECK(observer.seen == 100);
}

}  // namespace inkstone::test

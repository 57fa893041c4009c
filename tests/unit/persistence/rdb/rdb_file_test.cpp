// The parts of a file other than values, and how they are written.
#include <catch2/catch.hpp>
#include <string>

#include "tests/unit/persistence/rdb/rdb_bytes.h"
#include "tests/unit/persistence/rdb/rdb_world.h"

namespace inkstone::test {
namespace {

constexpr int kAux = 250;
constexpr int kResizeDb = 251;
constexpr int kSelectDb = 254;

}  // namespace

TEST_CASE("a file is written byte for byte as the format page shows", "[rdb]") {
  RdbWorld world;
  world.string("greeting", "hi");
  world.expire("greeting", 1700000100500);
  world.database = 3;
  world.set("ids", {"1", "2", "300"});
  RdbWriteSettings settings;
  settings.checksum = false;
  const std::string expected = RdbBytes(10)
                                   .byte(kAux)
                                   .string("redis-ver")
                                   .string("7.2.5")
                                   .byte(kAux)
                                   .string("redis-bits")
                                   .raw("\xc0\x40")
                                   .byte(kAux)
                                   .string("ctime")
                                   .byte(0xc2)
                                   .little(1700000000, 4)
                                   .byte(kAux)
                                   .string("used-mem")
                                   .byte(0xc2)
                                   .little(1048576, 4)
                                   .byte(kAux)
                                   .string("aof-base")
                                   .byte(0xc0)
                                   .byte(0)
                                   .byte(kSelectDb)
                                   .length(0)
                                   .byte(kResizeDb)
                                   .length(1)
                                   .length(1)
                                   .byte(252)
                                   .little(1700000100500, 8)
                                   .key(0, "greeting")
                                   .string("hi")
                                   .byte(kSelectDb)
                                   .length(3)
                                   .byte(kResizeDb)
                                   .length(1)
                                   .length(0)
                                   .key(11, "ids")
                                   .length(14)
                                   .little(2, 4)
                                   .little(3, 4)
                                   .little(1, 2)
                                   .little(2, 2)
                                   .little(300, 2)
                                   .end();
  CHECK(world.save(settings) == expected);
  CHECK(world.save().substr(0, expected.size() - 8) == expected.substr(0, expected.size() - 8));
}

TEST_CASE("a small set is packed in version 11 only, as Redis 7.0 cannot load that", "[rdb]") {
  RdbWorld world;
  world.set("s", {"a"});
  RdbWriteSettings settings;
  CHECK(world.save(settings).find(RdbBytes().key(2, "s").bytes()) != std::string::npos);
  settings.version = 11;
  const std::string eleven = world.save(settings);
  CHECK(eleven.starts_with("REDIS0011"));
  CHECK(eleven.find(RdbBytes().key(20, "s").bytes()) != std::string::npos);
  RdbWorld other;
  REQUIRE(other.load(eleven));
  CHECK(other.describe() == world.describe());
}

TEST_CASE("a file tells about itself", "[rdb]") {
  RdbWorld world;
  const std::string bytes = RdbBytes(9)
                                .byte(kAux)
                                .string("redis-ver")
                                .string("6.2.13")
                                .byte(kAux)
                                .string("ctime")
                                .byte(0xc2)
                                .little(1700000000, 4)
                                .byte(kAux)
                                .string("used-mem")
                                .string("many")
                                .byte(kAux)
                                .string("aof-preamble")
                                .raw("\xc0\x01")
                                .byte(kAux)
                                .string("something new")
                                .string(std::string(1000, 'x'))
                                .byte(kResizeDb)
                                .length(5)
                                .length(1)
                                .end();
  REQUIRE(world.load(bytes));
  CHECK(world.facts.version == 9);
  CHECK(world.facts.redis_version == "6.2.13");
  CHECK(world.facts.unix_seconds == 1700000000);
  CHECK(world.facts.used_memory == 0);
  CHECK(world.facts.aof_base);
  CHECK(world.facts.keys_announced == 5);
  CHECK(world.end_offset == bytes.size());
}

TEST_CASE("a log may follow: the end is where the image ends", "[rdb]") {
  RdbWorld world;
  const std::string image = RdbBytes(10).key(0, "k").string("v").end();
  REQUIRE(world.load(image + "*1\r\n$4\r\nPING\r\n"));
  CHECK(world.end_offset == image.size());
}

TEST_CASE("deadlines are read in seconds and milliseconds", "[rdb]") {
  RdbWorld world;
  REQUIRE(world.load(RdbBytes(9)
                         .byte(253)
                         .little(1700000000, 4)
                         .key(0, "s")
                         .string("v")
                         .byte(252)
                         .little(1700000000123, 8)
                         .key(2, "ms")
                         .length(1)
                         .string("v")
                         .key(0, "never")
                         .string("v")
                         .end()));
  CHECK(world.describe() ==
        "0 \"ms\" 1700000000123 set [\"v\"]\n"
        "0 \"never\" - string \"v\"\n"
        "0 \"s\" 1700000000000 string \"v\"\n");
}

TEST_CASE("expired keys are dropped or kept, as the caller says", "[rdb]") {
  const std::string bytes = RdbBytes(9)
                                .byte(252)
                                .little(999, 8)
                                .key(1, "past")
                                .length(1)
                                .string("v")
                                .byte(252)
                                .little(1000, 8)
                                .key(0, "now")
                                .string("v")
                                .end();
  RdbWorld kept;
  REQUIRE(kept.load(bytes));
  CHECK(kept.keys_loaded == 2);
  CHECK(kept.keys_expired == 0);
  RdbWorld dropped;
  RdbLoadSettings settings;
  settings.drop_expired_before_ms = 1000;
  REQUIRE(dropped.load(bytes, settings));
  CHECK(dropped.describe() == "0 \"now\" 1000 string \"v\"\n");
  CHECK(dropped.keys_loaded == 1);
  CHECK(dropped.keys_expired == 1);
}

TEST_CASE("idle time is saved and loaded under an LRU policy", "[rdb]") {
  RdbWorld world;
  world.clock.setTime(5'000'000);
  world.string("k", "v");
  world.db().find(world.db().hashOf("k"), "k").node()->setAccess(world.clock.lruNow() - 70);
  const std::string bytes = world.save({}, RdbAccess::kIdleSeconds);
  CHECK(bytes.find(RdbBytes().byte(248).length(70).key(0, "k").bytes()) != std::string::npos);
  RdbWorld other;
  other.clock.setTime(90'000'000);
  REQUIRE(other.load(bytes));
  CHECK(other.clock.idleSeconds(*other.entry("k")) == 70);
}

TEST_CASE("frequency is saved and loaded under an LFU policy", "[rdb]") {
  RdbWorld world;
  world.clock.setPolicy(true, {});
  world.clock.setTime(60'000'000);
  world.string("k", "v");
  world.db().find(world.db().hashOf("k"), "k").node()->setAccess(world.clock.fromFrequency(200));
  const std::string bytes = world.save({}, RdbAccess::kFrequency);
  CHECK(bytes.find(RdbBytes().byte(249).byte(200).key(0, "k").bytes()) != std::string::npos);
  RdbWorld other;
  other.clock.setPolicy(true, {});
  other.clock.setTime(120'000'000);
  REQUIRE(other.load(bytes));
  CHECK(other.clock.frequency(*other.entry("k")) == 200);
  // Under the other policy it says nothing.
  RdbWorld lru;
  lru.clock.setTime(120'000'000);
  REQUIRE(lru.load(bytes));
  CHECK(lru.clock.idleSeconds(*lru.entry("k")) == 0);
}

TEST_CASE("a changed byte is found by the checksum, unless it is not to be looked at", "[rdb]") {
  RdbWorld world;
  world.string("key", "value");
  std::string bytes = world.save();
  bytes[bytes.find("value")] = 'V';
  RdbWorld strict;
  CHECK_FALSE(strict.load(bytes));
  // People who watch the server log look for the words of the stock server.
  CHECK_THAT(strict.error.reason,
             Catch::Contains("RDB CRC error") && Catch::Contains("Wrong RDB checksum expected: ("));
  RdbWorld lenient;
  RdbLoadSettings settings;
  settings.verify_checksum = false;
  CHECK(lenient.load(bytes, settings));
  CHECK(lenient.describe("key") == "string \"Value\"");
}

TEST_CASE("versions and headers that we do not know are refused", "[rdb]") {
  RdbWorld world;
  CHECK_FALSE(world.load(RdbBytes(12).end()));
  CHECK(world.error.kind == RdbError::Kind::kUnsupported);
  CHECK(world.error.reason ==
        "Can't handle RDB format version 12: it was written by Redis 7.4 or later, format 0012");
  CHECK_FALSE(world.load(RdbBytes(99).end()));
  CHECK(world.error.reason == "Can't handle RDB format version 99");
  CHECK_FALSE(world.load(RdbBytes(0).end()));
  CHECK_FALSE(world.load("REDIX0009\xff"));
  CHECK(world.error.reason == "no RDB header (Wrong signature trying to load DB from file)");
  CHECK_FALSE(world.load("REDIS 009\xff"));
  CHECK_FALSE(world.load(""));
  CHECK(world.error.kind == RdbError::Kind::kTruncated);
}

TEST_CASE("a key there twice is refused, in the same batch or not", "[rdb]") {
  for (const int between : {0, 100}) {
    RdbBytes bytes(9);
    bytes.key(1, "k").length(1).string("v");
    for (int i = 0; i < between; ++i) bytes.key(0, std::to_string(i)).string("v");
    const size_t offset = bytes.bytes().size();
    bytes.key(1, "k").length(1).string("v");
    RdbWorld world;
    CHECK_FALSE(world.load(bytes.end()));
    CHECK(world.error.reason == "a key that was there before");
    CHECK(world.error.offset == offset);
  }
}

TEST_CASE("the same key in two databases is two keys", "[rdb]") {
  RdbWorld world;
  REQUIRE(world.load(RdbBytes(9)
                         .key(0, "k")
                         .string("zero")
                         .byte(kSelectDb)
                         .length(15)
                         .key(0, "k")
                         .string("fifteen")
                         .end()));
  CHECK(world.describe() == "0 \"k\" - string \"zero\"\n15 \"k\" - string \"fifteen\"\n");
  CHECK_FALSE(world.load(RdbBytes(9).byte(kSelectDb).length(16).end()));
  CHECK(world.error.reason == "keys of database 16, but there are only 16 databases");
}

TEST_CASE("a file of Valkey 9 is one of version 11, unless it holds a type of its own", "[rdb]") {
  const std::string header = "VALKEY080";
  RdbWorld world;
  // A member of a cluster writes such a hint about slots.
  REQUIRE(world.load(RdbBytes()
                         .raw(header)
                         .byte(kSelectDb)
                         .length(0)
                         .byte(244)
                         .length(7)
                         .length(1)
                         .length(0)
                         .key(0, "a")
                         .string("1")
                         .end()));
  CHECK(world.describe() == "0 \"a\" - string \"1\"\n");
  CHECK_FALSE(world.load(RdbBytes().raw(header).key(22, "h").length(1).end()));
  CHECK(world.error.kind == RdbError::Kind::kUnsupported);
  CHECK(world.error.reason ==
        "a hash whose fields have deadlines, which is not supported yet: it was written by Valkey "
        "9, format 080");
  CHECK_FALSE(world.load(RdbBytes().raw(header).byte(243).end()));
  CHECK(world.error.kind == RdbError::Kind::kUnsupported);
  CHECK_FALSE(world.load(RdbBytes().raw("VALKEY081").end()));
  CHECK(world.error.kind == RdbError::Kind::kUnsupported);
  CHECK(world.error.reason ==
        "Can't handle RDB format version 81: it was written by Valkey 9.2, format 081");
  // Without Valkey's magic these are no opcodes.
  CHECK_FALSE(world.load(RdbBytes(11).byte(244).length(7).length(1).length(0).end()));
  CHECK_FALSE(world.load("VALKEY0x0\xff"));
}

TEST_CASE("functions are refused by name, and data of modules, unless they are to be left out",
          "[rdb]") {
  RdbWorld world;
  CHECK_FALSE(world.load(RdbBytes(10).byte(245).string("#!lua name=l").end()));
  CHECK(world.error.reason == "a library of functions, which is not supported yet");
  CHECK_FALSE(world.load(RdbBytes(10).byte(246).end()));
  const std::string aux = RdbBytes(10)
                              .byte(247)
                              .byte(0x81)
                              .big(0x1234567890, 8)
                              .length(2)
                              .length(1)
                              .length(1)
                              .length(5)
                              .length(2)
                              .length(70000)
                              .length(3)
                              .raw("1234")
                              .length(4)
                              .raw("12345678")
                              .length(5)
                              .string("text")
                              .length(0)
                              .key(0, "k")
                              .string("v")
                              .end();
  CHECK_FALSE(world.load(aux));
  CHECK(world.error.kind == RdbError::Kind::kUnsupported);
  CHECK_THAT(world.error.reason,
             Catch::StartsWith("AUX module data I can't load: no matching module "
                               "'AAAAEjRWe' (rdb-skip-module-aux yes"));
  RdbLoadSettings skipping;
  skipping.skip_module_aux = true;
  REQUIRE(world.load(aux, skipping));
  CHECK(world.facts.module_aux_skipped == std::vector<std::string>{"AAAAEjRWe"});
  CHECK(world.describe("k") == "string \"v\"");
  CHECK_FALSE(
      world.load(RdbBytes(10).byte(247).length(5).length(1).length(1).length(0).end(), skipping));
  CHECK_FALSE(
      world.load(RdbBytes(10).byte(247).length(5).length(2).length(1).length(6).end(), skipping));
}

}  // namespace inkstone::test

#include "persistence/rdb/file_kind.h"

#include <catch2/catch.hpp>
#include <string>

using std::string_literals::operator""s;

namespace inkstone::test {

TEST_CASE("files of other programs are known by their first bytes", "[rdb]") {
  struct Kind {
    std::string start;
    const char* named;
  };
  for (const Kind& kind :
       {Kind{"\x1f\x8b\x08\x00"s, "compressed by gzip"}, Kind{"\x28\xb5\x2f\xfd..."s, "zstd"},
        Kind{"\xfd\x37zXZ\x00"s, "xz"}, Kind{"\x04\x22\x4d\x18"s, "lz4"},
        Kind{"BZh91AY&SY"s, "bzip2"}, Kind{"PK\x03\x04"s, "zip"},
        Kind{std::string(257, 'a') + "ustar", "tar"}, Kind{"SQLite format 3\0"s, "SQLite"},
        Kind{"VKCS\x01\x01\x00\x00"s, "Valkey 9.2"}, Kind{"INKLEDG1"s, "ledger"},
        Kind{"file appendonly.aof.1.base.rdb seq 1 type b\n"s, "manifest"},
        Kind{"*12\r\n$3\r\n"s, "append-only file"}, Kind{"#TS:1700000000\r\n"s, "append-only"},
        Kind{"\x7f"s + "ELF\x02", "ELF"}, Kind{"Salted__abc"s, "encrypted"}}) {
    INFO(kind.named);
    const auto found = recogniseFile(kind.start);
    REQUIRE(found);
    CHECK_THAT(*found, Catch::Contains(kind.named));
    // A part of the mark is not enough.
    CHECK_FALSE(recogniseFile(kind.start.substr(0, 1)));
  }
}

TEST_CASE("what may be damage is not taken for a file of another program", "[rdb]") {
  for (const std::string& start :
       {""s, "\0\0\0\0"s, "REDIS0010"s, "REDIX0010"s, "VALKEY080"s, "\x1f\x8b\x01"s, "BZh9"s,
        "BZh91AY&SX"s, "PK"s, "*x\r\n"s, "*1\r\n"s, "#TS:\r\n"s, "+OK\r\n"s, "PING\r\n"s}) {
    INFO(start);
    CHECK_FALSE(recogniseFile(start));
  }
  CHECK(beginsAsRdb("REDIS0099"));
  CHECK(beginsAsRdb("VALKEY081"));
  CHECK_FALSE(beginsAsRdb("VALKEY"));
  CHECK_FALSE(beginsAsRdb("VALKEY08x"));
}

TEST_CASE("who wrote an RDB file of a later version is told", "[rdb]") {
  CHECK(rdbWriter(false, 13) == "it was written by Redis 7.4 or later, format 0013");
  CHECK(rdbWriter(true, 80) == "it was written by Valkey 9, format 080");
  CHECK(rdbWriter(true, 81) == "it was written by Valkey 9.2, format 081");
  CHECK(rdbWriter(true, 95) == "it was written by a later Valkey than 9.2, format 095");
  CHECK(rdbWriter(false, 0).empty());
  CHECK(rdbWriter(false, 9999).empty());
  CHECK(rdbWriter(true, 12).empty());
}

}  // namespace inkstone::test

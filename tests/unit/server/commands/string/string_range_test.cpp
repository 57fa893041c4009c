#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("GETRANGE counts negative offsets from the end and clips both") {
  ServerFixture f;
  f.runLine("SET k 0123456789");
  f.runLine("SET n 12345");
  CHECK(f.runLine("GETRANGE k 0 3") == bulk("0123"));
  CHECK(f.runLine("GETRANGE k -3 -1") == bulk("789"));
  CHECK(f.runLine("GETRANGE k 5 2") == bulk(""));
  CHECK(f.runLine("GETRANGE k -1 -5") == bulk(""));
  CHECK(f.runLine("GETRANGE k -100 -50") == bulk("0"));
  CHECK(f.runLine("GETRANGE k -50 -100") == bulk(""));
  CHECK(f.runLine("GETRANGE k 0 9223372036854775807") == bulk("0123456789"));
  CHECK(f.runLine("GETRANGE k -9223372036854775808 0") == bulk("0"));
  CHECK(f.runLine("SUBSTR n 1 2") == bulk("23"));
  CHECK(f.runLine("GETRANGE none 0 -1") == bulk(""));
  CHECK(f.runLine("GETRANGE none x 0") == errorReply(errors::kNotInteger));
}

TEST_CASE("SETRANGE fills the gap with zero bytes and writes over what is there") {
  ServerFixture f;
  CHECK(f.runLine("SETRANGE k 3 abc") == integer(6));
  CHECK(f.runLine("GET k") == bulk(std::string_view("\0\0\0abc", 6)));
  CHECK(f.runLine("SETRANGE k 1 xy") == integer(6));
  CHECK(f.runLine("GET k") == bulk(std::string_view("\0xyabc", 6)));
  f.runLine("SET n 12345");
  CHECK(f.runLine("SETRANGE n 0 9") == integer(5));
  CHECK(f.runLine("GET n") == bulk("92345"));
  CHECK(f.runLine("OBJECT ENCODING n") == bulk("raw"));
}

TEST_CASE("SETRANGE with nothing to write changes nothing") {
  ServerFixture f;
  f.startLog();
  CHECK(f.run({"SETRANGE", "none", "9223372036854775807", ""}) == integer(0));
  CHECK(f.runLine("EXISTS none") == integer(0));
  f.runLine("SET k 123");
  CHECK(f.run({"SETRANGE", "k", "10", ""}) == integer(3));
  CHECK(f.runLine("OBJECT ENCODING k") == bulk("int"));
  CHECK(f.logged() == "SELECT 0\nSET k 123\n");
}

TEST_CASE("strings do not grow beyond proto-max-bulk-len") {
  ServerFixture f({"--proto-max-bulk-len", "1mb"});
  const std::string too_long = errorReply(errors::kStringTooLong);
  CHECK(f.runLine("SETRANGE k 1048576 x") == too_long);
  CHECK(f.runLine("SETRANGE k 9223372036854775807 x") == too_long);
  CHECK(f.runLine("SETRANGE k -1 x") == errorReply(errors::kOffsetOutOfRange));
  CHECK(f.runLine("EXISTS k") == integer(0));
  CHECK(f.runLine("SETRANGE k 1048574 x") == integer(1048575));
  CHECK(f.runLine("APPEND k ab") == too_long);
  CHECK(f.runLine("APPEND k a") == integer(1048576));
}

TEST_CASE("a limit lowered since does not keep the log from being replayed") {
  ServerFixture f({"--proto-max-bulk-len", "1mb"});
  f.replay({"SETRANGE", "k", "1048576", "x"});
  CHECK(f.runLine("STRLEN k") == integer(1048577));
}

TEST_CASE("APPEND grows a string from nothing through every encoding") {
  ServerFixture f;
  std::string expected;
  CHECK(f.runLine("APPEND k 12") == integer(2));
  CHECK(f.runLine("OBJECT ENCODING k") == bulk("int"));
  expected = "12";
  f.runLine("EXPIRE k 1000");
  for (int i = 0; i < 500; ++i) {
    expected += std::to_string(i);
    REQUIRE(f.run({"APPEND", "k", std::to_string(i)}) ==
            integer(static_cast<int64_t>(expected.size())));
  }
  CHECK(f.runLine("GET k") == bulk(expected));
  CHECK(f.runLine("TTL k") == integer(1000));
}

#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("fields are read one by one or several at once") {
  for (const char* entries : {"512", "1"}) {
    ServerFixture f({"--hash-max-listpack-entries", entries});
    f.runLine("HSET h a 1 b text");
    f.run({"HSET", "h", "", ""});
    CHECK(f.runLine("HGET h b") == bulk("text"));
    CHECK(f.runLine("HGET h c") == kNull);
    CHECK(f.run({"HGET", "h", ""}) == bulk(""));
    CHECK(f.runLine("HMGET h b c a b") == array({bulk("text"), kNull, bulk("1"), bulk("text")}));
    CHECK(f.runLine("HEXISTS h a") == integer(1));
    CHECK(f.runLine("HEXISTS h c") == integer(0));
    CHECK(f.runLine("HSTRLEN h b") == integer(4));
    CHECK(f.runLine("HSTRLEN h a") == integer(1));
    CHECK(f.runLine("HSTRLEN h c") == integer(0));
    CHECK(f.runLine("HLEN h") == integer(3));
  }
}

TEST_CASE("a small hash is read whole in the order its fields came") {
  ServerFixture f;
  f.runLine("HSET h a 1 b 2 c 3");
  const std::string pairs = bulk("a") + bulk("1") + bulk("b") + bulk("2") + bulk("c") + bulk("3");
  CHECK(f.runLine("HKEYS h") == array({bulk("a"), bulk("b"), bulk("c")}));
  CHECK(f.runLine("HVALS h") == array({bulk("1"), bulk("2"), bulk("3")}));
  CHECK(f.runLine("HGETALL h") == "*6\r\n" + pairs);
  f.runLine("HELLO 3");
  CHECK(f.runLine("HGETALL h") == "%3\r\n" + pairs);
  CHECK(f.runLine("HKEYS h") == array({bulk("a"), bulk("b"), bulk("c")}));
}

TEST_CASE("a big hash is read whole, too") {
  ServerFixture f;
  constexpr int kFields = 3000;
  for (int i = 0; i < kFields; ++i) {
    f.run({"HSET", "h", "f" + std::to_string(i), std::to_string(i)});
  }
  CHECK(f.runLine("OBJECT ENCODING h") == bulk("hashtable"));
  const std::string reply = f.runLine("HGETALL h");
  size_t bytes = std::string("*6000\r\n").size();
  for (int i = 0; i < kFields; ++i) {
    const std::string pair = bulk("f" + std::to_string(i)) + bulk(std::to_string(i));
    bytes += pair.size();
    CHECK(reply.find(pair) != std::string::npos);
  }
  CHECK(reply.size() == bytes);
}

TEST_CASE("a missing hash is an empty one") {
  ServerFixture f;
  CHECK(f.runLine("HGET none a") == kNull);
  CHECK(f.runLine("HMGET none a b") == array({kNull, kNull}));
  CHECK(f.runLine("HLEN none") == integer(0));
  CHECK(f.runLine("HSTRLEN none a") == integer(0));
  CHECK(f.runLine("HEXISTS none a") == integer(0));
  for (const char* name : {"HKEYS", "HVALS", "HGETALL"}) {
    CHECK(f.run({name, "none"}) == array({}));
  }
  f.runLine("HELLO 3");
  CHECK(f.runLine("HGETALL none") == "%0\r\n");
  CHECK(f.runLine("HKEYS none") == array({}));
  CHECK(f.runLine("HGET none a") == "_\r\n");
}

TEST_CASE("reading refuses what is no hash") {
  ServerFixture f;
  f.runLine("SET s x");
  for (const char* line : {"HGET s a", "HMGET s a", "HLEN s", "HSTRLEN s a", "HEXISTS s a",
                           "HKEYS s", "HVALS s", "HGETALL s"}) {
    INFO(line);
    CHECK(f.runLine(line) == errorReply(errors::kWrongType));
  }
}

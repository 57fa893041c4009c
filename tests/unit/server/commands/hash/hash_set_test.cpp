#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "server/data/data_set.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("HSET sets fields and tells how many are new") {
  ServerFixture f;
  CHECK(f.runLine("HSET h a 1") == integer(1));
  CHECK(f.runLine("HSET h a 2 b 3 c x") == integer(2));
  CHECK(f.runLine("HSET h a 4 a 5 n 6 n 7") == integer(1));
  CHECK(f.runLine("HMGET h a b c n") == array({bulk("5"), bulk("3"), bulk("x"), bulk("7")}));
  CHECK(f.runLine("HMSET h a 8 z 9") == kOk);
  CHECK(f.runLine("HMGET h a z") == array({bulk("8"), bulk("9")}));
  CHECK(f.runLine("TYPE h") == "+hash\r\n");
}

TEST_CASE("fields and values come back as the same bytes") {
  const std::vector<std::string> texts = {"",
                                          "0",
                                          "-1",
                                          "007",
                                          "-0",
                                          "1e3",
                                          "+1",
                                          " 1 ",
                                          "9223372036854775807",
                                          std::string("\0\r\n", 3),
                                          std::string(100, 'x')};
  for (const char* entries : {"512", "2"}) {
    ServerFixture f({"--hash-max-listpack-entries", entries});
    for (const std::string& text : texts) f.run({"HSET", "h", text, text + "!"});
    for (const std::string& text : texts) {
      CHECK(f.run({"HGET", "h", text}) == bulk(text + "!"));
      f.run({"HSET", "h", text, text});
      CHECK(f.run({"HGET", "h", text}) == bulk(text));
    }
    CHECK(f.runLine("HLEN h") == integer(static_cast<int64_t>(texts.size())));
  }
}

TEST_CASE("a field without value is an arity error, before the type is") {
  ServerFixture f;
  f.runLine("SET s x");
  const std::string hset = errorReply("ERR wrong number of arguments for 'hset' command");
  CHECK(f.runLine("HSET h a") == hset);
  CHECK(f.runLine("HSET s a 1 b") == hset);
  CHECK(f.runLine("HMSET h a 1 b") ==
        errorReply("ERR wrong number of arguments for 'hmset' command"));
  CHECK(f.runLine("EXISTS h") == integer(0));
  CHECK(f.runLine("HSET s a 1") == errorReply(errors::kWrongType));
  CHECK(f.runLine("HMSET s a 1") == errorReply(errors::kWrongType));
  CHECK(f.runLine("HSETNX s a 1") == errorReply(errors::kWrongType));
  CHECK(f.runLine("HDEL s a") == errorReply(errors::kWrongType));
}

TEST_CASE("HSETNX leaves a field that exists") {
  ServerFixture f;
  CHECK(f.runLine("HSETNX h a 1") == integer(1));
  CHECK(f.runLine("HSETNX h a 2") == integer(0));
  CHECK(f.runLine("HSETNX h b 3") == integer(1));
  CHECK(f.runLine("HMGET h a b") == array({bulk("1"), bulk("3")}));
}

TEST_CASE("HDEL takes fields away, and the key with the last one") {
  for (const char* entries : {"512", "1"}) {
    ServerFixture f({"--hash-max-listpack-entries", entries});
    f.runLine("HSET h a 1 b 2 c 3 d 4");
    CHECK(f.runLine("HDEL h b none b") == integer(1));
    CHECK(f.runLine("HDEL h none") == integer(0));
    CHECK(f.runLine("HMGET h a b c d") == array({bulk("1"), kNull, bulk("3"), bulk("4")}));
    CHECK(f.runLine("HDEL h a c d e") == integer(3));
    CHECK(f.runLine("EXISTS h") == integer(0));
    CHECK(f.runLine("HDEL h a") == integer(0));
  }
}

TEST_CASE("hash writes log as they came and count what they changed") {
  ServerFixture f;
  f.startLog();
  const auto changes = [&f](std::string_view line) {
    const uint64_t before = f.parts().data.dirty;
    f.runLine(line);
    return f.parts().data.dirty - before;
  };
  CHECK(changes("HSET h a 1 b 2 c 3") == 3);
  CHECK(changes("HSET h a 1 a 1") == 2);
  CHECK(changes("HMSET h d 1") == 1);
  CHECK(changes("HSETNX h a 1") == 0);
  CHECK(changes("HSETNX h e 1") == 1);
  CHECK(changes("HDEL h zz") == 0);
  CHECK(changes("HDEL h a b zz") == 2);
  CHECK(changes("HDEL h c d e f") == 3);
  CHECK(f.logged() ==
        "SELECT 0\nHSET h a 1 b 2 c 3\nHSET h a 1 a 1\nHMSET h d 1\nHSETNX h e 1\n"
        "HDEL h a b zz\nHDEL h c d e f\n");
}

TEST_CASE("a hash becomes a table when it outgrows either limit, and stays one") {
  ServerFixture f({"--hash-max-listpack-entries", "3", "--hash-max-listpack-value", "8"});
  f.runLine("HSET h a 1 b 2 c 12345678");
  CHECK(f.runLine("OBJECT ENCODING h") == bulk("listpack"));
  f.runLine("HSET h d 4");
  CHECK(f.runLine("OBJECT ENCODING h") == bulk("hashtable"));
  f.runLine("HDEL h d c");
  CHECK(f.runLine("OBJECT ENCODING h") == bulk("hashtable"));
  f.runLine("HSET long-value a 123456789");
  CHECK(f.runLine("OBJECT ENCODING long-value") == bulk("hashtable"));
  f.runLine("HSET long-field 123456789 a");
  CHECK(f.runLine("OBJECT ENCODING long-field") == bulk("hashtable"));
  // Four pairs are counted before it is known that they are one field.
  f.runLine("HSET repeated a 1 a 2 a 3 a 4");
  CHECK(f.runLine("OBJECT ENCODING repeated") == bulk("hashtable"));
}

#include <set>

#include "server/command_table/errors.h"
#include "tests/unit/server/commands/member_replies.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

const std::string kNothing = "*2\r\n" + bulk("0") + "*0\r\n";

struct Step {
  std::string cursor;
  std::vector<std::string> elements;
};

Step step(const std::string& reply) {
  const size_t length_end = reply.find("\r\n", 5);
  const size_t length = std::stoul(reply.substr(5, length_end - 5));
  const std::string cursor = reply.substr(length_end + 2, length);
  return {cursor, members(reply.substr(length_end + 2 + length + 2))};
}

// All that a walk gives, and in how many steps.
struct Walk {
  std::vector<std::string> elements;
  size_t steps = 0;
};

Walk walk(ServerFixture& f, const std::string& command, const std::string& options) {
  Walk all;
  std::string cursor = "0";
  do {
    const Step one = step(f.runLine(command + " k " + cursor + options));
    cursor = one.cursor;
    all.elements.insert(all.elements.end(), one.elements.begin(), one.elements.end());
    ++all.steps;
  } while (cursor != "0");
  return all;
}

}  // namespace

TEST_CASE("a walk over a table gives every member once, about COUNT with a step") {
  ServerFixture f;
  fillSet(f, "k", "hashtable", 1000);
  const Walk members_seen = walk(f, "SSCAN", " COUNT 50");
  CHECK(members_seen.elements.size() == 1000);
  CHECK(std::set<std::string>(members_seen.elements.begin(), members_seen.elements.end()).size() ==
        1000);
  CHECK(members_seen.steps > 8);
  CHECK(members_seen.steps <= 20);
  CHECK(walk(f, "SSCAN", " COUNT 9223372036854775807").steps == 1);
  CHECK(walk(f, "SSCAN", "").steps > 40);
}

TEST_CASE("hashes and sorted sets are walked in pairs") {
  ServerFixture f;
  for (int i = 0; i < 1000; ++i) f.run({"HSET", "k", "f" + std::to_string(i), std::to_string(i)});
  const Walk fields = walk(f, "HSCAN", " COUNT 50");
  REQUIRE(fields.elements.size() == 2000);
  CHECK(fields.steps > 8);
  for (size_t i = 0; i < 2000; i += 2) {
    CHECK(fields.elements[i] == "f" + fields.elements[i + 1]);
  }
  f.runLine("DEL k");
  for (int i = 0; i < 1000; ++i) f.run({"ZADD", "k", std::to_string(i), "m" + std::to_string(i)});
  const Walk scored = walk(f, "ZSCAN", " MATCH m*");
  REQUIRE(scored.elements.size() == 2000);
  for (size_t i = 0; i < 2000; i += 2) {
    CHECK(scored.elements[i] == "m" + scored.elements[i + 1]);
  }
}

TEST_CASE("compact encodings come whole, whatever cursor and count say") {
  ServerFixture f;
  f.runLine("SADD k 3 1 2");
  const std::string all = "*2\r\n" + bulk("0") + array({bulk("1"), bulk("2"), bulk("3")});
  CHECK(f.runLine("SSCAN k 0 COUNT 1") == all);
  CHECK(f.runLine("SSCAN k 77") == all);
  CHECK(f.runLine("SSCAN k -1") == all);
  f.runLine("SADD k x");
  CHECK(step(f.runLine("SSCAN k 0 COUNT 1")).elements.size() == 4);
  f.runLine("HELLO 3");
  CHECK(step(f.runLine("SSCAN k 0 COUNT 1")).elements.size() == 4);
}

TEST_CASE("MATCH looks at members and fields, of integers at their text") {
  ServerFixture f;
  f.runLine("SADD k 10 11 20");
  CHECK(step(f.runLine("SSCAN k 0 MATCH 1?")).elements == std::vector<std::string>{"10", "11"});
  f.runLine("HSET h 10 x x 10");
  CHECK(f.runLine("HSCAN h 0 MATCH 1*") == "*2\r\n" + bulk("0") + array({bulk("10"), bulk("x")}));
  f.runLine("ZADD z 10 a 1 10");
  CHECK(f.runLine("ZSCAN z 0 MATCH 1* COUNT 5") ==
        "*2\r\n" + bulk("0") + array({bulk("10"), bulk("1")}));
}

TEST_CASE("ZSCAN shows scores as they are kept") {
  ServerFixture f;
  f.runLine("ZADD z 0.1 a");
  CHECK(f.runLine("ZSCAN z 0") == "*2\r\n" + bulk("0") + array({bulk("a"), bulk("0.1")}));
  f.run({"ZADD", "z", "-inf", std::string(65, 'x')});
  f.run({"ZREM", "z", std::string(65, 'x')});
  REQUIRE(f.runLine("OBJECT ENCODING z") == bulk("skiplist"));
  const auto shown = [&f](const char* score) {
    f.run({"ZADD", "z", score, "a"});
    return step(f.runLine("ZSCAN z 0")).elements.at(1);
  };
  CHECK(shown("0.1") == "0.10000000000000001");
  CHECK(shown("3") == "3");
  CHECK(shown("1e20") == "1e+20");
  CHECK(shown("-1.5e-7") == "-1.4999999999999999e-07");
  CHECK(shown("-inf") == "-inf");
  CHECK(shown("-0.0") == "-0");
}

TEST_CASE("cursor, type and options are checked one after the other") {
  ServerFixture f;
  f.runLine("SADD set a");
  f.runLine("HSET hash a b");
  f.runLine("ZADD zset 1 a");
  for (const std::string command : {"SSCAN", "HSCAN", "ZSCAN"}) {
    const std::string key = command == "SSCAN" ? "set" : command == "HSCAN" ? "hash" : "zset";
    const std::string other = command == "SSCAN" ? "hash" : "set";
    CHECK(f.runLine(command + " none x") == errorReply(errors::kInvalidCursor));
    CHECK(f.runLine(command + " " + other + " x") == errorReply(errors::kInvalidCursor));
    // A key that does not exist has no options.
    CHECK(f.runLine(command + " none 0 FOO") == kNothing);
    CHECK(f.runLine(command + " " + other + " 0 FOO") == errorReply(errors::kWrongType));
    for (const std::string options :
         {"FOO", "MATCH", "COUNT", "COUNT 0", "COUNT -1", "TYPE set", "NOVALUES"}) {
      INFO(command << " " << options);
      CHECK(f.runLine(command + " " + key + " 0 " + options) == errorReply(errors::kSyntax));
    }
    CHECK(f.runLine(command + " " + key + " 0 COUNT x") == errorReply(errors::kNotInteger));
  }
}

TEST_CASE("an expired value is not walked") {
  ServerFixture f;
  f.runLine("SADD k a");
  f.runLine("PEXPIRE k 1");
  f.sleepMs(5);
  CHECK(f.runLine("SSCAN k 0") == kNothing);
}

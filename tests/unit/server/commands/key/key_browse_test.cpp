#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>

#include "server/command_table/errors.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

// The lines of a reply that are no header: cursor and keys.
std::vector<std::string> words(const std::string& reply) {
  std::vector<std::string> found;
  for (size_t at = 0; at < reply.size();) {
    const size_t end = reply.find("\r\n", at);
    if (reply[at] != '$' && reply[at] != '*') found.push_back(reply.substr(at, end - at));
    at = end + 2;
  }
  return found;
}

}  // namespace

TEST_CASE("KEYS matches patterns and leaves out what has expired without deleting it") {
  ServerFixture f;
  f.runLine("MSET one 1 two 2 three 3");
  f.runLine("SET twelve 12 PXAT 1");
  CHECK(f.runLine("KEYS o*") == array({bulk("one")}));
  CHECK(f.runLine("KEYS t[w]*") == array({bulk("two")}));
  CHECK(words(f.runLine("KEYS *")).size() == 3);
  CHECK(f.runLine("KEYS none") == "*0\r\n");
  CHECK(f.runLine("DBSIZE") == integer(4));
}

TEST_CASE("RANDOMKEY gives every key a turn and deletes those that have expired") {
  ServerFixture f;
  CHECK(f.runLine("RANDOMKEY") == kNull);
  f.runLine("MSET a 1 b 2 c 3");
  f.runLine("SET gone v PXAT 1");
  std::map<std::string, int> seen;
  for (int i = 0; i < 600; ++i) ++seen[f.runLine("RANDOMKEY")];
  CHECK(seen.size() == 3);
  for (const auto& [reply, times] : seen) {
    INFO(reply);
    CHECK(times > 50);
  }
  f.runLine("FLUSHDB");
  f.runLine("SET gone v PXAT 1");
  CHECK(f.runLine("RANDOMKEY") == kNull);
  CHECK(f.runLine("DBSIZE") == integer(0));
}

TEST_CASE("SCAN returns every key once and ends at 0") {
  ServerFixture f;
  const std::string count = GENERATE("1", "10", "1000", "9223372036854775807");
  for (int i = 0; i < 3000; ++i) f.run({"SET", "key:" + std::to_string(i), "v"});
  std::multiset<std::string> seen;
  std::string cursor = "0";
  size_t calls = 0;
  do {
    const std::vector<std::string> found = words(f.run({"SCAN", cursor, "COUNT", count}));
    cursor = found[0];
    seen.insert(found.begin() + 1, found.end());
    ++calls;
  } while (cursor != "0");
  CHECK(seen.size() == 3000);
  CHECK(std::set<std::string>(seen.begin(), seen.end()).size() == 3000);
  if (count == "10") CHECK(calls > 100);
}

TEST_CASE("SCAN keeps to pattern and type and deletes what has expired") {
  ServerFixture f;
  f.startLog();
  f.runLine("MSET one 1 two 2");
  f.runLine("SET three 3 PXAT 1");
  f.runLine("SET other 3 PXAT 1");
  CHECK(f.runLine("SCAN 0 MATCH t* TYPE STRING") == array({bulk("0"), array({bulk("two")})}));
  CHECK(f.runLine("DBSIZE") == integer(3));
  // The pattern is asked before a key is looked up, the type afterwards.
  CHECK(f.runLine("SCAN 0 TYPE list") == array({bulk("0"), "*0\r\n"}));
  CHECK(f.runLine("DBSIZE") == integer(2));
  CHECK(f.logged() ==
        "SELECT 0\nMSET one 1 two 2\nSET three 3 PXAT 1\nSET other 3 PXAT 1\nDEL three\n"
        "DEL other\n");
}

TEST_CASE("SCAN judges the cursor, then its options from left to right") {
  ServerFixture f;
  for (const char* cursor : {"x", "0x", " 0", "99999999999999999999", "-", "+-1"}) {
    INFO(cursor);
    CHECK(f.run({"SCAN", cursor, "FOO"}) == errorReply(errors::kInvalidCursor));
  }
  for (const char* cursor : {"", "+0", "-1", "18446744073709551615"}) {
    INFO(cursor);
    CHECK(f.run({"SCAN", cursor}) == array({bulk("0"), "*0\r\n"}));
  }
  CHECK(f.runLine("SCAN 0 COUNT 0") == errorReply(errors::kSyntax));
  CHECK(f.runLine("SCAN 0 COUNT x FOO") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("SCAN 0 MATCH") == errorReply(errors::kSyntax));
}

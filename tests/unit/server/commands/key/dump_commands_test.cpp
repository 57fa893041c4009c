#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

constexpr std::string_view kFar = "33177117420000";

// The payload in the reply to DUMP.
std::string payloadOf(ServerFixture& f, std::string_view key) {
  const std::string reply = f.run({"DUMP", key});
  const size_t begin = reply.find("\r\n") + 2;
  REQUIRE(reply.starts_with('$'));
  return reply.substr(begin, reply.size() - begin - 2);
}

}  // namespace

TEST_CASE("a value of every type and form is restored as it was dumped") {
  ServerFixture f;
  f.runLine("SET integer 12345");
  f.run({"SET", "text", std::string(30'000, 'x')});
  f.runLine("RPUSH short a b 3");
  f.runLine("SADD integers 3 1 2");
  f.runLine("SADD words a b");
  f.runLine("HSET pairs f v g 1");
  f.runLine("ZADD scored 1.5 a -inf b");
  for (int i = 0; i < 600; ++i) {
    const std::string number = std::to_string(i);
    f.run({"RPUSH", "long", std::string(100, 'y'), number});
    f.run({"SADD", "many", "m" + number});
    f.run({"HSET", "wide", "f" + number, number});
    f.run({"ZADD", "ranked", number, "m" + number});
  }
  for (const char* key : {"integer", "text", "short", "integers", "words", "pairs", "scored",
                          "long", "many", "wide", "ranked"}) {
    INFO(key);
    const std::string digest = f.run({"DEBUG", "DIGEST-VALUE", key});
    const std::string encoding = f.run({"OBJECT", "ENCODING", key});
    const std::string payload = payloadOf(f, key);
    REQUIRE(f.run({"RESTORE", "copy", "0", payload, "REPLACE"}) == kOk);
    CHECK(f.run({"DEBUG", "DIGEST-VALUE", "copy"}) == digest);
    CHECK(f.run({"OBJECT", "ENCODING", "copy"}) == encoding);
    CHECK(f.runLine("TTL copy") == integer(-1));
  }
}

TEST_CASE("DUMP of a key that does not exist or has expired is null") {
  ServerFixture f;
  CHECK(f.runLine("DUMP none") == kNull);
  f.runLine("DEBUG SET-ACTIVE-EXPIRE 0");
  f.runLine("SET k v PX 1");
  f.sleepMs(3);
  CHECK(f.runLine("DUMP k") == kNull);
}

TEST_CASE("RESTORE is logged with the moment itself, and only when it did something") {
  ServerFixture f;
  f.runLine("SET source v");
  const std::string payload = payloadOf(f, "source");
  f.startLog();
  f.run({"RESTORE", "a", "0", payload});
  CHECK(f.logged() == "SELECT 0\nRESTORE a 0 " + payload + "\n");
  f.run({"RESTORE", "b", kFar, payload, "ABSTTL"});
  CHECK(f.logged() == "RESTORE b " + std::string(kFar) + " " + payload + " ABSTTL\n");
  f.run({"RESTORE", "a", "100000", payload, "REPLACE", "FREQ", "7"});
  const std::string logged = f.logged();
  CHECK_THAT(logged, Catch::StartsWith("RESTORE a ") &&
                         Catch::EndsWith(payload + " REPLACE FREQ 7 ABSTTL\n"));
  CHECK(f.runLine("PEXPIRETIME a") == ":" + logged.substr(10, 13) + "\r\n");
  f.run({"RESTORE", "a", "0", payload});
  f.run({"RESTORE", "new", "1", payload, "ABSTTL"});
  CHECK(f.logged().empty());
}

TEST_CASE("RESTORE of what has expired deletes what it would replace") {
  ServerFixture f;
  f.runLine("SET k v");
  const std::string payload = payloadOf(f, "k");
  f.startLog();
  const bool lazy = GENERATE(false, true);
  f.configure("lazyfree-lazy-server-del", lazy ? "yes" : "no");
  CHECK(f.run({"RESTORE", "k", "1", payload, "ABSTTL", "REPLACE"}) == kOk);
  CHECK(f.runLine("EXISTS k") == integer(0));
  CHECK(f.logged() == (lazy ? "SELECT 0\nUNLINK k\n" : "SELECT 0\nDEL k\n"));
}

TEST_CASE("a replayed RESTORE keeps a key whose time has passed since") {
  ServerFixture f;
  f.runLine("SET k v");
  const std::string payload = payloadOf(f, "k");
  f.replay({"RESTORE", "old", "1000", payload, "ABSTTL"});
  CHECK(f.runLine("DBSIZE") == integer(2));
}

TEST_CASE("a failed RESTORE leaves what it would have replaced") {
  ServerFixture f;
  f.runLine("RPUSH l a b");
  const std::string payload = payloadOf(f, "l");
  std::string changed = payload;
  changed[5] = static_cast<char>(changed[5] ^ 1);
  CHECK(f.run({"RESTORE", "l", "0", changed, "REPLACE"}) == errorReply(errors::kBadPayload));
  f.runLine("DEBUG SET-SKIP-CHECKSUM-VALIDATION 1");
  // The type byte of a list made that of an integer set.
  changed = payload;
  changed[0] = 11;
  CHECK(f.run({"RESTORE", "l", "0", changed, "REPLACE"}) == errorReply(errors::kBadData));
  CHECK(f.run({"RESTORE", "l", "0", payload}) == errorReply(errors::kBusyKey));
  CHECK(f.run({"RESTORE", "l", "-1", payload, "REPLACE"}) == errorReply(errors::kTtlNegative));
  CHECK(f.runLine("LLEN l") == integer(2));
}

TEST_CASE("a time to live beyond the end of time is the end of time") {
  ServerFixture f;
  f.runLine("SET k v");
  const std::string payload = payloadOf(f, "k");
  CHECK(f.run({"RESTORE", "far", "9223372036854775807", payload}) == kOk);
  CHECK(f.runLine("PEXPIRETIME far") == integer(INT64_MAX));
}

TEST_CASE("RESTORE takes the access bits that the policy uses, and no others") {
  ServerFixture f;
  f.runLine("SET k v");
  const std::string payload = payloadOf(f, "k");
  f.run({"RESTORE", "a", "0", payload, "IDLETIME", "1000"});
  CHECK(isSeconds(f.runLine("OBJECT IDLETIME a"), 1000));
  f.run({"RESTORE", "b", "0", payload, "FREQ", "200"});
  CHECK(isSeconds(f.runLine("OBJECT IDLETIME b"), 0));
  f.configure("maxmemory-policy", "allkeys-lfu");
  f.run({"RESTORE", "c", "0", payload, "FREQ", "200"});
  CHECK(f.runLine("OBJECT FREQ c") == integer(200));
}

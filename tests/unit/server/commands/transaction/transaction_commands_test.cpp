#include <catch2/catch.hpp>

#include "server/clients/clients.h"
#include "server/clients/transaction.h"
#include "server/clients/watched_keys.h"
#include "server/command_table/errors.h"
#include "server/durability/durability.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {
namespace {

const std::string kQueued = "+QUEUED\r\n";
const std::string kNullArray = "*-1\r\n";

class TransactionFixture : public ServerFixture {
 public:
  // Queues the lines and returns the reply of EXEC.
  std::string transaction(std::initializer_list<std::string_view> lines) {
    REQUIRE(runLine("MULTI") == kOk);
    for (const std::string_view line : lines) REQUIRE(runLine(line) == kQueued);
    return runLine("EXEC");
  }
  // Watches `key`, has another client run the lines, and tells whether EXEC executed anything.
  bool survives(std::string_view key, std::initializer_list<std::string_view> lines) {
    Client& other = addClient();
    REQUIRE(run({"WATCH", key}) == kOk);
    for (const std::string_view line : lines) runLine(other, line);
    const std::string reply = transaction({"PING"});
    REQUIRE((reply == kNullArray || reply == "*1\r\n+PONG\r\n"));
    return reply != kNullArray;
  }
};

}  // namespace

TEST_CASE_METHOD(TransactionFixture, "queued commands run at EXEC and reply together") {
  CHECK(transaction({"SET k 1", "INCR k", "GET k"}) == array({kOk, integer(2), bulk("2")}));
  CHECK(transaction({}) == "*0\r\n");
  CHECK(client().transaction == nullptr);
}

TEST_CASE_METHOD(TransactionFixture, "nothing is executed before EXEC, and nothing after DISCARD") {
  runLine("MULTI");
  runLine("SET k v");
  CHECK(runLine(addClient(), "GET k") == kNull);
  CHECK(runLine("DISCARD") == kOk);
  CHECK(runLine("GET k") == kNull);
}

TEST_CASE_METHOD(TransactionFixture, "queued commands own their arguments") {
  Client& other = addClient();
  std::string bytes = "MULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nvalue\r\nset j 'a b'\r\n";
  CHECK(send(other, bytes) == kOk + kQueued + kQueued);
  bytes.assign(bytes.size(), 'x');
  CHECK(send(other, "EXEC\r\n") == array({kOk, kOk}));
  CHECK(runLine("GET k") == bulk("value"));
  CHECK(runLine("GET j") == bulk("a b"));
}

TEST_CASE_METHOD(TransactionFixture, "words of a transaction out of place are errors") {
  CHECK(runLine("EXEC") == errorReply(errors::kExecWithoutMulti));
  CHECK(runLine("DISCARD") == errorReply(errors::kDiscardWithoutMulti));
  runLine("MULTI");
  CHECK(runLine("MULTI") == errorReply(errors::kNestedMulti));
  CHECK(runLine("WATCH k") == errorReply(errors::kWatchInMulti));
  CHECK(runLine("EXEC") == "*0\r\n");
}

TEST_CASE_METHOD(TransactionFixture, "a command that cannot be queued makes EXEC refuse the rest") {
  for (const std::string_view line : {"NOSUCH", "GET", "CONFIG NOSUCH", "SHUTDOWN"}) {
    runLine("MULTI");
    CHECK(runLine("SET k v") == kQueued);
    CHECK(runLine(line)[0] == '-');
    CHECK(runLine("SET k w") == kQueued);
    CHECK(runLine("EXEC") == errorReply(errors::kExecAbort));
    CHECK(runLine("GET k") == kNull);
  }
  runLine("MULTI");
  CHECK(runLine("SHUTDOWN") == errorReply(errors::kNotInMulti));
  runLine("DISCARD");
}

TEST_CASE_METHOD(TransactionFixture, "an error of a command that runs stops none of the others") {
  CHECK(transaction({"SET k v", "LPUSH k a", "SET j w"}) ==
        array({kOk, errorReply(errors::kWrongType), kOk}));
}

TEST_CASE_METHOD(TransactionFixture, "RESET leaves the transaction and what was watched") {
  runLine("WATCH k");
  runLine("MULTI");
  CHECK(runLine("RESET") == "+RESET\r\n");
  CHECK(client().transaction == nullptr);
  CHECK(client().watches == nullptr);
  CHECK(parts().clients.key_events.idle());
}

TEST_CASE_METHOD(TransactionFixture, "every way of changing a watched key makes EXEC do nothing") {
  for (const std::string_view before :
       {"SET k v", "RPUSH k a b", "SADD k a b", "HSET k f v", "ZADD k 1 a 2 b"}) {
    INFO(before);
    for (const std::string_view change :
         {"DEL k", "UNLINK k", "EXPIRE k 100", "EXPIRE k -1", "RENAME k j", "FLUSHDB", "FLUSHALL",
          "SWAPDB 0 1", "MOVE k 2", "SET k w", "COPY other k REPLACE"}) {
      INFO(change);
      runLine("FLUSHALL");
      runLine("SET other o");
      runLine(before);
      CHECK_FALSE(survives("k", {change}));
    }
    runLine("FLUSHALL");
    runLine(before);
    CHECK(survives("k", {"TYPE k", "OBJECT ENCODING k", "SET other x", "PERSIST k", "DEL none"}));
    CHECK(survives("none", {"SET other x", "DEL k", "FLUSHALL", "SWAPDB 0 1", "LPOP none"}));
    CHECK_FALSE(survives("none", {before, "RENAME k none"}));
  }
}

TEST_CASE_METHOD(TransactionFixture, "the commands of every type touch what is watched") {
  const std::initializer_list<std::pair<std::string_view, std::string_view>> cases = {
      {"SET k 5", "INCR k"},
      {"SET k 5", "APPEND k x"},
      {"SET k 5", "SETRANGE k 1 x"},
      {"SET k 5", "INCRBYFLOAT k 1"},
      {"SET k 5", "GETSET k 6"},
      {"SET k 5", "GETDEL k"},
      {"SET k 5", "GETEX k EX 100"},
      {"SET k 5 EX 9", "GETEX k PERSIST"},
      {"SET k 5 EX 9", "PERSIST k"},
      {"SET k 5", "MSET j 1 k 2"},
      {"SET k 5", "SET k 6 EX 100"},
      {"SET j 5", "SETNX k 6"},
      {"RPUSH k a b c", "LPUSH k x"},
      {"RPUSH k a b c", "RPUSHX k x"},
      {"RPUSH k a b c", "LPOP k"},
      {"RPUSH k a b c", "RPOP k 2"},
      {"RPUSH k a b c", "LSET k 0 x"},
      {"RPUSH k a b c", "LREM k 0 a"},
      {"RPUSH k a b c", "LTRIM k 0 1"},
      {"RPUSH k a b c", "LINSERT k BEFORE a x"},
      {"RPUSH k a b c", "LMOVE k j LEFT LEFT"},
      {"RPUSH j a b c", "RPOPLPUSH j k"},
      {"RPUSH k a b c", "LMPOP 2 j k LEFT"},
      {"RPUSH j 2 1 3", "SORT j STORE k"},
      {"SADD k a b c", "SADD k x"},
      {"SADD k a b c", "SREM k a"},
      {"SADD k a b c", "SPOP k"},
      {"SADD k a b c", "SPOP k 2"},
      {"SADD k a b c", "SPOP k 9"},
      {"SADD k a b c", "SMOVE k j a"},
      {"SADD j a b c", "SMOVE j k a"},
      {"SADD j a b c", "SUNIONSTORE k j"},
      {"SADD k a b c", "SINTERSTORE k none"},
      {"HSET k f 1", "HSET k f 2"},
      {"HSET k f 1", "HDEL k f"},
      {"HSET k f 1", "HINCRBY k f 1"},
      {"HSET k f 1", "HINCRBYFLOAT k f 1"},
      {"HSET k f 1", "HSETNX k g 1"},
      {"ZADD k 1 a", "ZADD k 2 a"},
      {"ZADD k 1 a", "ZINCRBY k 1 a"},
      {"ZADD k 1 a", "ZREM k a"},
      {"ZADD k 1 a", "ZPOPMIN k"},
      {"ZADD k 1 a", "ZMPOP 1 k MAX"},
      {"ZADD k 1 a", "ZREMRANGEBYRANK k 0 0"},
      {"ZADD k 1 a", "ZREMRANGEBYSCORE k 0 5"},
      {"ZADD j 1 a", "ZUNIONSTORE k 1 j"},
      {"ZADD j 1 a", "ZRANGESTORE k j 0 -1"},
  };
  for (const auto& [before, change] : cases) {
    INFO(before << ", " << change);
    runLine("FLUSHALL");
    runLine(before);
    CHECK_FALSE(survives("k", {change}));
  }
}

TEST_CASE_METHOD(TransactionFixture, "a client's own change before MULTI counts like any other") {
  runLine("WATCH k");
  runLine("SET k v");
  CHECK(transaction({"PING"}) == kNullArray);
}

TEST_CASE_METHOD(TransactionFixture, "UNWATCH, DISCARD and EXEC forget what was watched") {
  Client& other = addClient();
  runLine("WATCH k");
  runLine(other, "SET k v");
  CHECK(runLine("UNWATCH") == kOk);
  CHECK(transaction({"PING"}) != kNullArray);
  runLine("WATCH k");
  runLine("MULTI");
  runLine("DISCARD");
  runLine(other, "SET k w");
  CHECK(transaction({"PING"}) != kNullArray);
  runLine("WATCH k");
  CHECK(transaction({"SET k x", "SET k y"}) == array({kOk, kOk}));
  CHECK(parts().clients.key_events.idle());
}

TEST_CASE_METHOD(TransactionFixture, "a watched key that expires makes EXEC do nothing") {
  for (const bool collected : {false, true}) {
    runLine("SET k v PX 1");
    runLine("WATCH k");
    sleepMs(3);
    if (collected) runLine(addClient(), "GET k");
    CHECK(transaction({"PING"}) == kNullArray);
  }
}

TEST_CASE_METHOD(TransactionFixture, "one that had expired when it was watched may go") {
  for (const std::string_view end : {"GET k", "DEL k", "FLUSHALL", "SWAPDB 0 1", "PING"}) {
    INFO(end);
    runLine("SET k v PX 1");
    sleepMs(3);
    CHECK(survives("k", {end}));
    runLine("FLUSHALL");
  }
  runLine("SET k v PX 1");
  sleepMs(3);
  CHECK_FALSE(survives("k", {"GET k", "SET k w"}));
}

TEST_CASE_METHOD(TransactionFixture, "a key is watched once however often it is named") {
  runLine("WATCH k k j");
  runLine("WATCH k");
  CHECK(client().watches->keys.size() == 2);
  CHECK(parts().clients.key_events.watched().count() == 2);
  runLine("SELECT 1");
  runLine("WATCH k");
  CHECK(parts().clients.key_events.watched().count() == 3);
}

TEST_CASE_METHOD(TransactionFixture, "a change touches the key of its database only") {
  runLine("SELECT 1");
  CHECK(survives("k", {"SET k v"}));
  CHECK_FALSE(survives("k", {"SELECT 1", "SET k w"}));
}

TEST_CASE_METHOD(TransactionFixture, "time stands still within a transaction") {
  CHECK(transaction({"SET k v PX 1", "DEBUG SLEEP 0.01", "GET k"}) == array({kOk, kOk, bulk("v")}));
  sleepMs(3);
  CHECK(runLine("GET k") == kNull);
}

TEST_CASE_METHOD(TransactionFixture, "a transaction is logged as one block, if it wrote") {
  startLog();
  transaction({"SET k v", "GET k", "INCR n"});
  CHECK(logged() == "SELECT 0\nMULTI\nSET k v\nINCR n\nEXEC\n");
  transaction({"GET k", "DEL none"});
  CHECK(logged() == "");
  transaction({"SELECT 1", "SET k v", "SELECT 0", "SET k w"});
  CHECK(logged() == "SELECT 1\nMULTI\nSET k v\nSELECT 0\nSET k w\nEXEC\n");
  transaction({"INCRBYFLOAT f 1.5", "LPUSH k x"});
  CHECK(logged() == "MULTI\nSET f 1.5 KEEPTTL\nEXEC\n");
}

TEST_CASE_METHOD(TransactionFixture, "a block within the block is not logged as one") {
  startLog();
  std::vector<std::string> members;
  Args sadd = {"SADD", "s"};
  for (int i = 0; i < 4000; ++i) members.push_back(std::to_string(i));
  sadd.insert(sadd.end(), members.begin(), members.end());
  run(sadd);
  logged();
  transaction({"SPOP s 2000"});
  const std::string text = logged();
  CHECK(text.starts_with("MULTI\nSREM s "));
  CHECK(text.find("MULTI", 1) == std::string::npos);
  CHECK(text.find("EXEC") == text.size() - 5);
}

TEST_CASE_METHOD(TransactionFixture, "rewriting and saving wait for the end of a transaction") {
  CHECK(transaction({"SET k v", "BGREWRITEAOF", "BGSAVE"}) ==
        array({kOk, "+Background append only file rewriting scheduled\r\n",
               "+Background saving scheduled\r\n"}));
  CHECK_FALSE(parts().durability.child.active());
  CHECK(parts().durability.log_rewrite.scheduled());
}

TEST_CASE_METHOD(TransactionFixture, "switching the log off ends the block in it") {
  startLog();
  runLine("MULTI");
  runLine("SET k v");
  runLine("DEBUG LOADAOF");
  runLine("SET j w");
  CHECK(runLine("EXEC") == array({kOk, kOk, kOk}));
  CHECK(logged() == "SELECT 0\nMULTI\nSET k v\nEXEC\nMULTI\nSET j w\nEXEC\n");
}

TEST_CASE_METHOD(TransactionFixture, "CLIENT INFO tells of the transaction") {
  runLine("WATCH a b");
  CHECK(runLine("CLIENT INFO").find(" multi=-1 qbuf=") != std::string::npos);
  runLine("MULTI");
  runLine("SET key value");
  Client& other = addClient();
  parts().clients.registry.add(client());
  parts().clients.registry.add(other);
  const std::string list = runLine(other, "CLIENT LIST ID 1");
  CHECK(list.find(" flags=x db=0 ") != std::string::npos);
  CHECK(list.find(" multi=1 qbuf=") != std::string::npos);
  CHECK(list.find(" multi-mem=11 ") != std::string::npos);
  parts().clients.registry.remove(client());
  parts().clients.registry.remove(other);
}

TEST_CASE_METHOD(TransactionFixture, "10,000 watched keys cost nothing but their own memory") {
  for (int i = 0; i < 10'000; ++i) run({"WATCH", "key" + std::to_string(i)});
  CHECK(parts().clients.key_events.watched().count() == 10'000);
  runLine(addClient(), "SET key5000 v");
  CHECK(parts().clients.key_events.watched().count() == 0);
  CHECK(transaction({"PING"}) == kNullArray);
}

}  // namespace inkstone::test

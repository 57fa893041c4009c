// The replies that a client gets when waiting for the AOF has ended and its writes are not in the
// AOF.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "server/durability/durability.h"
#include "server/execution/executor.h"
#include "server/process/runtime.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

struct HoldEnd : ServerFixture {
  HoldEnd() { startLog(); }

  // Executes a command as part of a pipeline: replies stay in the output.
  void send(std::string_view words) {
    ServerFixture::Args args;
    while (!words.empty()) {
      const size_t blank = std::min(words.find(' '), words.size());
      args.push_back(words.substr(0, blank));
      words.remove_prefix(std::min(blank + 1, words.size()));
    }
    parts().executor.execute(client(), args);
  }
  std::string end() {
    parts().clients.endHolds(client());
    REQUIRE(client().holds.empty());
    return takeOutput(client());
  }
  std::string unlogged() { return errorReply(parts().durability.log.unloggedError()); }
};

}  // namespace

TEST_CASE(
    "when waiting is over writes are answered with an error and reads as they are, in order") {
  HoldEnd bench;
  bench.send("GET other");
  bench.send("SET a 1");
  bench.send("SET b 2");
  bench.send("GET other");
  bench.send("GET a");
  bench.send("INCR a");
  bench.send("ECHO end");
  REQUIRE(bench.end() == kNull + bench.unlogged() + bench.unlogged() + kNull + bulk("1") +
                             bench.unlogged() + bulk("end"));
  REQUIRE(bench.parts().runtime.stats.unlogged_replies == 3);
  REQUIRE(bench.parts().runtime.stats.errors.find("MISCONF")->second == 3);
  // It is applied, and on its way to the log.
  REQUIRE(bench.logged() == "SELECT 0\nSET a 1\nSET b 2\nINCR a\n");
  REQUIRE(bench.runLine("GET a") == bulk("2"));
}

TEST_CASE("what was sent already stays, and what is acknowledged is not taken back") {
  HoldEnd bench;
  bench.send("SET a 1");
  REQUIRE(bench.logged() == "SELECT 0\nSET a 1\n");
  bench.send("SET b 2");
  REQUIRE(bench.client().holds.sendableUpTo(bench.parts().durability.log.acknowledgeableOffset()) ==
          5);
  REQUIRE(bench.end() == kOk + bench.unlogged());
  // A part of the reply in front has left already.
  bench.send("ECHO begun");
  bench.send("SET c 3");
  bench.client().output().consume(6);
  REQUIRE(bench.end() == bulk("begun").substr(6) + bench.unlogged());
}

TEST_CASE("the reply of a transaction that wrote is one error, that of one that read stays") {
  HoldEnd bench;
  bench.send("SET a 1");
  bench.send("MULTI");
  bench.send("GET a");
  bench.send("EXEC");
  bench.send("MULTI");
  bench.send("SET b 2");
  bench.send("GET b");
  bench.send("EXEC");
  const std::string queued = "+QUEUED\r\n";
  REQUIRE(bench.end() == bench.unlogged() + kOk + queued + array({bulk("1")}) + kOk + queued +
                             queued + bench.unlogged());
  REQUIRE(bench.parts().runtime.stats.unlogged_replies == 2);
}

TEST_CASE("a reply that was switched off is not answered with an error") {
  HoldEnd bench;
  bench.send("SET a 1");
  bench.send("CLIENT REPLY SKIP");
  bench.send("SET b 2");
  bench.send("ECHO end");
  REQUIRE(bench.end() == bench.unlogged() + bulk("end"));
  bench.send("CLIENT REPLY OFF");
  bench.send("SET c 3");
  REQUIRE(bench.end().empty());
}

TEST_CASE("a push stays where it is, also one to the client that wrote") {
  HoldEnd bench;
  bench.configure("notify-keyspace-events", "KEA");
  bench.send("HELLO 3");
  bench.takeOutput(bench.client());
  bench.send("SUBSCRIBE __keyspace@0__:a");
  bench.takeOutput(bench.client());
  Client& listener = bench.addClient();
  bench.runLine(listener, "SUBSCRIBE __keyspace@0__:a");
  bench.send("SET a 1");
  bench.send("SET b 2");
  const std::string words = bulk("message") + bulk("__keyspace@0__:a") + bulk("set");
  REQUIRE(bench.end() == bench.unlogged() + ">3\r\n" + words + bench.unlogged());
  bench.parts().clients.endHolds(listener);
  REQUIRE(bench.takeOutput(listener) == "*3\r\n" + words);
}

TEST_CASE("a client that was served what it waited for is told that the log has not got it") {
  HoldEnd bench;
  Client& waiting = bench.addClient();
  bench.runLine(waiting, "BLPOP list 0");
  bench.send("RPUSH list x");
  bench.parts().clients.endHolds(waiting);
  REQUIRE(bench.takeOutput(waiting) == bench.unlogged());
  REQUIRE(bench.end() == bench.unlogged());
}

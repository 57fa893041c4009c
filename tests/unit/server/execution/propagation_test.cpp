// What leaves the server for those who follow it, and in which form.
#include "server/execution/propagation.h"

#include <catch2/catch.hpp>
#include <string>

#include "server/execution/executor.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {
namespace {

// Writes down what it is told: "0: SET a 1".
class Follower final : public CommandSink {
 public:
  void feed(size_t db, std::span<const std::string_view> args) override {
    text += std::to_string(db) + ":";
    for (const std::string_view arg : args) text += " " + std::string(arg);
    text += "\n";
  }

  std::string take() {
    std::string taken;
    taken.swap(text);
    return taken;
  }

  std::string text;
};

struct FollowedServer : ServerFixture {
  FollowedServer() { propagation().addSink(follower); }
  ~FollowedServer() { propagation().removeSink(follower); }

  Propagation& propagation() { return parts().executor.propagation(); }

  Follower follower;
};

}  // namespace

TEST_CASE_METHOD(FollowedServer, "A follower is told what changed, with the database, log or not") {
  runLine("SET a 1");
  runLine("GET a");
  runLine("DEL missing");
  runLine("SELECT 3");
  runLine("INCR n");
  CHECK(follower.take() == "0: SET a 1\n3: INCR n\n");
}

TEST_CASE_METHOD(FollowedServer, "A follower is told the form in which a command is repeated") {
  runLine("SADD s only");
  follower.take();
  runLine("SPOP s");
  CHECK(follower.take() == "0: SREM s only\n");
}

TEST_CASE_METHOD(FollowedServer, "The log and a follower are told the same") {
  startLog();
  runLine("SET a 1");
  send(client(), "*3\r\n$3\r\nSET\r\n$1\r\nb\r\n$1\r\n2\r\n");
  CHECK(follower.take() == "0: SET a 1\n0: SET b 2\n");
  CHECK(logged() == "SELECT 0\nSET a 1\nSET b 2\n");
}

TEST_CASE_METHOD(FollowedServer, "A transaction is one block, and one that wrote nothing is none") {
  runLine("MULTI");
  runLine("GET a");
  runLine("SET a 1");
  runLine("SET b 2");
  runLine("EXEC");
  CHECK(follower.take() == "0: MULTI\n0: SET a 1\n0: SET b 2\n0: EXEC\n");
  runLine("MULTI");
  runLine("GET a");
  runLine("EXEC");
  CHECK(follower.take().empty());
}

TEST_CASE_METHOD(FollowedServer, "Blocks within a block are one, and closing one begins another") {
  const std::array<std::string_view, 2> command = {"DEL", "a"};
  propagation().beginBlock();
  propagation().beginBlock();
  propagation().feed(1, command);
  propagation().endBlock();
  propagation().feed(1, command);
  propagation().closeBlock();
  CHECK(follower.take() == "1: MULTI\n1: DEL a\n1: DEL a\n1: EXEC\n");
  propagation().feed(1, command);
  propagation().endBlock();
  CHECK(follower.take() == "1: MULTI\n1: DEL a\n1: EXEC\n");
}

TEST_CASE_METHOD(FollowedServer, "What comes from the log is no news") {
  replay({"SET", "a", "1"});
  CHECK(follower.take().empty());
  CHECK(runLine("GET a") == bulk("1"));
}

TEST_CASE_METHOD(FollowedServer, "A follower that was removed is told nothing more") {
  propagation().removeSink(follower);
  runLine("SET a 1");
  CHECK(follower.take().empty());
}

}  // namespace inkstone::test

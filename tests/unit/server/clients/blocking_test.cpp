#include "server/clients/blocking.h"

#include <catch2/catch.hpp>

#include "server/clients/clients.h"
#include "server/command_table/command_table.h"
#include "server/command_table/errors.h"
#include "server/execution/executor.h"
#include "server/process/runtime.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {
namespace {

const std::string kNullArray = "*-1\r\n";

// Replies in RESP2.
std::string pair(std::string_view key, std::string_view element) {
  return array({bulk(key), bulk(element)});
}

class BlockingFixture : public ServerFixture {
 public:
  // A client that waits with the command.
  Client& waiter(std::string_view line) {
    Client& client = addClient();
    REQUIRE(runLine(client, line).empty());
    REQUIRE(client.blocked != nullptr);
    return client;
  }
  size_t waiting() { return parts().clients.blocking.count(); }
};

}  // namespace

TEST_CASE_METHOD(BlockingFixture, "a client is served by the command that brings something") {
  Client& client = waiter("BLPOP j k 0");
  CHECK(runLine("RPUSH k a b") == integer(2));
  CHECK(takeOutput(client) == pair("k", "a"));
  CHECK(client.blocked == nullptr);
  CHECK(runLine("LLEN k") == integer(1));
  CHECK(parts().clients.key_events.idle());
  CHECK(parts().clients.blocking.keyCount() == 0);
}

TEST_CASE_METHOD(BlockingFixture, "clients are served in the order of arrival, each kind its own") {
  Client& first = waiter("BLPOP k 0");
  Client& sorted = waiter("BZPOPMAX k 0");
  Client& second = waiter("BRPOP k 0");
  runLine("SET k v");
  runLine("DEL k");
  CHECK(waiting() == 3);
  runLine("RPUSH k a b c");
  CHECK(takeOutput(first) == pair("k", "a"));
  CHECK(takeOutput(second) == pair("k", "c"));
  CHECK(takeOutput(sorted).empty());
  runLine("DEL k");
  runLine("ZADD k 1 m 2 n");
  CHECK(takeOutput(sorted) == array({bulk("k"), bulk("n"), bulk("2")}));
}

TEST_CASE_METHOD(BlockingFixture, "who comes too late for the elements keeps his place") {
  Client& first = waiter("BLPOP k 0");
  Client& second = waiter("BLPOP k 0");
  Client& third = waiter("BLPOP k 0");
  runLine("RPUSH k a");
  CHECK(takeOutput(first) == pair("k", "a"));
  runLine("RPUSH k b c d");
  CHECK(takeOutput(second) == pair("k", "b"));
  CHECK(takeOutput(third) == pair("k", "c"));
}

TEST_CASE_METHOD(BlockingFixture, "serving one may serve the next") {
  Client& first = waiter("BLMOVE a b LEFT RIGHT 0");
  Client& second = waiter("BRPOPLPUSH b c 0");
  Client& third = waiter("BLMPOP 0 2 x c LEFT COUNT 2");
  runLine("RPUSH a element");
  CHECK(takeOutput(first) == bulk("element"));
  CHECK(takeOutput(second) == bulk("element"));
  CHECK(takeOutput(third) == array({bulk("c"), array({bulk("element")})}));
  CHECK(runLine("EXISTS a b c") == integer(0));
}

TEST_CASE_METHOD(BlockingFixture, "a list in place of another value serves, too") {
  Client& client = waiter("BLPOP k 0");
  runLine("SET k v");
  runLine("RPUSH src 2 1");
  runLine("SORT src STORE k");
  CHECK(takeOutput(client) == pair("k", "1"));
}

TEST_CASE_METHOD(BlockingFixture, "a transaction serves when it is over, with what is left then") {
  Client& client = waiter("BLPOP k 0");
  for (const std::string_view line : {"MULTI", "RPUSH k a", "DEL k", "EXEC"}) runLine(line);
  CHECK(takeOutput(client).empty());
  for (const std::string_view line : {"MULTI", "RPUSH k a", "RPUSH k b", "LPOP k", "EXEC"}) {
    runLine(line);
  }
  CHECK(takeOutput(client) == pair("k", "b"));
}

TEST_CASE_METHOD(BlockingFixture, "what is served is logged behind what brought it") {
  startLog();
  waiter("BLPOP k 0");
  waiter("BLMOVE k j LEFT LEFT 0");
  waiter("BZMPOP 0 1 z MIN");
  runLine("RPUSH k a b");
  CHECK(logged() == "SELECT 0\nRPUSH k a b\nLPOP k\nLMOVE k j LEFT LEFT\n");
  for (const std::string_view line : {"MULTI", "ZADD z 1 m", "SET k v", "EXEC"}) runLine(line);
  CHECK(logged() == "MULTI\nZADD z 1 m\nSET k v\nEXEC\nZPOPMIN z 1\n");
}

TEST_CASE_METHOD(BlockingFixture, "in a transaction and in a replay nobody waits") {
  runLine("MULTI");
  runLine("BLPOP k 0");
  runLine("BLMOVE k j LEFT LEFT 0");
  runLine("WAIT 1 0");
  CHECK(runLine("EXEC") == array({kNullArray, kNull, integer(0)}));
  replay({"BLPOP", "k", "0"});
  CHECK(waiting() == 0);
}

TEST_CASE_METHOD(BlockingFixture, "a client that is about to be closed takes nothing") {
  Client& killed = waiter("BLPOP k 0");
  parts().clients.registry.scheduleClose(killed);
  // Its peer has hung up, and what it is owed still waits for the log.
  Client& hung_up = waiter("BLPOP k 0");
  hung_up.close_after_reply = true;
  runLine("RPUSH k a");
  CHECK(takeOutput(killed).empty());
  CHECK(takeOutput(hung_up).empty());
  CHECK(runLine("LLEN k") == integer(1));
}

TEST_CASE_METHOD(BlockingFixture, "one that is forgotten leaves nothing behind") {
  Client& client = waiter("BLPOP j k 5");
  parts().clients.forget(client);
  CHECK(waiting() == 0);
  CHECK(parts().clients.blocking.deadlineCount() == 0);
  CHECK(parts().clients.blocking.keyCount() == 0);
  CHECK(parts().clients.key_events.idle());
}

TEST_CASE_METHOD(BlockingFixture, "a key named twice is waited for once") {
  Client& client = waiter("BLPOP k k 0");
  CHECK(parts().clients.blocking.keyCount() == 1);
  CHECK(client.blocked->places.size() == 1);
  runLine("RPUSH k a b");
  CHECK(takeOutput(client) == pair("k", "a"));
}

TEST_CASE_METHOD(BlockingFixture, "the deadline ends the waiting") {
  Client& lists = waiter("BLPOP k 0.005");
  Client& replicas = waiter("WAIT 1 5");
  Client& later = waiter("BLPOP k 100");
  CHECK(parts().clients.blocking.deadlineCount() == 3);
  sleepMs(10);
  while (waiting() > 1) server().eventLoop().serveWithoutWaiting();
  CHECK(takeOutput(lists) == kNullArray);
  CHECK(takeOutput(replicas) == integer(0));
  CHECK(later.blocked != nullptr);
}

TEST_CASE_METHOD(BlockingFixture, "waking ends the waiting, also with an error") {
  Client& first = waiter("BLPOP k 0");
  Client& second = waiter("BZPOPMIN k 0");
  CHECK(parts().clients.blocking.wake(first, false));
  CHECK(takeOutput(first) == kNullArray);
  CHECK(parts().clients.blocking.wake(second, true));
  CHECK(takeOutput(second) == errorReply(errors::kUnblocked));
  CHECK_FALSE(parts().clients.blocking.wake(second, true));
}

TEST_CASE_METHOD(BlockingFixture, "a timeout that is none is refused") {
  for (const std::string_view text : {"x", "", "nan", "1x", " 1"}) {
    CHECK(run({"BLPOP", "k", text}) == errorReply(errors::kTimeoutNotFloat));
  }
  for (const std::string_view text : {"-1", "-0.1", "-1e300"}) {
    CHECK(run({"BLPOP", "k", text}) == errorReply(errors::kTimeoutNegative));
  }
  for (const std::string_view text : {"inf", "1e300", "9223372036854775.807"}) {
    CHECK(run({"BLPOP", "k", text}) == errorReply(errors::kTimeoutOutOfRange));
  }
  CHECK(run({"WAIT", "1", "1.5"}) == errorReply(errors::kTimeoutNotInteger));
  CHECK(run({"WAIT", "1", "9223372036854775807"}) == errorReply(errors::kTimeoutOutOfRange));
  CHECK(waiting() == 0);
}

TEST_CASE_METHOD(BlockingFixture, "later requests of a client that waits are not run") {
  Client& client = addClient();
  RequestParser parser;
  const std::string first = "BLPOP k 0\r\n";
  const std::string requests = first + "SET after v\r\n";
  CHECK(parts().executor.processInput(client, parser, requests) == first.size());
  CHECK(parts().executor.processInput(client, parser, requests.substr(first.size())) == 0);
  runLine("RPUSH k a");
  CHECK(runLine("EXISTS after") == integer(0));
  CHECK(send(client, requests.substr(first.size())) == pair("k", "a") + kOk);
}

TEST_CASE_METHOD(BlockingFixture, "a paused request is run when the pause is over") {
  parts().clients.pause.begin(ClientPause::Mode::kWrite,
                              parts().runtime.clock.monotonicMs() + 100'000);
  Client& client = addClient();
  RequestParser parser;
  const std::string read = "GET k\r\n";
  const std::string requests = read + "SET k v\r\n";
  CHECK(parts().executor.processInput(client, parser, requests) == read.size());
  CHECK(client.blocked->kind == BlockKind::kPostponed);
  CHECK_FALSE(parts().clients.blocking.wake(client, true));
  parts().clients.pause.end();
  CHECK(client.blocked == nullptr);
  CHECK(send(client, requests.substr(read.size())) == kNull + kOk);
}

TEST_CASE_METHOD(BlockingFixture, "of two pauses the stricter and the longer counts") {
  ClientPause& pause = parts().clients.pause;
  const int64_t now_ms = parts().runtime.clock.monotonicMs();
  pause.begin(ClientPause::Mode::kAll, now_ms + 20);
  pause.begin(ClientPause::Mode::kWrite, now_ms + 5);
  CHECK(pause.stops(false));
  while (pause.active()) server().eventLoop().serveWithoutWaiting();
  CHECK(Clock::readMonotonicNs() / 1'000'000 >= now_ms + 19);
}

TEST_CASE_METHOD(BlockingFixture, "a command counts when it is over") {
  Client& client = waiter("BLPOP k 0");
  const Command& command = *parts().commands.find("blpop");
  CHECK(command.stats.calls == 0);
  runLine("RPUSH k a");
  CHECK(command.stats.calls == 1);
  takeOutput(client);
  parts().clients.blocking.wake(waiter("BLPOP k 0"), true);
  CHECK(command.stats.calls == 2);
  CHECK(command.stats.failed_calls == 1);
}

}  // namespace inkstone::test

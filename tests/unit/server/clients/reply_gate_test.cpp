// Which replies wait for the log, where the way to the reply is not the usual one.
#include "server/clients/reply_gate.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "server/clients/clients.h"
#include "server/command_table/command_table.h"
#include "server/data/data_set.h"
#include "server/durability/durability.h"
#include "server/execution/executor.h"
#include "server/execution/propagation.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {
namespace {

// A log that nothing is written to before logged() is called.
struct GateFixture : ServerFixture {
  GateFixture() { startLog(); }

  // What the reply to the command waits for; 0: nothing.
  uint64_t waitsFor(std::string_view line) {
    Client& reader = addClient();
    runLine(reader, line);
    return reader.holds.lastOffset();
  }
  uint64_t fed() { return parts().durability.log.fedOffset(); }
};

}  // namespace

TEST_CASE_METHOD(GateFixture, "A reader of a key waits for its last write, of another for none") {
  runLine("SET a 1");
  const uint64_t first = fed();
  runLine("SET b 1");
  CHECK(waitsFor("GET a") == first);
  CHECK(waitsFor("GET b") == fed());
  CHECK(waitsFor("GET c") == 0);
  CHECK(waitsFor("DBSIZE") == fed());
  logged();
  parts().clients.gate.forgetAcknowledged();
  CHECK(waitsFor("GET a") == 0);
}

TEST_CASE_METHOD(GateFixture, "A reader waits for what a client has taken that was served later") {
  Client& waiter = addClient();
  runLine(waiter, "BLPOP k 0");
  runLine("RPUSH k a b");
  REQUIRE(waiter.blocked == nullptr);
  const uint64_t with_pop = fed();
  runLine("SET other 1");
  CHECK(waitsFor("LLEN k") == with_pop);
  CHECK(waiter.holds.lastOffset() == with_pop);
  CHECK(logged() == "SELECT 0\nRPUSH k a b\nLPOP k\nSET other 1\n");
}

TEST_CASE_METHOD(GateFixture,
                 "A key whose hash nobody has worked out yet is waited for as others") {
  const std::vector<std::string_view> args = {"SET", "k", "1"};
  parts().executor.propagation().feed(0, args);
  const RanCommand ran{*parts().commands.find("set"), args, KeyHash(), 0};
  parts().clients.gate.onWrite(client(), ran, nullptr);
  const uint64_t first = fed();
  CHECK(waitsFor("GET k") == first);
  runLine("SET other 1");
  TransactionHolds transaction;
  parts().clients.gate.onWrite(client(), ran, &transaction);
  REQUIRE(transaction.written_keys.size() == 1);
  CHECK(transaction.written_keys[0] == KeyHash(parts().data.keyspace.hasher()("k")));
  parts().clients.gate.onTransactionEnd(client(), transaction, 0);
  CHECK(waitsFor("GET k") == fed());
}

TEST_CASE_METHOD(GateFixture, "A reader of a key that a transaction wrote waits for its EXEC") {
  runLine("MULTI");
  runLine("SET a 1");
  runLine("GET b");
  runLine("EXEC");
  const uint64_t with_exec = fed();
  runLine("SET other 1");
  CHECK(waitsFor("GET a") == with_exec);
  CHECK(waitsFor("GET b") == 0);
}

TEST_CASE_METHOD(GateFixture, "The gate is open when everything that was fed is acknowledged") {
  CHECK(parts().clients.gate.isOpen());
  runLine("SET a 1");
  CHECK_FALSE(parts().clients.gate.isOpen());
  CHECK_FALSE(parts().clients.mayAnswer());
  logged();
  CHECK(parts().clients.gate.isOpen());
}

}  // namespace inkstone::test

#include "server/clients/tracking.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "server/clients/clients.h"
#include "server/command_table/errors.h"
#include "server/execution/executor.h"
#include "tests/unit/seeded_random.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {
namespace {

std::string invalidation(std::string_view key) {
  return ">2\r\n" + bulk("invalidate") + array({bulk(key)});
}

class TrackingFixture : public ServerFixture {
 public:
  // A client of RESP3 that tracks as the words say.
  Client& tracking(const std::string& how = "") {
    Client& client = addClient();
    client.reply().setProtocol(3);
    REQUIRE(runLine(client, "CLIENT TRACKING ON" + how) == kOk);
    return client;
  }
  // The pushes that the client gets when the turn ends.
  std::string told(Client& client) {
    parts().clients.tracking.sendBroadcasts();
    return takeOutput(client);
  }
  const TrackingTable& table() { return parts().clients.tracking.table(); }
};

}  // namespace

TEST_CASE("the table names a client once for a key, and gives a key away once") {
  const KeyHasher hasher(KeyHasher::Secret{});
  TrackingTable table(hasher);
  for (const uint64_t id : {7U, 3U, 7U, 5U, 3U}) table.remember("a", id);
  table.remember("b", 3);
  CHECK(table.keys() == 2);
  CHECK(table.items() == 4);
  CHECK(table.take("a") == TrackingTable::ClientIds{3, 5, 7});
  CHECK(table.take("a").empty());
  CHECK(table.items() == 1);
  RandomEngine random(1);
  CHECK(table.randomKey(random) == "b");
  table.clear();
  CHECK(table.empty());
  CHECK(table.items() == 0);
}

TEST_CASE("a random key is found in a table that was much larger") {
  const KeyHasher hasher(KeyHasher::Secret{});
  TrackingTable table(hasher);
  for (int i = 0; i < 100'000; ++i) table.remember(std::to_string(i), 1);
  for (int i = 1; i < 100'000; ++i) static_cast<void>(table.take(std::to_string(i)));
  RandomEngine random(1);
  CHECK(table.randomKey(random) == "0");
}

TEST_CASE_METHOD(TrackingFixture, "who read a key is told once when it is changed") {
  Client& client = tracking();
  runLine(client, "GET k");
  CHECK(told(client).empty());
  runLine("SET k 1");
  CHECK(told(client) == invalidation("k"));
  runLine("SET k 2");
  CHECK(told(client).empty());
}

TEST_CASE_METHOD(TrackingFixture, "what a client changes itself comes behind the reply") {
  Client& client = tracking();
  runLine(client, "GET k");
  CHECK(runLine(client, "SET k 1") == kOk + invalidation("k"));
  Client& no_loop = tracking(" NOLOOP");
  runLine(no_loop, "GET k");
  CHECK(runLine(no_loop, "SET k 1") == kOk);
  CHECK(table().empty());
}

TEST_CASE_METHOD(TrackingFixture, "nothing is kept for those who track no more") {
  Client& client = tracking();
  Client& other = tracking();
  runLine(client, "GET k");
  parts().clients.tracking.disable(client);
  CHECK(table().keys() == 1);
  runLine("SET k 1");
  CHECK(told(client).empty());
  CHECK(table().empty());
  runLine(other, "GET k");
  parts().clients.tracking.disable(other);
  CHECK(table().empty());
  CHECK(parts().clients.key_events.idle());
}

TEST_CASE_METHOD(TrackingFixture, "a broadcast tells of the keys of a turn together") {
  Client& client = tracking(" BCAST PREFIX a PREFIX b");
  runLine("MSET a2 1 a1 1 c 1");
  runLine("SET b 1");
  runLine("DEL a1");
  CHECK(told(client) ==
        ">2\r\n" + bulk("invalidate") + array({bulk("a1"), bulk("a2")}) + invalidation("b"));
  CHECK(told(client).empty());
  CHECK(parts().clients.tracking.prefixes() == 2);
  CHECK(table().empty());
}

TEST_CASE_METHOD(TrackingFixture, "NOLOOP leaves a client's own keys out of broadcasts") {
  Client& client = tracking(" BCAST NOLOOP");
  Client& other = tracking(" BCAST");
  runLine(client, "SET a 1");
  runLine(other, "SET b 1");
  CHECK(told(client) == invalidation("b"));
  CHECK(takeOutput(other) == ">2\r\n" + bulk("invalidate") + array({bulk("a"), bulk("b")}));
}

TEST_CASE_METHOD(TrackingFixture, "prefixes belong to those who gave them") {
  Client& client = tracking(" BCAST PREFIX a");
  Client& other = tracking(" BCAST PREFIX a");
  parts().clients.tracking.disable(client);
  CHECK(parts().clients.tracking.prefixes() == 1);
  runLine("SET a 1");
  CHECK(told(client).empty());
  CHECK(takeOutput(other) == invalidation("a"));
  parts().clients.tracking.disable(other);
  CHECK(parts().clients.tracking.prefixes() == 0);
}

// The expected error: every prefix is compared with the client's own ones, and then with those
// behind it.
std::string overlapInOrder(const std::set<std::string>& existing,
                           const std::vector<std::string>& given) {
  const auto overlap = [](std::string_view a, std::string_view b) {
    return a.starts_with(b) || b.starts_with(a);
  };
  for (size_t i = 0; i < given.size(); ++i) {
    for (const std::string& one : existing) {
      if (overlap(given[i], one)) {
        return errorReply(fmt::format(errors::kPrefixOverlapsExisting, given[i], one));
      }
    }
    for (size_t j = i + 1; j < given.size(); ++j) {
      if (overlap(given[i], given[j])) {
        return errorReply(fmt::format(errors::kPrefixOverlapsProvided, given[i], given[j]));
      }
    }
  }
  return kOk;
}

TEST_CASE_METHOD(TrackingFixture,
                 "prefixes that overlap are refused, the first that are found so") {
  testing::SeededRandom random("prefixes that overlap are refused, the first that are found so");
  CAPTURE(random.seed());
  size_t accepted = 0;
  size_t refused = 0;
  for (int round = 0; round < 3000; ++round) {
    Client& client = addClient();
    client.reply().setProtocol(3);
    std::set<std::string> existing;
    for (int call = 0; call < 4; ++call) {
      std::vector<std::string> given(1 + random.below(4));
      for (std::string& prefix : given) {
        // Hardly ever empty; of few letters, so that many overlap.
        const size_t length = random.below(20) == 0 ? 0 : 1 + random.below(6);
        for (size_t i = 0; i < length; ++i) prefix += static_cast<char>('a' + random.below(3));
      }
      if (random.below(30) == 0) given.clear();
      Args args = {"CLIENT", "TRACKING", "ON", "BCAST"};
      for (const std::string& prefix : given) args.insert(args.end(), {"PREFIX", prefix});
      parts().executor.execute(client, args);
      const std::string reply = takeOutput(client);
      REQUIRE(reply == overlapInOrder(existing, given));
      ++(reply == kOk ? accepted : refused);
      if (reply != kOk) continue;
      existing.insert(given.begin(), given.end());
      if (given.empty()) existing.emplace();
      REQUIRE(client.tracking->prefixes.size() == existing.size());
    }
    parts().clients.tracking.disable(client);
  }
  CHECK(accepted > 1000);
  CHECK(refused > 1000);
  CHECK(parts().clients.tracking.prefixes() == 0);
}

TEST_CASE_METHOD(TrackingFixture, "prefixes of every length are told of, and none that is gone") {
  Client& client = tracking(" BCAST PREFIX a PREFIX bc PREFIX bd PREFIX cde");
  Client& all = tracking(" BCAST");
  for (const std::string_view key : {"a", "abc", "b", "bc", "bdx", "cd", "cde", "cdef", "x"}) {
    runLine("SET " + std::string(key) + " 1");
  }
  CHECK(told(client) == ">2\r\n" + bulk("invalidate") + array({bulk("a"), bulk("abc")}) +
                            invalidation("bc") + invalidation("bdx") + ">2\r\n" +
                            bulk("invalidate") + array({bulk("cde"), bulk("cdef")}));
  CHECK_FALSE(takeOutput(all).empty());
  // Gone before the turn ends in which a key of it changed.
  runLine("MSET a 1 cde 1");
  parts().clients.tracking.disable(client);
  CHECK(told(all) == ">2\r\n" + bulk("invalidate") + array({bulk("a"), bulk("cde")}));
  CHECK(takeOutput(client).empty());
  CHECK(parts().clients.tracking.prefixes() == 1);
}

TEST_CASE_METHOD(TrackingFixture, "above its limit the table forgets keys and says so") {
  configure("tracking-table-max-keys", "2");
  Client& client = tracking();
  const std::string out = runLine(client, "MGET a b c d");
  CHECK(table().keys() == 2);
  CHECK(out.find("invalidate") != std::string::npos);
  configure("tracking-table-max-keys", "0");
  runLine(client, "MGET a b c d");
  CHECK(table().keys() == 4);
}

TEST_CASE_METHOD(TrackingFixture, "a flush empties the table, and tells all who track") {
  Client& client = tracking();
  Client& broadcast = tracking(" BCAST PREFIX x");
  runLine(client, "GET k");
  runLine("FLUSHALL");
  const std::string all = ">2\r\n" + bulk("invalidate") + "_\r\n";
  CHECK(told(client) == all);
  CHECK(takeOutput(broadcast) == all);
  CHECK(table().empty());
}

TEST_CASE_METHOD(TrackingFixture, "a key that expired was nobody's doing") {
  Client& client = tracking(" NOLOOP");
  runLine(client, "SET k v PX 1");
  runLine(client, "GET k");
  sleepMs(3);
  CHECK(runLine(client, "GET k") == "_\r\n" + invalidation("k"));
}

}  // namespace inkstone::test

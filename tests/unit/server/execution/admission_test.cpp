// What makes a client special is noted in one place: commands of all others pass by one comparison.
#include "server/execution/admission.h"

#include <catch2/catch.hpp>
#include <string>

#include "server/command_table/errors.h"
#include "server/process/runtime.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {

TEST_CASE("A client is plain again when nothing is special about it any more") {
  ServerFixture fixture;
  Client& client = fixture.client();
  client.unrestricted = true;
  client.noteSpecial(Client::kRestricted, false);
  REQUIRE(client.isPlain());
  for (const char* const line : {"MULTI", "DISCARD", "MULTI", "SET a 1", "EXEC", "HELLO 3",
                                 "SUBSCRIBE c", "SUBSCRIBE d", "UNSUBSCRIBE c", "UNSUBSCRIBE",
                                 "CLIENT TRACKING on", "CLIENT TRACKING off", "MULTI", "RESET"}) {
    INFO(line);
    fixture.runLine(line);
    CHECK(client.specialAgrees());
  }
}

TEST_CASE("Conditions of the server are refused in Redis's words, and only while they hold") {
  ServerFixture fixture;
  Conditions& conditions = fixture.parts().runtime.conditions;
  REQUIRE(conditions.none());
  conditions.set(Conditions::kLoading, true);
  CHECK(fixture.runLine("GET a") == errorReply(errors::kLoading));
  CHECK(fixture.runLine("INFO server").find("redis_version") != std::string::npos);
  conditions.set(Conditions::kLoading, false);
  CHECK(fixture.runLine("GET a") == kNull);
}

TEST_CASE("Commands that take memory are refused above maxmemory, all others run") {
  ServerFixture fixture;
  fixture.runLine("SET a 1");
  fixture.configure("maxmemory", "1");
  CHECK(fixture.runLine("SET b 1") == errorReply(errors::kOutOfMemory));
  CHECK(fixture.runLine("GET a") == bulk("1"));
  CHECK(fixture.runLine("DEL a") == integer(1));
  fixture.configure("maxmemory", "0");
  CHECK(fixture.runLine("SET b 1") == kOk);
}

}  // namespace inkstone::test

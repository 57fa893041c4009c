#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "server/process/runtime.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {
namespace {

const std::string kWrong = errorReply(errors::kWrongPassword);

}  // namespace

TEST_CASE("PING and ECHO answer with what they were given") {
  ServerFixture fixture;
  CHECK(fixture.run({"PING"}) == "+PONG\r\n");
  CHECK(fixture.run({"PING", "a\r\nb"}) == bulk("a\r\nb"));
  CHECK(fixture.run({"PING", "a", "b"}) ==
        errorReply("ERR wrong number of arguments for 'ping' command"));
  CHECK(fixture.run({"ECHO", ""}) == bulk(""));
}

TEST_CASE("SELECT takes the numbers of databases that there are") {
  ServerFixture fixture({"--databases", "4"});
  CHECK(fixture.run({"SELECT", "3"}) == kOk);
  CHECK(fixture.client().db == 3);
  CHECK(fixture.run({"SELECT", "4"}) == errorReply(errors::kDbIndexOutOfRange));
  CHECK(fixture.run({"SELECT", "-1"}) == errorReply(errors::kDbIndexOutOfRange));
  CHECK(fixture.run({"SELECT", "x"}) == errorReply(errors::kNotInteger));
  CHECK(fixture.run({"SELECT", "99999999999"}) == errorReply(errors::kNotInt));
  CHECK(fixture.client().db == 3);
}

TEST_CASE("AUTH lets in by the right password only, and counts the others") {
  ServerFixture fixture({"--requirepass", "secret"});
  CHECK(fixture.run({"GET", "k"}) == errorReply(errors::kNoAuth));
  for (std::string_view guess : {"wrong", "secre", "secrets", "", "secretsecret", "Secret"}) {
    INFO(guess);
    CHECK(fixture.run({"AUTH", guess}) == kWrong);
  }
  CHECK(fixture.run({"AUTH", "nobody", "secret"}) == kWrong);
  CHECK(fixture.run({"AUTH", "default", "secret", "x"}) == errorReply(errors::kSyntax));
  CHECK(fixture.parts().runtime.stats.auth_failures == 7);
  CHECK_FALSE(fixture.client().authenticated);
  CHECK(fixture.run({"AUTH", "default", "secret"}) == kOk);
  CHECK(fixture.run({"GET", "k"}) == kNull);
  // A wrong guess does not throw out who is in.
  CHECK(fixture.run({"AUTH", "wrong"}) == kWrong);
  CHECK(fixture.run({"GET", "k"}) == kNull);
}

TEST_CASE("AUTH without a password configured says so unless the user is named") {
  ServerFixture fixture;
  CHECK(fixture.run({"AUTH", "x"}) == errorReply(errors::kNoPasswordSet));
  CHECK(fixture.run({"AUTH", "default", "x"}) == kOk);
  CHECK(fixture.run({"AUTH", "nobody", "x"}) == kWrong);
}

TEST_CASE("HELLO changes the protocol, and nothing when one of its options is wrong") {
  ServerFixture fixture;
  const std::string hello2 = fixture.run({"HELLO"});
  CHECK(hello2.starts_with("*14\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.2."));
  CHECK(fixture.run({"HELLO", "3", "SETNAME", "a b"}) == errorReply(errors::kBadClientName));
  CHECK(fixture.run({"HELLO", "3", "SETNAME", "me", "AUTH"}) ==
        errorReply("ERR Syntax error in HELLO option 'AUTH'"));
  CHECK(fixture.run({"HELLO", "3", "AUTH", "nobody", "x", "SETNAME", "me"}) == kWrong);
  CHECK(fixture.client().name.empty());
  CHECK(fixture.client().reply().protocol() == 2);
  const std::string hello3 = fixture.run({"HELLO", "3", "setname", "me"});
  CHECK(hello3.starts_with("%7\r\n"));
  CHECK(hello3.find("$5\r\nproto\r\n:3\r\n") != std::string::npos);
  CHECK(fixture.client().name == "me");
  CHECK(fixture.run({"GET", "none"}) == "_\r\n");
  CHECK(fixture.run({"HELLO", "4"}) == errorReply(errors::kNoSuchProtocol));
  CHECK(fixture.run({"HELLO", "x"}) == errorReply(errors::kProtocolNotInteger));
  CHECK(fixture.client().reply().protocol() == 3);
}

TEST_CASE("HELLO needs authentication, which it can bring along") {
  ServerFixture fixture({"--requirepass", "secret"});
  CHECK(fixture.run({"HELLO", "3"}) == errorReply(errors::kHelloNeedsAuth));
  CHECK(fixture.client().reply().protocol() == 2);
  CHECK(fixture.run({"HELLO", "3", "AUTH", "default", "secret"}).starts_with("%7\r\n"));
  CHECK(fixture.run({"GET", "none"}) == "_\r\n");
}

TEST_CASE("RESET makes the connection as it was when new") {
  ServerFixture fixture({"--requirepass", "secret"});
  fixture.run({"HELLO", "3", "AUTH", "default", "secret", "SETNAME", "me"});
  fixture.run({"SELECT", "3"});
  fixture.run({"CLIENT", "NO-EVICT", "on"});
  fixture.run({"CLIENT", "NO-TOUCH", "on"});
  CHECK(fixture.run({"RESET"}) == "+RESET\r\n");
  const Client& client = fixture.client();
  CHECK(client.db == 0);
  CHECK(client.name.empty());
  CHECK(client.reply().protocol() == 2);
  CHECK_FALSE(client.no_evict);
  CHECK_FALSE(client.no_touch);
  CHECK(fixture.run({"GET", "k"}) == errorReply(errors::kNoAuth));
}

TEST_CASE("QUIT is answered and closes the connection") {
  ServerFixture fixture;
  CHECK(fixture.run({"QUIT", "now"}) == kOk);
  CHECK(fixture.client().close_after_reply);
}

}  // namespace inkstone::test

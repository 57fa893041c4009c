#include <catch2/catch.hpp>
#include <regex>
#include <set>

#include "server/clients/clients.h"
#include "server/command_table/errors.h"
#include "tests/unit/server/fake_transport.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {
namespace {

// Names of the fields of a line of CLIENT LIST.
std::string fieldNames(const std::string& line) {
  return std::regex_replace(line, std::regex("=[^ \r\n]*"), "");
}

std::string field(const std::string& line, const std::string& name) {
  std::smatch match;
  REQUIRE(std::regex_search(line, match, std::regex("(^|[ \n])" + name + "=([^ \r\n]*)")));
  return match[2];
}

}  // namespace

TEST_CASE("a client's line has the fields of Redis 7.2 in its order") {
  ServerFixture fixture;
  const ConnectedClient other(fixture.parts(), "127.0.0.1:4711");
  const std::string reply = fixture.run({"CLIENT", "LIST"});
  CHECK(fieldNames(reply.substr(reply.find("\r\n") + 2)) ==
        "id addr laddr fd name age idle flags db sub psub ssub multi qbuf qbuf-free argv-mem "
        "multi-mem rbs rbp obl oll omem tot-mem events cmd user redir resp lib-name lib-ver"
        "\n\r\n");
  CHECK(field(reply, "addr") == "127.0.0.1:4711");
  CHECK(field(reply, "laddr") == "127.0.0.1:6379");
  CHECK(field(reply, "fd") == "7");
  CHECK(field(reply, "qbuf") == "10");
  CHECK(field(reply, "qbuf-free") == "20");
  CHECK(field(reply, "argv-mem") == "5");
  CHECK(field(reply, "cmd") == "NULL");
  CHECK(field(reply, "user") == "default");
}

TEST_CASE("CLIENT INFO shows what the client has set") {
  ServerFixture fixture;
  fixture.run({"CLIENT", "SETNAME", "me"});
  fixture.run({"CLIENT", "SETINFO", "LIB-NAME", "lib"});
  fixture.run({"CLIENT", "SETINFO", "lib-ver", "1.2"});
  fixture.run({"SELECT", "5"});
  fixture.run({"CLIENT", "NO-EVICT", "ON"});
  fixture.run({"CLIENT", "NO-TOUCH", "on"});
  const std::string line = fixture.run({"CLIENT", "INFO"});
  CHECK(field(line, "name") == "me");
  CHECK(field(line, "lib-name") == "lib");
  CHECK(field(line, "lib-ver") == "1.2");
  CHECK(field(line, "db") == "5");
  CHECK(field(line, "flags") == "eT");
  CHECK(field(line, "cmd") == "client|info");
  CHECK(field(line, "resp") == "2");
  fixture.run({"HELLO", "3"});
  CHECK(fixture.run({"CLIENT", "INFO"}).starts_with("="));
}

TEST_CASE("names and library names are printable and without blanks") {
  ServerFixture fixture;
  for (std::string_view bad : {"a b", "a\nb", "\xff", "a\x7f"}) {
    CHECK(fixture.run({"CLIENT", "SETNAME", bad}) == errorReply(errors::kBadClientName));
    CHECK(fixture.run({"CLIENT", "SETINFO", "LIB-NAME", bad}) ==
          errorReply("ERR lib-name cannot contain spaces, newlines or special characters."));
  }
  CHECK(fixture.run({"CLIENT", "GETNAME"}) == kNull);
  CHECK(fixture.run({"CLIENT", "SETNAME", "!~"}) == kOk);
  CHECK(fixture.run({"CLIENT", "GETNAME"}) == bulk("!~"));
  CHECK(fixture.run({"CLIENT", "SETNAME", ""}) == kOk);
  CHECK(fixture.run({"CLIENT", "GETNAME"}) == kNull);
  CHECK(fixture.run({"CLIENT", "SETINFO", "BAD", "x"}) ==
        errorReply("ERR Unrecognized option 'BAD'"));
}

TEST_CASE("CLIENT LIST chooses by type and by id") {
  ServerFixture fixture;
  const ConnectedClient first(fixture.parts(), "127.0.0.1:1");
  const ConnectedClient second(fixture.parts(), "127.0.0.1:2");
  const std::string id = std::to_string(second.client.id());
  CHECK(field(fixture.run({"CLIENT", "LIST", "ID", id, "99999"}), "addr") == "127.0.0.1:2");
  CHECK(fixture.run({"CLIENT", "LIST", "ID", "0"}) == bulk(""));
  CHECK(fixture.run({"CLIENT", "LIST", "ID", "x"}) == errorReply(errors::kInvalidClientId));
  CHECK(fixture.run({"CLIENT", "LIST", "TYPE", "pubsub"}) == bulk(""));
  CHECK(fixture.run({"CLIENT", "LIST", "TYPE", "Normal"}) == fixture.run({"CLIENT", "LIST"}));
  CHECK(fixture.run({"CLIENT", "LIST", "TYPE", "bad"}) ==
        errorReply("ERR Unknown client type 'bad'"));
  CHECK(fixture.run({"CLIENT", "LIST", "TYPE"}) == errorReply(errors::kSyntax));
}

TEST_CASE("CLIENT KILL closes those who meet all its conditions") {
  ServerFixture fixture;
  const ServerParts& server = fixture.parts();
  const ConnectedClient first(server, "127.0.0.1:1");
  const ConnectedClient second(server, "127.0.0.1:2");
  const ConnectedClient third(server, "/tmp/x.sock:0");
  const std::string id = std::to_string(first.client.id());
  CHECK(fixture.run({"CLIENT", "KILL", "ID", id, "ADDR", "127.0.0.1:2"}) == integer(0));
  CHECK_FALSE(first.client.close_asap);
  CHECK(fixture.run({"CLIENT", "KILL", "ID", id, "USER", "default", "TYPE", "normal"}) ==
        integer(1));
  CHECK(first.client.close_asap);
  CHECK(fixture.run({"CLIENT", "KILL", "127.0.0.1:2"}) == kOk);
  CHECK(second.client.close_asap);
  CHECK_FALSE(third.client.close_asap);
  // A client that is about to be closed is neither found again nor listed.
  CHECK(fixture.run({"CLIENT", "KILL", "127.0.0.1:2"}) == errorReply(errors::kNoSuchClient));
  CHECK(fixture.run({"CLIENT", "LIST", "ID", id}) == bulk(""));
  CHECK(fixture.run({"CLIENT", "KILL", "MAXAGE", "100"}) == integer(0));
  CHECK(fixture.run({"CLIENT", "KILL", "LADDR", "127.0.0.1:6379"}) == integer(1));
  CHECK(third.client.close_asap);
}

TEST_CASE("CLIENT KILL spares its own connection unless told not to") {
  ServerFixture fixture;
  Client& own = fixture.client();
  fixture.parts().clients.registry.add(own);
  CHECK(fixture.run({"CLIENT", "KILL", "TYPE", "normal"}) == integer(0));
  CHECK_FALSE(own.close_after_reply);
  CHECK(fixture.run({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no"}) == integer(1));
  CHECK(own.close_after_reply);
  fixture.parts().clients.registry.remove(own);
}

TEST_CASE("CLIENT KILL refuses what it does not understand, and kills nobody") {
  ServerFixture fixture;
  const ConnectedClient other(fixture.parts(), "127.0.0.1:1");
  const auto kill = [&](const std::string& options) {
    return fixture.runLine("CLIENT KILL " + options);
  };
  CHECK(kill("ID 0 TYPE normal") == errorReply(errors::kClientIdNotPositive));
  CHECK(kill("ID x TYPE normal") == errorReply(errors::kClientIdNotPositive));
  CHECK(kill("TYPE normal USER nobody") == errorReply("ERR No such user 'nobody'"));
  CHECK(kill("TYPE bad ID") == errorReply("ERR Unknown client type 'bad'"));
  CHECK(kill("TYPE normal SKIPME maybe") == errorReply(errors::kSyntax));
  CHECK(kill("TYPE normal SKIPME") == errorReply(errors::kSyntax));
  CHECK(kill("TYPE normal MAXAGE 0") == errorReply(errors::kMaxAgeNotPositive));
  CHECK(kill("TYPE normal MAXAGE x") == errorReply(errors::kMaxAgeNotInteger));
  CHECK(kill("TYPE normal BAD x") == errorReply(errors::kSyntax));
  CHECK_FALSE(other.client.close_asap);
}

TEST_CASE("replies can be switched off, left out once, and switched on again") {
  ServerFixture fixture;
  CHECK(fixture.run({"CLIENT", "REPLY", "SKIP"}).empty());
  CHECK(fixture.run({"PING"}).empty());
  CHECK(fixture.run({"PING"}) == "+PONG\r\n");
  CHECK(fixture.run({"CLIENT", "REPLY", "OFF"}).empty());
  CHECK(fixture.run({"PING"}).empty());
  CHECK(fixture.run({"CLIENT", "REPLY", "SKIP"}).empty());
  CHECK(fixture.run({"PING"}).empty());
  CHECK(fixture.run({"CLIENT", "REPLY", "BAD"}).empty());
  CHECK(fixture.run({"CLIENT", "REPLY", "ON"}) == kOk);
  CHECK(fixture.run({"PING"}) == "+PONG\r\n");
  fixture.run({"CLIENT", "REPLY", "OFF"});
  CHECK(fixture.run({"RESET"}) == "+RESET\r\n");
}

TEST_CASE("a reply that is to be left out is that of the next command, whatever that is") {
  ServerFixture fixture;
  const auto skip = [&fixture] { CHECK(fixture.runLine("CLIENT REPLY SKIP").empty()); };
  skip();
  skip();
  CHECK(fixture.runLine("PING").empty());
  CHECK(fixture.runLine("PING") == "+PONG\r\n");
  for (const std::string_view next :
       {"NOSUCH", "GET", "RESET", "HELLO 3", "HELLO 2", "DISCARD", "CLIENT REPLY BAD"}) {
    INFO(next);
    skip();
    CHECK(fixture.runLine(next).empty());
    CHECK(fixture.runLine("PING") == "+PONG\r\n");
  }
  skip();
  CHECK(fixture.runLine("MULTI").empty());
  CHECK(fixture.runLine("PING") == "+QUEUED\r\n");
  CHECK(fixture.runLine("DISCARD") == kOk);
  skip();
  CHECK(fixture.runLine("CLIENT REPLY ON") == kOk);
  CHECK(fixture.runLine("PING") == "+PONG\r\n");
  // An empty request is no command, so it does not end SKIP.
  skip();
  CHECK(fixture.send(fixture.client(), "\r\n*0\r\n*-1\r\n").empty());
  CHECK(fixture.runLine("PING").empty());
  CHECK(fixture.runLine("PING") == "+PONG\r\n");
  // Said within a transaction it is for what follows EXEC.
  fixture.runLine("MULTI");
  fixture.runLine("CLIENT REPLY SKIP");
  fixture.runLine("PING");
  fixture.runLine("CLIENT REPLY ON");
  CHECK(fixture.runLine("EXEC") == "*3\r\n+PONG\r\n+OK\r\n");
  CHECK(fixture.runLine("PING").empty());
  CHECK(fixture.runLine("PING") == "+PONG\r\n");
}

TEST_CASE("a command that waits, or is put off by a pause, is the one whose reply is left out") {
  ServerFixture fixture;
  Client& client = fixture.addClient();
  fixture.runLine(client, "CLIENT REPLY SKIP");
  fixture.runLine(client, "BLPOP list 0");
  REQUIRE(client.blocked != nullptr);
  fixture.runLine("RPUSH list a b");
  CHECK(client.blocked == nullptr);
  CHECK(fixture.takeOutput(client).empty());
  CHECK(fixture.runLine(client, "LPOP list") == bulk("b"));

  fixture.runLine(client, "CLIENT REPLY SKIP");
  fixture.runLine("CLIENT PAUSE 100000 WRITE");
  fixture.runLine(client, "SET k v");
  REQUIRE(client.blocked != nullptr);
  fixture.runLine("CLIENT UNPAUSE");
  REQUIRE(client.blocked == nullptr);
  // A connection sends it again to the executor.
  CHECK(fixture.runLine(client, "SET k v").empty());
  CHECK(fixture.runLine(client, "GET k") == bulk("v"));
}

TEST_CASE("CLIENT UNBLOCK checks its arguments and finds nobody blocked") {
  ServerFixture fixture;
  CHECK(fixture.run({"CLIENT", "UNBLOCK", "1"}) == integer(0));
  CHECK(fixture.run({"CLIENT", "UNBLOCK", "1", "timeout"}) == integer(0));
  CHECK(fixture.run({"CLIENT", "UNBLOCK", "x", "bad"}) == errorReply(errors::kUnblockReason));
  CHECK(fixture.run({"CLIENT", "UNBLOCK", "x"}) == errorReply(errors::kNotInteger));
  CHECK(fixture.run({"CLIENT", "UNBLOCK", "1", "ERROR", "x"}) ==
        errorReply("ERR unknown subcommand or wrong number of arguments for 'UNBLOCK'. Try CLIENT "
                   "HELP."));
}

}  // namespace inkstone::test

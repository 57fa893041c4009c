#include <algorithm>
#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "server/process/runtime.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {

TEST_CASE("COMMAND INFO describes a command in both protocols") {
  ServerFixture fixture;
  CHECK(fixture.run({"COMMAND", "INFO", "TTL", "nosuch"}) ==
        "*2\r\n*10\r\n$3\r\nttl\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n*3\r\n"
        "+@keyspace\r\n+@read\r\n+@fast\r\n*1\r\n$23\r\nnondeterministic_output\r\n*1\r\n*6\r\n"
        "$5\r\nflags\r\n*2\r\n+RO\r\n+access\r\n$12\r\nbegin_search\r\n*4\r\n$4\r\ntype\r\n"
        "$5\r\nindex\r\n$4\r\nspec\r\n*2\r\n$5\r\nindex\r\n:1\r\n$9\r\nfind_keys\r\n*4\r\n"
        "$4\r\ntype\r\n$5\r\nrange\r\n$4\r\nspec\r\n*6\r\n$7\r\nlastkey\r\n:0\r\n$7\r\nkeystep"
        "\r\n:1\r\n$5\r\nlimit\r\n:0\r\n*0\r\n$-1\r\n");
  fixture.run({"HELLO", "3"});
  const std::string reply = fixture.run({"COMMAND", "INFO", "config|get", "nosuch"});
  CHECK(reply ==
        "*2\r\n*10\r\n$10\r\nconfig|get\r\n:-3\r\n~4\r\n+admin\r\n+noscript\r\n+loading\r\n"
        "+stale\r\n:0\r\n:0\r\n:0\r\n~3\r\n+@admin\r\n+@slow\r\n+@dangerous\r\n~0\r\n~0\r\n~0\r\n"
        "_\r\n");
}

TEST_CASE("COMMAND COUNT, COMMAND and COMMAND INFO agree") {
  ServerFixture fixture;
  const std::string count = fixture.run({"COMMAND", "COUNT"});
  const std::string all = fixture.run({"COMMAND"});
  CHECK(all.substr(1, all.find("\r\n") + 1) == count.substr(1));
  CHECK(fixture.run({"COMMAND", "INFO"}) == all);
}

TEST_CASE("COMMAND DOCS tells syntax, and leaves out what it does not know") {
  ServerFixture fixture;
  fixture.run({"HELLO", "3"});
  CHECK(fixture.run({"COMMAND", "DOCS", "nosuch"}) == "%0\r\n");
  const std::string echo = fixture.run({"COMMAND", "DOCS", "echo", "nosuch"});
  CHECK(echo.starts_with("%1\r\n$4\r\necho\r\n%5\r\n$7\r\nsummary\r\n"));
  CHECK(
      echo.ends_with("$9\r\narguments\r\n*1\r\n%3\r\n$4\r\nname\r\n$7\r\nmessage\r\n$4\r\ntype"
                     "\r\n$6\r\nstring\r\n$12\r\ndisplay_text\r\n$7\r\nmessage\r\n"));
  const std::string getset = fixture.run({"COMMAND", "DOCS", "getset"});
  CHECK(getset.find("$9\r\ndoc_flags\r\n~1\r\n+deprecated\r\n$16\r\ndeprecated_since\r\n$5\r\n"
                    "6.2.0\r\n$11\r\nreplaced_by\r\n") != std::string::npos);
  const std::string config = fixture.run({"COMMAND", "DOCS", "config"});
  CHECK(config.find("$11\r\nsubcommands\r\n%5\r\n$10\r\nconfig|get\r\n") != std::string::npos);
}

TEST_CASE("COMMAND LIST filters by category, pattern and module") {
  ServerFixture fixture;
  const auto list = [&](const std::string& filter) {
    return fixture.runLine("COMMAND LIST FILTERBY " + filter);
  };
  CHECK(list("PATTERN CONFIG|G*") == array({bulk("config|get")}));
  CHECK(list("pattern getr*") == array({bulk("getrange")}));
  CHECK(list("MODULE any") == "*0\r\n");
  CHECK(list("ACLCAT nosuch") == "*0\r\n");
  const std::string keyspace = list("ACLCAT KEYSPACE");
  CHECK(keyspace.find(bulk("del")) != std::string::npos);
  CHECK(keyspace.find(bulk("get")) == std::string::npos);
  CHECK(list("BAD x") == errorReply(errors::kSyntax));
  CHECK(fixture.run({"COMMAND", "LIST", "FILTERBY", "MODULE"}) == errorReply(errors::kSyntax));
}

TEST_CASE("COMMAND GETKEYS finds keys and refuses what is no whole command") {
  ServerFixture fixture;
  const auto keys = [&](const std::string& command) {
    return fixture.runLine("COMMAND GETKEYS " + command);
  };
  CHECK(keys("MSET a 1 b 2") == array({bulk("a"), bulk("b")}));
  CHECK(keys("object encoding k") == array({bulk("k")}));
  CHECK(keys("PING x") == errorReply(errors::kCommandWithoutKeys));
  CHECK(keys("NOSUCH x") == errorReply(errors::kInvalidCommand));
  CHECK(keys("CONFIG BAD") == errorReply(errors::kInvalidCommand));
  CHECK(keys("GET a b") == errorReply(errors::kGetKeysArity));
  CHECK(fixture.runLine("COMMAND GETKEYSANDFLAGS SET k v GET") ==
        "*1\r\n*2\r\n$1\r\nk\r\n*3\r\n+RW\r\n+access\r\n+update\r\n");
}

TEST_CASE("CONFIG reads and changes directives, all or none") {
  ServerFixture fixture;
  CHECK(fixture.run({"CONFIG", "GET", "hz"}) == array({bulk("hz"), bulk("10")}));
  CHECK(fixture.run({"CONFIG", "SET", "hz", "20", "timeout", "5"}) == kOk);
  CHECK(fixture.parts().runtime.settings.hz == 20);
  CHECK(fixture.run({"CONFIG", "SET", "hz", "30", "timeout", "x"}).starts_with("-ERR CONFIG SET"));
  CHECK(fixture.parts().runtime.settings.hz == 20);
  CHECK(fixture.run({"CONFIG", "SET", "hz", "30", "timeout"}) == errorReply(errors::kSyntax));
  CHECK(fixture.run({"CONFIG", "REWRITE"}) == errorReply(errors::kNoConfigFile));
}

TEST_CASE("HELP of each container begins and ends alike") {
  ServerFixture fixture;
  for (std::string_view name : {"CLIENT", "COMMAND", "CONFIG", "DEBUG", "OBJECT"}) {
    INFO(name);
    const std::string reply = fixture.run({name, "HELP"});
    CHECK(reply.find("\r\n+" + std::string(name) +
                     " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n") !=
          std::string::npos);
    CHECK(reply.ends_with("+HELP\r\n+    Show this text.\r\n"));
    const auto lines = std::count(reply.begin(), reply.end(), '\n') - 1;
    CHECK(reply.starts_with("*" + std::to_string(lines) + "\r\n"));
  }
}

}  // namespace inkstone::test

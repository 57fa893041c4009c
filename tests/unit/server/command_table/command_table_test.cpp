#include "server/command_table/command_table.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "server/command_table/errors.h"
#include "server/commands/families.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("a renamed command answers to its new name only") {
  ServerFixture f;
  CommandTable& commands = f.parts().commands;
  Command* const get = commands.find("get");
  const size_t count = commands.all().size();
  CHECK_FALSE(commands.rename("GET", "Fetch"));
  CHECK(commands.find("get") == nullptr);
  CHECK(commands.find("FETCH") == get);
  CHECK(commands.findOriginal("Get") == get);
  CHECK(commands.all().size() == count);
  f.runLine("SET k v");
  CHECK(f.runLine("fetch k") == bulk("v"));
  CHECK_FALSE(commands.rename("fetch", "get"));
  CHECK(f.runLine("GET k") == bulk("v"));
}

TEST_CASE("a command renamed to nothing is gone for clients and stays for the log") {
  CommandTable commands;
  registerFamilies(commands);
  Command* const flushall = commands.find("flushall");
  const size_t count = commands.all().size();
  CHECK_FALSE(commands.rename("flushall", ""));
  CHECK(commands.find("flushall") == nullptr);
  CHECK(commands.findOriginal("FLUSHALL") == flushall);
  CHECK(commands.all().size() == count - 1);
  CHECK(commands.find("flushdb") != nullptr);
}

TEST_CASE("all commands and subcommands have numbers of their own, and keep them") {
  CommandTable commands;
  registerFamilies(commands);
  const size_t id = commands.find("get")->id;
  CHECK_FALSE(commands.rename("get", ""));
  std::set<size_t> ids;
  size_t count = 0;
  commands.forEachOriginal([&](const Command& command) {
    ids.insert(command.id);
    ++count;
    for (const auto& sub : command.subcommands()) {
      ids.insert(sub->id);
      ++count;
    }
  });
  CHECK(ids.size() == count);
  CHECK(*ids.rbegin() == count - 1);
  CHECK(commands.findOriginalFull("GET")->id == id);
  CHECK(commands.findOriginalFull("config|get")->fullName() == "config|get");
  CHECK(commands.findOriginalFull("config|nosuch") == nullptr);
  CHECK(commands.findOriginalFull("get|x") == nullptr);
}

TEST_CASE("subcommands of several files stand in one order, and know their names") {
  CommandTable commands;
  registerFamilies(commands);
  const Command& client = *commands.find("client");
  const auto subs = client.subcommands();
  CHECK(std::is_sorted(subs.begin(), subs.end(),
                       [](const auto& a, const auto& b) { return a->name() < b->name(); }));
  const Command* const kill = client.findSubcommand("KILL");
  REQUIRE(kill != nullptr);
  CHECK(kill->name() == "kill");
  CHECK(kill->fullName() == "client|kill");
  CHECK(kill->parent() == &client);
  CHECK(client.name() == "client");
}

TEST_CASE("names that are unknown, taken or were once another command's are refused") {
  CommandTable commands;
  registerFamilies(commands);
  CHECK(commands.rename("nosuch", "x") == "No such command in rename-command");
  CHECK(commands.rename("config|get", "x") == "No such command in rename-command");
  CHECK(commands.rename("get", "SET") == "Target command name already exists");
  CHECK_FALSE(commands.rename("set", "put"));
  CHECK(commands.rename("get", "put") == "Target command name already exists");
  CHECK(commands.rename("get", "set") == "Target command name already exists");
  CHECK(commands.rename("set", "x") == "No such command in rename-command");
}
TEST_CASE("renaming what others have and this table has not changes nothing but takes the name") {
  CommandTable commands;
  registerFamilies(commands);
  const size_t before = commands.all().size();
  CHECK_FALSE(commands.rename("MONITOR", ""));
  CHECK_FALSE(commands.rename("xadd", "put"));
  CHECK(commands.all().size() == before);
  CHECK(commands.find("put") == nullptr);
  CHECK(commands.rename("get", "PUT") == "Target command name already exists");
  CHECK(commands.rename("eval", "put") == "Target command name already exists");
  CHECK(commands.rename("evalsha", "set") == "Target command name already exists");
  CHECK(commands.rename("set", "EVAL") == "Target command name already exists");
  CHECK(commands.rename("monitor", "x") == "No such command in rename-command");
}

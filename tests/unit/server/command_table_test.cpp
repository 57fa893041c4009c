#include "server/command_table.h"

#include <catch2/catch.hpp>

#include "server/commands/families.h"
#include "server/errors.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("a renamed command answers to its new name only") {
  ServerFixture f;
  CommandTable& commands = f.server().commands;
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

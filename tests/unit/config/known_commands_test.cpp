#include "config/known_commands.h"

#include <catch2/catch.hpp>
#include <string>

using inkstone::aclCategoryKnownSince;
using inkstone::isKnownCommand;
using inkstone::knownSince;

TEST_CASE("a known command is found in any case with the release that brought it") {
  CHECK(knownSince("get") == "Redis 7.2 or before");
  CHECK(knownSince("XADD") == "Redis 7.2 or before");
  CHECK(knownSince("Restore-Asking") == "Redis 7.2 or before");
  CHECK(knownSince("zunionstore") == "Redis 7.2 or before");
  CHECK(knownSince("acl") == "Redis 7.2 or before");
  CHECK(knownSince("HPEXPIREAT") == "Redis 7.4 and Valkey 9.0");
  CHECK(knownSince("vadd") == "Redis 8.0");
  CHECK(knownSince("MSETEX") == "Redis 8.4 and Valkey 9.1");
  CHECK(knownSince("armget") == "Redis 8.8");
  CHECK(knownSince("zmovemember") == "Redis 8.12");
  CHECK(knownSince("COMMANDLOG") == "Valkey 8.1");
  CHECK(knownSince("clusterscan") == "Valkey 9.1");
}

TEST_CASE("the commands of modules are known by what they begin with") {
  CHECK(knownSince("JSON.SET") == "Redis 8.0, or the JSON module before");
  CHECK(knownSince("_FT.CREATE") == "Redis 8.0, or the search module before");
  CHECK(knownSince("phset") == "Valkey 9.2");
  CHECK_FALSE(isKnownCommand("json."));
  CHECK_FALSE(isKnownCommand("ph"));
  CHECK_FALSE(isKnownCommand("ph\x01\x02"));
}

TEST_CASE("what no server knows is not known, nor a part of a name or two names") {
  for (const char* name :
       {"", " ", "g", "ge", "gett", "xget", "get set", "config|get", "sett", "slpop"}) {
    INFO(name);
    CHECK_FALSE(isKnownCommand(name));
  }
  CHECK_FALSE(isKnownCommand(std::string("get\0", 4)));
}

TEST_CASE("ACL categories of this and of later servers are known") {
  CHECK(aclCategoryKnownSince("Scripting") == "Redis 7.2 or before");
  CHECK(aclCategoryKnownSince("search") == "Redis 8.0");
  CHECK(aclCategoryKnownSince("array") == "Redis 8.8");
  CHECK_FALSE(aclCategoryKnownSince("@read"));
  CHECK_FALSE(aclCategoryKnownSince("all"));
  CHECK_FALSE(aclCategoryKnownSince("readd"));
}

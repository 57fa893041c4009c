#include "server/acl/acl_command_rules.h"

#include <catch2/catch.hpp>

#include "server/commands/families.h"

namespace inkstone::test {
namespace {

class Rules {
 public:
  explicit Rules(std::initializer_list<std::string_view> rules) {
    registerFamilies(table);
    for (const std::string_view rule : rules) REQUIRE(apply(rule) == AclRuleError::kNone);
  }

  AclRuleError apply(std::string_view rule) { return commands.apply(table, rule); }
  // "get", "config|get", and with arguments "select 0".
  bool allow(std::string_view words) const {
    const size_t blank = std::min(words.find(' '), words.size());
    const Command* const command = table.findFull(words.substr(0, blank));
    REQUIRE(command != nullptr);
    const std::vector<std::string_view> args = {words.substr(0, blank),
                                                words.substr(std::min(blank + 1, words.size()))};
    return commands.allows(*command, args);
  }
  std::string text() const { return commands.describe(); }

  CommandTable table;
  AclCommandRules commands;
};

}  // namespace

TEST_CASE("nothing is allowed at first but what comes before authentication") {
  const Rules rules({});
  CHECK_FALSE(rules.allow("get"));
  CHECK_FALSE(rules.allow("acl|whoami"));
  for (const std::string_view name : {"auth", "hello", "quit", "reset"}) CHECK(rules.allow(name));
  CHECK(rules.text() == "-@all");
}

TEST_CASE("commands, subcommands and categories are allowed and denied in their order") {
  CHECK(Rules({"+get"}).allow("get"));
  CHECK_FALSE(Rules({"+get"}).allow("set"));
  CHECK_FALSE(Rules({"+get", "-get"}).allow("get"));
  CHECK(Rules({"+GET"}).allow("get"));
  CHECK(Rules({"+config"}).allow("config|set"));
  CHECK(Rules({"+config|get"}).allow("config|get"));
  CHECK_FALSE(Rules({"+config|get"}).allow("config|set"));
  CHECK_FALSE(Rules({"+config", "-config|set"}).allow("config|set"));
  CHECK(Rules({"+config", "-config|set"}).allow("config|get"));
  CHECK(Rules({"+@read"}).allow("get"));
  CHECK(Rules({"+@READ"}).allow("object|freq"));
  CHECK_FALSE(Rules({"+@read"}).allow("set"));
  CHECK_FALSE(Rules({"+@all", "-@dangerous"}).allow("config|set"));
  CHECK_FALSE(Rules({"+@all", "-@dangerous"}).allow("keys"));
  CHECK(Rules({"+@all", "-@dangerous"}).allow("get"));
  CHECK_FALSE(Rules({"+@all", "-@all"}).allow("get"));
}

TEST_CASE("a category that a container is in holds for all that it contains") {
  // The container is slow, whatever else its subcommands are.
  CHECK(Rules({"+@slow"}).allow("acl|setuser"));
  CHECK_FALSE(Rules({"+@admin"}).allow("acl|whoami"));
  CHECK(Rules({"+@admin"}).allow("acl|setuser"));
}

TEST_CASE("a command may be allowed with some first arguments only") {
  Rules rules({"+select|0", "+SELECT|Two"});
  CHECK(rules.allow("select 0"));
  CHECK(rules.allow("select two"));
  CHECK_FALSE(rules.allow("select 1"));
  CHECK(rules.text() == "-@all +select|0 +select|two");
  SECTION("until the command is allowed or denied as a whole") {
    CHECK(rules.apply("-select") == AclRuleError::kNone);
    CHECK_FALSE(rules.allow("select 0"));
    CHECK(rules.text() == "-@all -select");
  }
  SECTION("also by its category") {
    CHECK(rules.apply("-@fast") == AclRuleError::kNone);
    CHECK_FALSE(rules.allow("select 0"));
  }
}

TEST_CASE("rules that name nothing are refused and change nothing") {
  Rules rules({"+get"});
  for (const std::string_view unknown :
       {"+nosuch", "-nosuch", "+@nosuch", "+@", "+", "-", "+config|nosuch", "-config|nosuch",
        "-select|0", "+|x", "+nosuch|x", "-config|get|x"}) {
    INFO(unknown);
    CHECK(rules.apply(unknown) == AclRuleError::kUnknown);
  }
  CHECK(rules.apply("+select|") == AclRuleError::kSyntax);
  CHECK(rules.apply("+config|get|x") == AclRuleError::kFirstArgumentOfSubcommand);
  CHECK(rules.text() == "-@all +get");
}

TEST_CASE("the description keeps the order, without what later rules made void") {
  CHECK(Rules({"+@read", "-get", "+@read"}).text() == "-@all -get +@read");
  CHECK(Rules({"+get", "-get"}).text() == "-@all -get");
  CHECK(Rules({"+config|get", "-config|set", "+config"}).text() == "-@all +config");
  CHECK(Rules({"-config", "+config|get", "+config"}).text() == "-@all +config");
  CHECK(Rules({"+config", "-config|get"}).text() == "-@all +config -config|get");
  CHECK(Rules({"+get", "+@all"}).text() == "+@all");
  CHECK(Rules({"+@all", "-@dangerous", "+keys", "+GETSET"}).text() ==
        "+@all -@dangerous +keys +getset");
  CHECK(Rules({"+@all", "-get", "-@all", "+ping"}).text() == "-@all +ping");
}

TEST_CASE("only what was never narrowed allows everything without looking") {
  CHECK(Rules({"+@all"}).commands.allowsAll());
  CHECK(Rules({"+@all", "+get"}).commands.allowsAll());
  CHECK_FALSE(Rules({"+@all", "-get"}).commands.allowsAll());
  CHECK_FALSE(Rules({"+@read", "+@write"}).commands.allowsAll());
}

TEST_CASE("rules name commands as they were before rename-command") {
  Rules rules({});
  REQUIRE_FALSE(rules.table.rename("get", "fetch"));
  REQUIRE_FALSE(rules.table.rename("set", ""));
  CHECK(rules.apply("+get") == AclRuleError::kNone);
  CHECK(rules.apply("+set") == AclRuleError::kNone);
  CHECK(rules.apply("+fetch") == AclRuleError::kUnknown);
  CHECK(rules.allow("fetch"));
  CHECK(rules.text() == "-@all +get +set");
}

TEST_CASE("rules about commands that others have and this server has not are kept as given") {
  Rules rules({"+@all", "-eval", "-SCRIPT", "+xadd", "-script|load", "-@search", "+client|capa"});
  CHECK(rules.text() == "+@all -eval -script +xadd -script|load -@search +client|capa");
  CHECK(rules.commands.allowsAll());
  CHECK(rules.commands.allowedToCome(rules.table) ==
        std::vector<std::string>{"xadd", "client|capa"});
  REQUIRE(rules.apply("-xadd") == AclRuleError::kNone);
  CHECK(rules.text() == "+@all -eval -script -script|load -@search +client|capa -xadd");
  CHECK(Rules({"-@all", "+get", "+@json"}).text() == "-@all +get +@json");
  CHECK(Rules({"+select|0", "+get", "+config|get"}).commands.allowedToCome(rules.table).empty());
}

TEST_CASE("what no server of this kind has is still refused") {
  Rules rules({});
  for (const std::string_view rule : {"+nosuch", "-nosuch", "-nosuch|x", "+@nosuch", "-script|",
                                      "-config|nosuch", "-client|nosuch", "-get|x"}) {
    INFO(rule);
    CHECK(rules.apply(rule) == AclRuleError::kUnknown);
  }
  CHECK(rules.text() == "-@all");
}

}  // namespace inkstone::test

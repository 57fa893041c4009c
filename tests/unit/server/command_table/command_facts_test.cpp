// Compares the command table with the facts of Redis 7.2 (commands-7.2.json).
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "base/ascii.h"
#include "server/acl/acl_command_rules.h"
#include "server/command_table/command_keys.h"
#include "server/command_table/command_table.h"
#include "server/commands/families.h"
#include "tests/unit/server/json_value.h"

namespace inkstone::test {
namespace {

JsonValue readFacts() {
  std::ifstream file(INKSTONE_TEST_DATA "/commands-7.2.json", std::ios::binary);
  REQUIRE(file.good());
  return JsonValue::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

std::set<std::string> namesOf(std::span<const BitName> names, uint32_t bits, const char* prefix) {
  std::set<std::string> all;
  for (const BitName& name : names) {
    if ((bits & name.bit) != 0) all.insert(prefix + std::string(name.name));
  }
  return all;
}

std::set<std::string> wordsAt(const JsonValue& fact, std::string_view name) {
  const JsonValue* member = fact.find(name);
  return member == nullptr ? std::set<std::string>() : member->words();
}

std::string beginOf(const KeySpec& spec) {
  switch (spec.begin) {
    case KeySpec::Begin::kIndex:
      return "index " + std::to_string(spec.index);
    case KeySpec::Begin::kKeyword:
      return "keyword " + std::string(spec.keyword) + " " + std::to_string(spec.index);
    case KeySpec::Begin::kUnknown:
      break;
  }
  return "unknown";
}

std::string beginOf(const JsonValue& fact) {
  const std::string& type = fact.at("type").text;
  const JsonValue& spec = fact.at("spec");
  if (type == "index") return "index " + std::to_string(spec.at("index").number);
  if (type == "unknown") return type;
  return "keyword " + spec.at("keyword").text + " " + std::to_string(spec.at("startfrom").number);
}

std::string findOf(const KeySpec& spec) {
  const std::string numbers = std::to_string(spec.last) + " " + std::to_string(spec.step) + " " +
                              std::to_string(spec.limit);
  switch (spec.find) {
    case KeySpec::Find::kRange:
      return "range " + numbers;
    case KeySpec::Find::kKeyNum:
      return "keynum " + numbers;
    case KeySpec::Find::kUnknown:
      break;
  }
  return "unknown";
}

std::string findOf(const JsonValue& fact) {
  const std::string& type = fact.at("type").text;
  if (type == "unknown") return type;
  const JsonValue& spec = fact.at("spec");
  const bool range = type == "range";
  return type + " " + std::to_string(spec.at(range ? "lastkey" : "keynumidx").number) + " " +
         std::to_string(spec.at("keystep").number) + " " +
         std::to_string(spec.at(range ? "limit" : "firstkey").number);
}

void compareKeys(const CommandRow& row, const JsonValue& fact) {
  const JsonValue* specs = fact.find("key_specs");
  REQUIRE(row.keys.size() == (specs == nullptr ? 0 : specs->elements.size()));
  for (size_t i = 0; i < row.keys.size(); ++i) {
    const JsonValue& spec = specs->elements[i];
    CHECK(namesOf(keyFlagNames(), row.keys[i].flags, "") == wordsAt(spec, "flags"));
    CHECK(beginOf(row.keys[i]) == beginOf(spec.at("begin_search")));
    CHECK(findOf(row.keys[i]) == findOf(spec.at("find_keys")));
  }
  const LegacyKeyRange range = legacyKeyRange(row);
  CHECK(range.first == fact.at("first_key").number);
  CHECK(range.last == fact.at("last_key").number);
  CHECK(range.step == fact.at("step").number);
}

void compare(const Command& command, const JsonValue& fact) {
  INFO(command.fullName());
  const CommandRow& row = command.row();
  CHECK(row.arity == fact.at("arity").number);
  CHECK(namesOf(commandFlagNames(), row.flags, "") == wordsAt(fact, "flags"));
  CHECK(namesOf(aclCategoryNames(), command.categories(), "@") == wordsAt(fact, "acl_categories"));
  CHECK(std::set<std::string>(row.tips.begin(), row.tips.end()) == wordsAt(fact, "tips"));
  compareKeys(row, fact);
}

}  // namespace

TEST_CASE("every command and subcommand agrees with the facts of Redis 7.2") {
  const JsonValue facts = readFacts();
  CommandTable table;
  registerFamilies(table);
  size_t compared = 0;
  for (const auto& command : table.all()) {
    compare(*command, facts.at(command->fullName()));
    ++compared;
    for (const auto& sub : command->subcommands()) {
      compare(*sub, facts.at(command->fullName()).at("subcommands").at(sub->fullName()));
      ++compared;
    }
  }
  CHECK(compared > 90);
}

TEST_CASE("what a configuration forbids, allows or renames of Redis 7.2 is right") {
  const JsonValue facts = readFacts();
  CommandTable table;
  registerFamilies(table);
  size_t checked = 0;
  for (const auto& [name, fact] : facts.members) {
    std::vector<std::string> all = {name};
    if (const JsonValue* subs = fact.find("subcommands")) {
      for (const auto& [sub, ignored] : subs->members) all.push_back(sub);
    }
    for (const std::string& one : all) {
      INFO(one);
      AclCommandRules rules;
      CHECK(rules.apply(table, "-" + one) == AclRuleError::kNone);
      CHECK(rules.apply(table, "+" + one) == AclRuleError::kNone);
      CHECK(rules.describe() == "-@all +" + one);
      ++checked;
    }
    CHECK_FALSE(table.rename(name, ""));
  }
  CHECK(checked > 350);
}

TEST_CASE("every command says what it is, since when, and at what cost") {
  CommandTable table;
  registerFamilies(table);
  const auto check = [](const Command& command) {
    INFO(command.fullName());
    CHECK_FALSE(command.row().summary.empty());
    CHECK_FALSE(command.row().since.empty());
    CHECK_FALSE(command.row().group.empty());
    // The stock server says nothing of LOLWUT's complexity either.
    CHECK(command.row().complexity.empty() == (command.fullName() == "lolwut"));
    CHECK((command.handler() != nullptr || !command.subcommands().empty()));
  };
  for (const auto& command : table.all()) {
    check(*command);
    for (const auto& sub : command->subcommands()) check(*sub);
  }
}

TEST_CASE("every subcommand has its lines in HELP, which begin with its name") {
  CommandTable table;
  registerFamilies(table);
  for (const auto& command : table.all()) {
    for (const auto& sub : command->subcommands()) {
      INFO(sub->fullName());
      if (sub->name() == "help") continue;
      const std::string_view help = sub->row().help;
      CHECK(lowerCase(help.substr(0, help.find_first_of(" \n"))) == sub->name());
    }
  }
}

TEST_CASE("a category is found by its name in any case") {
  CHECK(aclCategoryByName("keyspace") == kAclKeyspace);
  CHECK(aclCategoryByName("SortedSet") == kAclSortedSet);
  CHECK(aclCategoryByName("@keyspace") == 0);
  CHECK(aclCategoryByName("") == 0);
}

}  // namespace inkstone::test

#include <algorithm>
#include <catch2/catch.hpp>

#include "server/command_table/command_syntax.h"
#include "server/command_table/command_table.h"
#include "server/commands/families.h"

namespace inkstone::test {
namespace {

struct Words {
  int least = 0;
  bool bounded = true;
};

Words wordsOf(const ArgumentSyntax& argument);

Words sumOf(const std::vector<ArgumentSyntax>& arguments) {
  Words sum;
  for (const ArgumentSyntax& argument : arguments) {
    const Words words = wordsOf(argument);
    sum.least += words.least;
    sum.bounded = sum.bounded && words.bounded;
  }
  return sum;
}

Words leastOf(const std::vector<ArgumentSyntax>& choices) {
  Words least = wordsOf(choices.front());
  for (const ArgumentSyntax& choice : choices) {
    const Words words = wordsOf(choice);
    least.bounded = least.bounded && words.bounded && words.least == least.least;
    least.least = std::min(least.least, words.least);
  }
  return least;
}

// How many words an argument takes at least, and whether that is also the most.
Words wordsOf(const ArgumentSyntax& argument) {
  Words words{1, true};
  if (argument.type == "block") words = sumOf(argument.children);
  if (argument.type == "oneof") words = leastOf(argument.children);
  if (!argument.token.empty() && argument.type != "pure-token") ++words.least;
  if (argument.multiple) words.bounded = false;
  if (argument.optional) words = {0, false};
  return words;
}

}  // namespace

TEST_CASE("syntax and arity of every command agree") {
  CommandTable commands;
  registerFamilies(commands);
  const auto check = [](const Command& command, int names) {
    // Their arguments begin with a subcommand, which has its own syntax or, for DEBUG, none.
    if (!command.subcommands().empty() || command.fullName() == "debug") return;
    const auto arguments = parseSyntax(command.row().syntax);
    INFO(command.fullName());
    REQUIRE(arguments);
    const Words words = sumOf(*arguments);
    const int arity = command.row().arity;
    // QUIT takes any arguments and heeds none.
    if (command.fullName() == "quit") return;
    // CLIENT KILL's new form has a token and a value at least, which its syntax states as options.
    if (command.fullName() == "client|kill") return;
    CHECK(words.least + names == std::abs(arity));
    CHECK(words.bounded == (arity > 0));
  };
  for (const auto& command : commands.all()) {
    check(*command, 1);
    for (const auto& sub : command->subcommands()) check(*sub, 2);
  }
}

TEST_CASE("a syntax text is parsed into its arguments") {
  const auto parsed = parseSyntax(
      "key:key@1 oneof:how^2.6.12~7.0.0?(token:nx=NX string:text%shown=WITH*+) block:pair*("
      "integer:a double:b)");
  REQUIRE(parsed);
  REQUIRE(parsed->size() == 3);
  const ArgumentSyntax& key = (*parsed)[0];
  CHECK(key.type == "key");
  CHECK(key.display == "key");
  CHECK(key.key_spec == 1);
  const ArgumentSyntax& how = (*parsed)[1];
  CHECK(how.since == "2.6.12");
  CHECK(how.deprecated_since == "7.0.0");
  CHECK(how.optional);
  CHECK(how.display.empty());
  REQUIRE(how.children.size() == 2);
  CHECK(how.children[0].type == "pure-token");
  CHECK(how.children[0].token == "NX");
  CHECK(how.children[1].display == "shown");
  CHECK(how.children[1].multiple);
  CHECK(how.children[1].multiple_token);
  CHECK((*parsed)[2].children.size() == 2);
}

TEST_CASE("a malformed syntax text is refused") {
  for (std::string_view text :
       {"key", "key:", "kee:a", "key:a ", " key:a", "oneof:a", "oneof:a()", "oneof:a(key:b",
        "key:a(key:b)", "key:a)", "key:a@", "key:a@x", "key:a="}) {
    INFO(text);
    CHECK_FALSE(parseSyntax(text).has_value());
  }
  CHECK(parseSyntax("")->empty());
}

}  // namespace inkstone::test

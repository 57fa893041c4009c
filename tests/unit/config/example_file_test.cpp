#include <algorithm>
#include <catch2/catch.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "config/config.h"
#include "config/directives.h"
#include "tests/unit/config/temp_dir.h"

using namespace inkstone;

namespace {

// The lines "#directive value" without their '#'.
std::vector<std::string> commentedDirectives() {
  std::istringstream text(readText(INKSTONE_EXAMPLE_FILE));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) {
    if (line.size() > 1 && line[0] == '#' && line[1] != ' ' && line[1] != '#')
      lines.push_back(line.substr(1));
  }
  return lines;
}

}  // namespace

TEST_CASE("the example file loads as it is and changes nothing") {
  Config config;
  CHECK(config.loadFile(INKSTONE_EXAMPLE_FILE).error.empty());
  CHECK(config.get({"*"}) == Config().get({"*"}));
}

TEST_CASE("every directive commented out in the example file stands there with its default") {
  const auto lines = commentedDirectives();
  REQUIRE(lines.size() > 160);
  std::string all;
  for (const std::string& line : lines) {
    INFO(line);
    Config config;
    CHECK(config.loadString(line).error.empty());
    all += line + '\n';
  }
  Config config;
  REQUIRE(config.loadString(all).ok());
  CHECK(config.get({"*"}) == Config().get({"*"}));
}

TEST_CASE(
    "the example file has every directive that is not hidden, once or, for client classes, "
    "thrice") {
  std::multiset<std::string> named;
  for (const std::string& line : commentedDirectives())
    named.insert(line.substr(0, line.find(' ')));
  for (const Directive& directive : directives()) {
    INFO(directive.name);
    const size_t expected = directive.name == "client-output-buffer-limit" ? 3 : 1;
    CHECK(named.count(std::string(directive.name)) == (directive.has(kHidden) ? 0 : expected));
  }
}

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

// A directive with the text above it: that of its paragraph and that at the beginning of its
// section.
struct Explained {
  std::string name;
  std::string text;
};

std::vector<Explained> explainedDirectives() {
  std::istringstream lines(readText(INKSTONE_EXAMPLE_FILE));
  std::vector<Explained> found;
  std::string section;
  std::string paragraph;
  bool at_start_of_section = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("##")) {
      section.clear();
      at_start_of_section = true;
    } else if (line.empty()) {
      if (at_start_of_section && paragraph.starts_with(" All of these")) section = paragraph;
      at_start_of_section = at_start_of_section && paragraph.empty();
      paragraph.clear();
    } else if (line.starts_with("# ")) {
      paragraph += line.substr(1);
    } else if (line.starts_with("#") && line.size() > 1) {
      found.push_back({line.substr(1, line.find(' ') - 1), section + paragraph});
    }
  }
  return found;
}

bool has(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

// Whether the text says the same about the directive as its row.
bool saysWhetherItActs(const std::string& text, const Directive& directive) {
  const std::string part(partName(directive.acts));
  if (directive.has(kRefusedYet) && !has(text, "Refused until there is " + part + "."))
    return false;
  switch (directive.acts) {
    case Acts::kYes:
      return !has(text, "effect with") && !has(text, "No effect");
    case Acts::kNever:
      return has(text, "No effect: ");
    case Acts::kNoEffectYet:
      return has(text, "No effect yet.");
    default:
      return has(text, "ake effect with " + part + ".") ||
             has(text, "akes effect with " + part + ".") ||
             (directive.has(kRefusedYet) && !has(text, "No effect"));
  }
}

}  // namespace

TEST_CASE("the example file says of every directive whether it acts, as its row does") {
  size_t checked = 0;
  for (const Explained& explained : explainedDirectives()) {
    const Directive* const directive = findDirective(explained.name);
    if (explained.name == "user") continue;
    REQUIRE(directive != nullptr);
    INFO(explained.name << ":" << explained.text);
    CHECK(saysWhetherItActs(explained.text, *directive));
    Directive other = *directive;
    other.acts = directive->acts == Acts::kYes ? Acts::kWithTls : Acts::kYes;
    other.flags |= kRefusedYet;
    CHECK_FALSE(saysWhetherItActs(explained.text, other));
    ++checked;
  }
  CHECK(checked > 160);
}

TEST_CASE("the example file loads as it is and switches the log on, and nothing else") {
  Config config;
  CHECK(config.loadFile(INKSTONE_EXAMPLE_FILE).error.empty());
  CHECK(config.values().appendonly);
  config.update([](ConfigValues& values) { values.appendonly = false; });
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

#include "config/directives.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include "config/config.h"
#include "tests/unit/config/temp_dir.h"

using namespace inkstone;

namespace {

// The reference is one flat object of strings, a pair on each line.
std::map<std::string, std::string> referenceDefaults() {
  const std::string text = readText(INKSTONE_TEST_DATA "/config-7.2.json");
  const std::regex pair("\"([^\"]+)\": \"([^\"]*)\"");
  std::map<std::string, std::string> defaults;
  for (std::sregex_iterator at(text.begin(), text.end(), pair), end; at != end; ++at) {
    defaults[(*at)[1]] = (*at)[2];
  }
  return defaults;
}

}  // namespace

TEST_CASE("CONFIG GET * shows the directives of Redis 7.2 with its defaults, and ours, no others") {
  auto expected = referenceDefaults();
  REQUIRE(expected.size() > 190);
  // Redis does not have this directive.
  REQUIRE(expected.emplace("rdb-skip-module-aux", "no").second);
  expected["dir"] = std::filesystem::current_path().string();
  // Redis does not have this directive.
  REQUIRE(expected.emplace("aof-disk-reserve", "4194304").second);
  REQUIRE(expected.emplace("client-output-buffer-max", "1073741824").second);
  const Config config;
  std::map<std::string, std::string> found;
  for (const auto& [name, value] : config.get({"*"})) {
    INFO(name);
    CHECK(found.emplace(name, value).second);
  }
  for (const auto& [name, value] : expected) {
    INFO(name);
    REQUIRE(found.count(name) == 1);
    CHECK(found[name] == value);
  }
  CHECK(found.size() == expected.size());
}

TEST_CASE("names and aliases are unique and in lower case") {
  std::set<std::string> seen;
  for (const Directive& directive : directives()) {
    for (const std::string_view name : {directive.name, directive.alias}) {
      if (name.empty()) continue;
      INFO(name);
      CHECK(seen.insert(std::string(name)).second);
      CHECK(std::none_of(name.begin(), name.end(), [](char c) { return c >= 'A' && c <= 'Z'; }));
      CHECK(findDirective(name) == &directive);
    }
  }
}

TEST_CASE("no two rows share a member: setting one changes only itself and its alias") {
  for (const Directive& directive : directives()) {
    ConfigValues values;
    const ConfigValues defaults;
    bool changed = false;
    for (const char* text :
         {"yes",     "no",     "7",           "2mb",          "1 2 3",       "700",     "always",
          "save",    "local1", "local",       "debug",        "allkeys-lru", "clients", "absolute",
          "systemd", "swapdb", "panic",       "hostname",     "optional",    "K",       "x",
          "1 2",     "/",      "allchannels", "normal 1 1 1", "4096",        "C"}) {
      const std::string word = text;
      const bool taken = !assignDirective(directive, values, Arguments(&word, 1));
      changed = taken && formatDirective(directive, values) != formatDirective(directive, defaults);
      if (changed) break;
    }
    INFO(directive.name);
    // Nothing changes activedefrag, because the allocator does not allow it.
    CHECK((changed || directive.name == "activedefrag"));
    for (const Directive& other : directives()) {
      if (&other == &directive) continue;
      INFO(other.name);
      CHECK(formatDirective(other, values) == formatDirective(other, defaults));
    }
  }
}

TEST_CASE("event classes have one canonical form, from which no class is lost") {
  for (int flags = 0; flags < 1 << 14; ++flags) {
    if (keyspaceEventsFromString(keyspaceEventsToString(flags)) != flags) FAIL(flags);
  }
  CHECK(keyspaceEventsToString(*keyspaceEventsFromString("KEA")) == "AKE");
  CHECK(keyspaceEventsToString(*keyspaceEventsFromString("Kg$lshzxetd")) == "AK");
  CHECK(keyspaceEventsToString(*keyspaceEventsFromString("Kgz")) == "gzK");
  CHECK_FALSE(keyspaceEventsFromString("q"));
}

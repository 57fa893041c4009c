// CONFIG REWRITE where values come from several places: the next start must have the same values.
#include <algorithm>
#include <catch2/catch.hpp>

#include "config/config.h"
#include "config/directives.h"
#include "config/rewriter.h"
#include "tests/unit/config/temp_dir.h"

using namespace inkstone;
using Catch::Matchers::Contains;
using Pairs = std::vector<Config::Pair>;
using Words = std::vector<std::string>;

namespace {

// Makes no sync, because there are thousands of rewrites and none of them has to reach the disk.
class QuickCalls : public FileCalls {
 public:
  int sync(int /*fd*/) override { return 0; }
};

void rewrite(Config& config) {
  QuickCalls calls;
  FileReplacer replacer(calls);
  REQUIRE(config.rewrite(replacer).ok());
}

// The default of the directive, and two values that differ from it and from each other, as far as
// the directive has so many.
Words valuesOf(const Directive& directive) {
  const ConfigValues defaults;
  Words found;
  Words shown = {formatDirective(directive, defaults)};
  for (const char* text : {"yes",
                           "no",
                           "7",
                           "8",
                           "2mb",
                           "3mb",
                           "1 2",
                           "1 2 3",
                           "3 4 5",
                           "3 4",
                           "always",
                           "save",
                           "nosave",
                           "local1",
                           "local2",
                           "local",
                           "debug",
                           "warning",
                           "clients",
                           "allkeys-lru",
                           "volatile-lru",
                           "absolute",
                           "relative",
                           "systemd",
                           "auto",
                           "swapdb",
                           "on-empty-db",
                           "panic",
                           "hostname",
                           "optional",
                           "K",
                           "E",
                           "x",
                           "y",
                           "/",
                           "/tmp",
                           "allchannels",
                           "normal 1 1 1",
                           "pubsub 2 2 2",
                           "4096",
                           "C",
                           "POSIX",
                           "600",
                           "640"}) {
    ConfigValues values;
    const std::string word = text;
    if (assignDirective(directive, values, Arguments(&word, 1))) continue;
    clampValues(values);
    const std::string value = formatDirective(directive, values);
    if (refusalOfMissingPart(directive, values)) continue;
    if (std::find(shown.begin(), shown.end(), value) != shown.end()) continue;
    shown.push_back(value);
    found.push_back(word);
    if (found.size() == 2) break;
  }
  ConfigValues values;
  const std::string usual = shown.front();
  const bool has_usual = !assignDirective(directive, values, Arguments(&usual, 1)) &&
                         formatDirective(directive, values) == usual;
  if (!found.empty() && has_usual) found.push_back(usual);
  return found;
}

struct Shape {
  bool own_line;
  bool include;
  bool include_behind;
};

std::string textOf(const Shape& shape, const std::string& own, const std::string& include) {
  const std::string own_text = shape.own_line ? own : "# nothing of its own\n";
  if (!shape.include) return own_text;
  return shape.include_behind ? own_text + include : include + own_text;
}

std::string lineOf(const Directive& directive, const std::string& value) {
  const bool split = directive.has(kMultiArgs) && !value.empty();
  return std::string(directive.name) + (split ? " " + value : " \"" + value + "\"") + "\n";
}

}  // namespace

TEST_CASE(
    "every directive is the same after a rewrite and a start, with includes before and behind") {
  const TempDir dir;
  const std::string included = dir.path() + "/x.inc";
  size_t rounds = 0;
  for (const Directive& directive : directives()) {
    const Words candidates = valuesOf(directive);
    for (const Shape& shape :
         {Shape{false, false, false}, Shape{true, false, false}, Shape{false, true, false},
          Shape{true, true, false}, Shape{true, true, true}}) {
      for (size_t i = 0; i < candidates.size(); ++i) {
        for (const std::string& changed : candidates) {
          const std::string& value = candidates[i];
          const std::string& other = candidates[(i + 1) % candidates.size()];
          dir.write("x.inc", lineOf(directive, other));
          const std::string text =
              textOf(shape, lineOf(directive, value), "include " + included + "\n");
          const std::string path = dir.write("a.conf", text);
          INFO(text << "x.inc: " << other << "\nchanged to " << changed);
          Config config;
          REQUIRE(config.loadFile(path).ok());
          const bool by_set = !directive.has(kImmutable) && !directive.has(kProtected);
          if (by_set) {
            REQUIRE(config.set(Pairs{{std::string(directive.name), changed}}).ok());
          } else {
            REQUIRE(config.loadArguments({"--" + std::string(directive.name), changed}).ok());
          }
          rewrite(config);
          Config again;
          INFO(readText(path));
          REQUIRE(again.loadFile(path).ok());
          REQUIRE(again.get({"*", directive.name}) == config.get({"*", directive.name}));
          const std::string once = readText(path);
          rewrite(config);
          REQUIRE(readText(path) == once);
          ++rounds;
        }
      }
    }
  }
  CHECK(rounds > 3000);
}

TEST_CASE("a rewrite that nothing was changed for leaves every line as it is") {
  const TempDir dir;
  dir.write("x.inc", "hz 15\nuser eve on\nsave 7 8\n");
  const std::string text = "slave-priority  50\nmaxmemory 100mb\nmaxmemory 200mb\ndir " +
                           dir.path() + "\ninclude " + dir.path() +
                           "/x.inc\nsave 1 2\nuser  bob on >secret\n";
  Config config;
  REQUIRE(config.loadFile(dir.write("a.conf", text)).ok());
  rewrite(config);
  CHECK(readText(dir.path() + "/a.conf") == text);
}

TEST_CASE(
    "what an included file says and nobody changed is left to it, also where it says more now") {
  const TempDir dir;
  const std::string included = dir.write("x.inc", "hz 15\nuser bob on\n");
  const std::string path = dir.write("a.conf", "include " + included + "\ntimeout 1\n");
  Config config;
  REQUIRE(config.loadFile(path).ok());
  dir.write("x.inc", "hz 30\ntcp-keepalive 7\nuser bob off\nuser new on\n");
  REQUIRE(config.set(Pairs{{"timeout", "2"}}).ok());
  rewrite(config);
  const std::string text = readText(path);
  for (const std::string word : {"hz", "tcp-keepalive", "user bob"}) {
    CHECK(text.find(word) == std::string::npos);
  }
  Config again;
  REQUIRE(again.loadFile(path).ok());
  CHECK(again.values().hz == 30);
  CHECK(again.values().timeout == 2);
}

TEST_CASE("users of included files are outdone behind the include, never declared twice") {
  const TempDir dir;
  const std::string included = dir.write("x.inc", "user bob on +get\nuser eve on\nuser tom on\n");
  const std::string path = dir.write("a.conf", "include " + included + "\nuser ann on\n");
  Config config;
  REQUIRE(config.loadFile(path).ok());
  // Bob was changed, eve and ann were deleted, tom is as before, and "new" was added.
  config.update([](ConfigValues& values) { values.users = {"bob off", "tom on", "new on"}; });
  rewrite(config);
  const std::string text = readText(path);
  CHECK(text.find("user ann") == std::string::npos);
  CHECK(text.find("user tom") == std::string::npos);
  Config again;
  REQUIRE(again.loadFile(path).ok());
  CHECK(again.values().users == Words{"tom on", "bob off", "new on", "eve reset"});
  rewrite(config);
  CHECK(readText(path) == text);
  rewrite(again);
  CHECK(readText(path) == text);
}

TEST_CASE("what came from the environment or the image is not written, unless it was changed") {
  const TempDir dir;
  const std::string path = dir.write("a.conf", "timeout 5\nrequirepass old\n");
  Config config;
  REQUIRE(
      config
          .loadAll(Config::splitCommandLine({path, "--hz", "30"}),
                   {"INKSTONE_REQUIREPASS=secret", "INKSTONE_TIMEOUT=7", "INKSTONE_USER=bob on >x",
                    "INKSTONE_MAXMEMORY=1gb", "INKSTONE_IMAGE_DEFAULTS=protected-mode no"})
          .ok());
  rewrite(config);
  const std::string text = readText(path);
  CHECK_THAT(text, Contains("timeout 5\nrequirepass old\n") && Contains("\nhz 30\n"));
  for (const std::string word : {"secret", "bob", "maxmemory", "protected-mode"}) {
    INFO(word);
    CHECK(text.find(word) == std::string::npos);
  }
  REQUIRE(
      config.set(Pairs{{"timeout", "9"}, {"maxmemory", "1gb"}, {"protected-mode", "yes"}}).ok());
  rewrite(config);
  CHECK_THAT(readText(path), Contains("timeout 9\n") && Contains("\nprotected-mode yes\n"));
  CHECK(readText(path).find("maxmemory") == std::string::npos);
}

TEST_CASE("what the server adapted to the machine is not written") {
  const TempDir dir;
  const std::string path = dir.write("a.conf", "maxclients 50000\n");
  Config config;
  REQUIRE(config.loadFile(path).ok());
  config.update([](ConfigValues& values) { values.maxclients = 4000; });
  rewrite(config);
  CHECK_THAT(readText(path), Contains("maxclients 50000\n"));
}

TEST_CASE("a change of dir does not move relative includes") {
  const TempDir dir;
  dir.write("x.inc", "hz 33\n");
  const std::string path = dir.write("a.conf", "dir " + dir.path() + "\ninclude x.inc\n");
  Config config;
  REQUIRE(config.loadFile(path).ok());
  REQUIRE(config.loadArguments({"--dir", "/"}).ok());
  rewrite(config);
  Config again;
  REQUIRE(again.loadFile(path).ok());
  CHECK(again.values().dir == "/");
  CHECK(again.values().hz == 33);
}

TEST_CASE("a line under a later server's name of a directive is a line of that directive") {
  const TempDir dir;
  const std::string path = dir.write("a.conf", "masterauth a\nprimaryauth b\n");
  Config config;
  REQUIRE(config.loadFile(path).ok());
  CHECK(config.values().masterauth == "b");
  REQUIRE(config.set(Pairs{{"masterauth", "c"}}).ok());
  rewrite(config);
  CHECK(readText(path).starts_with("masterauth \"c\"\n\n# Generated"));
  Config again;
  REQUIRE(again.loadFile(path).ok());
  CHECK(again.values().masterauth == "c");
}

#include <catch2/catch.hpp>

#include "server/command_table/command_keys.h"

namespace inkstone::test {
namespace {

using Begin = KeySpec::Begin;
using Find = KeySpec::Find;
using Words = std::vector<std::string_view>;

// Indices of the keys, or -1 alone when the arguments contradict the specifications.
std::vector<int> keysOf(const KeySpecs& specs, const Words& args) {
  const CommandRow row{.name = "test", .arity = -1, .keys = specs};
  const auto keys = findKeys(row, args);
  if (!keys) return {-1};
  std::vector<int> positions;
  for (const KeyPosition& key : *keys) positions.push_back(static_cast<int>(key.argument));
  return positions;
}

}  // namespace

TEST_CASE("a range gives the keys from first to last") {
  CHECK(keysOf({{.index = 1}}, {"get", "a"}) == std::vector{1});
  CHECK(keysOf({{.index = 2}}, {"object", "freq", "a"}) == std::vector{2});
  CHECK(keysOf({{.last = 1}}, {"lcs", "a", "b", "len"}) == std::vector{1, 2});
  CHECK(keysOf({{.last = -1}}, {"del", "a", "b", "c"}) == std::vector{1, 2, 3});
  CHECK(keysOf({{.last = -1, .step = 2}}, {"mset", "a", "1", "b", "2"}) == std::vector{1, 3});
  CHECK(keysOf({{.last = -2}}, {"blpop", "a", "b", "0"}) == std::vector{1, 2});
  CHECK(keysOf({{.last = 1}}, {"lcs", "a"}) == std::vector{-1});
}

TEST_CASE("a limit divides what follows between keys and other arguments") {
  const KeySpec streams{
      .begin = Begin::kKeyword, .index = 1, .keyword = "STREAMS", .last = -1, .limit = 2};
  CHECK(keysOf({streams}, {"xread", "count", "1", "streams", "a", "b", "0", "0"}) ==
        std::vector{4, 5});
  CHECK(keysOf({streams}, {"xread", "count", "1"}).empty());
}

TEST_CASE("a keyword is searched from the front or from the end, in any case") {
  const KeySpec store{.begin = Begin::kKeyword, .index = 2, .keyword = "STORE"};
  CHECK(keysOf({store}, {"georadius", "k", "store", "d"}) == std::vector{3});
  CHECK(keysOf({store}, {"georadius", "store", "x", "y"}).empty());
  CHECK(keysOf({store}, {"georadius", "k", "store"}).empty());
  const KeySpec keys{.begin = Begin::kKeyword, .index = -2, .keyword = "KEYS", .last = -1};
  CHECK(keysOf({keys}, {"migrate", "h", "keys", "a", "b"}) == std::vector{3, 4});
  CHECK(keysOf({keys}, {"migrate", "h", "p", "keys"}).empty());
}

TEST_CASE("a count says how many keys follow it") {
  const KeySpec counted{.find = Find::kKeyNum, .last = 0, .limit = 1};
  CHECK(keysOf({counted}, {"sintercard", "2", "a", "b", "limit", "1"}) == std::vector{2, 3});
  CHECK(keysOf({counted}, {"sintercard", "0"}).empty());
  CHECK(keysOf({counted}, {"sintercard", "3", "a", "b"}) == std::vector{-1});
  CHECK(keysOf({counted}, {"sintercard", "-1", "a"}) == std::vector{-1});
  CHECK(keysOf({counted}, {"sintercard", "x", "a"}) == std::vector{-1});
  CHECK(keysOf({counted}, {"sintercard", "9223372036854775807", "a"}) == std::vector{-1});
}

TEST_CASE("several specifications give their keys in order, what is no key is left out") {
  const CommandRow row{
      .name = "zunionstore",
      .arity = -4,
      .keys = {{.flags = kKeyOverwrite, .index = 1},
               {.flags = kKeyReadOnly, .index = 2, .find = Find::kKeyNum, .limit = 1},
               {.flags = kKeyNotKey, .index = 1}}};
  const Words args = {"zunionstore", "d", "2", "a", "b"};
  const std::vector<KeyPosition> expected = {
      {1, kKeyOverwrite}, {3, kKeyReadOnly}, {4, kKeyReadOnly}};
  CHECK(findKeys(row, args) == expected);
  CHECK(hasKeySpecs(row));
  CHECK_FALSE(hasKeySpecs({.name = "p", .arity = 1, .keys = {{.flags = kKeyNotKey}}}));
}

TEST_CASE("what only a handler can find gives no keys") {
  CHECK(keysOf({{.begin = Begin::kUnknown, .find = Find::kUnknown}}, {"sort", "a"}).empty());
}

TEST_CASE("SET reads its key only with GET") {
  const CommandRow row{
      .name = "set",
      .arity = -3,
      .keys = {{.flags = kKeyReadWrite | kKeyAccess | kKeyUpdate | kKeyVariableFlags}}};
  const Words plain = {"set", "get", "get", "nx"};
  const Words with_get = {"set", "k", "v", "nx", "GET"};
  CHECK(findKeys(row, plain)->front().flags == (kKeyOverwrite | kKeyUpdate));
  CHECK(findKeys(row, with_get)->front().flags == (kKeyReadWrite | kKeyAccess | kKeyUpdate));
}

TEST_CASE("the range of old clients covers ranges that follow each other") {
  const auto rangeOf = [](const KeySpecs& specs) {
    const LegacyKeyRange range = legacyKeyRange({.name = "t", .arity = -1, .keys = specs});
    return std::vector{range.first, range.last, range.step};
  };
  CHECK(rangeOf({}) == std::vector{0, 0, 0});
  CHECK(rangeOf({{.index = 1}}) == std::vector{1, 1, 1});
  CHECK(rangeOf({{.index = 1}, {.index = 2}}) == std::vector{1, 2, 1});
  CHECK(rangeOf({{.last = -1, .step = 2}}) == std::vector{1, -1, 2});
  CHECK(rangeOf({{.find = Find::kKeyNum, .limit = 1}}) == std::vector{0, 0, 0});
  CHECK(rangeOf({{.index = 1}, {.index = 3}}) == std::vector{1, 1, 1});
}

}  // namespace inkstone::test

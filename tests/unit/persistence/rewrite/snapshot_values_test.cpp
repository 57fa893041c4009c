// How lists, sets, hashes and sorted sets stand in a snapshot.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "persistence/rewrite/data_set_file.h"
#include "storage/types/hash_value.h"
#include "storage/types/list_value.h"
#include "storage/types/set_value.h"
#include "storage/types/sorted_set_value.h"
#include "tests/unit/persistence/rewrite/rewrite_bench.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

const std::string kTarget = "/data/snapshot";

struct ValueBench : RewriteBench {
  // Puts an empty value under the key, to be filled through the handle that is returned.
  template <class Handle>
  Handle create(std::string_view key, const Value& value) {
    Database& database = keyspace[0];
    Entry* entry = database.insertValue(database.hashOf(key), key, value, 0);
    return Handle(*entry, keyspace.encodingRules());
  }
  std::string snapshot() {
    const auto file = files.openAppend(kTarget).value;
    BulkWriter writer(*file, true);
    writeSnapshotCommands(keyspace, {}, writer);
    REQUIRE_FALSE(writer.finish());
    REQUIRE_FALSE(files.syncDirectory(kDirectory));
    return files.durableContents(kTarget);
  }
  void compressLists() {
    EncodingRules rules;
    rules.list_max_listpack_size = 4;
    rules.list_compress_depth = 1;
    keyspace.setEncodingRules(rules);
  }
};

std::string command(const std::vector<std::string>& words) {
  std::string text = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    text += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  return text;
}

size_t occurrences(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a list is one RPUSH in its order, integers as their text") {
  ValueBench bench;
  auto list = bench.create<ListValue>("l", ListValue::create());
  for (const char* text : {"b", "12", "", "-7"}) list.pushBack(text);
  REQUIRE(bench.snapshot() == kSelect0 + resp({"RPUSH", "l", "b", "12", "", "-7"}));
}

TEST_CASE("more than 64 elements are several commands") {
  ValueBench bench;
  const size_t count = GENERATE(size_t{64}, size_t{65}, size_t{128}, size_t{1000});
  auto list = bench.create<ListValue>("l", ListValue::create());
  std::string expected = kSelect0;
  for (size_t first = 0; first < count; first += 64) {
    std::vector<std::string> words = {"RPUSH", "l"};
    for (size_t i = first; i < std::min(count, first + 64); ++i) {
      words.push_back("e" + std::to_string(i));
      list.pushBack(words.back());
    }
    expected += command(words);
  }
  const bool same = bench.snapshot() == expected;
  REQUIRE(same);
}

TEST_CASE("a list whose inner nodes are compressed is written as any other") {
  ValueBench bench;
  bench.compressLists();
  auto list = bench.create<ListValue>("l", ListValue::create());
  std::vector<std::string> words = {"RPUSH", "l"};
  for (int i = 0; i < 40; ++i) {
    words.push_back(std::string(60, static_cast<char>('a' + i % 26)));
    list.pushBack(words.back());
  }
  const bool same = bench.snapshot() == kSelect0 + command(words);
  REQUIRE(same);
}

TEST_CASE("sets of every encoding name each member once") {
  ValueBench bench;
  const EncodingRules& rules = bench.keyspace.encodingRules();
  const int count = GENERATE(3, 100, 1000);
  const bool numbers = GENERATE(true, false);
  const std::string prefix = numbers ? "" : "m";
  auto set = bench.create<SetValue>("s", SetValue::create(rules, prefix + "0", 1));
  for (int i = 0; i < count; ++i) set.insert(prefix + std::to_string(i));
  const std::string text = bench.snapshot();
  REQUIRE(occurrences(text, "$4\r\nSADD\r\n") == static_cast<size_t>(count + 63) / 64);
  for (int i = 0; i < count; ++i) {
    const std::string member = prefix + std::to_string(i);
    REQUIRE(occurrences(text, "$" + std::to_string(member.size()) + "\r\n" + member + "\r\n") >= 1);
  }
}

TEST_CASE("a hash is HMSET with field and value by turns") {
  ValueBench bench;
  auto hash = bench.create<HashValue>("h", HashValue::create());
  hash.set("field", "value");
  hash.set("7", "-7");
  REQUIRE(bench.snapshot() == kSelect0 + resp({"HMSET", "h", "field", "value", "7", "-7"}));
}

TEST_CASE("a large hash is HMSET of 64 fields at a time") {
  ValueBench bench;
  auto hash = bench.create<HashValue>("h", HashValue::create());
  for (int i = 0; i < 1000; ++i) hash.set("f" + std::to_string(i), "v" + std::to_string(i));
  const std::string text = bench.snapshot();
  REQUIRE(occurrences(text, "$5\r\nHMSET\r\n") == 16);
  REQUIRE(occurrences(text, "$4\r\nf999\r\n$4\r\nv999\r\n") == 1);
}

TEST_CASE("a sorted set is ZADD in ascending order, with scores that read back exactly") {
  ValueBench bench;
  const EncodingRules& rules = bench.keyspace.encodingRules();
  const size_t size_hint = GENERATE(size_t{1}, size_t{100'000});
  auto zset = bench.create<SortedSetValue>("z", SortedSetValue::create(rules, size_hint, 1));
  zset.set("c", 0.1);
  zset.set("b", -HUGE_VAL);
  zset.set("a", 3);
  REQUIRE(bench.snapshot() == kSelect0 + resp({"ZADD", "z", "-inf", "b", "0.1", "c", "3", "a"}));
}

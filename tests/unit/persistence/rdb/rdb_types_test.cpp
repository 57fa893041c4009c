// Files of every type and version, put together byte by byte.
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "persistence/rdb/rdb_format.h"
#include "persistence/rdb/rdb_payload.h"
#include "tests/unit/persistence/rdb/rdb_bytes.h"
#include "tests/unit/persistence/rdb/rdb_world.h"

namespace inkstone::test {
namespace {

// The key "k" of such a file.
struct Loaded {
  Loaded(int version, int type, const RdbBytes& value) {
    const std::string bytes = RdbBytes(version).key(type, "k").raw(value.bytes()).end(version >= 5);
    loaded = world.load(bytes);
    content = loaded ? world.describe("k") : "refused: " + world.error.reason;
    encoding = world.encoding("k");
  }

  RdbWorld world;
  bool loaded;
  std::string content;
  std::string encoding;
};

std::string listpackOf(const std::vector<std::string>& texts) {
  Listpack pack = Listpack::create();
  for (const std::string& text : texts) pack.append(text);
  const std::string bytes(reinterpret_cast<const char*>(pack.bytes()), pack.byteCount());
  Listpack::destroy(pack.bytes());
  return bytes;
}

std::string intsetOf(int width, const std::vector<int64_t>& integers) {
  RdbBytes bytes;
  bytes.little(static_cast<uint64_t>(width), 4).little(integers.size(), 4);
  for (const int64_t integer : integers) bytes.little(static_cast<uint64_t>(integer), width);
  return bytes.bytes();
}

RdbBytes binaryScore(double score) {
  uint64_t bits;
  std::memcpy(&bits, &score, sizeof bits);
  return RdbBytes().little(bits, 8);
}

}  // namespace

TEST_CASE("strings are read in every form", "[rdb]") {
  CHECK(Loaded(1, 0, RdbBytes().string("plain")).content == "string \"plain\"");
  CHECK(Loaded(2, 0, RdbBytes().byte(0xc0).byte(0x85)).content == "string \"-123\"");
  CHECK(Loaded(3, 0, RdbBytes().byte(0xc1).little(0x8000, 2)).content == "string \"-32768\"");
  CHECK(Loaded(4, 0, RdbBytes().byte(0xc2).little(0x7fffffff, 4)).content ==
        "string \"2147483647\"");
  CHECK(Loaded(11, 0, RdbBytes().byte(0xc0).byte(7)).encoding == "int");
  // liblzf: one literal, then 29 times what is one back.
  const RdbBytes packed =
      RdbBytes().byte(0xc3).length(5).length(30).byte(0).raw("a").byte(0xe0).byte(20).byte(0);
  CHECK(Loaded(9, 0, packed).content == "string \"" + std::string(30, 'a') + "\"");
  const RdbBytes wide = RdbBytes().byte(0x81).big(3, 8).raw("abc");
  CHECK(Loaded(9, 0, wide).content == "string \"abc\"");
}

TEST_CASE("lists of every type are read", "[rdb]") {
  const std::string expected = "list [\"a\" \"2\" \"c\"]";
  const std::string ziplist = ZiplistBytes().text("a").digit(2).text("c").bytes();
  const RdbBytes plain = RdbBytes().length(3).string("a").byte(0xc0).byte(2).string("c");
  CHECK(Loaded(1, 1, plain).content == expected);
  CHECK(Loaded(6, 10, RdbBytes().string(ziplist)).content == expected);
  CHECK(Loaded(7, 14, RdbBytes().length(1).string(ziplist)).content == expected);
  CHECK(Loaded(7, 14, RdbBytes().length(2).string(ziplist).string(ziplist)).content ==
        "list [\"a\" \"2\" \"c\" \"a\" \"2\" \"c\"]");
  const RdbBytes node = RdbBytes().length(1).length(2).string(listpackOf({"a", "2", "c"}));
  CHECK(Loaded(10, 18, node).content == expected);
  CHECK(Loaded(10, 18, node).encoding == "listpack");
}

TEST_CASE("a list takes nodes over, and large elements", "[rdb]") {
  const std::string large(10000, 'x');
  const Loaded list(10, 18,
                    RdbBytes()
                        .length(3)
                        .length(2)
                        .string(listpackOf({"a", "b"}))
                        .length(1)
                        .string(large)
                        .length(2)
                        .string(listpackOf({"1", "c"})));
  CHECK(list.content == "list [\"a\" \"b\" \"" + large + "\" \"1\" \"c\"]");
  CHECK(list.encoding == "quicklist");
  CHECK(Loaded(10, 18, RdbBytes().length(1).length(3).string("a")).content ==
        "refused: an unknown node of a list");
  // Redis leaves such nodes out.
  const RdbBytes gaps = RdbBytes()
                            .length(3)
                            .length(2)
                            .string(listpackOf({}))
                            .length(2)
                            .string(listpackOf({"a"}))
                            .length(2)
                            .string(listpackOf({}));
  CHECK(Loaded(10, 18, gaps).content == "list [\"a\"]");
  const std::string full = ZiplistBytes().text("a").bytes();
  const std::string empty = ZiplistBytes().bytes();
  CHECK(Loaded(9, 14, RdbBytes().length(3).string(empty).string(full).string(empty)).content ==
        "list [\"a\"]");
}

TEST_CASE("sets of every type are read", "[rdb]") {
  const RdbBytes plain = RdbBytes().length(2).string("a").string("b");
  CHECK(Loaded(1, 2, plain).content == "set [\"a\" \"b\"]");
  CHECK(Loaded(1, 2, plain).encoding == "listpack");
  CHECK(Loaded(1, 2, RdbBytes().length(2).string("5").string("6")).encoding == "intset");
  for (const int width : {2, 4, 8}) {
    const Loaded set(4, 11, RdbBytes().string(intsetOf(width, {-3, 5, 100})));
    CHECK(set.content == "set [\"-3\" \"100\" \"5\"]");
    CHECK(set.encoding == "intset");
  }
  const Loaded packed(11, 20, RdbBytes().string(listpackOf({"a", "7"})));
  CHECK(packed.content == "set [\"7\" \"a\"]");
  CHECK(packed.encoding == "listpack");
}

TEST_CASE("hashes of every type are read", "[rdb]") {
  const std::string expected = "hash [\"1\"=\"b\" \"f\"=\"12\"]";
  const RdbBytes plain = RdbBytes().length(2).string("f").string("12").string("1").string("b");
  CHECK(Loaded(1, 4, plain).content == expected);
  const RdbBytes zipmap = RdbBytes()
                              .byte(2)
                              .string("f")
                              .byte(2)
                              .byte(0)
                              .raw("12")
                              .string("1")
                              .byte(1)
                              .byte(1)
                              .raw("b?")
                              .byte(255);
  CHECK(Loaded(2, 9, RdbBytes().string(zipmap.bytes())).content == expected);
  const std::string ziplist = ZiplistBytes().text("f").digit(12).digit(1).text("b").bytes();
  CHECK(Loaded(4, 13, RdbBytes().string(ziplist)).content == expected);
  const Loaded packed(10, 16, RdbBytes().string(listpackOf({"f", "12", "1", "b"})));
  CHECK(packed.content == expected);
  CHECK(packed.encoding == "listpack");
}

TEST_CASE("sorted sets of every type are read", "[rdb]") {
  const std::string expected = "zset [\"c\"=-inf \"a\"=-1.5 \"b\"=3]";
  const RdbBytes text =
      RdbBytes().length(3).string("b").byte(1).raw("3").string("a").byte(4).raw("-1.5").string("c");
  CHECK(Loaded(1, 3, RdbBytes(text).byte(255)).content == expected);
  CHECK(Loaded(1, 3, RdbBytes(text).byte(254)).content == "zset [\"a\"=-1.5 \"b\"=3 \"c\"=inf]");
  CHECK(Loaded(1, 3, RdbBytes(text).byte(253)).content == "refused: a score that is not a number");
  CHECK(Loaded(1, 3, RdbBytes(text).byte(2).raw("1x")).content ==
        "refused: a score that is not a number");
  const RdbBytes binary = RdbBytes()
                              .length(3)
                              .string("b")
                              .raw(binaryScore(3).bytes())
                              .string("a")
                              .raw(binaryScore(-1.5).bytes())
                              .string("c")
                              .raw(binaryScore(-HUGE_VAL).bytes());
  CHECK(Loaded(8, 5, binary).content == expected);
  const std::string ziplist =
      ZiplistBytes().text("c").text("-inf").text("a").text("-1.5").text("b").digit(3).bytes();
  CHECK(Loaded(4, 12, RdbBytes().string(ziplist)).content == expected);
  const Loaded packed(10, 17, RdbBytes().string(listpackOf({"c", "-inf", "a", "-1.5", "b", "3"})));
  CHECK(packed.content == expected);
  CHECK(packed.encoding == "listpack");
}

TEST_CASE("what the rules do not allow packed is unpacked", "[rdb]") {
  RdbWorld world;
  EncodingRules rules = world.rules();
  rules.hash_max_listpack_entries = rules.set_max_listpack_entries = 1;
  rules.set_max_intset_entries = rules.zset_max_listpack_entries = 1;
  rules.list_max_listpack_size = 2;
  world.keyspace.setEncodingRules(rules);
  const std::string bytes = RdbBytes(11)
                                .key(16, "hash")
                                .string(listpackOf({"a", "1", "b", "2"}))
                                .key(20, "set")
                                .string(listpackOf({"a", "1"}))
                                .key(11, "integers")
                                .string(intsetOf(2, {1, 2}))
                                .key(17, "zset")
                                .string(listpackOf({"a", "1", "b", "2"}))
                                .key(18, "list")
                                .length(1)
                                .length(2)
                                .string(listpackOf({"a", "b", "c"}))
                                .end();
  REQUIRE(world.load(bytes));
  CHECK(world.encoding("hash") == "hashtable");
  CHECK(world.encoding("set") == "hashtable");
  CHECK(world.encoding("integers") == "hashtable");
  CHECK(world.encoding("zset") == "skiplist");
  CHECK(world.encoding("list") == "quicklist");
  CHECK(world.describe() ==
        "0 \"hash\" - hash [\"a\"=\"1\" \"b\"=\"2\"]\n"
        "0 \"integers\" - set [\"1\" \"2\"]\n"
        "0 \"list\" - list [\"a\" \"b\" \"c\"]\n"
        "0 \"set\" - set [\"1\" \"a\"]\n"
        "0 \"zset\" - zset [\"a\"=1 \"b\"=2]\n");
}

TEST_CASE("an integer packed as text is packed anew", "[rdb]") {
  // The element "12" as a string of two bytes.
  const std::string text = RdbBytes().byte(0x82).raw("12").byte(3).bytes();
  const std::string bytes =
      RdbBytes().little(7 + text.size(), 4).little(1, 2).raw(text).byte(255).bytes();
  Loaded set(11, 20, RdbBytes().string(bytes));
  REQUIRE(set.content == "set [\"12\"]");
  CHECK(SetValue(valueOf(*set.world.entry("k")), set.world.rules()).contains("12"));
  Loaded list(10, 18, RdbBytes().length(1).length(2).string(bytes));
  REQUIRE(list.content == "list [\"12\"]");
  CHECK(ListValue(valueOf(*list.world.entry("k")), list.world.rules()).at(0).isInteger());
}

TEST_CASE("elements there twice are refused in every type", "[rdb]") {
  const RdbBytes members = RdbBytes().length(2).string("a").string("a");
  const RdbBytes pairs = RdbBytes().length(2).string("a").string("b").string("a").string("c");
  const RdbBytes scored = RdbBytes()
                              .length(2)
                              .string("a")
                              .raw(binaryScore(1).bytes())
                              .string("a")
                              .raw(binaryScore(2).bytes());
  CHECK(Loaded(9, 2, members).content == "refused: a member twice in a set");
  CHECK(Loaded(11, 20, RdbBytes().string(listpackOf({"b", "a", "b"}))).content ==
        "refused: a member twice in a set");
  CHECK(Loaded(9, 4, pairs).content == "refused: a field twice in a hash");
  CHECK(Loaded(10, 16, RdbBytes().string(listpackOf({"5", "a", "5", "b"}))).content ==
        "refused: a field twice in a hash");
  CHECK(Loaded(10, 16, RdbBytes().string(listpackOf({"f", "a", "g", "a"}))).loaded);
  CHECK(Loaded(9, 13, RdbBytes().string(ZiplistBytes().digit(1).digit(2).digit(1).digit(3).bytes()))
            .content == "refused: a field twice in a hash");
  CHECK(Loaded(9, 5, scored).content == "refused: a member twice in a sorted set");
  CHECK(Loaded(10, 17, RdbBytes().string(listpackOf({"a", "1", "a", "2"}))).content ==
        "refused: a member twice in a sorted set");
  CHECK(Loaded(9, 11, RdbBytes().string(intsetOf(2, {1, 1}))).content ==
        "refused: a damaged intset");
}

TEST_CASE("one of many packed elements there twice is found", "[rdb]") {
  std::vector<std::string> texts;
  for (int i = 0; i < 100; ++i) texts.push_back((i % 3 == 0 ? "" : "m") + std::to_string(i));
  CHECK(Loaded(11, 20, RdbBytes().string(listpackOf(texts))).loaded);
  texts.push_back(texts[57]);
  CHECK(Loaded(11, 20, RdbBytes().string(listpackOf(texts))).content ==
        "refused: a member twice in a set");
}

namespace {

// A value of every type that can be without elements.
std::vector<std::pair<int, RdbBytes>> emptyValues() {
  std::vector<std::pair<int, RdbBytes>> values;
  for (const int type : {1, 2, 3, 4, 5, 14, 18}) values.emplace_back(type, RdbBytes().length(0));
  for (const int type : {16, 17, 20}) {
    values.emplace_back(type, RdbBytes().string(listpackOf({})));
  }
  for (const int type : {10, 12, 13}) {
    values.emplace_back(type, RdbBytes().string(ZiplistBytes().bytes()));
  }
  values.emplace_back(9, RdbBytes().string(RdbBytes().byte(0).byte(255).bytes()));
  values.emplace_back(11, RdbBytes().string(intsetOf(2, {})));
  values.emplace_back(14, RdbBytes().length(1).string(ZiplistBytes().bytes()));
  values.emplace_back(18, RdbBytes().length(1).length(2).string(listpackOf({})));
  return values;
}

}  // namespace

TEST_CASE("a key without elements is left out, whatever its type, and told", "[rdb]") {
  RdbBytes all(11);
  uint64_t count = 0;
  for (const auto& [type, value] : emptyValues()) {
    INFO(type);
    RdbBytes bytes(11);
    // A deadline that is not the next key's.
    bytes.byte(0xfc).little(1, 8).key(type, "gone\n").raw(value.bytes());
    bytes.key(0, "k").string("v");
    all.key(type, "k" + std::to_string(count++)).raw(value.bytes());
    RdbWorld world;
    REQUIRE(world.load(bytes.end()));
    CHECK(world.describe() == "0 \"k\" - string \"v\"\n");
    CHECK(world.keys_loaded == 1);
    CHECK(world.facts.empty_keys == 1);
    CHECK(world.facts.empty_key_names == std::vector<std::string>{"gone\n"});
  }
  RdbWorld world;
  REQUIRE(world.load(all.end()));
  CHECK(world.facts.empty_keys == count);
  CHECK(world.facts.empty_key_names.size() == RdbFacts::kNamesMax);
  CHECK(world.describe().empty());
}

TEST_CASE("a payload without elements is refused, whatever its type", "[rdb]") {
  for (const auto& [type, value] : emptyValues()) {
    INFO(type);
    const std::string payload =
        RdbBytes().byte(type).raw(value.bytes()).little(11, 2).little(0, 8).bytes();
    REQUIRE(isPayloadValid(payload, false));
    RdbWorld world;
    RdbPayloadReader reader(payload, world.rules());
    RdbValue read;
    CHECK_FALSE(reader.read(read));
    CHECK(reader.error().reason == "a value without elements");
  }
}

TEST_CASE("odd and disordered values are refused", "[rdb]") {
  CHECK(Loaded(10, 16, RdbBytes().string(listpackOf({"a"}))).content ==
        "refused: a field without a value");
  CHECK(Loaded(10, 17, RdbBytes().string(listpackOf({"a", "1", "b"}))).content ==
        "refused: a member without a score");
  CHECK(Loaded(10, 17, RdbBytes().string(listpackOf({"a", "2", "b", "1"}))).content ==
        "refused: members of a sorted set out of order");
  CHECK(Loaded(10, 17, RdbBytes().string(listpackOf({"b", "1", "a", "1"}))).content ==
        "refused: members of a sorted set out of order");
  CHECK(Loaded(10, 17, RdbBytes().string(listpackOf({"b", "one"}))).content ==
        "refused: a score that is not a number");
}

TEST_CASE("streams and modules are refused by name", "[rdb]") {
  CHECK(Loaded(10, 21, RdbBytes()).content ==
        "refused: a stream, a type that is not supported yet");
  // "ReJSON-RL" and version 3.
  const uint64_t number = 0x44c1 + 0;
  CHECK(Loaded(10, 7, RdbBytes().byte(0x81).big(number, 8)).content ==
        "refused: a value of the module type 'AAAAAAAAR'");
  CHECK(Loaded(10, 6, RdbBytes()).content ==
        "refused: a value of a module for a release candidate of Redis 4.0");
  CHECK(Loaded(10, 8, RdbBytes()).content == "refused: the unknown type 8 of a value");
  CHECK(Loaded(10, 200, RdbBytes()).content == "refused: the unknown type 200 of a value");
}

TEST_CASE("damage in front of what this server lacks is told first", "[rdb]") {
  RdbWorld world;
  const RdbBytes bytes = RdbBytes(11).key(0, "k").string("v").key(0, "k").string("v").key(7, "m");
  CHECK_FALSE(world.load(bytes.bytes()));
  CHECK(world.error.kind == RdbError::Kind::kDamaged);
  CHECK(world.error.reason == "a key that was there before");
}

TEST_CASE("an unknown type in a file whose checksum is right is another server's", "[rdb]") {
  for (const uint64_t wrong : {0U, 1U}) {
    RdbBytes bytes = RdbBytes(9).key(0, "k").string("v").key(200, "x").string("?").byte(255);
    const uint64_t checksum = rdbChecksum(0, bytes.bytes());
    RdbWorld world;
    CHECK_FALSE(world.load(bytes.little(checksum + wrong, 8).bytes()));
    CHECK(world.error.kind ==
          (wrong == 0 ? RdbError::Kind::kUnsupported : RdbError::Kind::kDamaged));
    CHECK_THAT(world.error.reason, Catch::StartsWith("the unknown type 200 of a value"));
    CHECK(world.error.offset == 14);
  }
}

}  // namespace inkstone::test

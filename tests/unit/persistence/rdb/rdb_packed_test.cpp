#include "persistence/rdb/rdb_packed.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/unit/persistence/rdb/rdb_bytes.h"

namespace inkstone::test {
namespace {

using Unpack = bool (*)(std::string_view, std::vector<Element>&);

// The elements, each in brackets; "damaged" if there is no such value.
std::string unpacked(Unpack unpack, std::string_view bytes) {
  // The block has exactly the size of its content, so that a read behind the end is found.
  const std::vector<char> copy(bytes.begin(), bytes.end());
  std::vector<Element> elements;
  if (!unpack({copy.data(), copy.size()}, elements)) return "damaged";
  std::string text;
  for (const Element& element : elements) text += "[" + element.toString() + "]";
  return text;
}

// No prefix is sound, and no changed byte makes us read where nothing is.
void tryDamage(Unpack unpack, const std::string& bytes) {
  for (size_t end = 0; end < bytes.size(); ++end) {
    CHECK(unpacked(unpack, bytes.substr(0, end)) == "damaged");
  }
  CHECK(unpacked(unpack, bytes + '\xff') == "damaged");
  for (size_t i = 0; i < bytes.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(value);
      unpacked(unpack, changed);
    }
  }
}

std::string everyEncoding() {
  const std::string medium(100, 'm');
  const std::string large(20000, 'l');
  return ZiplistBytes()
      .text("")
      .text("abc")
      .entry(RdbBytes().big(0x4000 | medium.size(), 2).raw(medium).bytes())
      .entry(RdbBytes().byte(0x80).big(large.size(), 4).raw(large).bytes())
      .digit(0)
      .digit(12)
      .entry(RdbBytes().byte(0xfe).little(0x80, 1).bytes())
      .entry(RdbBytes().byte(0xc0).little(0x8000, 2).bytes())
      .entry(RdbBytes().byte(0xf0).little(0x800000, 3).bytes())
      .entry(RdbBytes().byte(0xf0).little(0x7fffff, 3).bytes())
      .entry(RdbBytes().byte(0xd0).little(0x80000000, 4).bytes())
      .entry(RdbBytes().byte(0xe0).little(0x8000000000000000, 8).bytes())
      .bytes();
}

}  // namespace

TEST_CASE("ziplists of every encoding are taken apart", "[rdb]") {
  CHECK(unpacked(unpackZiplist, everyEncoding()) ==
        "[][abc][" + std::string(100, 'm') + "][" + std::string(20000, 'l') +
            "][0][12][-128][-32768][-8388608][8388607][-2147483648][-9223372036854775808]");
  CHECK(unpacked(unpackZiplist, ZiplistBytes().bytes()) == "");
}

TEST_CASE("a ziplist may leave its number of entries open", "[rdb]") {
  std::string bytes = ZiplistBytes().text("a").digit(3).bytes();
  bytes[8] = bytes[9] = '\xff';
  CHECK(unpacked(unpackZiplist, bytes) == "[a][3]");
}

TEST_CASE("damaged ziplists are refused", "[rdb]") {
  const std::string sound = ZiplistBytes().text("ab").digit(5).text("xyz").bytes();
  REQUIRE(unpacked(unpackZiplist, sound) == "[ab][5][xyz]");
  tryDamage(unpackZiplist, sound);
  // Total bytes, offset of the last entry, number, length of the entry before, unknown encodings.
  for (const auto& [place, value] :
       {std::pair{0, 0}, {4, 10}, {8, 2}, {8, 4}, {10, 1}, {14, 5}, {15, 0xff}, {15, 0xc1}}) {
    std::string changed = sound;
    changed[static_cast<size_t>(place)] = static_cast<char>(value);
    INFO(place);
    CHECK(unpacked(unpackZiplist, changed) == "damaged");
  }
}

TEST_CASE("zipmaps are taken apart, unused bytes left out", "[rdb]") {
  const std::string sound = RdbBytes()
                                .byte(2)
                                .string("f1")
                                .byte(2)
                                .byte(3)
                                .raw("v1???")
                                .string("f2")
                                .byte(0)
                                .byte(0)
                                .byte(255)
                                .bytes();
  CHECK(unpacked(unpackZipmap, sound) == "[f1][v1][f2][]");
  tryDamage(unpackZipmap, sound);
  const std::string large(300, 'x');
  const std::string wide = RdbBytes()
                               .byte(254)
                               .string("f")
                               .byte(254)
                               .little(300, 4)
                               .byte(0)
                               .raw(large)
                               .byte(255)
                               .bytes();
  CHECK(unpacked(unpackZipmap, wide) == "[f][" + large + "]");
  std::string miscounted = sound;
  miscounted[0] = 3;
  CHECK(unpacked(unpackZipmap, miscounted) == "damaged");
}

TEST_CASE("text of an integer that is packed as text is noticed", "[rdb]") {
  CHECK(areCanonical({Element(int64_t{12}), Element("a"), Element("012"), Element("")}));
  CHECK_FALSE(areCanonical({Element("a"), Element("12")}));
  CHECK(longestText({Element(int64_t{-12}), Element("ab")}) == 3);
}

}  // namespace inkstone::test

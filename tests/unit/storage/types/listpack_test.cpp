#include "storage/types/listpack.h"

#include <catch2/catch.hpp>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "storage/memory_cost.h"
#include "storage/memory_usage.h"

namespace inkstone::testing {
namespace {

using Bytes = std::vector<uint8_t>;

// A listpack with an owner.
class OwnedListpack {
 public:
  OwnedListpack() : pack(Listpack::create()) {}
  ~OwnedListpack() { Listpack::destroy(pack.bytes()); }
  OwnedListpack(const OwnedListpack&) = delete;
  OwnedListpack& operator=(const OwnedListpack&) = delete;

  Bytes bytes() const { return {pack.view().begin(), pack.view().end()}; }
  std::vector<std::string> texts() const {
    std::vector<std::string> found;
    for (auto at = pack.first(); at != nullptr; at = pack.next(at)) {
      found.push_back(Listpack::get(at).toString());
    }
    return found;
  }

  Listpack pack;
};

// The bytes of the only element.
Bytes encoded(std::string_view text) {
  OwnedListpack owned;
  owned.pack.append(text);
  const Bytes bytes = owned.bytes();
  CHECK(bytes.size() == Listpack::kEmptyBytes + Listpack::elementBytes(text));
  CHECK(owned.texts() == std::vector<std::string>{std::string(text)});
  CHECK(Listpack::isValid(bytes));
  return {bytes.begin() + Listpack::kHeaderBytes, bytes.end() - 1};
}

TEST_CASE("an empty listpack is its header and the end") {
  const OwnedListpack owned;
  CHECK(owned.bytes() == Bytes{7, 0, 0, 0, 0, 0, 0xff});
  CHECK(owned.pack.empty());
  CHECK(owned.pack.size() == 0);
  CHECK(owned.pack.first() == nullptr);
  CHECK(owned.pack.last() == nullptr);
  CHECK(owned.pack.at(0) == nullptr);
  CHECK(owned.pack.at(-1) == nullptr);
}

TEST_CASE("integers take the smallest encoding that holds them") {
  CHECK(encoded("0") == Bytes{0x00, 1});
  CHECK(encoded("127") == Bytes{0x7f, 1});
  CHECK(encoded("128") == Bytes{0xc0, 0x80, 2});
  CHECK(encoded("-1") == Bytes{0xdf, 0xff, 2});
  CHECK(encoded("4095") == Bytes{0xcf, 0xff, 2});
  CHECK(encoded("-4096") == Bytes{0xd0, 0x00, 2});
  CHECK(encoded("4096") == Bytes{0xf1, 0x00, 0x10, 3});
  CHECK(encoded("-32768") == Bytes{0xf1, 0x00, 0x80, 3});
  CHECK(encoded("32768") == Bytes{0xf2, 0x00, 0x80, 0x00, 4});
  CHECK(encoded("-8388608") == Bytes{0xf2, 0x00, 0x00, 0x80, 4});
  CHECK(encoded("8388607") == Bytes{0xf2, 0xff, 0xff, 0x7f, 4});
  CHECK(encoded("8388608") == Bytes{0xf3, 0x00, 0x00, 0x80, 0x00, 5});
  CHECK(encoded("-2147483648") == Bytes{0xf3, 0x00, 0x00, 0x00, 0x80, 5});
  CHECK(encoded("2147483648") == Bytes{0xf4, 0, 0, 0, 0x80, 0, 0, 0, 0, 9});
  CHECK(encoded("-9223372036854775808") == Bytes{0xf4, 0, 0, 0, 0, 0, 0, 0, 0x80, 9});
}

TEST_CASE("text that an integer would not print as stays text") {
  for (const std::string text : {"", "00", "+1", "-0", " 1", "1 ", "9223372036854775808", "-"}) {
    Bytes wanted{static_cast<uint8_t>(0x80 | text.size())};
    wanted.insert(wanted.end(), text.begin(), text.end());
    wanted.push_back(static_cast<uint8_t>(text.size() + 1));
    CHECK(encoded(text) == wanted);
  }
}

Bytes encodedHead(size_t length, size_t head_bytes) {
  const Bytes bytes = encoded(std::string(length, 'x'));
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(head_bytes)};
}

Bytes encodedTail(size_t length, size_t tail_bytes) {
  const Bytes bytes = encoded(std::string(length, 'x'));
  return {bytes.end() - static_cast<std::ptrdiff_t>(tail_bytes), bytes.end()};
}

TEST_CASE("strings carry their length in one, two or five bytes") {
  CHECK(encodedHead(63, 1) == Bytes{0xbf});
  CHECK(encodedHead(64, 2) == Bytes{0xe0, 64});
  CHECK(encodedHead(4095, 2) == Bytes{0xef, 0xff});
  CHECK(encodedHead(4096, 5) == Bytes{0xf0, 0, 0x10, 0, 0});
}

TEST_CASE("the length behind an element grows with it") {
  CHECK(encodedTail(125, 2) == Bytes{'x', 127});
  CHECK(encodedTail(126, 3) == Bytes{'x', 1, 0x80});
  CHECK(encodedTail(16377, 3) == Bytes{'x', 0x7f, 0xfe});
  CHECK(encodedTail(16378, 4) == Bytes{'x', 0, 0xff, 0xff});
  CHECK(encodedTail(2097145, 4) == Bytes{'x', 0x7f, 0xff, 0xfe});
  CHECK(encodedTail(2097146, 5) == Bytes{'x', 0, 0xff, 0xff, 0xff});
}

TEST_CASE("an integer is appended as its text would be") {
  for (const int64_t integer :
       {int64_t{0}, int64_t{-1}, int64_t{70000}, std::numeric_limits<int64_t>::min()}) {
    OwnedListpack by_integer;
    by_integer.pack.append(integer);
    OwnedListpack by_text;
    by_text.pack.append(std::to_string(integer));
    CHECK(by_integer.bytes() == by_text.bytes());
  }
}

TEST_CASE("elements are found from both ends") {
  OwnedListpack owned;
  for (const char* text : {"a", "5", "b", "-5000", "c"}) owned.pack.append(text);
  const std::vector<std::string> texts = {"a", "5", "b", "-5000", "c"};
  for (int i = 0; i < 5; ++i) {
    CHECK(Listpack::get(owned.pack.at(i)).toString() == texts[static_cast<size_t>(i)]);
    CHECK(owned.pack.at(i - 5) == owned.pack.at(i));
  }
  CHECK(owned.pack.at(5) == nullptr);
  CHECK(owned.pack.at(-6) == nullptr);
  CHECK(owned.pack.at(std::numeric_limits<int64_t>::max()) == nullptr);
  CHECK(owned.pack.at(std::numeric_limits<int64_t>::min()) == nullptr);
}

TEST_CASE("changes say where the element is, or the one behind") {
  OwnedListpack owned;
  Listpack& pack = owned.pack;
  CHECK(Listpack::equals(pack.append("c"), "c"));
  CHECK(Listpack::equals(pack.prepend("a"), "a"));
  CHECK(Listpack::equals(pack.insertAfter(pack.first(), "b"), "b"));
  CHECK(Listpack::equals(pack.insertBefore(nullptr, "d"), "d"));
  CHECK(Listpack::equals(pack.insertAfter(pack.last(), "e"), "e"));
  CHECK(Listpack::equals(pack.replace(pack.at(1), std::string(300, 'B')), std::string(300, 'B')));
  CHECK(Listpack::equals(pack.erase(pack.at(1)), "c"));
  CHECK(owned.texts() == std::vector<std::string>{"a", "c", "d", "e"});
  CHECK(pack.erase(pack.at(2), 10) == nullptr);
  CHECK(owned.texts() == std::vector<std::string>{"a", "c"});
  CHECK(pack.erase(pack.first(), 2) == nullptr);
  CHECK(pack.empty());
}

TEST_CASE("an element equals its text, whichever way it is kept") {
  OwnedListpack owned;
  for (const char* text : {"12", "012", ""}) owned.pack.append(text);
  CHECK(Listpack::equals(owned.pack.at(0), "12"));
  CHECK_FALSE(Listpack::equals(owned.pack.at(0), "012"));
  CHECK(Listpack::equals(owned.pack.at(1), "012"));
  CHECK_FALSE(Listpack::equals(owned.pack.at(1), "12"));
  CHECK(Listpack::equals(owned.pack.at(2), ""));
  CHECK_FALSE(Listpack::equals(owned.pack.at(2), "0"));
}

TEST_CASE("a search finds every kind of element") {
  OwnedListpack owned;
  const std::vector<std::string> texts = {
      "", "7", "300", "-70000", "word", "w0rd", std::string(64, 'x'), std::string(5000, 'y')};
  for (const std::string& text : texts) owned.pack.append(text);
  for (size_t i = 0; i < texts.size(); ++i) {
    CHECK(owned.pack.find(owned.pack.first(), texts[i]) == owned.pack.at(static_cast<int64_t>(i)));
  }
  for (const std::string& text : {std::string("8"), std::string("wor"), std::string(63, 'x')}) {
    CHECK(owned.pack.find(owned.pack.first(), text) == nullptr);
  }
  CHECK(owned.pack.find(owned.pack.at(2), "7") == nullptr);
  CHECK(owned.pack.find(nullptr, "7") == nullptr);
}

TEST_CASE("a search that skips looks at every so many elements") {
  OwnedListpack owned;
  for (const char* text : {"k1", "v", "v", "k1", "k2", "2"}) owned.pack.append(text);
  CHECK(owned.pack.find(owned.pack.first(), "v", 1) == owned.pack.at(2));
  CHECK(owned.pack.find(owned.pack.first(), "2", 1) == nullptr);
  CHECK(owned.pack.find(owned.pack.at(1), "2", 1) == owned.pack.at(5));
}

TEST_CASE("a string of digits from outside is found and equal, too") {
  OwnedListpack owned;
  owned.pack.append("ab");
  uint8_t* const element = owned.pack.bytes() + Listpack::kHeaderBytes;
  element[1] = '1';
  element[2] = '2';
  CHECK(Listpack::isValid(owned.pack.view()));
  CHECK(owned.pack.find(owned.pack.first(), "12") == owned.pack.first());
  CHECK(Listpack::equals(owned.pack.first(), "12"));
}

TEST_CASE("beyond 65,534 elements they are counted") {
  OwnedListpack owned;
  for (int i = 0; i < 65534; ++i) owned.pack.append(int64_t{i});
  CHECK(owned.bytes()[4] == 0xfe);
  CHECK(owned.pack.size() == 65534);
  for (int i = 65534; i < 70000; ++i) owned.pack.append(int64_t{i});
  CHECK(owned.bytes()[4] == 0xff);
  CHECK(owned.bytes()[5] == 0xff);
  CHECK(owned.pack.size() == 70000);
  CHECK(Listpack::isValid(owned.pack.view()));
  CHECK(Listpack::get(owned.pack.at(66000)).integer() == 66000);
  CHECK(Listpack::get(owned.pack.at(-66000)).integer() == 4000);
  CHECK(owned.pack.at(70000) == nullptr);
  CHECK(owned.pack.at(-70001) == nullptr);
  owned.pack.erase(owned.pack.at(10), 60000);
  CHECK(owned.pack.size() == 10000);
  CHECK(Listpack::isValid(owned.pack.view()));
}

TEST_CASE("a block takes what its length says, and a copy has its own") {
  const int64_t before = usedMemory();
  {
    OwnedListpack owned;
    const bool counted = usedMemory() != before;
    for (int i = 0; i < 3000; ++i) {
      owned.pack.append("12345678");
      CHECK(owned.pack.memoryBytes() == blockBytes(owned.pack.byteCount()));
      if (counted) CHECK(usedMemory() - before == static_cast<int64_t>(owned.pack.memoryBytes()));
    }
    const Listpack copy = Listpack::copy(owned.pack);
    CHECK(copy.bytes() != owned.pack.bytes());
    CHECK(std::equal(copy.view().begin(), copy.view().end(), owned.pack.view().begin()));
    Listpack::destroy(copy.bytes());
  }
  CHECK(usedMemory() == before);
}

TEST_CASE("a listpack has room for a gigabyte") {
  const OwnedListpack owned;
  CHECK(owned.pack.canAdd(Listpack::kBytesMax - Listpack::kEmptyBytes));
  CHECK_FALSE(owned.pack.canAdd(Listpack::kBytesMax - Listpack::kEmptyBytes + 1));
}

}  // namespace
}  // namespace inkstone::testing

#include "storage/string_value.h"

#include <catch2/catch.hpp>
#include <cstring>
#include <limits>
#include <string>

#include "tests/unit/storage/database_fixture.h"

namespace inkstone::testing {
namespace {

class OneKey {
 public:
  OneKey() : hasher_(testSecret()), test_(hasher_) {}
  const Entry& set(std::string_view value) { return *test_.set("k", value); }

 private:
  KeyHasher hasher_;
  TestDatabase test_;
};

TEST_CASE("the text of a value is the text it was set to") {
  OneKey key;
  for (const std::string& text : {std::string(),
                                  std::string("abc"),
                                  std::string("\0\r\n", 3),
                                  std::string("0"),
                                  std::string("-1"),
                                  std::string("8388607"),
                                  std::string("8388608"),
                                  std::string("-8388608"),
                                  std::string("-8388609"),
                                  std::string("9223372036854775807"),
                                  std::string("-9223372036854775808"),
                                  std::string("9223372036854775808"),
                                  std::string("007"),
                                  std::string("-0"),
                                  std::string("+1"),
                                  std::string(" 1"),
                                  std::string("1 "),
                                  std::string("1.0"),
                                  std::string(400, 'x'),
                                  std::string(401, 'x'),
                                  std::string(100000, 'x')}) {
    const Entry& entry = key.set(text);
    CHECK((StringView(entry).view() == text));
    CHECK(stringLength(entry) == text.size());
  }
}

TEST_CASE("OBJECT ENCODING says int, embstr up to 44 bytes, and raw") {
  OneKey key;
  const auto encoding = [&](std::string_view text) {
    return std::string(encodingName(key.set(text)));
  };
  CHECK(encoding("0") == "int");
  CHECK(encoding("9223372036854775807") == "int");
  CHECK(encoding("9223372036854775808") == "embstr");
  CHECK(encoding("") == "embstr");
  CHECK(encoding("01") == "embstr");
  CHECK(encoding(std::string(44, 'x')) == "embstr");
  CHECK(encoding(std::string(45, 'x')) == "raw");
  CHECK(encoding(std::string(400, 'x')) == "raw");
  CHECK(encoding(std::string(401, 'x')) == "raw");
}

TEST_CASE("an integer is recognised by exactly the text it prints as") {
  int64_t value = 0;
  for (const char* text : {"0", "1", "-1", "10", "9223372036854775807", "-9223372036854775808"}) {
    INFO(text);
    CHECK(integerFromText(text, value));
    CHECK(std::to_string(value) == text);
  }
  for (const char* text :
       {"", "-", "+", "00", "01", "-0", "-01", "+1", " 1", "1 ", "1a", "a", "1.0", "1e3", "0x1",
        "--1", "9223372036854775808", "-9223372036854775809", "123456789012345678901"}) {
    INFO(text);
    CHECK_FALSE(integerFromText(text, value));
  }
  CHECK_FALSE(integerFromText(std::string_view("1\0", 2), value));
}

TEST_CASE("a string buffer says what it takes") {
  StringBuffer* buffer = StringBuffer::create(3, 10);
  CHECK(buffer->bytes() == sizeof(StringBuffer) + 10);
  std::memcpy(buffer->data(), "abcdefghij", 10);
  CHECK(buffer->view() == "abc");
  StringBuffer::destroy(buffer);
}

}  // namespace
}  // namespace inkstone::testing

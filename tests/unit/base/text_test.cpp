#include "base/text.h"

#include <catch2/catch.hpp>

using namespace inkstone;
using Words = std::vector<std::string>;

TEST_CASE("words are split at blanks") {
  CHECK(splitArguments("  a\tb  c ") == Words{"a", "b", "c"});
  CHECK(splitArguments("") == Words{});
}

TEST_CASE("double quotes understand escapes, single quotes only their own") {
  CHECK(splitArguments(R"("a\x41\n\q\"" 'b\'\n')") == Words{"aA\nq\"", "b'\\n"});
  CHECK(splitArguments(R"("\xZZ")") == Words{"xZZ"});
  CHECK(splitArguments(R"(x"a b")") == Words{"xa b"});
  CHECK(splitArguments("\"\" ''") == Words{"", ""});
}

TEST_CASE("unbalanced quotes are refused") {
  for (const char* line : {"\"a", "'a", "\"a\"b", "'a'b", "\"a\\\"", "\"a\\"}) {
    INFO(line);
    CHECK_FALSE(splitArguments(line));
  }
}

TEST_CASE("what is quoted reads back as it was, whatever the bytes") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(splitArguments(quoteArgument(all)) == Words{all});
  CHECK(quoteArgument("a\"\x01") == "\"a\\\"\\x01\"");
}

TEST_CASE("splitting at single spaces keeps empty parts") {
  CHECK(splitAtSpaces("a  b") == Words{"a", "", "b"});
  CHECK(splitAtSpaces("") == Words{});
}

TEST_CASE("bytes from outside are shown in one line") {
  CHECK(printableName("ab~ \n\x7f\xff") == "ab~ ???");
  CHECK(printableBytes("a\r\n\"\\\x01") == "a\\r\\n\\\"\\\\\\x01");
}

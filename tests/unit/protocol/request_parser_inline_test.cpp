#include <catch2/catch.hpp>

#include "tests/unit/protocol/request_feeder.h"

namespace inkstone::testing {
namespace {

using Args = std::vector<std::string>;

// Words of one inline request, {"<error>"} when it is malformed.
Args words(std::string line) {
  const Outcome outcome = feedCut(line + "\r\n", {});
  if (!outcome.error.empty()) return {"<" + outcome.error + ">"};
  REQUIRE(outcome.requests.size() == 1);
  CHECK_FALSE(outcome.requests[0].canonical);
  return outcome.requests[0].args;
}

const Args kUnbalanced = {"<Protocol error: unbalanced quotes in request>"};

TEST_CASE("an inline request is split at blanks") {
  CHECK(words("SET k v") == Args{"SET", "k", "v"});
  CHECK(words("  SET\t k  v\t ") == Args{"SET", "k", "v"});
  CHECK(words("a\rb") == Args{"a", "b"});
}

TEST_CASE("form feed and vertical tab are skipped before a word and kept within it") {
  CHECK(words("ECHO \v\fa\vb\fc") == Args{"ECHO", "a\vb\fc"});
  CHECK(words("ECHO \"a\"\v") == Args{"ECHO", "a"});
}

TEST_CASE("an inline request ends with LF, a CR before it is not part of it") {
  const Outcome outcome = feedCut("PING\nECHO a\r\r\n\n\r\nQUIT\r\n", {});
  REQUIRE(outcome.requests.size() == 5);
  CHECK(outcome.requests[0].args == Args{"PING"});
  CHECK(outcome.requests[0].consumed == 5);
  CHECK(outcome.requests[1].args == Args{"ECHO", "a"});
  CHECK(outcome.requests[2].args.empty());
  CHECK(outcome.requests[2].consumed == 1);
  CHECK(outcome.requests[3].args.empty());
  CHECK(outcome.requests[3].consumed == 2);
  CHECK(outcome.requests[4].args == Args{"QUIT"});
}

TEST_CASE("double quotes keep blanks and know escapes") {
  CHECK(words(R"(SET "a b" "")") == Args{"SET", "a b", ""});
  CHECK(words(R"("\n\r\t\b\a")") == Args{"\n\r\t\b\a"});
  CHECK(words(R"("\\\"\'\q")") == Args{"\\\"'q"});
  CHECK(words(R"("'")") == Args{"'"});
  CHECK(words(R"("\x41\x4A\x6b\x00!")") == Args{std::string("AJk\0!", 5)});
  CHECK(words(R"("\x4g\xg4\x4\x")") == Args{"x4gxg4x4x"});
}

TEST_CASE("single quotes keep everything but an escaped quote") {
  CHECK(words(R"('a "b" \n')") == Args{"a \"b\" \\n"});
  CHECK(words(R"('it\'s')") == Args{"it's"});
  CHECK(words("''") == Args{""});
}

TEST_CASE("a quote may open within a word but must end it when it closes") {
  CHECK(words(R"(a"b c")") == Args{"ab c"});
  CHECK(words(R"(a'b c' d)") == Args{"ab c", "d"});
  CHECK(words(R"("a"b)") == kUnbalanced);
  CHECK(words(R"('a'b)") == kUnbalanced);
  CHECK(words(R"("a""b")") == kUnbalanced);
}

TEST_CASE("a quote that is never closed is malformed") {
  for (const char* line : {"\"", "'", "ECHO \"abc", "ECHO 'abc", "\"a\\\"", "'a\\'", "\"\\", "'\\",
                           "a\"", "\"\\x4", "\"\\x"}) {
    INFO(line);
    CHECK(words(line) == kUnbalanced);
  }
}

TEST_CASE("an inline request may take 64 KB up to its line feed and not a byte more") {
  const std::string longest(64 * 1024, 'a');
  const Outcome fits = feedCut(longest + "\n", {});
  REQUIRE(fits.requests.size() == 1);
  CHECK(fits.requests[0].args == Args{longest});
  CHECK(feedCut(longest, {}).error.empty());
  for (const char* end : {"", "\n", "\r\n"}) {
    CHECK(feedCut(longest + "a" + end, {}).error == "Protocol error: too big inline request");
  }
  CHECK(feedCut(longest + "\r\n", {}).error == "Protocol error: too big inline request");
}

TEST_CASE("words of the previous inline request are gone, those of the array form are not") {
  RequestParser parser;
  std::vector<std::string_view> args;
  const std::string_view array = "*1\r\n$4\r\nPING\r\n";
  REQUIRE(parser.parse(array, {}, args).status == ParseStatus::kComplete);
  REQUIRE(parser.parse("ECHO one\r\n", {}, args).status == ParseStatus::kComplete);
  CHECK(args == std::vector<std::string_view>{"PING", "ECHO", "one"});
}

TEST_CASE("splitting a line appends to the words that are there") {
  std::vector<std::string> found = {"first"};
  CHECK(splitQuotedLine("a 'b'", found));
  CHECK(found == Args{"first", "a", "b"});
  CHECK(splitQuotedLine("", found));
  CHECK(found.size() == 3);
  CHECK_FALSE(splitQuotedLine("'", found));
}

}  // namespace
}  // namespace inkstone::testing

#include <catch2/catch.hpp>

#include "tests/unit/protocol/request_feeder.h"

namespace inkstone::testing {
namespace {

using Args = std::vector<std::string>;

Outcome feed(std::string_view input, const RequestLimits& limits = {}) {
  return feedCut(input, limits);
}

std::string errorOf(std::string_view input, const RequestLimits& limits = {}) {
  return feed(input, limits).error;
}

std::string bulk(size_t length) {
  return "$" + std::to_string(length) + "\r\n" + std::string(length, 'b') + "\r\n";
}

TEST_CASE("an array of bulk strings is a request whose arguments are any bytes") {
  const std::string input("*3\r\n$3\r\nSET\r\n$4\r\na\r\n\0\r\n$0\r\n\r\n", 29);
  const Outcome outcome = feed(input);
  REQUIRE(outcome.requests.size() == 1);
  CHECK(outcome.requests[0].args == Args{"SET", std::string("a\r\n\0", 4), ""});
  CHECK(outcome.requests[0].consumed == input.size());
  CHECK(outcome.requests[0].canonical);
}

TEST_CASE("arguments of the array form are views into the input") {
  const std::string_view input = "*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\nrest";
  RequestParser parser;
  std::vector<std::string_view> args;
  const ParseResult result = parser.parse(input, {}, args);
  REQUIRE(result.status == ParseStatus::kComplete);
  CHECK(result.consumed == input.size() - 4);
  REQUIRE(args.size() == 2);
  CHECK(args[0].data() == input.data() + 8);
  CHECK(args[1].data() == input.data() + 18);
}

TEST_CASE("requests of a pipeline come one by one, in both forms") {
  const Outcome outcome = feed("*1\r\n$4\r\nPING\r\nGET k\r\n*1\r\n$4\r\nQUIT\r\n");
  REQUIRE(outcome.requests.size() == 3);
  CHECK(outcome.requests[0].args == Args{"PING"});
  CHECK(outcome.requests[1].args == Args{"GET", "k"});
  CHECK(outcome.requests[2].args == Args{"QUIT"});
  CHECK(outcome.unconsumed == 0);
}

TEST_CASE("an array without elements is complete and holds no argument") {
  for (const char* header : {"*0\r\n", "*-1\r\n", "*-5\r\n"}) {
    const Outcome outcome = feed(std::string(header) + "*1\r\n$4\r\nPING\r\n");
    REQUIRE(outcome.requests.size() == 2);
    CHECK(outcome.requests[0].args.empty());
    CHECK(outcome.requests[0].consumed == std::string_view(header).size());
    CHECK_FALSE(outcome.requests[0].canonical);
    CHECK(outcome.requests[1].args == Args{"PING"});
  }
}

TEST_CASE("a frame whose lines do not end in CRLF is read but not called canonical") {
  for (const char* input :
       {"*1\rX$4\r\nPING\r\n", "*1\r\n$4\rXPING\r\n", "*1\r\n$4\r\nPINGXX", "*1\rX$4\rXPINGXX"}) {
    const Outcome outcome = feed(std::string(input) + "*1\r\n$4\r\nPING\r\n");
    INFO(input);
    REQUIRE(outcome.requests.size() == 2);
    CHECK(outcome.requests[0].args == Args{"PING"});
    CHECK_FALSE(outcome.requests[0].canonical);
    CHECK(outcome.requests[1].canonical);
  }
}

TEST_CASE("a broken frame leaves no trace in the next request's canonical flag") {
  RequestParser parser;
  std::vector<std::string_view> args;
  CHECK(parser.parse("*1\rX$4\rX:", {}, args).status == ParseStatus::kNeedMore);
  CHECK(parser.parse("*1\rX+4\rX:", {}, args).status == ParseStatus::kNeedMore);
  parser.reset();
  CHECK(parser.parse("*1\rX:4\r\n", {}, args).status == ParseStatus::kMalformed);
  const ParseResult result = parser.parse("*1\r\n$4\r\nPING\r\n", {}, args);
  CHECK(result.status == ParseStatus::kComplete);
  CHECK(result.canonical);
}

TEST_CASE("a number of arguments that is not one is malformed") {
  for (const char* input :
       {"*a\r\n", "*\r\n", "*+1\r\n", "*01\r\n", "* 1\r\n", "*1 \r\n", "*-0\r\n", "*1x\r\n",
        "*-\r\n", "*9223372036854775808\r\n", "*1\n\r\n"}) {
    INFO(input);
    CHECK(errorOf(input) == "Protocol error: invalid multibulk length");
  }
}

TEST_CASE("a bulk length that is not one is malformed") {
  for (const char* length : {"a", "", "-1", "+1", "01", " 1", "1 ", "-0", "9223372036854775808"}) {
    INFO(length);
    CHECK(errorOf("*1\r\n$" + std::string(length) + "\r\n") ==
          "Protocol error: invalid bulk length");
  }
}

TEST_CASE("what should be a bulk string and is not is named in the error") {
  CHECK(errorOf("*1\r\n:4\r\n") == "Protocol error: expected '$', got ':'");
  CHECK(errorOf("*2\r\n$1\r\na\r\n*") == "Protocol error: expected '$', got '*'");
  CHECK(errorOf(std::string_view("*1\r\n\0", 5)) ==
        std::string("Protocol error: expected '$', got '\0'", 37));
}

TEST_CASE("as many arguments as the limit are taken, one more is malformed") {
  CHECK(errorOf("*1048576\r\n").empty());
  CHECK(errorOf("*1048577\r\n") == "Protocol error: invalid multibulk length");
  RequestLimits limits;
  limits.multibulk_args_max = 2;
  CHECK(feed("*2\r\n" + bulk(1) + bulk(1), limits).requests.size() == 1);
  CHECK(errorOf("*3\r\n", limits) == "Protocol error: invalid multibulk length");
}

TEST_CASE("a bulk string as long as the limit is taken, a longer one is malformed") {
  CHECK(errorOf("*1\r\n$536870912\r\n").empty());
  CHECK(errorOf("*1\r\n$536870913\r\n") == "Protocol error: invalid bulk length");
  RequestLimits limits;
  limits.bulk_bytes_max = 10;
  CHECK(feed("*1\r\n" + bulk(10), limits).requests.size() == 1);
  CHECK(errorOf("*1\r\n" + bulk(11), limits) == "Protocol error: invalid bulk length");
}

TEST_CASE("before a client has authenticated it may send 10 arguments of 16 KB") {
  RequestLimits limits;
  limits.authenticated = false;
  std::string ten = "*10\r\n" + bulk(16384);
  for (int i = 0; i < 9; ++i) ten += bulk(1);
  CHECK(feed(ten, limits).requests.size() == 1);
  CHECK(errorOf("*11\r\n", limits) == "Protocol error: unauthenticated multibulk length");
  CHECK(errorOf("*1\r\n$16385\r\n", limits) == "Protocol error: unauthenticated bulk length");
  limits.authenticated = true;
  CHECK(errorOf("*11\r\n", limits).empty());
  CHECK(errorOf("*1\r\n$16385\r\n", limits).empty());
}

TEST_CASE("before a client has authenticated a request may take 32 KB as a whole") {
  constexpr size_t kMax = RequestLimits::kUnauthenticatedRequestMax;
  RequestLimits limits;
  limits.authenticated = false;
  const std::string head = "*3\r\n" + bulk(16'000) + bulk(16'000);
  const auto third = [&head](size_t size) {
    // "$nnn\r\n" and the line end behind it.
    return size - head.size() - 8;
  };
  REQUIRE(head.size() < kMax - 108);
  CHECK(feed(head + bulk(third(kMax)), limits).requests.size() == 1);
  const std::string longer = head + bulk(third(kMax + 1));
  CHECK(errorOf(longer, limits) == "Protocol error: unauthenticated bulk length");
  // The parser knows from the length alone that the request is too long.
  CHECK(errorOf(longer.substr(0, head.size() + 6), limits) ==
        "Protocol error: unauthenticated bulk length");
  const std::string digits(kMax, '0');
  CHECK(errorOf("*" + digits, limits) == "Protocol error: too big mbulk count string");
  CHECK(errorOf("*1\r\n$" + digits, limits) == "Protocol error: too big bulk count string");
  CHECK(errorOf(std::string(kMax + 1, 'a'), limits) == "Protocol error: too big inline request");
  CHECK(feed(std::string(kMax, 'a') + "\n", limits).requests.size() == 1);
  limits.authenticated = true;
  CHECK(feed(longer, limits).requests.size() == 1);
  CHECK(errorOf(std::string(kMax + 1, 'a'), limits).empty());
}

TEST_CASE("before a client has authenticated no input stays incomplete for long") {
  RequestLimits limits;
  limits.authenticated = false;
  const std::string head = "*3\r\n" + bulk(16'000) + bulk(16'000);
  // Lengths and lines that reach the bound in every possible place.
  for (size_t size = 700; size < 770; ++size) {
    for (const char* end : {"$1", "$1\r", "$1\r\n", "$1\r\na", "", "$000000000000000000001"}) {
      const size_t length = 32 * 1024 - head.size() - size + 700;
      std::string input = "*4" + head.substr(2) + bulk(std::min<size_t>(length - 16, 16'000)) + end;
      const Outcome outcome = feed(input, limits);
      INFO(size << ' ' << end);
      if (outcome.error.empty() && outcome.requests.empty()) {
        REQUIRE(outcome.unconsumed < RequestLimits::kUnauthenticatedInputMax);
      }
    }
  }
}

TEST_CASE("a length line may take 64 KB and not a byte more") {
  const std::string longest(64 * 1024, '1');
  CHECK(errorOf("*" + longest).empty());
  CHECK(errorOf("*" + longest + "\r\n") == "Protocol error: invalid multibulk length");
  CHECK(errorOf("*" + longest + "1") == "Protocol error: too big mbulk count string");
  CHECK(errorOf("*" + longest + "1\r\n") == "Protocol error: too big mbulk count string");
  CHECK(errorOf("*1\r\n$" + longest).empty());
  CHECK(errorOf("*1\r\n$" + longest + "\r\n") == "Protocol error: invalid bulk length");
  CHECK(errorOf("*1\r\n$" + longest + "1") == "Protocol error: too big bulk count string");
  CHECK(errorOf("*1\r\n$" + longest + "1\r\n") == "Protocol error: too big bulk count string");
}

TEST_CASE("what is needed for a large bulk string is known as soon as its length is") {
  RequestFeeder feeder({});
  feeder.feed("*2\r\n$3\r\nSET\r\n$1000000\r\n");
  CHECK(feeder.parser().pendingArgs() == 1);
  CHECK(feeder.parser().bytesNeeded() == 23 + 1000000 + 2);
  feeder.feed(std::string(1000000, 'x') + "\r");
  CHECK(feeder.parser().bytesNeeded() == 23 + 1000000 + 2);
  CHECK(feeder.outcome().requests.empty());
  feeder.feed("\n");
  REQUIRE(feeder.outcome().requests.size() == 1);
  CHECK(feeder.outcome().requests[0].args[1].size() == 1000000);
  CHECK(feeder.parser().pendingArgs() == 0);
}

TEST_CASE("bytes needed never asks for more than completes the request") {
  const std::string input = "*2\r\n$3\r\nGET\r\n$2\r\nab\r\n";
  for (size_t size = 0; size < input.size(); ++size) {
    RequestParser parser;
    std::vector<std::string_view> args;
    REQUIRE(parser.parse(std::string_view(input).substr(0, size), {}, args).status ==
            ParseStatus::kNeedMore);
    CHECK(parser.bytesNeeded() > size);
    CHECK(parser.bytesNeeded() <= input.size());
  }
}

TEST_CASE("after a reset another request may take the place of an incomplete one") {
  RequestParser parser;
  std::vector<std::string_view> args;
  CHECK(parser.parse("*3\r\n$3\r\nSET\r\n$5\r\nab", {}, args).status == ParseStatus::kNeedMore);
  CHECK(parser.pendingArgs() == 1);
  parser.reset();
  CHECK(parser.pendingArgs() == 0);
  CHECK(parser.parse("*1\r\n$4\r\nPING\r\n", {}, args).status == ParseStatus::kComplete);
  CHECK(args == std::vector<std::string_view>{"PING"});
}

}  // namespace
}  // namespace inkstone::testing

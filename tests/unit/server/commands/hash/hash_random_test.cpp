#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "protocol/request_parser.h"
#include "server/command_table/errors.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

// The bulks of a flat array, which looks like a request.
std::vector<std::string> words(const std::string& reply) {
  if (reply == "*0\r\n") return {};
  RequestParser parser;
  std::vector<std::string_view> args;
  const ParseResult result = parser.parse(reply, RequestLimits{}, args);
  REQUIRE(result.status == ParseStatus::kComplete);
  REQUIRE(result.consumed == reply.size());
  return {args.begin(), args.end()};
}

void fill(ServerFixture& f, int fields) {
  for (int i = 0; i < fields; ++i) {
    f.run({"HSET", "h", "f" + std::to_string(i), "v" + std::to_string(i)});
  }
}

// With this many degrees of freedom chance exceeds it once in ten million runs (Wilson and
// Hilferty's approximation of the chi-square distribution).
double chiSquareLimit(int degrees) {
  const double part = 2.0 / (9 * degrees);
  const double root = 1 - part + 5.2 * std::sqrt(part);
  return degrees * root * root * root;
}

}  // namespace

TEST_CASE("HRANDFIELD picks every field with the same probability, in each form and encoding") {
  constexpr int kFields = 40;
  for (const char* entries : {"512", "1"}) {
    for (const char* form : {"", " -400", " 10", " 30"}) {
      ServerFixture f({"--hash-max-listpack-entries", entries});
      fill(f, kFields);
      std::map<std::string, int> counts;
      int picked = 0;
      while (picked < 40'000) {
        const std::string line = std::string("HRANDFIELD h") + form;
        std::string reply = f.runLine(line);
        if (*form == '\0') reply = "*1\r\n" + reply;
        for (const std::string& field : words(reply)) {
          ++counts[field];
          ++picked;
        }
      }
      INFO(entries << form);
      CHECK(counts.size() == kFields);
      const double expected = static_cast<double>(picked) / kFields;
      double chi_square = 0;
      for (const auto& [field, count] : counts) {
        chi_square += (count - expected) * (count - expected) / expected;
      }
      CHECK(chi_square < chiSquareLimit(kFields - 1));
    }
  }
}

TEST_CASE("a positive count gives different fields, with their values if asked") {
  for (const char* entries : {"512", "1"}) {
    ServerFixture f({"--hash-max-listpack-entries", entries});
    constexpr size_t kFields = 50;
    fill(f, kFields);
    for (size_t count : {0U, 1U, 2U, 10U, 25U, 40U, 49U, 50U, 51U, 1000U}) {
      const std::vector<std::string> pairs =
          words(f.run({"HRANDFIELD", "h", std::to_string(count), "WITHVALUES"}));
      const size_t expected = std::min(count, kFields);
      REQUIRE(pairs.size() == expected * 2);
      std::map<std::string, std::string> seen;
      for (size_t i = 0; i < pairs.size(); i += 2) {
        seen[pairs[i]] = pairs[i + 1];
        CHECK(pairs[i].substr(1) == pairs[i + 1].substr(1));
      }
      CHECK(seen.size() == expected);
      CHECK(words(f.run({"HRANDFIELD", "h", std::to_string(count)})).size() == expected);
    }
  }
}

TEST_CASE("HRANDFIELD's shapes in both protocols") {
  ServerFixture f;
  f.runLine("HSET h a 5");
  CHECK(f.runLine("HRANDFIELD h") == bulk("a"));
  CHECK(f.runLine("HRANDFIELD h -3") == array({bulk("a"), bulk("a"), bulk("a")}));
  CHECK(f.runLine("HRANDFIELD h -2 withvalues") ==
        array({bulk("a"), bulk("5"), bulk("a"), bulk("5")}));
  CHECK(f.runLine("HRANDFIELD h 9223372036854775807") == array({bulk("a")}));
  CHECK(f.runLine("HRANDFIELD h 4611686018427387903 WITHVALUES") == array({bulk("a"), bulk("5")}));
  CHECK(f.runLine("HRANDFIELD none") == kNull);
  CHECK(f.runLine("HRANDFIELD none 1") == array({}));
  CHECK(f.runLine("HRANDFIELD none -9223372036854775807") == array({}));
  f.runLine("HELLO 3");
  const std::string pair = array({bulk("a"), bulk("5")});
  CHECK(f.runLine("HRANDFIELD h -2 WITHVALUES") == array({pair, pair}));
  CHECK(f.runLine("HRANDFIELD h 2 WITHVALUES") == array({pair}));
  CHECK(f.runLine("HRANDFIELD h 2") == array({bulk("a")}));
  CHECK(f.runLine("HRANDFIELD none") == "_\r\n");
  CHECK(f.runLine("HRANDFIELD none 1 WITHVALUES") == array({}));
}

TEST_CASE("HRANDFIELD says what is wrong: count, syntax, range, type") {
  ServerFixture f;
  f.runLine("SET s x");
  CHECK(f.runLine("HRANDFIELD s") == errorReply(errors::kWrongType));
  CHECK(f.runLine("HRANDFIELD s 1") == errorReply(errors::kWrongType));
  CHECK(f.runLine("HRANDFIELD s x FOO") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("HRANDFIELD s 9223372036854775808") == errorReply(errors::kNotInteger));
  CHECK(f.runLine("HRANDFIELD s -9223372036854775808") == errorReply(errors::kNotSymmetricLong));
  CHECK(f.runLine("HRANDFIELD s 1 FOO") == errorReply(errors::kSyntax));
  CHECK(f.runLine("HRANDFIELD s 1 WITHVALUES WITHVALUES") == errorReply(errors::kSyntax));
  for (const char* count : {"9223372036854775807", "4611686018427387904", "-4611686018427387904"}) {
    CHECK(f.run({"HRANDFIELD", "s", count, "WITHVALUES"}) == errorReply(errors::kOutOfRange));
  }
}

// Replies that are members in any order.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "protocol/request_parser.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {

// The bulks of a flat array or set.
inline std::vector<std::string> members(std::string reply) {
  if (reply == "*0\r\n" || reply == "~0\r\n") return {};
  if (reply[0] == '~') reply[0] = '*';
  RequestParser parser;
  std::vector<std::string_view> args;
  const ParseResult result = parser.parse(reply, RequestLimits{}, args);
  REQUIRE(result.status == ParseStatus::kComplete);
  REQUIRE(result.consumed == reply.size());
  return {args.begin(), args.end()};
}

inline std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

inline std::vector<std::string> sortedMembers(std::string reply) {
  return sorted(members(std::move(reply)));
}

// How often each was drawn, against each being as likely as any other. Chance exceeds the limit
// once in 10,000 runs (Wilson and Hilferty's approximation of the chi-square distribution).
inline void checkEvenly(const std::map<std::string, int>& draws, int choices) {
  CHECK(static_cast<int>(draws.size()) == choices);
  double total = 0;
  for (const auto& [text, count] : draws) total += count;
  const double expected = total / choices;
  double chi_square = 0;
  for (const auto& [text, count] : draws) {
    chi_square += (count - expected) * (count - expected) / expected;
  }
  const double part = 2.0 / (9 * (choices - 1));
  const double root = 1 - part + 3.72 * std::sqrt(part);
  CHECK(chi_square < (choices - 1) * root * root * root);
}

// A key with `count` members in one of the three encodings.
inline void fillSet(ServerFixture& f, const std::string& key, const std::string& encoding,
                    int count) {
  const std::string prefix = encoding == "intset" ? "" : "m";
  for (int i = 0; i < count; ++i) f.run({"SADD", key, prefix + std::to_string(i)});
  if (encoding == "hashtable") {
    const std::string longer(100, 'x');
    f.run({"SADD", key, longer});
    f.run({"SREM", key, longer});
  }
  REQUIRE(f.run({"OBJECT", "ENCODING", key}) == bulk(encoding));
}

}  // namespace inkstone::test

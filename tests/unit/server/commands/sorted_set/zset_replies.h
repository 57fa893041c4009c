// Replies of the sorted-set commands, for comparing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {

inline std::vector<std::string_view> wordsOf(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t blank = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, blank));
    text.remove_prefix(std::min(blank + 1, text.size()));
  }
  return words;
}

// An array of bulk strings, from one line: "a b c".
inline std::string bulks(std::string_view text) {
  const std::vector<std::string_view> words = wordsOf(text);
  std::string reply = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string_view word : words) reply += bulk(word);
  return reply;
}

// A double of RESP3.
inline std::string number(std::string_view text) {
  return "," + std::string(text) + "\r\n";
}

// Members and scores as RESP3 has them, from one line: "a 1 b 2.5".
inline std::string pairs(std::string_view text) {
  const std::vector<std::string_view> words = wordsOf(text);
  std::string reply = "*" + std::to_string(words.size() / 2) + "\r\n";
  for (size_t i = 0; i + 1 < words.size(); i += 2) {
    reply += array({bulk(words[i]), number(words[i + 1])});
  }
  return reply;
}

// The same as a client of RESP2 sees it where it is nested.
inline std::string bulkPairs(std::string_view text) {
  const std::vector<std::string_view> words = wordsOf(text);
  std::string reply = "*" + std::to_string(words.size() / 2) + "\r\n";
  for (size_t i = 0; i + 1 < words.size(); i += 2) {
    reply += array({bulk(words[i]), bulk(words[i + 1])});
  }
  return reply;
}

inline const std::string kNullThree = "_\r\n";
inline const std::string kNullArray = "*-1\r\n";

// A server whose sorted sets are trees from the second member on.
inline const std::vector<std::string> kTreesOnly = {"--zset-max-listpack-entries", "1"};

}  // namespace inkstone::test

// A connection as the request parser sees it: bytes arrive in pieces, what is complete is taken
// out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/request_parser.h"

namespace inkstone::testing {

struct Request {
  std::vector<std::string> args;
  size_t consumed = 0;
  bool canonical = false;
  bool operator==(const Request&) const = default;
};

struct Outcome {
  std::vector<Request> requests;
  std::string error;      // of the parser, empty when nothing was malformed
  size_t unconsumed = 0;  // bytes of an incomplete request, which may still become complete
  bool operator==(const Outcome&) const = default;
};

class RequestFeeder {
 public:
  explicit RequestFeeder(const RequestLimits& limits) : limits_(limits) {}

  void feed(std::string_view piece) {
    if (!outcome_.error.empty()) return;
    pending_ += piece;
    while (!pending_.empty() && parseOne()) {
    }
    outcome_.unconsumed = outcome_.error.empty() ? pending_.size() : 0;
  }

  const Outcome& outcome() const { return outcome_; }
  const RequestParser& parser() const { return parser_; }

 private:
  // Parses one request. Returns whether another may follow.
  bool parseOne() {
    // A buffer of exactly the size, elsewhere each time: reading too far and keeping pointers into
    // an earlier buffer are found by the sanitizer.
    const std::vector<char> exact(pending_.begin(), pending_.end());
    std::vector<std::string_view> args = {"kept"};
    const ParseResult result = parser_.parse({exact.data(), exact.size()}, limits_, args);
    if (result.status != ParseStatus::kComplete) {
      if (args.size() != 1) outcome_.error = "an incomplete request left arguments behind";
      if (result.status == ParseStatus::kMalformed) outcome_.error = parser_.error();
      return false;
    }
    Request& request = outcome_.requests.emplace_back();
    request.args.assign(args.begin() + 1, args.end());
    request.consumed = result.consumed;
    request.canonical = result.canonical;
    pending_.erase(0, result.consumed);
    return true;
  }

  RequestLimits limits_;
  RequestParser parser_;
  std::string pending_;
  Outcome outcome_;
};

// The outcome for `input` when it arrives cut at `cuts` (ascending).
inline Outcome feedCut(std::string_view input, const RequestLimits& limits,
                       const std::vector<size_t>& cuts = {}) {
  RequestFeeder feeder(limits);
  size_t begin = 0;
  for (const size_t cut : cuts) {
    feeder.feed(input.substr(begin, cut - begin));
    begin = cut;
  }
  feeder.feed(input.substr(begin));
  return feeder.outcome();
}

}  // namespace inkstone::testing

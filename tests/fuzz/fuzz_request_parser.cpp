// Feeds bytes to the request parser and checks what its header promises: it stays within its input,
// the requests do not depend on where the input was cut, and a request called canonical encodes to
// the very bytes it came from.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/request_parser.h"
#include "tests/fuzz/require.h"

namespace inkstone {
namespace {

// Longer input finds nothing that shorter does not, and the cuts cost its square.
constexpr size_t kInputBytesMax = 4096;
constexpr size_t kCutsMax = 64;

struct Request {
  std::vector<std::string> args;
  size_t consumed;
  bool canonical;
  bool operator==(const Request&) const = default;
};

struct Outcome {
  std::vector<Request> requests;
  std::string error;
  bool operator==(const Outcome&) const = default;
};

RequestLimits limitsOf(uint8_t choice) {
  RequestLimits limits;
  limits.authenticated = (choice & 1) == 0;
  if ((choice & 2) != 0) limits.multibulk_args_max = 4;
  if ((choice & 4) != 0) limits.bulk_bytes_max = 16;
  return limits;
}

void appendLength(std::string& text, char kind, size_t length) {
  text += kind;
  text += std::to_string(length);
  text += "\r\n";
}

std::string encode(const std::vector<std::string_view>& args) {
  std::string text;
  appendLength(text, '*', args.size());
  for (const std::string_view arg : args) {
    appendLength(text, '$', arg.size());
    text += arg;
    text += "\r\n";
  }
  return text;
}

void checkComplete(std::string_view input, const ParseResult& result,
                   const std::vector<std::string_view>& args) {
  require(result.consumed > 0 && result.consumed <= input.size(), "consumed lies within the input");
  const std::string_view frame = input.substr(0, result.consumed);
  if (result.canonical) require(encode(args) == frame, "a canonical frame encodes to itself");
  if (frame[0] != '*') return;
  for (const std::string_view arg : args) {
    const bool inside = arg.data() >= frame.data() && arg.size() <= frame.size() &&
                        static_cast<size_t>(arg.data() - frame.data()) <= frame.size() - arg.size();
    require(inside, "arguments of the array form are views into their frame");
  }
}

// A connection as seen by the parser: pieces arrive, everything complete is taken out.
class Feeder {
 public:
  explicit Feeder(const RequestLimits& limits) : limits_(limits) {}

  void feed(std::string_view piece) {
    // The pending bytes move into an allocation of exactly their size, so that a byte read too far
    // is found.
    std::vector<char> exact(pending_.begin(), pending_.end());
    exact.insert(exact.end(), piece.begin(), piece.end());
    exact.shrink_to_fit();
    std::string_view input(exact.data(), exact.size());
    while (outcome_.error.empty() && !input.empty() && parseOne(input)) {
    }
    pending_.assign(input);
  }

  const Outcome& outcome() const { return outcome_; }

 private:
  bool parseOne(std::string_view& input) {
    std::vector<std::string_view> args;
    const ParseResult result = parser_.parse(input, limits_, args);
    if (result.status == ParseStatus::kComplete) {
      require(input.size() >= bytes_needed_, "bytesNeeded() is a lower bound");
      checkComplete(input, result, args);
      outcome_.requests.push_back({{args.begin(), args.end()}, result.consumed, result.canonical});
      input.remove_prefix(result.consumed);
      bytes_needed_ = 0;
      return true;
    }
    require(args.empty(), "an incomplete request leaves args as they were");
    if (result.status == ParseStatus::kMalformed) {
      require(!parser_.error().empty(), "malformed input has an error text");
      outcome_.error = parser_.error();
    } else {
      require(parser_.bytesNeeded() > input.size(), "needing more means more than there is");
      bytes_needed_ = parser_.bytesNeeded();
    }
    return false;
  }

  RequestLimits limits_;
  RequestParser parser_;
  std::string pending_;
  size_t bytes_needed_ = 0;
  Outcome outcome_;
};

Outcome parseInPieces(std::string_view input, const RequestLimits& limits, size_t first,
                      size_t piece_bytes) {
  Feeder feeder(limits);
  feeder.feed(input.substr(0, first));
  for (size_t at = first; at < input.size(); at += piece_bytes) {
    feeder.feed(input.substr(at, piece_bytes));
  }
  return feeder.outcome();
}

}  // namespace
}  // namespace inkstone

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace inkstone;
  if (size < 2 || size > kInputBytesMax) return 0;
  const RequestLimits limits = limitsOf(data[0]);
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Outcome whole = parseInPieces(input, limits, input.size(), 1);
  const size_t step = std::max<size_t>(1, input.size() / kCutsMax);
  for (size_t cut = 1; cut < input.size(); cut += step) {
    require(parseInPieces(input, limits, cut, input.size()) == whole, "one cut changes nothing");
  }
  require(parseInPieces(input, limits, 1, step) == whole, "many cuts change nothing");
  return 0;
}

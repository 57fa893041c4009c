// Turns bytes from a client (or from the log) into requests. Pure: it knows no sockets and no
// files.
//
// Two forms are understood, as in https://redis.io/docs/reference/protocol-spec: an array of bulk
// strings ("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n") and the inline form ("GET k\r\n", with quotes and
// escapes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/kept_buffer.h"

namespace inkstone {

// Bounds on what one request may ask for; a request beyond one of them is malformed.
struct RequestLimits {
  int64_t multibulk_args_max = 1024 * 1024;
  int64_t bulk_bytes_max = 512LL * 1024 * 1024;
  size_t inline_bytes_max = 64 * 1024;
  // Before a client has authenticated the bounds are 10 arguments of 16 KB each, as in Redis, and
  // kUnauthenticatedRequestMax for a request as a whole.
  bool authenticated = true;

  static constexpr size_t kUnauthenticatedRequestMax = 32 * 1024;
  // After so many bytes every request before authentication is complete or malformed.
  static constexpr size_t kUnauthenticatedInputMax = kUnauthenticatedRequestMax + 8;
  // Bounds a request as a whole.
  size_t requestBytesMax() const { return authenticated ? SIZE_MAX : kUnauthenticatedRequestMax; }
};

enum class ParseStatus : uint8_t { kComplete, kNeedMore, kMalformed };

// What parse() found at the start of its input.
struct ParseResult {
  ParseStatus status;
  // kComplete: bytes of the request, to be skipped by the caller before the next parse().
  size_t consumed = 0;
  // kComplete: the bytes are exactly the array of bulk strings that encoding the arguments again
  // would give, so they may be appended to the log as they stand.
  bool canonical = false;
};

// Parses one request after another. Keeps its place within an incomplete one, so that a request
// that arrives in many pieces is scanned once; the caller must then pass the same bytes again,
// followed by more.
class RequestParser {
 public:
  // Parses the request that starts at input[0]. On kComplete its arguments are appended to `args`;
  // they are views into `input` (array form) or into storage of this parser that the next parse()
  // call replaces (inline form). An empty request ("\r\n", "*0\r\n") is complete with no argument.
  // On kNeedMore and kMalformed `args` is as before.
  ParseResult parse(std::string_view input, const RequestLimits& limits,
                    std::vector<std::string_view>& args);

  // After kMalformed: the text of the error reply without "-ERR " and line end.
  const std::string& error() const { return error_; }

  // After kNeedMore: a lower bound of the bytes that input must hold before anything more can be
  // parsed. A reader reserves this much at once when a large bulk string is under way.
  size_t bytesNeeded() const { return bytes_needed_; }

  // After kNeedMore in an array form request: arguments seen so far.
  size_t pendingArgs() const { return spans_.size(); }

  // Forgets an incomplete request.
  void reset();
  // Gives back the memory of the last inline request, which is over.
  void releaseInline() {
    if (!inline_args_.empty()) clearKept(inline_args_, 0);
  }

 private:
  struct Span {
    size_t offset;
    size_t length;
  };

  ParseResult parseInline(std::string_view input, const RequestLimits& limits,
                          std::vector<std::string_view>& args);
  ParseResult parseMultibulk(std::string_view input, const RequestLimits& limits,
                             std::vector<std::string_view>& args);
  ParseResult resumeMultibulk(std::string_view input, const RequestLimits& limits,
                              std::vector<std::string_view>& args);
  // Reads bulk strings from position_ on; add(offset, length) takes each.
  template <class AddArgument>
  ParseResult parseBulks(std::string_view input, const RequestLimits& limits, AddArgument add);
  ParseResult malformed(std::string text);
  ParseResult needMore(size_t bytes_needed);

  // Place within an incomplete array: -1 = the header has not been read.
  int64_t args_left_ = -1;
  int64_t bulk_length_ = -1;
  size_t position_ = 0;
  bool canonical_ = true;
  std::vector<Span> spans_;
  std::vector<std::string> inline_args_;
  size_t bytes_needed_ = 0;
  std::string error_;
};

// Splits the line of an inline request into words separated by blanks. A word may be quoted: "..."
// with \n \r \t \b \a \xHH and \<any other byte> as escapes, '...' with \' only; a closing quote
// ends its word. Form feed and vertical tab are skipped before a word but belong to it once it has
// begun, as in Redis. Appends to `words`; returns false on unbalanced quotes.
[[nodiscard]] bool splitQuotedLine(std::string_view line, std::vector<std::string>& words);

}  // namespace inkstone

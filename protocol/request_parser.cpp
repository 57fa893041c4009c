#include "protocol/request_parser.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/numbers.h"

namespace inkstone {
namespace {

constexpr int64_t kUnauthenticatedArgsMax = 10;
constexpr int64_t kUnauthenticatedBulkMax = 16 * 1024;
// A length line may not be longer. Where its end stands counts, not how much has arrived, so that
// the same bytes fail in the same way however they were cut.
constexpr size_t kLengthLineMax = 64 * 1024;

struct LengthLine {
  enum Status : uint8_t { kOk, kNeedMore, kTooLong, kInvalid } status;
  int64_t value = 0;
  size_t next = 0;  // index of the first byte after the line end
  bool ends_with_newline = true;
};

// Reads a line of `mark`, a number of up to six digits without leading zero, CR and LF, and moves
// on behind it; -1 if there stands anything else.
inline int readShortLine(const char*& at, const char* end, char mark) {
  constexpr ptrdiff_t kLeastBytes = 4;
  constexpr int kLongerFrom = 100'000;
  const auto digit = [](char c) { return static_cast<unsigned char>(c - '0'); };
  if (end - at < kLeastBytes || *at != mark) return -1;
  const char* next = at + 1;
  int value = digit(*next++);
  if (value > 9) return -1;
  for (; next < end && *next != '\r'; ++next) {
    const int added = digit(*next);
    if (added > 9 || value == 0 || value >= kLongerFrom) return -1;
    value = value * 10 + added;
  }
  if (end - next < 2 || next[1] != '\n') return -1;
  at = next + 2;
  return value;
}

// The common case by hand: the bytes of a request that is complete and canonical and whose lengths
// are not unusually long. 0 if it is anything else; what was added to `args` is then to be taken
// away again.
size_t takeShortRequest(std::string_view input, const RequestLimits& limits,
                        std::vector<std::string_view>& args) {
  const char* at = input.data();
  const char* const end = at + input.size();
  const int count = readShortLine(at, end, '*');
  if (count <= 0 || count > limits.multibulk_args_max) return 0;
  for (int i = 0; i < count; ++i) {
    const int length = readShortLine(at, end, '$');
    if (length < 0 || length > limits.bulk_bytes_max || end - at < length + 2) return 0;
    if (at[length] != '\r' || at[length + 1] != '\n') return 0;
    args.emplace_back(at, static_cast<size_t>(length));
    at += length + 2;
  }
  return static_cast<size_t>(at - input.data());
}

// Reads the number between `begin` and the next CR. The byte after the CR is skipped unseen, as
// Redis does, but reported so that such a frame is not taken for canonical.
LengthLine readLength(std::string_view input, size_t begin, const RequestLimits& limits) {
  LengthLine line{LengthLine::kNeedMore};
  const size_t end_max = std::min(begin + kLengthLineMax, limits.requestBytesMax());
  const size_t end = input.substr(0, end_max + 1).find('\r', begin);
  if (end == std::string_view::npos) {
    if (input.size() > end_max) line.status = LengthLine::kTooLong;
    return line;
  }
  if (end + 1 >= input.size()) return line;
  line.next = end + 2;
  line.ends_with_newline = input[end + 1] == '\n';
  line.status = parseInt64(input.substr(begin, end - begin), line.value) ? LengthLine::kOk
                                                                         : LengthLine::kInvalid;
  return line;
}

// The bulk is too long, or makes the request so.
bool exceedsBeforeAuth(const LengthLine& line) {
  return line.value > kUnauthenticatedBulkMax || line.next + static_cast<size_t>(line.value) + 2 >
                                                     RequestLimits::kUnauthenticatedRequestMax;
}

}  // namespace

void RequestParser::reset() {
  args_left_ = -1;
  bulk_length_ = -1;
  position_ = 0;
  canonical_ = true;
  spans_.clear();
}

ParseResult RequestParser::malformed(std::string text) {
  reset();
  error_ = "Protocol error: " + std::move(text);
  return {ParseStatus::kMalformed};
}

ParseResult RequestParser::needMore(size_t bytes_needed) {
  bytes_needed_ = bytes_needed;
  return {ParseStatus::kNeedMore};
}

ParseResult RequestParser::parse(std::string_view input, const RequestLimits& limits,
                                 std::vector<std::string_view>& args) {
  if (input.empty()) return needMore(1);
  if (input[0] != '*') return parseInline(input, limits, args);
  const size_t args_before = args.size();
  if (args_left_ >= 0) return resumeMultibulk(input, limits, args);
  if (limits.authenticated) {
    const size_t consumed = takeShortRequest(input, limits, args);
    if (consumed > 0) return {ParseStatus::kComplete, consumed, true};
    args.resize(args_before);
  }
  const ParseResult result = parseMultibulk(input, limits, args);
  if (result.status == ParseStatus::kNeedMore) {
    for (size_t i = args_before; i < args.size(); ++i) {
      spans_.push_back({static_cast<size_t>(args[i].data() - input.data()), args[i].size()});
    }
  }
  if (result.status != ParseStatus::kComplete) args.resize(args_before);
  return result;
}

ParseResult RequestParser::parseMultibulk(std::string_view input, const RequestLimits& limits,
                                          std::vector<std::string_view>& args) {
  const LengthLine header = readLength(input, 1, limits);
  if (header.status == LengthLine::kNeedMore) return needMore(input.size() + 1);
  if (header.status == LengthLine::kTooLong) return malformed("too big mbulk count string");
  if (header.status == LengthLine::kInvalid || header.value > limits.multibulk_args_max) {
    return malformed("invalid multibulk length");
  }
  if (!limits.authenticated && header.value > kUnauthenticatedArgsMax) {
    return malformed("unauthenticated multibulk length");
  }
  if (header.value <= 0) return {ParseStatus::kComplete, header.next, false};
  args_left_ = header.value;
  position_ = header.next;
  canonical_ = header.ends_with_newline;
  return parseBulks(input, limits, [&](size_t offset, size_t length) {
    args.emplace_back(input.data() + offset, length);
  });
}

ParseResult RequestParser::resumeMultibulk(std::string_view input, const RequestLimits& limits,
                                           std::vector<std::string_view>& args) {
  std::vector<Span> spans = std::move(spans_);
  const ParseResult result = parseBulks(input, limits, [&](size_t offset, size_t length) {
    spans.push_back({offset, length});
  });
  if (result.status == ParseStatus::kComplete) {
    args.reserve(args.size() + spans.size());
    for (const Span& span : spans) args.emplace_back(input.data() + span.offset, span.length);
    spans_.clear();
  } else if (result.status == ParseStatus::kNeedMore) {
    spans_ = std::move(spans);
  }
  return result;
}

template <class AddArgument>
ParseResult RequestParser::parseBulks(std::string_view input, const RequestLimits& limits,
                                      AddArgument add) {
  size_t position = position_;
  while (args_left_ > 0) {
    if (bulk_length_ < 0) {
      position_ = position;
      if (position >= input.size()) return needMore(position + 1);
      if (input[position] != '$') {
        return malformed(std::string("expected '$', got '") + input[position] + "'");
      }
      const LengthLine line = readLength(input, position + 1, limits);
      if (line.status == LengthLine::kNeedMore) return needMore(input.size() + 1);
      if (line.status == LengthLine::kTooLong) return malformed("too big bulk count string");
      if (line.status == LengthLine::kInvalid || line.value < 0 ||
          line.value > limits.bulk_bytes_max) {
        return malformed("invalid bulk length");
      }
      if (!limits.authenticated && exceedsBeforeAuth(line)) {
        return malformed("unauthenticated bulk length");
      }
      canonical_ &= line.ends_with_newline;
      bulk_length_ = line.value;
      position = line.next;
    }
    const size_t length = static_cast<size_t>(bulk_length_);
    if (input.size() - position < length + 2) {
      position_ = position;
      return needMore(position + length + 2);
    }
    add(position, length);
    canonical_ &= input[position + length] == '\r' && input[position + length + 1] == '\n';
    position += length + 2;
    bulk_length_ = -1;
    --args_left_;
  }
  const bool canonical = canonical_;
  args_left_ = -1;
  canonical_ = true;
  return {ParseStatus::kComplete, position, canonical};
}

ParseResult RequestParser::parseInline(std::string_view input, const RequestLimits& limits,
                                       std::vector<std::string_view>& args) {
  const size_t bytes_max = std::min(limits.inline_bytes_max, limits.requestBytesMax());
  const size_t newline = input.substr(0, bytes_max + 1).find('\n');
  if (newline == std::string_view::npos) {
    if (input.size() > bytes_max) return malformed("too big inline request");
    return needMore(input.size() + 1);
  }
  size_t end = newline;
  if (end > 0 && input[end - 1] == '\r') --end;
  inline_args_.clear();
  if (!splitQuotedLine(input.substr(0, end), inline_args_)) {
    return malformed("unbalanced quotes in request");
  }
  for (const std::string& arg : inline_args_) args.emplace_back(arg);
  return {ParseStatus::kComplete, newline + 1, false};
}

}  // namespace inkstone

// Writes replies in RESP2 or RESP3 (https://redis.io/docs/reference/protocol-spec) into an output
// buffer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/numbers.h"
#include "protocol/output_buffer.h"

namespace inkstone {

// Aggregates are written as a header with the number of elements, then that many replies (two a map
// entry). Types that RESP2 lacks are written in the form Redis gives RESP2 clients.
class ReplyBuilder {
 public:
  static constexpr size_t kRememberedErrorMax = 256;

  explicit ReplyBuilder(OutputBuffer& out) : out_(out) {}

  int protocol() const { return protocol_; }
  void setProtocol(int version) { protocol_ = version; }

  // While muted nothing is written (CLIENT REPLY OFF, replay of the log); errors are counted all
  // the same.
  void setMuted(bool muted) { muted_ = muted; }
  bool muted() const { return muted_; }

  void ok() { raw("+OK\r\n"); }
  // `text` holds no line break.
  void simpleString(std::string_view text);
  void integer(int64_t value) { prefixedNumber(':', value); }
  void bulk(std::string_view bytes) {
    constexpr size_t kSmallBulkMax = 4096;
    if (muted_) return;
    if (bytes.size() > kSmallBulkMax) return largeBulk(bytes);
    char* const begin = out_.reserve(bytes.size() + kInt64TextMax + 5);
    char* at = begin;
    *at++ = '$';
    at += formatInt64(at, static_cast<int64_t>(bytes.size()));
    *at++ = '\r';
    *at++ = '\n';
    if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
    at += bytes.size();
    *at++ = '\r';
    *at++ = '\n';
    out_.commit(static_cast<size_t>(at - begin));
  }
  void bulkInteger(int64_t value);
  void null() { raw(protocol_ == 2 ? "$-1\r\n" : "_\r\n"); }
  void nullArray() { raw(protocol_ == 2 ? "*-1\r\n" : "_\r\n"); }
  void array(size_t elements) { prefixedNumber('*', static_cast<int64_t>(elements)); }
  void map(size_t entries);
  void set(size_t elements);
  // Out-of-band data; in RESP2 an array.
  void push(size_t elements);
  // RESP3 only: entries that describe the next reply. Callers check protocol().
  void attribute(size_t entries) { prefixedNumber('|', static_cast<int64_t>(entries)); }
  // A double, ready as text; in RESP2 a bulk string.
  void doubleText(std::string_view text);
  void boolean(bool value);
  // Decimal digits of any length; in RESP2 a bulk string.
  void bigNumber(std::string_view digits);
  // `format` is three letters, "txt" or "mkd".
  void verbatim(std::string_view format, std::string_view text);

  // `text` with its code, without '-' and line end: "ERR syntax error". Line breaks in it become
  // blanks.
  void error(std::string_view text);
  // Errors written so far; a caller compares before and after.
  uint64_t errorCount() const { return error_count_; }
  // The beginning of its text, at most kRememberedErrorMax bytes: some errors repeat what a client
  // sent.
  const std::string& lastError() const { return last_error_; }

  // Appends bytes that are encoded already.
  void raw(std::string_view bytes) {
    if (!muted_) out_.append(bytes);
  }

  OutputBuffer& buffer() { return out_; }

 private:
  void prefixedNumber(char prefix, int64_t value) {
    if (muted_) return;
    char* const begin = out_.reserve(kInt64TextMax + 3);
    char* at = begin;
    *at++ = prefix;
    at += formatInt64(at, value);
    *at++ = '\r';
    *at++ = '\n';
    out_.commit(static_cast<size_t>(at - begin));
  }
  void largeBulk(std::string_view bytes);

  OutputBuffer& out_;
  int protocol_ = 2;
  bool muted_ = false;
  uint64_t error_count_ = 0;
  std::string last_error_;
};

}  // namespace inkstone

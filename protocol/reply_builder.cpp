#include "protocol/reply_builder.h"

#include <algorithm>

namespace inkstone {

void ReplyBuilder::simpleString(std::string_view text) {
  raw("+");
  raw(text);
  raw("\r\n");
}

void ReplyBuilder::largeBulk(std::string_view bytes) {
  prefixedNumber('$', static_cast<int64_t>(bytes.size()));
  raw(bytes);
  raw("\r\n");
}

void ReplyBuilder::bulkInteger(int64_t value) {
  char text[kInt64TextMax];
  bulk({text, formatInt64(text, value)});
}

void ReplyBuilder::map(size_t entries) {
  if (protocol_ == 2) return array(entries * 2);
  prefixedNumber('%', static_cast<int64_t>(entries));
}

void ReplyBuilder::set(size_t elements) {
  prefixedNumber(protocol_ == 2 ? '*' : '~', static_cast<int64_t>(elements));
}

void ReplyBuilder::push(size_t elements) {
  prefixedNumber(protocol_ == 2 ? '*' : '>', static_cast<int64_t>(elements));
}

void ReplyBuilder::doubleText(std::string_view text) {
  if (protocol_ == 2) return bulk(text);
  raw(",");
  raw(text);
  raw("\r\n");
}

void ReplyBuilder::boolean(bool value) {
  if (protocol_ == 2) return integer(value ? 1 : 0);
  raw(value ? "#t\r\n" : "#f\r\n");
}

void ReplyBuilder::bigNumber(std::string_view digits) {
  if (protocol_ == 2) return bulk(digits);
  raw("(");
  raw(digits);
  raw("\r\n");
}

void ReplyBuilder::verbatim(std::string_view format, std::string_view text) {
  if (protocol_ == 2) return bulk(text);
  prefixedNumber('=', static_cast<int64_t>(format.size() + 1 + text.size()));
  raw(format);
  raw(":");
  raw(text);
  raw("\r\n");
}

void ReplyBuilder::error(std::string_view text) {
  ++error_count_;
  last_error_.assign(text.substr(0, kRememberedErrorMax));
  std::replace_if(
      last_error_.begin(), last_error_.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
  raw("-");
  for (size_t end; (end = text.find_first_of("\r\n")) != std::string_view::npos;) {
    raw(text.substr(0, end));
    raw(" ");
    text.remove_prefix(end + 1);
  }
  raw(text);
  raw("\r\n");
}

}  // namespace inkstone

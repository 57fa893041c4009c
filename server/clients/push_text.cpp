#include "server/clients/push_text.h"

#include "base/numbers.h"

namespace inkstone {

void appendHead(std::string& text, char prefix, size_t elements) {
  char digits[kInt64TextMax];
  text += prefix;
  text.append(digits, formatInt64(digits, static_cast<int64_t>(elements)));
  text += "\r\n";
}

void appendBulk(std::string& text, std::string_view bytes) {
  appendHead(text, '$', bytes.size());
  text += bytes;
  text += "\r\n";
}

}  // namespace inkstone

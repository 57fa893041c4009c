#include "storage/string_value.h"

#include <charconv>
#include <new>

namespace inkstone {
namespace {

constexpr size_t kIntegerTextMax = 20;

}  // namespace

StringBuffer* StringBuffer::create(size_t length, size_t capacity) {
  auto* buffer = static_cast<StringBuffer*>(::operator new(sizeof(StringBuffer) + capacity));
  buffer->length = length;
  buffer->capacity = capacity;
  return buffer;
}

void StringBuffer::destroy(StringBuffer* buffer) {
  ::operator delete(buffer);
}

StringView::StringView(const Entry& entry) {
  const Encoding encoding = entry.encoding();
  if (encoding == Encoding::kInline) {
    view_ = entry.inlineString();
  } else if (encoding == Encoding::kRaw) {
    view_ = static_cast<const StringBuffer*>(entry.object())->view();
  } else {
    const char* end = std::to_chars(text_, text_ + sizeof text_, entry.integer()).ptr;
    view_ = {text_, static_cast<size_t>(end - text_)};
  }
}

size_t stringLength(const Entry& entry) {
  return StringView(entry).view().size();
}

bool integerFromText(std::string_view text, int64_t& value) {
  if (text.empty() || text.size() > kIntegerTextMax) return false;
  const char first = text[0];
  if (first == '0') {
    value = 0;
    return text.size() == 1;
  }
  if (first == '-' ? text.size() == 1 || text[1] < '1' || text[1] > '9'
                   : first < '1' || first > '9') {
    return false;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace inkstone

#include "storage/entry.h"

namespace inkstone {

Entry* Entry::place(void* memory, const Layout& layout, std::string_view key, uint32_t access) {
  auto* entry = static_cast<Entry*>(memory);
  entry->low_ = static_cast<uint32_t>(layout.type) | (layout.has_deadline ? kDeadlineBit : 0) |
                (static_cast<uint32_t>(layout.encoding) << kEncodingShift) |
                (access << kAccessShift);
  const bool long_key = key.size() >= kLongKey;
  entry->high_ = long_key ? kLongKey : static_cast<uint32_t>(key.size());
  if (long_key) entry->setWord(layout.has_deadline ? 1 : 0, static_cast<int64_t>(key.size()));
  std::memcpy(entry->bytes() + kHeaderBytes + layout.fieldsBefore(true), key.data(), key.size());
  return entry;
}

}  // namespace inkstone

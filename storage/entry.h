// One key with what belongs to it, in one allocation:
//
//   word 0   low half    type (3 bits), "has a deadline" (1), encoding (4),
//                        access bits (24: LRU clock or LFU counter)
//            high half   key length (8 bits; 255: see the long key length),
//                        payload (24 bits: length of an inline string, or a small integer)
//   8 bytes, optional    deadline, Unix milliseconds
//   8 bytes, optional    long key length
//   8 bytes, optional    value word: an integer beyond 24 bits, or a pointer to the value
//   the bytes of the key, then those of an inline string
//
// A 16-byte key with a 32-byte value takes 56 bytes, with a small integer 24.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "storage/hash_segment.h"

namespace inkstone {

// A new type is put in front of kLast, which becomes it. Every layer then asks for its row, see
// type_table.h.
enum class ValueType : uint8_t { kString, kList, kSet, kZset, kHash, kLast = kHash };

inline constexpr size_t kValueTypes = static_cast<size_t>(ValueType::kLast) + 1;

// How the value is kept. OBJECT ENCODING's names are made from it, see encodingName().
enum class Encoding : uint8_t {
  kSmallInteger,  // in the payload bits
  kInteger,       // in the value word
  kInline,        // string bytes behind the key
  // From here on the value word points to the value.
  kRaw,        // a StringBuffer
  kListpack,   // storage/types/listpack.h
  kIntset,     // storage/types/intset.h
  kHashTable,  // storage/types/member_table.h
  kQuicklist,  // storage/types/quicklist.h
  kTree,       // storage/types/sorted_set_tree.h
  kLast = kTree,
};

inline constexpr size_t kEncodings = static_cast<size_t>(Encoding::kLast) + 1;

inline bool hasObject(Encoding encoding) {
  return encoding >= Encoding::kRaw;
}

class Entry {
 public:
  static constexpr uint32_t kAccessMax = (1U << 24) - 1;
  static constexpr int64_t kSmallIntegerMax = (1 << 23) - 1;
  static constexpr int64_t kSmallIntegerMin = -(1 << 23);
  // The longest string that is kept inline. A longer one is worth an allocation of its own, which
  // can grow in place.
  static constexpr size_t kInlineStringMax = 400;

  // What has to be known to lay an entry out.
  struct Layout {
    ValueType type;
    Encoding encoding;
    bool has_deadline;
    size_t key_length;
    size_t inline_length;  // 0 unless kInline

    size_t bytes() const { return kHeaderBytes + fieldsBefore(true) + key_length + inline_length; }
    // Counts the bytes of the optional words in front of the key, with_value: the value word too.
    size_t fieldsBefore(bool with_value) const {
      const bool has_value_word = encoding == Encoding::kInteger || hasObject(encoding);
      return (has_deadline ? 8U : 0U) + (key_length >= kLongKey ? 8U : 0U) +
             (with_value && has_value_word ? 8U : 0U);
    }
  };

  // Writes header and key into memory of layout.bytes(). The caller has to set deadline and value.
  static Entry* place(void* memory, const Layout& layout, std::string_view key, uint32_t access);

  ValueType type() const { return static_cast<ValueType>(low_ & kTypeMask); }
  Encoding encoding() const { return static_cast<Encoding>((low_ >> kEncodingShift) & 15); }
  bool hasDeadline() const { return (low_ & kDeadlineBit) != 0; }

  // LRU: the clock at the last access. LFU: the minutes of the last decrement (16 bits) and the
  // counter (8 bits).
  uint32_t access() const { return low_ >> kAccessShift; }
  void setAccess(uint32_t access) {
    low_ = (low_ & ((1U << kAccessShift) - 1)) | (access << kAccessShift);
  }

  size_t keyLength() const {
    const size_t length = high_ & kLongKey;
    return length < kLongKey ? length : longKeyLength();
  }
  std::string_view key() const { return {bytes() + keyOffset(), keyLength()}; }

  // The deadline in Unix milliseconds, kNever if there is none.
  int64_t deadline() const { return hasDeadline() ? word(0) : kNever; }
  bool hasExpired(int64_t now_ms) const { return hasDeadline() && word(0) < now_ms; }
  void setDeadline(int64_t deadline) { setWord(0, deadline); }

  // The integer of kSmallInteger and kInteger.
  int64_t integer() const {
    if (encoding() == Encoding::kInteger) return word(valueWordIndex());
    return static_cast<int32_t>(high_) >> kPayloadShift;
  }
  // The integer must fit the encoding the entry has.
  void setInteger(int64_t value) {
    if (encoding() == Encoding::kInteger) return setWord(valueWordIndex(), value);
    setPayload(static_cast<uint32_t>(value));
  }

  std::string_view inlineString() const { return {inlineBytes(), high_ >> kPayloadShift}; }
  void setInlineString(std::string_view value) {
    setPayload(static_cast<uint32_t>(value.size()));
    if (!value.empty()) std::memcpy(const_cast<char*>(inlineBytes()), value.data(), value.size());
  }

  // The value of the encodings from kRaw on.
  void* object() const {
    return reinterpret_cast<void*>(static_cast<uintptr_t>(word(valueWordIndex())));
  }
  void setObject(void* object) {
    setWord(valueWordIndex(), static_cast<int64_t>(reinterpret_cast<uintptr_t>(object)));
  }

  // Does the same with another encoding, which must be one with an object, too: the layout stays.
  void setObject(Encoding encoding, void* object) {
    low_ = (low_ & ~(15U << kEncodingShift)) | (static_cast<uint32_t>(encoding) << kEncodingShift);
    setObject(object);
  }

  Layout layout() const {
    return {type(), encoding(), hasDeadline(), keyLength(),
            encoding() == Encoding::kInline ? high_ >> kPayloadShift : 0};
  }
  size_t bytesUsed() const { return layout().bytes(); }

 private:
  static constexpr size_t kHeaderBytes = 8;
  static constexpr uint32_t kTypeMask = 7;
  static constexpr uint32_t kDeadlineBit = 8;
  static constexpr int kEncodingShift = 4;
  static constexpr int kAccessShift = 8;
  static constexpr uint32_t kLongKey = 255;
  static constexpr int kPayloadShift = 8;
  static_assert(kValueTypes <= kTypeMask + 1 && kEncodings <= 16, "the header has room for all");

  Entry() = default;

  const char* bytes() const { return reinterpret_cast<const char*>(this); }
  char* bytes() { return reinterpret_cast<char*>(this); }
  bool hasValueWord() const { return encoding() == Encoding::kInteger || hasObject(encoding()); }
  bool hasLongKey() const { return (high_ & kLongKey) == kLongKey; }
  size_t valueWordIndex() const { return (hasDeadline() ? 1U : 0U) + (hasLongKey() ? 1U : 0U); }
  size_t keyOffset() const {
    return kHeaderBytes + 8 * (valueWordIndex() + (hasValueWord() ? 1U : 0U));
  }
  const char* inlineBytes() const { return bytes() + keyOffset() + keyLength(); }
  size_t longKeyLength() const { return static_cast<size_t>(word(hasDeadline() ? 1 : 0)); }
  void setPayload(uint32_t payload) { high_ = (high_ & kLongKey) | (payload << kPayloadShift); }

  int64_t word(size_t index) const {
    int64_t value;
    std::memcpy(&value, bytes() + kHeaderBytes + 8 * index, sizeof value);
    return value;
  }
  void setWord(size_t index, int64_t value) {
    std::memcpy(bytes() + kHeaderBytes + 8 * index, &value, sizeof value);
  }

  uint32_t low_;
  uint32_t high_;
};

static_assert(sizeof(Entry) == 8);

inline Entry* Entry::place(void* memory, const Layout& layout, std::string_view key,
                           uint32_t access) {
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

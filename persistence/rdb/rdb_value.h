// Values in the RDB format: which type a value is written as, its bytes, and reading them back.
//
// A type of values is one place: a file rdb_<type>.cpp with the functions of rdb_types.h, and a row
// in rdb_value.cpp.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "persistence/rdb/rdb_format.h"
#include "persistence/rdb/rdb_input.h"
#include "persistence/rdb/rdb_types.h"
#include "persistence/rdb/rdb_writer.h"
#include "storage/entry.h"
#include "storage/types/encoding_rules.h"
#include "storage/value.h"

namespace inkstone {

// The type byte of an entry's value in a file or payload of that version.
RdbType rdbTypeOf(const Entry& entry, uint32_t version);
// The value alone, in that type.
void writeRdbValue(const Entry& entry, const EncodingRules& rules, RdbWriter& out);

// What was read: a string's bytes, or a value of another type, which it owns until it is released.
// Or a value without elements, as no key can have it, which faults of old servers left in files.
class RdbValue {
 public:
  RdbValue() = default;
  RdbValue(RdbValue&& other) noexcept
      : string_(other.string_),
        value_(std::exchange(other.value_, kNone)),
        empty_(std::exchange(other.empty_, false)) {}
  RdbValue& operator=(RdbValue&& other) noexcept {
    if (this == &other) return *this;
    clear();
    string_ = other.string_;
    value_ = std::exchange(other.value_, kNone);
    empty_ = std::exchange(other.empty_, false);
    return *this;
  }
  ~RdbValue() { clear(); }

  bool isString() const { return value_.object == nullptr && !empty_; }
  bool isEmpty() const { return empty_; }
  // Valid until the next read of the input it came from.
  std::string_view string() const { return string_; }
  const Value& value() const { return value_; }
  Value release() { return std::exchange(value_, kNone); }

  void setString(std::string_view bytes) {
    clear();
    string_ = bytes;
  }
  void setValue(const Value& value) {
    clear();
    value_ = value;
  }
  void setEmpty() {
    clear();
    empty_ = true;
  }
  void clear() {
    if (value_.object != nullptr) destroyValue(release());
    string_ = {};
    empty_ = false;
  }

 private:
  static constexpr Value kNone = {ValueType::kString, Encoding::kRaw, nullptr};

  std::string_view string_;
  Value value_ = kNone;
  bool empty_ = false;
};

class RdbValueReader {
 public:
  // The references must outlive the reader.
  RdbValueReader(RdbInput& input, const EncodingRules& rules)
      : context_{input, rules, {}, {}, {}} {}

  // Reads a value of that type. False when the input failed: for what it is, or for what it holds.
  [[nodiscard]] bool read(uint8_t type, RdbValue& value);

  // Whether values of that type are known, be it only by name.
  static bool knows(uint8_t type);

 private:
  RdbReadContext context_;
};

}  // namespace inkstone

// What a type of values brings along for RDB files. For rdb_value.cpp; others use rdb_value.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "persistence/rdb/rdb_format.h"
#include "persistence/rdb/rdb_input.h"
#include "persistence/rdb/rdb_packed.h"
#include "persistence/rdb/rdb_writer.h"
#include "storage/types/element.h"
#include "storage/types/encoding_rules.h"
#include "storage/value.h"

namespace inkstone {

// What all readers of values need, with room that is used again and again.
struct RdbReadContext {
  RdbInput& input;
  const EncodingRules& rules;
  // A text that has to outlive the next read.
  std::string text;
  // What a packed value holds, views into its bytes.
  std::vector<Element> elements;
  RdbDuplicates duplicates;
};

// For each type: typeOf() says what an encoding is written as, write() writes it, read() reads any
// type of this kind. read() gives a value that the caller owns, or fails the input and returns
// false: it takes nothing that the commands could not have made, apart from encodings. A value
// without elements, of which all bytes were read, is success with `value` as it was.

namespace rdb_lists {
RdbType typeOf(Encoding encoding, uint32_t version);
void write(const Value& value, const EncodingRules& rules, RdbWriter& out);
bool read(RdbType type, RdbReadContext& context, Value& value);
}  // namespace rdb_lists

namespace rdb_sets {
RdbType typeOf(Encoding encoding, uint32_t version);
void write(const Value& value, const EncodingRules& rules, RdbWriter& out);
bool read(RdbType type, RdbReadContext& context, Value& value);
}  // namespace rdb_sets

namespace rdb_hashes {
RdbType typeOf(Encoding encoding, uint32_t version);
void write(const Value& value, const EncodingRules& rules, RdbWriter& out);
bool read(RdbType type, RdbReadContext& context, Value& value);
}  // namespace rdb_hashes

namespace rdb_sorted_sets {
RdbType typeOf(Encoding encoding, uint32_t version);
void write(const Value& value, const EncodingRules& rules, RdbWriter& out);
bool read(RdbType type, RdbReadContext& context, Value& value);
}  // namespace rdb_sorted_sets

namespace rdb_modules {
// Nine characters that make up the upper 54 bits of a module type's number.
std::string typeName(uint64_t number);
// Reads over what a module wrote, its end mark included.
bool skip(RdbInput& input);
}  // namespace rdb_modules

}  // namespace inkstone

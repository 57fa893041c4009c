// A value apart from its key: what an entry points to that does not hold its value itself.
//
// One object behind one pointer; the encoding says what it is (types/). A value owns all its
// memory, so it can change its key, its database and its thread without being touched.
#pragma once

#include <cstddef>
#include <string_view>

#include "storage/entry.h"

namespace inkstone {

struct EncodingRules;

struct Value {
  ValueType type;
  Encoding encoding;
  void* object;
};

// The value of an entry that has an object; it stays the entry's.
inline Value valueOf(const Entry& entry) {
  return {entry.type(), entry.encoding(), entry.object()};
}

// The name of a type, as TYPE tells it.
std::string_view typeName(ValueType type);
// The name of an encoding, as OBJECT ENCODING tells it.
const char* encodingName(const Entry& entry);

// What follows goes by the type; each type has one row with all of it in value.cpp.

// Counts the elements: items of a list, members, fields; 1 for a string.
size_t valueSize(const Value& value);
// Tells the bytes of memory, everything included. Complexity: constant, or one step per node of a
// list.
size_t valueBytes(const Value& value);
// Tells about how many pieces of memory have to be given back, which decides whether freeing is
// left to another thread.
size_t freeEffort(const Value& value);
// The copy is the caller's.
Value copyValue(const Value& value, const EncodingRules& rules);
void destroyValue(const Value& value);

}  // namespace inkstone

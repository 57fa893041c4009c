#include "storage/value.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "storage/string_value.h"
#include "storage/types/hash_value.h"
#include "storage/types/list_value.h"
#include "storage/types/set_value.h"
#include "storage/types/sorted_set_value.h"

namespace inkstone {
namespace {

// Redis calls strings up to here "embstr".
constexpr size_t kEmbstrBytesMax = 44;

// Strings with a buffer of their own (kRaw).
namespace string_values {

// A buffer is one piece, but giving many pages back takes as long as many small pieces.
constexpr size_t kBytesPerPiece = 1024;

const StringBuffer& bufferOf(const Value& value) {
  return *static_cast<const StringBuffer*>(value.object);
}

size_t size(const Value&) {
  return 1;
}

size_t bytes(const Value& value) {
  return bufferOf(value).bytes();
}

size_t freeEffort(const Value& value) {
  return 1 + bufferOf(value).bytes() / kBytesPerPiece;
}

Value copy(const Value& value, const EncodingRules&) {
  const std::string_view bytes = bufferOf(value).view();
  StringBuffer* buffer = StringBuffer::create(bytes.size(), bytes.size());
  std::memcpy(buffer->data(), bytes.data(), bytes.size());
  return {value.type, value.encoding, buffer};
}

void destroy(const Value& value) {
  StringBuffer::destroy(static_cast<StringBuffer*>(value.object));
}

}  // namespace string_values

// What a type brings along.
struct TypeOperations {
  size_t (*size)(const Value&);
  size_t (*bytes)(const Value&);
  size_t (*free_effort)(const Value&);
  Value (*copy)(const Value&, const EncodingRules&);
  void (*destroy)(const Value&);
};

// One place for each type.
constexpr TypeOperations kStringOperations = {string_values::size, string_values::bytes,
                                              string_values::freeEffort, string_values::copy,
                                              string_values::destroy};
constexpr TypeOperations kListOperations = {list_values::size, list_values::bytes,
                                            list_values::freeEffort, list_values::copy,
                                            list_values::destroy};
constexpr TypeOperations kSetOperations = {set_values::size, set_values::bytes,
                                           set_values::freeEffort, set_values::copy,
                                           set_values::destroy};
constexpr TypeOperations kHashOperations = {hash_values::size, hash_values::bytes,
                                            hash_values::freeEffort, hash_values::copy,
                                            hash_values::destroy};
constexpr TypeOperations kSortedSetOperations = {
    sorted_set_values::size, sorted_set_values::bytes, sorted_set_values::freeEffort,
    sorted_set_values::copy, sorted_set_values::destroy};

constexpr TypeOperations kZsetOperations = {sorted_set_values::size, sorted_set_values::bytes,
                                            sorted_set_values::freeEffort, sorted_set_values::copy,
                                            sorted_set_values::destroy};

const TypeOperations& operationsOf(ValueType type) {
  switch (type) {
    case ValueType::kString:
      return kStringOperations;
    case ValueType::kList:
      return kListOperations;
    case ValueType::kSet:
      return kSetOperations;
    case ValueType::kHash:
      return kHashOperations;
    case ValueType::kZset:
      return kZsetOperations;
      return kSortedSetOperations;
    case ValueType::kStream:
    case ValueType::kModule:
      break;
  }
  std::fprintf(stderr, "value.cpp: no operations for values of type %d\n", static_cast<int>(type));
  std::abort();
}

}  // namespace

const char* encodingName(const Entry& entry) {
  switch (entry.encoding()) {
    case Encoding::kSmallInteger:
    case Encoding::kInteger:
      return "int";
    case Encoding::kInline:
      return entry.inlineString().size() <= kEmbstrBytesMax ? "embstr" : "raw";
    case Encoding::kRaw:
      return "raw";
    case Encoding::kListpack:
      return "listpack";
    case Encoding::kIntset:
      return "intset";
    case Encoding::kHashTable:
      return "hashtable";
    case Encoding::kQuicklist:
      return "quicklist";
    case Encoding::kTree:
      // What Redis keeps in its place, and what tools look for.
      return "skiplist";
  }
  return "unknown";
}

size_t valueSize(const Value& value) {
  return operationsOf(value.type).size(value);
}

size_t valueBytes(const Value& value) {
  return operationsOf(value.type).bytes(value);
}

size_t freeEffort(const Value& value) {
  return operationsOf(value.type).free_effort(value);
}

Value copyValue(const Value& value, const EncodingRules& rules) {
  return operationsOf(value.type).copy(value, rules);
}

void destroyValue(const Value& value) {
  operationsOf(value.type).destroy(value);
}

}  // namespace inkstone

#include "storage/value.h"

#include "storage/string_value.h"
#include "storage/type_table.h"
#include "storage/types/hash_value.h"
#include "storage/types/list_value.h"
#include "storage/types/set_value.h"
#include "storage/types/sorted_set_value.h"

namespace inkstone {
namespace {

// Redis calls strings up to here "embstr".
constexpr size_t kEmbstrBytesMax = 44;
constexpr const char* kRawName = "raw";

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

// What this layer has to know of a type.
struct ValueRow {
  ValueType type;
  std::string_view name;  // of TYPE, and of SCAN's TYPE
  size_t (*size)(const Value&);
  size_t (*bytes)(const Value&);
  size_t (*free_effort)(const Value&);
  Value (*copy)(const Value&, const EncodingRules&);
  void (*destroy)(const Value&);

  constexpr bool isComplete() const {
    return !name.empty() && size != nullptr && bytes != nullptr && free_effort != nullptr &&
           copy != nullptr && destroy != nullptr;
  }
};

constexpr TypeTable<ValueRow> kValueRows = {{
    {ValueType::kString, "string", string_values::size, string_values::bytes,
     string_values::freeEffort, string_values::copy, string_values::destroy},
    {ValueType::kList, "list", list_values::size, list_values::bytes, list_values::freeEffort,
     list_values::copy, list_values::destroy},
    {ValueType::kSet, "set", set_values::size, set_values::bytes, set_values::freeEffort,
     set_values::copy, set_values::destroy},
    {ValueType::kZset, "zset", sorted_set_values::size, sorted_set_values::bytes,
     sorted_set_values::freeEffort, sorted_set_values::copy, sorted_set_values::destroy},
    {ValueType::kHash, "hash", hash_values::size, hash_values::bytes, hash_values::freeEffort,
     hash_values::copy, hash_values::destroy},
}};
static_assert(isComplete(kValueRows), "every type has its row, in the order of ValueType");

const ValueRow& rowOf(ValueType type) {
  return kValueRows[indexOf(type)];
}

struct EncodingRow {
  Encoding encoding;
  const char* name;  // of OBJECT ENCODING

  constexpr bool isComplete() const { return name != nullptr; }
};

constexpr EncodingTable<EncodingRow> kEncodingRows = {{
    {Encoding::kSmallInteger, "int"},
    {Encoding::kInteger, "int"},
    // The longer ones of these are "raw" as well, see encodingName().
    {Encoding::kInline, "embstr"},
    {Encoding::kRaw, kRawName},
    {Encoding::kListpack, "listpack"},
    {Encoding::kIntset, "intset"},
    {Encoding::kHashTable, "hashtable"},
    {Encoding::kQuicklist, "quicklist"},
    // What Redis keeps in its place, and what tools look for.
    {Encoding::kTree, "skiplist"},
}};
static_assert(isComplete(kEncodingRows), "every encoding has its row, in the order of Encoding");

}  // namespace

std::string_view typeName(ValueType type) {
  return rowOf(type).name;
}

const char* encodingName(const Entry& entry) {
  const Encoding encoding = entry.encoding();
  if (encoding == Encoding::kInline && entry.inlineString().size() > kEmbstrBytesMax) {
    return kRawName;
  }
  return kEncodingRows[indexOf(encoding)].name;
}

size_t valueSize(const Value& value) {
  return rowOf(value.type).size(value);
}

size_t valueBytes(const Value& value) {
  return rowOf(value.type).bytes(value);
}

size_t freeEffort(const Value& value) {
  return rowOf(value.type).free_effort(value);
}

Value copyValue(const Value& value, const EncodingRules& rules) {
  return rowOf(value.type).copy(value, rules);
}

void destroyValue(const Value& value) {
  rowOf(value.type).destroy(value);
}

}  // namespace inkstone

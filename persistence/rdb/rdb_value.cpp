#include "persistence/rdb/rdb_value.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "storage/string_value.h"

namespace inkstone {
namespace {

// What a type brings along. Strings stand apart: they have no object.
struct RdbTypeOperations {
  RdbType (*type_of)(Encoding, uint32_t version);
  void (*write)(const Value&, const EncodingRules&, RdbWriter&);
  bool (*read)(RdbType, RdbReadContext&, Value&);
};

// One place for each type.
constexpr RdbTypeOperations kLists = {rdb_lists::typeOf, rdb_lists::write, rdb_lists::read};
constexpr RdbTypeOperations kSets = {rdb_sets::typeOf, rdb_sets::write, rdb_sets::read};
constexpr RdbTypeOperations kHashes = {rdb_hashes::typeOf, rdb_hashes::write, rdb_hashes::read};
constexpr RdbTypeOperations kSortedSets = {rdb_sorted_sets::typeOf, rdb_sorted_sets::write,
                                           rdb_sorted_sets::read};

const RdbTypeOperations& operationsOf(ValueType type) {
  switch (type) {
    case ValueType::kList:
      return kLists;
    case ValueType::kSet:
      return kSets;
    case ValueType::kHash:
      return kHashes;
    case ValueType::kZset:
      return kSortedSets;
    case ValueType::kString:
    case ValueType::kStream:
    case ValueType::kModule:
      break;
  }
  // A dump without the key would lose it in silence.
  std::fprintf(stderr, "rdb_value.cpp: cannot write a value of type %d\n", static_cast<int>(type));
  std::abort();
}

// Who reads a type that is packed or made of elements; null for those that nobody can.
const RdbTypeOperations* readerOf(RdbType type) {
  switch (type) {
    case RdbType::kList:
    case RdbType::kListZiplist:
    case RdbType::kListQuicklist:
    case RdbType::kListQuicklist2:
      return &kLists;
    case RdbType::kSet:
    case RdbType::kSetIntset:
    case RdbType::kSetListpack:
      return &kSets;
    case RdbType::kZset:
    case RdbType::kZset2:
    case RdbType::kZsetZiplist:
    case RdbType::kZsetListpack:
      return &kSortedSets;
    case RdbType::kHash:
    case RdbType::kHashZipmap:
    case RdbType::kHashZiplist:
    case RdbType::kHashListpack:
      return &kHashes;
    default:
      return nullptr;
  }
}

void writeString(const Entry& entry, RdbWriter& out) {
  if (!hasObject(entry.encoding()) && entry.encoding() != Encoding::kInline) {
    return out.putInteger(entry.integer());
  }
  const StringView text(entry);
  out.putString(text.view());
}

// Says what stands there that cannot be kept.
bool refuse(uint8_t type, RdbInput& input) {
  const auto unsupported = RdbError::Kind::kUnsupported;
  switch (static_cast<RdbType>(type)) {
    case RdbType::kStreamListpacks:
    case RdbType::kStreamListpacks2:
    case RdbType::kStreamListpacks3:
      return input.fail(unsupported, "a stream, a type that is not supported yet");
    case RdbType::kModulePreGa:
      return input.fail(unsupported, "a value of a module for a release candidate of Redis 4.0");
    case RdbType::kModule2: {
      uint64_t number;
      if (!input.readLength(number)) return false;
      return input.fail(unsupported, fmt::format("a value of the module type '{}'",
                                                 rdb_modules::typeName(number)));
    }
    default:
      return input.fail(fmt::format("the unknown type {} of a value", type));
  }
}

}  // namespace

RdbType rdbTypeOf(const Entry& entry, uint32_t version) {
  if (entry.type() == ValueType::kString) return RdbType::kString;
  return operationsOf(entry.type()).type_of(entry.encoding(), version);
}

void writeRdbValue(const Entry& entry, const EncodingRules& rules, RdbWriter& out) {
  if (entry.type() == ValueType::kString) return writeString(entry, out);
  operationsOf(entry.type()).write(valueOf(entry), rules, out);
}

bool RdbValueReader::read(uint8_t type, RdbValue& value) {
  if (type == static_cast<uint8_t>(RdbType::kString)) {
    std::string_view text;
    if (!context_.input.readString(text)) return false;
    value.setString(text);
    return true;
  }
  const RdbTypeOperations* const operations = readerOf(static_cast<RdbType>(type));
  if (operations == nullptr) return refuse(type, context_.input);
  Value read = {ValueType::kString, Encoding::kRaw, nullptr};
  if (!operations->read(static_cast<RdbType>(type), context_, read)) return false;
  if (read.object == nullptr) {
    value.setEmpty();
  } else {
    value.setValue(read);
  }
  return true;
}

bool RdbValueReader::knows(uint8_t type) {
  switch (const auto known = static_cast<RdbType>(type)) {
    case RdbType::kString:
    case RdbType::kModulePreGa:
    case RdbType::kModule2:
    case RdbType::kStreamListpacks:
    case RdbType::kStreamListpacks2:
    case RdbType::kStreamListpacks3:
      return true;
    default:
      return readerOf(known) != nullptr;
  }
}

}  // namespace inkstone

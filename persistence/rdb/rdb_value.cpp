#include "persistence/rdb/rdb_value.h"

#include <fmt/format.h>

#include <array>
#include <iterator>

#include "storage/string_value.h"
#include "storage/type_table.h"

namespace inkstone {
namespace {

RdbType stringTypeOf(const Entry&, uint32_t) {
  return RdbType::kString;
}

void writeString(const Entry& entry, const EncodingRules&, RdbWriter& out) {
  if (!hasObject(entry.encoding()) && entry.encoding() != Encoding::kInline) {
    return out.putInteger(entry.integer());
  }
  const StringView text(entry);
  out.putString(text.view());
}

// The same for a type whose values are objects.
template <RdbType (*kTypeOf)(Encoding, uint32_t)>
RdbType objectTypeOf(const Entry& entry, uint32_t version) {
  return kTypeOf(entry.encoding(), version);
}

template <void (*kWrite)(const Value&, const EncodingRules&, RdbWriter&)>
void writeObject(const Entry& entry, const EncodingRules& rules, RdbWriter& out) {
  kWrite(valueOf(entry), rules, out);
}

// What this layer has to know of a type to write it.
struct WriterRow {
  ValueType type;
  RdbType (*type_of)(const Entry&, uint32_t version);
  void (*write)(const Entry&, const EncodingRules&, RdbWriter&);

  constexpr bool isComplete() const { return type_of != nullptr && write != nullptr; }
};

constexpr TypeTable<WriterRow> kWriterRows = {{
    {ValueType::kString, stringTypeOf, writeString},
    {ValueType::kList, objectTypeOf<rdb_lists::typeOf>, writeObject<rdb_lists::write>},
    {ValueType::kSet, objectTypeOf<rdb_sets::typeOf>, writeObject<rdb_sets::write>},
    {ValueType::kZset, objectTypeOf<rdb_sorted_sets::typeOf>, writeObject<rdb_sorted_sets::write>},
    {ValueType::kHash, objectTypeOf<rdb_hashes::typeOf>, writeObject<rdb_hashes::write>},
}};
static_assert(isComplete(kWriterRows),
              "every type has its row: a dump without the key would lose it");

// A string has no object: RdbValue takes its bytes.
bool readString(RdbInput& input, RdbValue& value) {
  std::string_view text;
  if (!input.readString(text)) return false;
  value.setString(text);
  return true;
}

bool refuseStream(RdbType, RdbReadContext& context, Value&) {
  return context.input.fail(RdbError::Kind::kUnsupported,
                            "a stream, a type that is not supported yet");
}

bool refuseOldModule(RdbType, RdbReadContext& context, Value&) {
  return context.input.fail(RdbError::Kind::kUnsupported,
                            "a value of a module for a release candidate of Redis 4.0");
}

bool refuseModule(RdbType, RdbReadContext& context, Value&) {
  uint64_t number;
  if (!context.input.readLength(number)) return false;
  return context.input.fail(
      RdbError::Kind::kUnsupported,
      fmt::format("a value of the module type '{}'", rdb_modules::typeName(number)));
}

// Who reads a type that stands in a file. Those that are known by name only are refused.
struct ReaderRow {
  RdbType type;
  bool (*read)(RdbType, RdbReadContext&, Value&);
};

constexpr ReaderRow kReaderRows[] = {
    {RdbType::kList, rdb_lists::read},
    {RdbType::kSet, rdb_sets::read},
    {RdbType::kZset, rdb_sorted_sets::read},
    {RdbType::kHash, rdb_hashes::read},
    {RdbType::kZset2, rdb_sorted_sets::read},
    {RdbType::kModulePreGa, refuseOldModule},
    {RdbType::kModule2, refuseModule},
    {RdbType::kHashZipmap, rdb_hashes::read},
    {RdbType::kListZiplist, rdb_lists::read},
    {RdbType::kSetIntset, rdb_sets::read},
    {RdbType::kZsetZiplist, rdb_sorted_sets::read},
    {RdbType::kHashZiplist, rdb_hashes::read},
    {RdbType::kListQuicklist, rdb_lists::read},
    {RdbType::kStreamListpacks, refuseStream},
    {RdbType::kHashListpack, rdb_hashes::read},
    {RdbType::kZsetListpack, rdb_sorted_sets::read},
    {RdbType::kListQuicklist2, rdb_lists::read},
    {RdbType::kStreamListpacks2, refuseStream},
    {RdbType::kSetListpack, rdb_sets::read},
    {RdbType::kStreamListpacks3, refuseStream},
};

// Readers by the byte that stands in the file, null where no row has it.
constexpr auto kReaders = [] {
  std::array<decltype(ReaderRow::read), UINT8_MAX + 1> readers{};
  for (const ReaderRow& row : kReaderRows) readers[static_cast<uint8_t>(row.type)] = row.read;
  return readers;
}();

}  // namespace

RdbType rdbTypeOf(const Entry& entry, uint32_t version) {
  // Most values are strings, which are spared the indirect call here and below.
  if (entry.type() == ValueType::kString) return stringTypeOf(entry, version);
  return kWriterRows[indexOf(entry.type())].type_of(entry, version);
}

void writeRdbValue(const Entry& entry, const EncodingRules& rules, RdbWriter& out) {
  if (entry.type() == ValueType::kString) return writeString(entry, rules, out);
  kWriterRows[indexOf(entry.type())].write(entry, rules, out);
}

bool RdbValueReader::read(uint8_t type, RdbValue& value) {
  if (type == static_cast<uint8_t>(RdbType::kString)) return readString(context_.input, value);
  const auto readObject = kReaders[type];
  if (readObject == nullptr) {
    return context_.input.fail(fmt::format("the unknown type {} of a value", type));
  }
  Value read = {ValueType::kString, Encoding::kRaw, nullptr};
  if (!readObject(static_cast<RdbType>(type), context_, read)) return false;
  if (read.object == nullptr) {
    value.setEmpty();
  } else {
    value.setValue(read);
  }
  return true;
}

bool RdbValueReader::knows(uint8_t type) {
  return type == static_cast<uint8_t>(RdbType::kString) || kReaders[type] != nullptr;
}

}  // namespace inkstone

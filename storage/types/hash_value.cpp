#include "storage/types/hash_value.h"

#include <algorithm>
#include <memory>

namespace inkstone {
namespace {

// Giving many pages back takes as long as giving back a piece each of so many bytes.
constexpr size_t kBytesPerPiece = 1024;

Value asValue(Encoding encoding, void* object) {
  return {ValueType::kHash, encoding, object};
}

const FieldTable& tableOf(const Value& value) {
  return *static_cast<const FieldTable*>(value.object);
}

}  // namespace

Value HashValue::create() {
  return asValue(Encoding::kListpack, Listpack::create().bytes());
}

size_t HashValue::size() const {
  return hash_values::size(value());
}

void HashValue::expect(size_t fields, size_t longest) {
  if (encoding() == Encoding::kHashTable) return;
  if (fields > rules_.hash_max_listpack_entries) {
    convertToTable(fields);
  } else if (longest > rules_.hash_max_listpack_value ||
             longest > (Listpack::kBytesMax - listpack().byteCount()) / (2 * fields + 1)) {
    convertToTable(size() + fields);
  }
}

Listpack::Cursor HashValue::findInListpack(std::string_view field) const {
  return listpack().find(listpack().first(), field, 1);
}

bool HashValue::find(std::string_view field, Element& value) const {
  if (encoding() == Encoding::kHashTable) {
    const FieldTable::Slot slot = table().find(field);
    if (!slot) return false;
    value = Element(slot.node()->value());
    return true;
  }
  const Listpack::Cursor at = findInListpack(field);
  if (at == nullptr) return false;
  value = Listpack::get(listpack().next(at));
  return true;
}

bool HashValue::contains(std::string_view field) const {
  if (encoding() == Encoding::kHashTable) return static_cast<bool>(table().find(field));
  return findInListpack(field) != nullptr;
}

bool HashValue::set(std::string_view field, std::string_view value) {
  if (encoding() == Encoding::kListpack) {
    if (fitsListpack(field, value)) return setInListpack(field, value);
    convertToTable(size() + 1);
  }
  const uint64_t hash = table().hashOf(field);
  const FieldTable::Slot slot = table().find(hash, field);
  if (slot) {
    table().replace(slot, field, value);
    return false;
  }
  table().insert(hash, field, value);
  return true;
}

bool HashValue::fitsListpack(std::string_view field, std::string_view value) const {
  return field.size() <= rules_.hash_max_listpack_value &&
         value.size() <= rules_.hash_max_listpack_value &&
         listpack().canAdd(field.size() + value.size());
}

bool HashValue::setInListpack(std::string_view field, std::string_view value) {
  Listpack fields = listpack();
  const Listpack::Cursor at = findInListpack(field);
  if (at != nullptr) {
    fields.replace(fields.next(at), value);
    put(Encoding::kListpack, fields.bytes());
  } else {
    fields.append(field);
    fields.append(value);
    put(Encoding::kListpack, fields.bytes());
  }
  if (size() > rules_.hash_max_listpack_entries) convertToTable(size());
  return at == nullptr;
}

void HashValue::convertToTable(size_t expected) {
  auto fields = std::make_unique<FieldTable>(*rules_.hasher);
  fields->reserve(std::max(expected, size()));
  forEach([&](const Element& field, const Element& value) {
    ElementText field_room;
    ElementText value_room;
    const std::string_view text = field.text(field_room);
    fields->insert(fields->hashOf(text), text, value.text(value_room));
  });
  hash_values::destroy(value());
  put(Encoding::kHashTable, fields.release());
}

bool HashValue::erase(std::string_view field) {
  if (encoding() == Encoding::kHashTable) return table().erase(field);
  const Listpack::Cursor at = findInListpack(field);
  if (at == nullptr) return false;
  Listpack fields = listpack();
  fields.erase(at, 2);
  put(Encoding::kListpack, fields.bytes());
  return true;
}

namespace hash_values {

size_t size(const Value& value) {
  if (value.encoding == Encoding::kHashTable) return tableOf(value).size();
  return Listpack(value.object).size() / 2;
}

size_t bytes(const Value& value) {
  if (value.encoding == Encoding::kHashTable) return tableOf(value).memoryBytes();
  return Listpack(value.object).memoryBytes();
}

size_t freeEffort(const Value& value) {
  if (value.encoding == Encoding::kHashTable) return tableOf(value).pieces();
  return 1 + bytes(value) / kBytesPerPiece;
}

Value copy(const Value& value, const EncodingRules& rules) {
  if (value.encoding == Encoding::kListpack) {
    return asValue(Encoding::kListpack, Listpack::copy(Listpack(value.object)).bytes());
  }
  const FieldTable& source = tableOf(value);
  auto fields = std::make_unique<FieldTable>(*rules.hasher);
  fields->reserve(source.size());
  source.nodes().forEach([&](const Field* node) {
    fields->insert(fields->hashOf(node->key()), node->key(), node->value());
  });
  return asValue(Encoding::kHashTable, fields.release());
}

void destroy(const Value& value) {
  if (value.encoding == Encoding::kHashTable) {
    delete static_cast<FieldTable*>(value.object);
  } else {
    Listpack::destroy(static_cast<uint8_t*>(value.object));
  }
}

}  // namespace hash_values
}  // namespace inkstone

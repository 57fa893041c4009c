#include "storage/types/set_value.h"

#include <algorithm>
#include <memory>

#include "storage/string_value.h"

namespace inkstone {
namespace {

// More integers than this are never kept in order, whatever is configured: inserting moves them.
constexpr size_t kIntsetEntriesMax = size_t{1} << 30;
// Giving many pages back takes as long as giving back a piece each of so many bytes.
constexpr size_t kBytesPerPiece = 1024;

size_t intsetEntriesMax(const EncodingRules& rules) {
  return std::min(rules.set_max_intset_entries, kIntsetEntriesMax);
}

Value asValue(Encoding encoding, void* object) {
  return {ValueType::kSet, encoding, object};
}

Value createTable(const EncodingRules& rules, size_t expected) {
  auto table = std::make_unique<MemberSet>(*rules.hasher);
  table->reserve(expected);
  return asValue(Encoding::kHashTable, table.release());
}

const MemberSet& tableOf(const Value& value) {
  return *static_cast<const MemberSet*>(value.object);
}

}  // namespace

Value SetValue::create(const EncodingRules& rules, std::string_view first, size_t size_hint) {
  int64_t integer;
  if (size_hint <= rules.set_max_intset_entries && integerFromText(first, integer)) {
    return create();
  }
  if (size_hint <= rules.set_max_listpack_entries) {
    return asValue(Encoding::kListpack, Listpack::create().bytes());
  }
  return createTable(rules, size_hint);
}

Value SetValue::create() {
  return asValue(Encoding::kIntset, Intset::create().bytes());
}

size_t SetValue::size() const {
  return set_values::size(value());
}

void SetValue::expect(size_t count) {
  if ((encoding() == Encoding::kListpack && count > rules_.set_max_listpack_entries) ||
      (encoding() == Encoding::kIntset && count > rules_.set_max_intset_entries)) {
    convertToTable(count);
  }
}

bool SetValue::contains(std::string_view member) const {
  if (encoding() == Encoding::kHashTable) return static_cast<bool>(table().find(member));
  if (encoding() == Encoding::kIntset) {
    int64_t integer;
    return integerFromText(member, integer) && intset().contains(integer);
  }
  return listpack().find(listpack().first(), member) != nullptr;
}

bool SetValue::contains(const Element& member) const {
  if (member.isInteger() && encoding() == Encoding::kIntset) {
    return intset().contains(member.integer());
  }
  ElementText room;
  return contains(member.text(room));
}

uint32_t SetValue::containsMany(std::span<const Element> members) const {
  // Smaller tables stay in the processor's caches, where looking ahead costs more than it saves.
  constexpr size_t kPrefetchFrom = 50'000;
  if (encoding() == Encoding::kHashTable && size() >= kPrefetchFrom) {
    return lookUpTogether(members);
  }
  uint32_t found = 0;
  for (size_t i = 0; i < members.size(); ++i) found |= uint32_t{contains(members[i])} << i;
  return found;
}

uint32_t SetValue::lookUpTogether(std::span<const Element> members) const {
  std::array<ElementText, kLookupsMax> rooms;
  std::array<std::string_view, kLookupsMax> texts;
  std::array<uint64_t, kLookupsMax> hashes;
  const MemberSet& all = table();
  for (size_t i = 0; i < members.size(); ++i) {
    texts[i] = members[i].text(rooms[i]);
    hashes[i] = all.hashOf(texts[i]);
    all.nodes().prefetchBucket(hashes[i]);
  }
  for (size_t i = 0; i < members.size(); ++i) all.nodes().prefetchNode(hashes[i]);
  uint32_t found = 0;
  for (size_t i = 0; i < members.size(); ++i) {
    found |= uint32_t{static_cast<bool>(all.find(hashes[i], texts[i]))} << i;
  }
  return found;
}

bool SetValue::insert(std::string_view member) {
  int64_t integer;
  if (encoding() == Encoding::kIntset && integerFromText(member, integer)) {
    return insertInteger(integer);
  }
  return insertText(member);
}

bool SetValue::insert(const Element& member) {
  if (member.isInteger() && encoding() == Encoding::kIntset) return insertInteger(member.integer());
  ElementText room;
  return insert(member.text(room));
}

bool SetValue::insertInteger(int64_t member) {
  Intset members = intset();
  if (!members.insert(member)) return false;
  put(Encoding::kIntset, members.bytes());
  if (members.size() > intsetEntriesMax(rules_)) convertToTable(members.size());
  return true;
}

// A member that is no integer if the set is one of integers.
bool SetValue::insertText(std::string_view member) {
  if (encoding() == Encoding::kHashTable) {
    const uint64_t hash = table().hashOf(member);
    if (table().find(hash, member)) return false;
    table().insert(hash, member);
    return true;
  }
  if (encoding() == Encoding::kListpack) return insertIntoListpack(member);
  if (fitsListpack(member)) {
    convertToListpack();
    return insertIntoListpack(member);
  }
  addToTable(member);
  return true;
}

bool SetValue::insertIntoListpack(std::string_view member) {
  Listpack members = listpack();
  if (members.find(members.first(), member) != nullptr) return false;
  if (members.size() < rules_.set_max_listpack_entries &&
      member.size() <= rules_.set_max_listpack_value && members.canAdd(member.size())) {
    members.append(member);
    put(Encoding::kListpack, members.bytes());
  } else {
    addToTable(member);
  }
  return true;
}

// Leaves a compact form for a member that is not in the set.
void SetValue::addToTable(std::string_view member) {
  convertToTable(size() + 1);
  table().insert(table().hashOf(member), member);
}

// Tells whether a set of integers may become a listpack for this member.
bool SetValue::fitsListpack(std::string_view member) const {
  const Intset members = intset();
  const size_t count = members.size();
  if (count >= rules_.set_max_listpack_entries || member.size() > rules_.set_max_listpack_value) {
    return false;
  }
  size_t widest = 0;
  if (count > 0) {
    // The widest is at one of the ends.
    widest =
        std::max(Element(members.at(0)).textLength(), Element(members.at(count - 1)).textLength());
  }
  constexpr size_t kIntegerBytesMax = 10;
  return widest <= rules_.set_max_listpack_value &&
         count * kIntegerBytesMax + member.size() <= Listpack::kBytesMax;
}

void SetValue::convertToListpack() {
  const Intset integers = intset();
  Listpack members = Listpack::create();
  integers.forEachWhile([&](int64_t member) {
    members.append(member);
    return true;
  });
  put(Encoding::kListpack, members.bytes());
  Intset::destroy(integers.bytes());
}

void SetValue::convertToTable(size_t expected) {
  auto members = std::make_unique<MemberSet>(*rules_.hasher);
  members->reserve(std::max(expected, size()));
  forEach([&](const Element& member) {
    ElementText room;
    const std::string_view text = member.text(room);
    members->insert(members->hashOf(text), text);
  });
  set_values::destroy(value());
  put(Encoding::kHashTable, members.release());
}

bool SetValue::erase(std::string_view member) {
  if (encoding() == Encoding::kHashTable) return table().erase(member);
  if (encoding() == Encoding::kIntset) {
    int64_t integer;
    return integerFromText(member, integer) && erase(Element(integer));
  }
  Listpack members = listpack();
  const Listpack::Cursor at = members.find(members.first(), member);
  if (at == nullptr) return false;
  members.erase(at);
  put(Encoding::kListpack, members.bytes());
  return true;
}

bool SetValue::erase(const Element& member) {
  if (member.isInteger() && encoding() == Encoding::kIntset) {
    Intset members = intset();
    if (!members.erase(member.integer())) return false;
    put(Encoding::kIntset, members.bytes());
    return true;
  }
  ElementText room;
  return erase(member.text(room));
}

namespace set_values {

size_t size(const Value& value) {
  if (value.encoding == Encoding::kHashTable) return tableOf(value).size();
  if (value.encoding == Encoding::kIntset) return Intset(value.object).size();
  return Listpack(value.object).size();
}

size_t bytes(const Value& value) {
  if (value.encoding == Encoding::kHashTable) return tableOf(value).memoryBytes();
  if (value.encoding == Encoding::kIntset) return Intset(value.object).memoryBytes();
  return Listpack(value.object).memoryBytes();
}

size_t freeEffort(const Value& value) {
  if (value.encoding == Encoding::kHashTable) return tableOf(value).pieces();
  return 1 + bytes(value) / kBytesPerPiece;
}

Value copy(const Value& value, const EncodingRules& rules) {
  if (value.encoding == Encoding::kIntset) {
    return asValue(Encoding::kIntset, Intset::copy(Intset(value.object)).bytes());
  }
  if (value.encoding == Encoding::kListpack) {
    return asValue(Encoding::kListpack, Listpack::copy(Listpack(value.object)).bytes());
  }
  const MemberSet& source = tableOf(value);
  auto members = std::make_unique<MemberSet>(*rules.hasher);
  members->reserve(source.size());
  source.nodes().forEach(
      [&](const Member* node) { members->insert(members->hashOf(node->key()), node->key()); });
  return asValue(Encoding::kHashTable, members.release());
}

void destroy(const Value& value) {
  if (value.encoding == Encoding::kHashTable) {
    delete static_cast<MemberSet*>(value.object);
  } else if (value.encoding == Encoding::kIntset) {
    Intset::destroy(static_cast<uint8_t*>(value.object));
  } else {
    Listpack::destroy(static_cast<uint8_t*>(value.object));
  }
}

}  // namespace set_values
}  // namespace inkstone

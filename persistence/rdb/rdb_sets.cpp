#include <algorithm>
#include <span>

#include "persistence/rdb/rdb_packed.h"
#include "persistence/rdb/rdb_types.h"
#include "storage/types/intset.h"
#include "storage/types/listpack.h"
#include "storage/types/set_value.h"

namespace inkstone::rdb_sets {
namespace {

std::string_view bytesOf(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void writeMembers(const Value& value, const EncodingRules& rules, RdbWriter& out) {
  const SetValue set(value, rules);
  out.putLength(set.size());
  set.forEach([&](const Element& member) {
    if (member.isInteger()) {
      out.putInteger(member.integer());
    } else {
      out.putString(member.bytes());
    }
  });
}

// A set that is being read; gone unless it is taken.
class Reading {
 public:
  Reading(RdbReadContext& context, std::string_view first, size_t count)
      : context_(context), set_(SetValue::create(context.rules, first, count), context.rules) {}
  ~Reading() {
    if (!taken_) destroyValue(set_.value());
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  template <class Member>
  bool insert(const Member& member) {
    return set_.insert(member) || context_.input.fail("a member twice in a set");
  }
  Value take() {
    taken_ = true;
    return set_.value();
  }

 private:
  RdbReadContext& context_;
  SetValue set_;
  bool taken_ = false;
};

bool readMembers(RdbReadContext& context, Value& value) {
  uint64_t count;
  std::string_view member;
  if (!context.input.readCount(1, count)) return false;
  if (count == 0) return true;
  if (!context.input.readString(member)) return false;
  // Room for as many as the bytes that are left could hold if they were as long as usual.
  constexpr uint64_t kMemberBytesUsual = 4;
  const uint64_t likely = std::min(count, 1 + context.input.bytesLeft() / kMemberBytesUsual);
  Reading set(context, member, static_cast<size_t>(likely));
  for (uint64_t i = 0; i < count; ++i) {
    if (i > 0 && !context.input.readString(member)) return false;
    if (!set.insert(member)) return false;
  }
  value = set.take();
  return true;
}

bool insertElements(RdbReadContext& context, Value& value) {
  ElementText room;
  const auto& elements = context.elements;
  Reading set(context, elements.front().text(room), elements.size());
  for (const Element& element : elements) {
    if (!set.insert(element.text(room))) return false;
  }
  value = set.take();
  return true;
}

bool readIntset(RdbReadContext& context, Value& value) {
  std::string_view bytes;
  if (!context.input.readString(bytes)) return false;
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  if (!Intset::isValid({data, bytes.size()})) return context.input.fail("a damaged intset");
  const Intset integers(const_cast<uint8_t*>(data));
  const size_t count = integers.size();
  if (count == 0) return true;
  if (count <= context.rules.set_max_intset_entries) {
    value = {ValueType::kSet, Encoding::kIntset, Intset::copy(integers).bytes()};
    return true;
  }
  context.elements.clear();
  for (size_t i = 0; i < count; ++i) context.elements.emplace_back(integers.at(i));
  return insertElements(context, value);
}

bool readListpack(RdbReadContext& context, Value& value) {
  std::string_view bytes;
  auto& elements = context.elements;
  if (!context.input.readString(bytes)) return false;
  if (!unpackListpack(bytes, elements)) return context.input.fail("a damaged listpack");
  if (elements.empty()) return true;
  const bool fits = elements.size() <= context.rules.set_max_listpack_entries &&
                    longestText(elements) <= context.rules.set_max_listpack_value;
  if (!fits || !areCanonical(elements)) return insertElements(context, value);
  if (context.duplicates.among(elements, 1, *context.rules.hasher)) {
    return context.input.fail("a member twice in a set");
  }
  const Listpack members(const_cast<char*>(bytes.data()));
  value = {ValueType::kSet, Encoding::kListpack, Listpack::copy(members).bytes()};
  return true;
}

}  // namespace

RdbType typeOf(Encoding encoding, uint32_t version) {
  if (encoding == Encoding::kIntset) return RdbType::kSetIntset;
  const bool packed = encoding == Encoding::kListpack && version >= kRdbVersionSetListpack;
  return packed ? RdbType::kSetListpack : RdbType::kSet;
}

void write(const Value& value, const EncodingRules& rules, RdbWriter& out) {
  switch (typeOf(value.encoding, out.version())) {
    case RdbType::kSetIntset:
      return out.putString(bytesOf(Intset(value.object).view()));
    case RdbType::kSetListpack:
      return out.putString(bytesOf(Listpack(value.object).view()));
    default:
      return writeMembers(value, rules, out);
  }
}

bool read(RdbType type, RdbReadContext& context, Value& value) {
  switch (type) {
    case RdbType::kSetIntset:
      return readIntset(context, value);
    case RdbType::kSetListpack:
      return readListpack(context, value);
    default:
      return readMembers(context, value);
  }
}

}  // namespace inkstone::rdb_sets

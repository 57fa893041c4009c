#include <algorithm>
#include <span>

#include "persistence/rdb/rdb_packed.h"
#include "persistence/rdb/rdb_types.h"
#include "storage/types/hash_value.h"
#include "storage/types/listpack.h"

namespace inkstone::rdb_hashes {
namespace {

void putElement(const Element& element, RdbWriter& out) {
  if (element.isInteger()) {
    out.putInteger(element.integer());
  } else {
    out.putString(element.bytes());
  }
}

// A hash that is being read; gone unless it is taken.
class Reading {
 public:
  // `longest`: a text among those to come that is known to be so long.
  Reading(RdbReadContext& context, size_t fields, size_t longest)
      : context_(context), hash_(HashValue::create(), context.rules) {
    hash_.expect(fields, longest);
  }
  ~Reading() {
    if (!taken_) destroyValue(hash_.value());
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  bool set(std::string_view field, std::string_view value) {
    return hash_.set(field, value) || context_.input.fail("a field twice in a hash");
  }
  Value take() {
    taken_ = true;
    return hash_.value();
  }

 private:
  RdbReadContext& context_;
  HashValue hash_;
  bool taken_ = false;
};

bool readFields(RdbReadContext& context, Value& value) {
  constexpr size_t kPairBytesMin = 2;
  uint64_t count;
  if (!context.input.readCount(kPairBytesMin, count)) return false;
  if (count == 0) return true;
  // Room for as many as the bytes that are left could hold if they were as long as usual.
  constexpr uint64_t kPairBytesUsual = 4;
  const uint64_t likely = std::min(count, context.input.bytesLeft() / kPairBytesUsual);
  Reading hash(context, static_cast<size_t>(likely), 0);
  for (uint64_t i = 0; i < count; ++i) {
    std::string_view text;
    if (!context.input.readString(text)) return false;
    // Reading the value may move what the field lies in.
    context.text.assign(text);
    if (!context.input.readString(text) || !hash.set(context.text, text)) return false;
  }
  value = hash.take();
  return true;
}

bool setElements(RdbReadContext& context, Value& value) {
  const auto& elements = context.elements;
  if (elements.empty()) return true;
  Reading hash(context, elements.size() / 2, longestText(elements));
  for (size_t i = 0; i < elements.size(); i += 2) {
    ElementText field;
    ElementText text;
    if (!hash.set(elements[i].text(field), elements[i + 1].text(text))) return false;
  }
  value = hash.take();
  return true;
}

// What is packed in `context.elements`, whatever it was packed in.
bool checkPairs(RdbReadContext& context) {
  return context.elements.size() % 2 == 0 || context.input.fail("a field without a value");
}

bool readListpack(RdbReadContext& context, Value& value) {
  std::string_view bytes;
  auto& elements = context.elements;
  if (!context.input.readString(bytes)) return false;
  if (!unpackListpack(bytes, elements)) return context.input.fail("a damaged listpack");
  if (!checkPairs(context)) return false;
  if (elements.empty()) return true;
  const bool fits = elements.size() / 2 <= context.rules.hash_max_listpack_entries &&
                    longestText(elements) <= context.rules.hash_max_listpack_value;
  if (!fits || !areCanonical(elements)) return setElements(context, value);
  if (context.duplicates.among(elements, 2, *context.rules.hasher)) {
    return context.input.fail("a field twice in a hash");
  }
  const Listpack fields(const_cast<char*>(bytes.data()));
  value = {ValueType::kHash, Encoding::kListpack, Listpack::copy(fields).bytes()};
  return true;
}

bool readZiplist(RdbReadContext& context, Value& value) {
  std::string_view bytes;
  if (!context.input.readString(bytes)) return false;
  if (!unpackZiplist(bytes, context.elements)) return context.input.fail("a damaged ziplist");
  return checkPairs(context) && setElements(context, value);
}

bool readZipmap(RdbReadContext& context, Value& value) {
  std::string_view bytes;
  if (!context.input.readString(bytes)) return false;
  if (!unpackZipmap(bytes, context.elements)) return context.input.fail("a damaged zipmap");
  return checkPairs(context) && setElements(context, value);
}

}  // namespace

RdbType typeOf(Encoding encoding, uint32_t) {
  return encoding == Encoding::kListpack ? RdbType::kHashListpack : RdbType::kHash;
}

void write(const Value& value, const EncodingRules& rules, RdbWriter& out) {
  if (value.encoding == Encoding::kListpack) {
    const std::span<const uint8_t> bytes = Listpack(value.object).view();
    return out.putString({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  const HashValue hash(value, rules);
  out.putLength(hash.size());
  hash.forEach([&](const Element& field, const Element& text) {
    putElement(field, out);
    putElement(text, out);
  });
}

bool read(RdbType type, RdbReadContext& context, Value& value) {
  switch (type) {
    case RdbType::kHashListpack:
      return readListpack(context, value);
    case RdbType::kHashZiplist:
      return readZiplist(context, value);
    case RdbType::kHashZipmap:
      return readZipmap(context, value);
    default:
      return readFields(context, value);
  }
}

}  // namespace inkstone::rdb_hashes

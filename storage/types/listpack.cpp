#include "storage/types/listpack.h"

#include <new>

namespace inkstone {
namespace {

using listpack_format::Encoded;
using listpack_format::kEnd;
using listpack_format::load;
using listpack_format::store;

constexpr size_t kCountOffset = 4;
constexpr uint16_t kCountUnknown = UINT16_MAX;

uint8_t* allocate(size_t bytes) {
  return static_cast<uint8_t*>(::operator new(blockBytes(bytes)));
}

void setByteCount(uint8_t* bytes, size_t count) {
  store(bytes, static_cast<uint32_t>(count));
}

size_t countElements(const uint8_t* at) {
  size_t count = 0;
  for (; *at != kEnd; at = listpack_format::step(at)) ++count;
  return count;
}

}  // namespace

Listpack Listpack::create() {
  uint8_t* const bytes = allocate(kEmptyBytes);
  setByteCount(bytes, kEmptyBytes);
  store<uint16_t>(bytes + kCountOffset, 0);
  bytes[kHeaderBytes] = kEnd;
  return Listpack(bytes);
}

Listpack Listpack::copy(Listpack other) {
  const size_t count = other.byteCount();
  uint8_t* const bytes = allocate(count);
  std::memcpy(bytes, other.bytes_, count);
  return Listpack(bytes);
}

void Listpack::destroy(uint8_t* bytes) {
  ::operator delete(bytes);
}

size_t Listpack::size() const {
  const auto count = load<uint16_t>(bytes_ + kCountOffset);
  return count == kCountUnknown ? countElements(bytes_ + kHeaderBytes) : count;
}

size_t Listpack::elementBytes(std::string_view text) {
  return Encoded(text).bytes();
}

Listpack::Cursor Listpack::at(int64_t index) const {
  const auto count = load<uint16_t>(bytes_ + kCountOffset);
  if (count != kCountUnknown) {
    if (index >= count || index < -int64_t{count}) return nullptr;
    if (index > count / 2) {
      index -= count;
    } else if (index < -count / 2) {
      index += count;
    }
  }
  Cursor at;
  if (index < 0) {
    for (at = last(); at != nullptr && ++index < 0;) at = previous(at);
  } else {
    for (at = first(); at != nullptr && index-- > 0;) at = next(at);
  }
  return at;
}

bool Listpack::equals(Cursor at, std::string_view text) {
  const Element element = get(at);
  if (!element.isInteger()) return element.bytes() == text;
  int64_t integer;
  return integerFromText(text, integer) && integer == element.integer();
}

Listpack::Cursor Listpack::find(Cursor from, std::string_view text, size_t skip) const {
  if (from == nullptr) return nullptr;
  int64_t integer = 0;
  const bool is_integer = integerFromText(text, integer);
  // A short string stands behind one byte that tells its length. Members that differ mostly do so
  // in their last byte; for an empty string that is the very byte that tells the length.
  const uint8_t short_head = text.size() < 64 ? static_cast<uint8_t>(0x80 | text.size()) : kEnd;
  const uint8_t last = text.empty() ? short_head : static_cast<uint8_t>(text.back());
  size_t to_skip = 0;
  for (const uint8_t* at = from; *at != kEnd; at = listpack_format::step(at)) {
    if (to_skip > 0) {
      --to_skip;
      continue;
    }
    to_skip = skip;
    if (listpack_format::isShortString(*at)) {
      if (*at == short_head && at[text.size()] == last &&
          std::memcmp(at + 1, text.data(), text.size()) == 0) {
        return at;
      }
    } else if (listpack_format::isString(*at)) {
      if (listpack_format::longString(at) == text) return at;
    } else if (is_integer && listpack_format::integerAt(at) == integer) {
      return at;
    }
  }
  return nullptr;
}

// Makes `removed` bytes at `offset` give way to `inserted` bytes to be written by the caller, and
// returns their place.
uint8_t* Listpack::splice(size_t offset, size_t removed, size_t inserted) {
  const size_t before = byteCount();
  const size_t after = before - removed + inserted;
  if (blockBytes(after) != blockBytes(before)) return move(after, offset, removed, inserted);
  uint8_t* const place = bytes_ + offset;
  if (removed != inserted) {
    std::memmove(place + inserted, place + removed, before - offset - removed);
    setByteCount(bytes_, after);
  }
  return place;
}

// Does the same into another block.
uint8_t* Listpack::move(size_t bytes, size_t offset, size_t removed, size_t inserted) {
  uint8_t* const block = allocate(bytes);
  const size_t rest = byteCount() - offset - removed;
  std::memcpy(block, bytes_, offset);
  std::memcpy(block + offset + inserted, bytes_ + offset + removed, rest);
  destroy(bytes_);
  bytes_ = block;
  setByteCount(block, bytes);
  return block + offset;
}

// Once too large to be kept, the number is unknown for good: that is how Redis writes it, too.
void Listpack::addToCount(int64_t difference) {
  const auto count = load<uint16_t>(bytes_ + kCountOffset);
  if (count == kCountUnknown) return;
  invariant(count + difference >= 0, "a listpack never loses more elements than it has", count,
            difference);
  store(bytes_ + kCountOffset, static_cast<uint16_t>(count + difference));
}

template <class Value>
Listpack::Cursor Listpack::insertAt(size_t offset, Value value) {
  const ChangeCheck check(*this);
  const Encoded element(value);
  uint8_t* const place = splice(offset, 0, element.bytes());
  element.write(place);
  addToCount(1);
  return place;
}

Listpack::Cursor Listpack::append(std::string_view text) {
  return insertAt(byteCount() - 1, text);
}

Listpack::Cursor Listpack::append(int64_t integer) {
  return insertAt(byteCount() - 1, integer);
}

Listpack::Cursor Listpack::prepend(std::string_view text) {
  return insertAt(kHeaderBytes, text);
}

Listpack::Cursor Listpack::insertBefore(Cursor at, std::string_view text) {
  return insertAt(static_cast<size_t>((at == nullptr ? end() : at) - bytes_), text);
}

Listpack::Cursor Listpack::insertAfter(Cursor at, std::string_view text) {
  return insertBefore(next(at), text);
}

Listpack::Cursor Listpack::replace(Cursor at, std::string_view text) {
  const ChangeCheck check(*this);
  const Encoded element(text);
  const auto removed = static_cast<size_t>(listpack_format::step(at) - at);
  uint8_t* const place = splice(static_cast<size_t>(at - bytes_), removed, element.bytes());
  element.write(place);
  return place;
}

Listpack::Cursor Listpack::erase(Cursor at, size_t count) {
  const ChangeCheck check(*this);
  const uint8_t* behind = at;
  size_t erased = 0;
  for (; erased < count && *behind != kEnd; ++erased) behind = listpack_format::step(behind);
  const auto removed = static_cast<size_t>(behind - at);
  const uint8_t* const place = splice(static_cast<size_t>(at - bytes_), removed, 0);
  addToCount(-static_cast<int64_t>(erased));
  return *place == kEnd ? nullptr : place;
}

bool Listpack::isValid(std::span<const uint8_t> bytes) {
  return !findBroken(bytes);
}

BrokenClaim Listpack::findBroken(std::span<const uint8_t> bytes) {
  if (bytes.size() < kEmptyBytes || load<uint32_t>(bytes.data()) != bytes.size()) {
    return Claim("a listpack has as many bytes as it says");
  }
  if (bytes.back() != kEnd) return Claim("a listpack ends with its end byte");
  size_t count = 0;
  std::span<const uint8_t> rest = bytes.subspan(kHeaderBytes, bytes.size() - kEmptyBytes);
  for (; !rest.empty(); ++count) {
    const size_t step = listpack_format::checkedStep(rest.data(), rest.size());
    if (step == 0) return Claim("an element of a listpack tells its length both ways");
    rest = rest.subspan(step);
  }
  const auto stated = load<uint16_t>(bytes.data() + kCountOffset);
  if (stated != kCountUnknown && stated != count) {
    return Claim("a listpack holds as many elements as it says");
  }
  return {};
}

}  // namespace inkstone

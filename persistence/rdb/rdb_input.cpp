#include "persistence/rdb/rdb_input.h"

#include <lzf.h>

#include <algorithm>
#include <bit>

#include "base/numbers.h"
#include "persistence/rdb/rdb_format.h"

namespace inkstone {

static_assert(std::endian::native == std::endian::little, "numbers are read as they lie");

namespace {

// Three bytes of the compressor stand for at most 264.
constexpr uint64_t kUnpackRatioMax = 88;

}  // namespace

RdbInput::RdbInput(ReadFile& file, uint64_t offset, uint64_t file_size)
    : file_(&file),
      buffer_(std::make_unique_for_overwrite<char[]>(kBufferBytes)),
      at_(buffer_.get()),
      end_(at_),
      end_offset_(offset),
      source_end_(file_size),
      summed_(at_) {}

RdbInput::RdbInput(std::string_view bytes)
    : at_(bytes.data()),
      end_(bytes.data() + bytes.size()),
      end_offset_(bytes.size()),
      source_end_(bytes.size()),
      summed_(at_) {}

bool RdbInput::fail(RdbError::Kind kind, std::string_view reason) {
  if (!failed()) error_ = {kind, offset(), std::string(reason), {}};
  // Nothing is left to be read, so that every later read comes to refill().
  const uint64_t here = offset();
  end_ = at_;
  end_offset_ = here;
  return false;
}

bool RdbInput::failAt(uint64_t offset, RdbError::Kind kind, std::string_view reason) {
  if (!failed()) {
    fail(kind, reason);
    error_.offset = offset;
  }
  return false;
}

std::string_view RdbInput::peek(size_t length) {
  const auto wanted = static_cast<size_t>(std::min<uint64_t>(length, bytesLeft()));
  if (available() < wanted && !refill(wanted)) return {};
  return {at_, wanted};
}

// Makes `wanted` bytes available.
bool RdbInput::refill(size_t wanted) {
  if (failed()) return false;
  if (wanted > bytesLeft()) return fail(RdbError::Kind::kTruncated, "the bytes end too early");
  takeChecksum();
  const size_t kept = available();
  char* const buffer = buffer_.get();
  if (kept > 0) std::memmove(buffer, at_, kept);
  at_ = summed_ = buffer;
  const uint64_t unread = source_end_ - end_offset_;
  const auto length = static_cast<size_t>(std::min<uint64_t>(kBufferBytes - kept, unread));
  const IoResult<size_t> read = file_->readAt(end_offset_, std::span<char>(buffer + kept, length));
  end_ = buffer + kept + read.value;
  end_offset_ += read.value;
  if (read.ok() && available() >= wanted) return true;
  fail(RdbError::Kind::kIo, "reading failed");
  // The file was longer a moment ago: somebody cuts it under our hands.
  error_.io = read.error ? read.error : std::make_error_code(std::errc::io_error);
  return false;
}

void RdbInput::takeChecksum() {
  if (keeps_checksum_) {
    crc_ = rdbChecksum(crc_, {summed_, static_cast<size_t>(at_ - summed_)});
  }
  summed_ = at_;
}

uint64_t RdbInput::checksum() {
  takeChecksum();
  return crc_;
}

bool RdbInput::readLengthOrForm(uint64_t& length, bool& encoded) {
  uint8_t first;
  if (!readByte(first)) return false;
  const uint8_t rest = first & static_cast<uint8_t>(~kRdbLengthKindMask);
  encoded = false;
  switch (first & kRdbLengthKindMask) {
    case kRdbLength6Bits:
      length = rest;
      return true;
    case kRdbLength14Bits: {
      uint8_t second;
      if (!readByte(second)) return false;
      length = (uint64_t{rest} << 8) | second;
      return true;
    }
    case kRdbEncoded:
      encoded = true;
      length = rest;
      return true;
    default:
      break;
  }
  if (first == kRdbLength32Bits) {
    uint32_t wide;
    if (!readFixed(wide)) return false;
    length = __builtin_bswap32(wide);
    return true;
  }
  if (first != kRdbLength64Bits) return fail("a length in an unknown form");
  if (!readFixed(length)) return false;
  length = __builtin_bswap64(length);
  return true;
}

bool RdbInput::readLength(uint64_t& length) {
  bool encoded;
  if (!readLengthOrForm(length, encoded)) return false;
  return encoded ? fail("an encoded string where a length should be") : true;
}

bool RdbInput::readCount(size_t bytes_each, uint64_t& count) {
  if (!readLength(count)) return false;
  if (count > bytesLeft() / bytes_each) {
    return fail(RdbError::Kind::kTruncated, "more elements than there are bytes");
  }
  return true;
}

bool RdbInput::readString(std::string_view& text) {
  uint64_t length = 0;
  bool encoded;
  if (!readLengthOrForm(length, encoded)) return false;
  return encoded ? readEncoded(length, text) : readPlain(length, text);
}

bool RdbInput::readPlain(uint64_t length, std::string_view& text) {
  if (length <= available()) {
    text = {at_, static_cast<size_t>(length)};
    at_ += length;
    return true;
  }
  if (length > bytesLeft()) {
    return fail(RdbError::Kind::kTruncated, "a string longer than the rest of the bytes");
  }
  if (length <= kBufferBytes) return readView(static_cast<size_t>(length), text);
  char* const room = scratch(gathered_, gathered_capacity_, static_cast<size_t>(length));
  text = {room, static_cast<size_t>(length)};
  return readInto(room, text.size());
}

bool RdbInput::readInto(char* target, size_t length) {
  while (length > 0) {
    const size_t piece = std::min(length, kBufferBytes);
    std::string_view view;
    if (!readView(piece, view)) return false;
    std::memcpy(target, view.data(), piece);
    target += piece;
    length -= piece;
  }
  return true;
}

template <class Integer>
bool RdbInput::readInteger(std::string_view& text) {
  Integer value;
  if (!readFixed(value)) return false;
  text = {integer_text_.data(), formatInt64(integer_text_.data(), value)};
  return true;
}

bool RdbInput::readEncoded(uint64_t form, std::string_view& text) {
  switch (form) {
    case kRdbInt8:
      return readInteger<int8_t>(text);
    case kRdbInt16:
      return readInteger<int16_t>(text);
    case kRdbInt32:
      return readInteger<int32_t>(text);
    case kRdbLzf:
      return readCompressed(text);
    default:
      return fail("a string in an unknown form");
  }
}

bool RdbInput::readCompressed(std::string_view& text) {
  uint64_t packed_length = 0;
  uint64_t length = 0;
  if (!readLength(packed_length) || !readLength(length)) return false;
  if (packed_length > bytesLeft()) {
    return fail(RdbError::Kind::kTruncated,
                "a compressed string longer than the rest of the bytes");
  }
  // The library counts in unsigned int.
  if (length == 0 || length > UINT32_MAX || packed_length > UINT32_MAX ||
      length > packed_length * kUnpackRatioMax) {
    return fail("a compressed string with an impossible length");
  }
  std::string_view packed;
  if (!readPlain(packed_length, packed)) return false;
  char* const room = scratch(unpacked_, unpacked_capacity_, static_cast<size_t>(length));
  const unsigned unpacked = lzf_decompress(packed.data(), static_cast<unsigned>(packed.size()),
                                           room, static_cast<unsigned>(length));
  if (unpacked != length) return fail("a compressed string that does not unpack");
  text = {room, static_cast<size_t>(length)};
  return true;
}

// Room for `length` bytes. What was grown for one large string is not kept for small ones.
char* RdbInput::scratch(std::unique_ptr<char[]>& room, size_t& capacity, size_t length) {
  if (capacity < length || capacity > kScratchKeptMax) {
    room.reset();
    capacity = std::max<size_t>(length, 256);
    room = std::make_unique_for_overwrite<char[]>(capacity);
  }
  return room.get();
}

bool RdbInput::skip(uint64_t length) {
  if (length > bytesLeft()) return fail(RdbError::Kind::kTruncated, "the bytes end too early");
  while (length > 0) {
    const auto piece = static_cast<size_t>(std::min<uint64_t>(length, kBufferBytes));
    std::string_view view;
    if (!readView(piece, view)) return false;
    length -= piece;
  }
  return true;
}

bool RdbInput::skipString() {
  std::string_view unused;
  return readString(unused);
}

}  // namespace inkstone

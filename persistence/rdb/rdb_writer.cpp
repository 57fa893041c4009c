#include "persistence/rdb/rdb_writer.h"

#include <lzf.h>

#include <bit>

#include "base/numbers.h"
#include "persistence/rdb/rdb_format.h"
#include "storage/string_value.h"

namespace inkstone {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie");

namespace {

// The compressor counts in unsigned int. Longer strings are written as they are.
constexpr size_t kCompressMax = size_t{1} << 31;

}  // namespace

void RdbWriter::putLength(uint64_t length) {
  if (length < 64) return putByte(static_cast<uint8_t>(length));
  if (length < 16384) {
    putByte(static_cast<uint8_t>(kRdbLength14Bits | (length >> 8)));
    return putByte(static_cast<uint8_t>(length));
  }
  if (length <= UINT32_MAX) {
    putByte(kRdbLength32Bits);
    return putFixed(__builtin_bswap32(static_cast<uint32_t>(length)));
  }
  putByte(kRdbLength64Bits);
  putFixed(__builtin_bswap64(length));
}

void RdbWriter::putString(std::string_view bytes) {
  int64_t integer;
  if (bytes.size() <= kRdbIntegerTextMax && integerFromText(bytes, integer) &&
      putAsInteger(integer)) {
    return;
  }
  if (settings_.compress && bytes.size() >= kRdbCompressMin && putCompressed(bytes)) return;
  putLength(bytes.size());
  putBytes(bytes);
}

void RdbWriter::putInteger(int64_t value) {
  if (putAsInteger(value)) return;
  std::array<char, kInt64TextMax> text;
  const size_t length = formatInt64(text.data(), value);
  putLength(length);
  putBytes({text.data(), length});
}

bool RdbWriter::putAsInteger(int64_t value) {
  if (value >= INT8_MIN && value <= INT8_MAX) {
    putByte(kRdbEncoded | kRdbInt8);
    putFixed(static_cast<int8_t>(value));
  } else if (value >= INT16_MIN && value <= INT16_MAX) {
    putByte(kRdbEncoded | kRdbInt16);
    putFixed(static_cast<int16_t>(value));
  } else if (value >= INT32_MIN && value <= INT32_MAX) {
    putByte(kRdbEncoded | kRdbInt32);
    putFixed(static_cast<int32_t>(value));
  } else {
    return false;
  }
  return true;
}

bool RdbWriter::putCompressed(std::string_view bytes) {
  // A gain of less than four bytes would go into the second length.
  constexpr size_t kGainMin = 4;
  if (bytes.size() > kCompressMax) return false;
  const size_t room = bytes.size() - kGainMin;
  if (packed_capacity_ < room) {
    packed_ = std::make_unique_for_overwrite<char[]>(room);
    packed_capacity_ = room;
  }
  const size_t packed = lzf_compress(bytes.data(), static_cast<unsigned>(bytes.size()),
                                     packed_.get(), static_cast<unsigned>(room));
  if (packed == 0) return false;
  putByte(kRdbEncoded | kRdbLzf);
  putLength(packed);
  putLength(bytes.size());
  putBytes({packed_.get(), packed});
  return true;
}

void RdbWriter::putManyBytes(std::string_view bytes) {
  flush();
  if (bytes.size() >= kGatherBytes) return handOver(bytes);
  putBytes(bytes);
}

void RdbWriter::flush() {
  handOver({gather_.data(), gathered_});
  gathered_ = 0;
}

void RdbWriter::handOver(std::string_view bytes) {
  if (bytes.empty()) return;
  if (settings_.checksum) crc_ = rdbChecksum(crc_, bytes);
  flushed_ += bytes.size();
  if (!failed_) failed_ = !sink_.append(bytes);
}

void RdbWriter::putChecksum() {
  flush();
  putFixed(settings_.checksum ? crc_ : uint64_t{0});
  flush();
}

}  // namespace inkstone

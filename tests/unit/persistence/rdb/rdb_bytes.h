// RDB files put together byte by byte, without our encoder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace inkstone::test {

class RdbBytes {
 public:
  // A file of that version, as far as its header goes.
  explicit RdbBytes(int version) {
    const std::string digits = std::to_string(version);
    bytes_ = "REDIS" + std::string(4 - digits.size(), '0') + digits;
  }
  RdbBytes() = default;

  RdbBytes& byte(int value) {
    bytes_ += static_cast<char>(value);
    return *this;
  }
  RdbBytes& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  // `width` bytes, the lowest first.
  RdbBytes& little(uint64_t value, int width) {
    for (int i = 0; i < width; ++i, value >>= 8) byte(static_cast<int>(value & 255));
    return *this;
  }
  RdbBytes& big(uint64_t value, int width) {
    for (int i = width; i-- > 0;) byte(static_cast<int>(value >> (8 * i) & 255));
    return *this;
  }
  RdbBytes& length(uint64_t value) {
    if (value < 64) return byte(static_cast<int>(value));
    if (value < 16384) return big(0x4000 | value, 2);
    return byte(0x80).big(value, 4);
  }
  // Writes the text as it is, neither compressed nor as an integer.
  RdbBytes& string(std::string_view text) { return length(text.size()).raw(text); }
  // Type byte and key.
  RdbBytes& key(int type, std::string_view name) { return byte(type).string(name); }
  // Without a checksum; the files of versions below 5 have no place for one.
  std::string end(bool checksum_bytes = true) {
    byte(255);
    return checksum_bytes ? little(0, 8).bytes_ : bytes_;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// A ziplist of entries whose encoding and data are given.
class ZiplistBytes {
 public:
  ZiplistBytes& entry(std::string_view encoded) {
    last_ = 10 + entries_.size();
    if (previous_ < 254) {
      entries_ += static_cast<char>(previous_);
    } else {
      entries_ += RdbBytes().byte(254).little(previous_, 4).bytes();
    }
    entries_ += encoded;
    previous_ = 10 + entries_.size() - last_;
    ++count_;
    return *this;
  }
  // Up to 63 bytes.
  ZiplistBytes& text(std::string_view bytes) {
    return entry(RdbBytes().byte(static_cast<int>(bytes.size())).raw(bytes).bytes());
  }
  // 0 to 12.
  ZiplistBytes& digit(int value) { return entry(RdbBytes().byte(0xf1 + value).bytes()); }
  std::string bytes() const {
    return RdbBytes()
        .little(10 + entries_.size() + 1, 4)
        .little(last_, 4)
        .little(count_, 2)
        .raw(entries_)
        .byte(255)
        .bytes();
  }

 private:
  std::string entries_;
  size_t last_ = 10;
  size_t previous_ = 0;
  size_t count_ = 0;
};

}  // namespace inkstone::test

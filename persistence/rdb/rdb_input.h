// The elements of the RDB format read from a file or from memory: the counterpart of RdbWriter.
//
// What is read is not trusted. A read that fails keeps the reason and the offset; every later one
// fails, too, so that a caller may look after several. No length is believed before it was compared
// with the bytes that are left: memory beyond that is taken for compressed strings only, which
// cannot unpack to more than 88 times their size.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "persistence/files/file.h"
#include "persistence/rdb/rdb_error.h"

namespace inkstone {

class RdbInput {
 public:
  static constexpr size_t kBufferBytes = 256 * 1024;

  // Reads `file`, which is `file_size` bytes long and must outlive the input, from `offset` on.
  RdbInput(ReadFile& file, uint64_t offset, uint64_t file_size);
  // Reads `bytes`, which must stay alive.
  explicit RdbInput(std::string_view bytes);
  RdbInput(const RdbInput&) = delete;
  RdbInput& operator=(const RdbInput&) = delete;

  // Where the next byte stands.
  uint64_t offset() const { return end_offset_ - available(); }
  uint64_t bytesLeft() const { return source_end_ - offset(); }
  bool failed() const { return error_.kind != RdbError::Kind::kNone; }
  const RdbError& error() const { return error_; }
  // Notes damage, unless something failed before. Returns false, for the caller to return.
  bool fail(std::string_view reason) { return fail(RdbError::Kind::kDamaged, reason); }
  bool fail(RdbError::Kind kind, std::string_view reason);
  // The same for what stands at `offset`, which was read over by now.
  bool failAt(uint64_t offset, RdbError::Kind kind, std::string_view reason);

  // The next `length` bytes, at most kBufferBytes, or as many as there are, without taking them;
  // valid until the next read. Empty when reading failed.
  std::string_view peek(size_t length);
  [[nodiscard]] bool readByte(uint8_t& byte) {
    if (at_ == end_ && !refill(1)) return false;
    byte = static_cast<uint8_t>(*at_++);
    return true;
  }
  // `length` bytes, at most kBufferBytes; valid until the next read.
  [[nodiscard]] bool readView(size_t length, std::string_view& view) {
    if (available() < length && !refill(length)) return false;
    view = {at_, length};
    at_ += length;
    return true;
  }
  template <class Number>
  [[nodiscard]] bool readFixed(Number& number) {
    std::string_view bytes;
    if (!readView(sizeof number, bytes)) return false;
    std::memcpy(&number, bytes.data(), sizeof number);
    return true;
  }
  [[nodiscard]] bool readLength(uint64_t& length);
  // A number of elements that take at least `bytes_each`, or none at all.
  [[nodiscard]] bool readCount(size_t bytes_each, uint64_t& count);
  // Reads a string in any form, integers as text. It is valid until the next read.
  [[nodiscard]] bool readString(std::string_view& text);
  [[nodiscard]] bool skipString();
  [[nodiscard]] bool skip(uint64_t length);

  // The checksum of everything read so far.
  uint64_t checksum();
  // It costs time, so it is taken only if asked for, before the first read.
  void keepChecksum() { keeps_checksum_ = true; }

 private:
  static constexpr size_t kScratchKeptMax = 1024 * 1024;

  size_t available() const { return static_cast<size_t>(end_ - at_); }
  bool refill(size_t wanted);
  void takeChecksum();
  bool readLengthOrForm(uint64_t& length, bool& encoded);
  bool readPlain(uint64_t length, std::string_view& text);
  bool readEncoded(uint64_t form, std::string_view& text);
  bool readCompressed(std::string_view& text);
  template <class Integer>
  bool readInteger(std::string_view& text);
  char* scratch(std::unique_ptr<char[]>& room, size_t& capacity, size_t length);
  bool readInto(char* target, size_t length);

  ReadFile* file_ = nullptr;
  std::unique_ptr<char[]> buffer_;
  // [at_, end_) is read and not yet taken; end_ stands at end_offset_ of the source.
  const char* at_ = nullptr;
  const char* end_ = nullptr;
  uint64_t end_offset_ = 0;
  uint64_t source_end_;

  bool keeps_checksum_ = false;
  uint64_t crc_ = 0;
  // crc_ covers what stands before it.
  const char* summed_ = nullptr;

  // Strings that do not lie in the buffer as they are, and what they are made of.
  std::unique_ptr<char[]> unpacked_;
  size_t unpacked_capacity_ = 0;
  std::unique_ptr<char[]> gathered_;
  size_t gathered_capacity_ = 0;
  std::array<char, 24> integer_text_;

  RdbError error_;
};

}  // namespace inkstone

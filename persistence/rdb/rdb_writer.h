// The elements of the RDB format as bytes: lengths, strings, numbers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "persistence/rdb/rdb_format.h"
#include "persistence/rdb/rdb_sink.h"

namespace inkstone {

struct RdbWriteSettings {
  bool compress = true;            // rdbcompression
  bool checksum = true;            // rdbchecksum
  uint32_t version = kRdbVersion;  // decides which types may be used; 10 or 11
};

// Gathers small pieces, so that sink and checksum see large ones. What is gathered reaches the sink
// with flush() only.
class RdbWriter {
 public:
  // `sink` must outlive the writer.
  RdbWriter(RdbSink& sink, const RdbWriteSettings& settings) : sink_(sink), settings_(settings) {}
  RdbWriter(const RdbWriter&) = delete;
  RdbWriter& operator=(const RdbWriter&) = delete;

  uint32_t version() const { return settings_.version; }

  void putByte(uint8_t byte) {
    if (gathered_ == kGatherBytes) flush();
    gather_[gathered_++] = static_cast<char>(byte);
  }
  void putOpcode(RdbOpcode opcode) { putByte(static_cast<uint8_t>(opcode)); }
  void putBytes(std::string_view bytes) {
    if (bytes.size() + gathered_ > kGatherBytes) return putManyBytes(bytes);
    if (!bytes.empty()) std::memcpy(&gather_[gathered_], bytes.data(), bytes.size());
    gathered_ += static_cast<uint32_t>(bytes.size());
  }
  // An integer or a double as it lies in memory.
  template <class Number>
  void putFixed(Number number) {
    char bytes[sizeof number];
    std::memcpy(bytes, &number, sizeof number);
    putBytes({bytes, sizeof bytes});
  }
  void putLength(uint64_t length);
  // Writes the shortest form: an integer, compressed if settings say so, or the text as it is.
  void putString(std::string_view bytes);
  // The string that an integer's text is.
  void putInteger(int64_t value);

  // Hands what is gathered to the sink.
  void flush();
  // Flushes, then ends the file or payload: the checksum of all bytes so far, 0 without one.
  void putChecksum();

  // The sink wants no more.
  bool failed() const { return failed_; }
  uint64_t bytes() const { return flushed_ + gathered_; }

 private:
  static constexpr size_t kGatherBytes = 16 * 1024;

  void putManyBytes(std::string_view bytes);
  void handOver(std::string_view bytes);
  bool putAsInteger(int64_t value);
  bool putCompressed(std::string_view bytes);

  RdbSink& sink_;
  const RdbWriteSettings settings_;
  uint32_t gathered_ = 0;
  uint64_t flushed_ = 0;
  uint64_t crc_ = 0;
  bool failed_ = false;
  // Room of the compressor, kept for the next string.
  std::unique_ptr<char[]> packed_;
  size_t packed_capacity_ = 0;
  std::array<char, kGatherBytes> gather_;
};

}  // namespace inkstone

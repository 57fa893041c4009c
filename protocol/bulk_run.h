// Many short bulk strings one behind the other, as the elements of a list: written with a bounds
// check each and nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "protocol/reply_builder.h"

namespace inkstone {

// Writes through `reply`, which must not be used otherwise before the end of this object's life.
class BulkRun {
 public:
  explicit BulkRun(ReplyBuilder& reply) : reply_(reply) { open(kRoomMin); }
  ~BulkRun() { close(); }
  BulkRun(const BulkRun&) = delete;
  BulkRun& operator=(const BulkRun&) = delete;

  void add(std::string_view bytes) {
    if (static_cast<size_t>(limit_ - at_) < bytes.size() + kOverhead) return addSlowly(bytes);
    at_ = putHeader(at_, bytes.size());
    at_ = putBytes(at_, bytes);
    *at_++ = '\r';
    *at_++ = '\n';
  }
  void add(int64_t integer) {
    char text[kInt64TextMax];
    add(std::string_view(text, formatInt64(text, integer)));
  }

 private:
  // Besides its bytes a bulk takes '$', its length and two line ends.
  static constexpr size_t kOverhead = 1 + kInt64TextMax + 4;
  static constexpr size_t kRoomMin = 64 + kOverhead;
  // A longer one is left to ReplyBuilder.
  static constexpr size_t kShortMax = 1024;

  static char* putHeader(char* at, size_t length) {
    if (length < 10) {
      const char header[] = {'$', static_cast<char>('0' + length), '\r', '\n'};
      std::memcpy(at, header, sizeof header);
      return at + sizeof header;
    }
    *at++ = '$';
    at += formatInt64(at, static_cast<int64_t>(length));
    *at++ = '\r';
    *at++ = '\n';
    return at;
  }

  // Two copies that may overlap serve every length of a range without a loop or a call.
  static char* putBytes(char* at, std::string_view bytes) {
    const size_t length = bytes.size();
    if (length > 16) {
      std::memcpy(at, bytes.data(), length);
    } else if (length >= 8) {
      putTwice<8>(at, bytes);
    } else if (length >= 4) {
      putTwice<4>(at, bytes);
    } else if (length >= 2) {
      putTwice<2>(at, bytes);
    } else if (length == 1) {
      *at = bytes[0];
    }
    return at + length;
  }
  template <size_t kBytes>
  static void putTwice(char* at, std::string_view bytes) {
    std::array<char, kBytes> first;
    std::array<char, kBytes> last;
    std::memcpy(first.data(), bytes.data(), kBytes);
    std::memcpy(last.data(), bytes.data() + bytes.size() - kBytes, kBytes);
    std::memcpy(at, first.data(), kBytes);
    std::memcpy(at + bytes.size() - kBytes, last.data(), kBytes);
  }

  // A muted reply gets no room, so that everything comes to addSlowly().
  void open(size_t bytes) {
    if (reply_.muted()) return;
    OutputBuffer& out = reply_.buffer();
    begin_ = at_ = out.reserve(bytes);
    limit_ = at_ + out.room();
  }
  void close() {
    if (at_ != begin_) reply_.buffer().commit(static_cast<size_t>(at_ - begin_));
    begin_ = at_ = limit_ = nullptr;
  }
  void addSlowly(std::string_view bytes);

  ReplyBuilder& reply_;
  char* begin_ = nullptr;
  char* at_ = nullptr;
  char* limit_ = nullptr;
};

}  // namespace inkstone

// The messages of a child process to its parent: lines for the server log, progress, copied memory,
// its result.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "persistence/files/log_hooks.h"

namespace inkstone {

// The result of a child. Its parent and its work agree on the meaning of each number.
struct ChildResult {
  uint64_t keys = 0;
  uint64_t bytes = 0;
  uint64_t extra_bytes = 0;
};

// One message of the info pipe. It is smaller than PIPE_BUF, so it is written in one step and never
// arrives in halves.
struct ChildMessage {
  enum class Type : uint8_t { kLog, kProgress, kResult };
  static constexpr size_t kTextMax = 1000;

  Type type = Type::kLog;
  LogSink::Level level = LogSink::Level::kNotice;
  uint16_t text_length = 0;
  uint64_t cow_bytes = 0;
  // 1 when cow_bytes was measured, else 0.
  uint64_t cow_measured = 0;
  ChildResult result;
  std::array<char, kTextMax> text;

  // The size of the part that is always sent.
  static constexpr size_t kHeadBytes = 48;
  size_t size() const { return kHeadBytes + text_length; }
};
static_assert(offsetof(ChildMessage, text) == ChildMessage::kHeadBytes);

// To be used in the child. It is a LogSink, so that code which writes files can use it.
class ChildReporter final : public LogSink {
 public:
  // `fd` is the write end of the info pipe.
  explicit ChildReporter(int fd);

  // Writes a line to the server log, cut at ChildMessage::kTextMax.
  void write(Level level, std::string_view text) override;

  // Call it after each key, or as often as you like. It sends a message once a second at most.
  // Measuring the memory copied since the fork is slow, so it is done seldom enough to take about a
  // hundredth of the time.
  void progress(uint64_t keys_processed);

  // Sends the result, with the memory copied by then. Call it before the work returns 0.
  void finish(const ChildResult& result);

 private:
  void measureMemory(ChildMessage& message);
  void send(const ChildMessage& message);

  const int fd_;
  uint32_t calls_ = 0;
  int64_t sent_ms_ = 0;
  int64_t measured_ms_ = 0;
  int64_t measuring_took_ms_ = 0;
};

// The bytes that this process shares with no other: the memory copied since the fork. 0 if that is
// not known.
uint64_t privateDirtyBytes();

}  // namespace inkstone

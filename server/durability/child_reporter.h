// What a child process tells its parent: log lines, progress, memory it has copied, its result.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "persistence/files/log_hooks.h"

namespace inkstone {

// What a child found out, for its parent; what each number means is between the two.
struct ChildResult {
  uint64_t keys = 0;
  uint64_t bytes = 0;
  uint64_t extra_bytes = 0;
};

// One message of the info pipe. Smaller than PIPE_BUF, so that writing one is one step, and none is
// ever half there.
struct ChildMessage {
  enum class Type : uint8_t { kLog, kProgress, kResult };
  static constexpr size_t kTextMax = 1000;

  Type type = Type::kLog;
  LogSink::Level level = LogSink::Level::kNotice;
  uint16_t text_length = 0;
  uint64_t cow_bytes = 0;
  // 1 when cow_bytes was measured.
  uint64_t cow_measured = 0;
  ChildResult result;
  std::array<char, kTextMax> text;

  // The part that is sent.
  static constexpr size_t kHeadBytes = 48;
  size_t size() const { return kHeadBytes + text_length; }
};
static_assert(offsetof(ChildMessage, text) == ChildMessage::kHeadBytes);

// In the child. It is a LogSink, so that what writes files can be handed it.
class ChildReporter final : public LogSink {
 public:
  // `fd` is the writing end of the info pipe.
  explicit ChildReporter(int fd);

  // A line in the server's log, cut at ChildMessage::kTextMax.
  void write(Level level, std::string_view text) override;

  // Call after each key, or as often as it pleases: a message goes out once a second at most, and
  // the memory copied since the fork, which is slow to find out, is measured so that it takes about
  // a hundredth of the time.
  void progress(uint64_t keys_processed);

  // The result, with the memory copied in the end. Call it before the work returns 0.
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

// Bytes this process shares with no other: what was copied since a fork. 0 if it cannot be told.
uint64_t privateDirtyBytes();

}  // namespace inkstone

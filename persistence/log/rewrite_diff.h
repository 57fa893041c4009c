// The text that was logged since a rewrite's child was forked, and that its new file does not have
// yet.
//
// The child is sent it while it writes, through a pipe that takes what it has room for; when the
// child has ended, the parent appends the rest itself. So what is kept here is what the pipe could
// not take in time: it does not grow with the time a rewrite takes.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>

#include "persistence/files/log_hooks.h"

namespace inkstone {

class RewriteDiff {
 public:
  static constexpr size_t kBlockBytes = 10 * 1024 * 1024;
  // So many blocks more are worth a notice, and a warning.
  static constexpr size_t kNoticeBlocks = 10;
  static constexpr size_t kWarningBlocks = 100;

  // `sink` must outlive the object.
  explicit RewriteDiff(LogSink& sink) : sink_(sink) {}
  RewriteDiff(const RewriteDiff&) = delete;
  RewriteDiff& operator=(const RewriteDiff&) = delete;

  void append(std::string_view text);

  uint64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Bytes allocated.
  uint64_t memory() const { return blocks_.size() * kBlockBytes; }

  // The oldest text, all that lies in one piece. Empty only when there is none. Valid until the
  // next call of another function.
  std::string_view front() const;
  // Drops the first `bytes` of front().
  void consume(size_t bytes);
  // Drops everything and gives the memory back.
  void clear();

  enum class SendStatus : uint8_t {
    // Nothing is left.
    kSent,
    // The pipe is full.
    kBlocked,
    // Nobody reads it any more.
    kClosed,
  };
  // Writes as much to a pipe as it takes, without waiting. `fd` must be non-blocking.
  SendStatus send(int fd);

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t begin = 0;
    size_t end = 0;
  };

  void addBlock();

  LogSink& sink_;
  // Oldest first; of the last one only there may be nothing left.
  std::deque<Block> blocks_;
  uint64_t size_ = 0;
};

}  // namespace inkstone

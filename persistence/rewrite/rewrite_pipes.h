// The three pipes between a rewrite's parent and child.
#pragma once

#include <array>
#include <system_error>
#include <utility>

namespace inkstone {

// An open descriptor, closed with its owner.
class PipeEnd {
 public:
  PipeEnd() = default;
  explicit PipeEnd(int fd) : fd_(fd) {}
  ~PipeEnd() { close(); }
  PipeEnd(PipeEnd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  PipeEnd& operator=(PipeEnd&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void close();

 private:
  int fd_ = -1;
};

// One side of the three.
struct RewriteChannel {
  // Log text from parent to child. Non-blocking at both ends.
  PipeEnd data;
  // Through them the other side says "!": "send no more" says the child, "I do not" the parent.
  // Non-blocking.
  PipeEnd ack_in;
  PipeEnd ack_out;

  std::array<int, 3> descriptors() const { return {data.get(), ack_in.get(), ack_out.get()}; }
};

inline constexpr char kRewriteAck = '!';

struct RewritePipes {
  RewriteChannel parent;
  RewriteChannel child;

  // On error nothing is open.
  [[nodiscard]] std::error_code open();
};

// Writes the one byte; false when the other side is gone.
[[nodiscard]] bool sendAck(const RewriteChannel& channel);
// Whether it has come. Does not wait.
[[nodiscard]] bool takeAck(const RewriteChannel& channel);

}  // namespace inkstone

#include "server/net/byte_stream.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace inkstone {
namespace {

// Calls again what a signal has interrupted.
template <class Call>
ssize_t uninterrupted(const Call& call) {
  ssize_t result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

StreamResult resultOf(ssize_t moved) {
  if (moved > 0) return {StreamResult::Status::kMoved, static_cast<size_t>(moved), 0};
  if (moved == 0) return {StreamResult::Status::kEnd, 0, 0};
  if (errno == EAGAIN) return {StreamResult::Status::kNotNow, 0, 0};
  return {StreamResult::Status::kFailed, 0, errno};
}

class PlainStream final : public ByteStream {
 public:
  explicit PlainStream(int fd) : fd_(fd) {}

  StreamResult read(std::span<char> target) override {
    return resultOf(uninterrupted([&] { return ::recv(fd_, target.data(), target.size(), 0); }));
  }

  StreamResult write(std::span<const iovec> pieces) override {
    if (pieces.size() == 1) {
      const iovec& piece = pieces.front();
      return resultOf(
          uninterrupted([&] { return ::send(fd_, piece.iov_base, piece.iov_len, MSG_NOSIGNAL); }));
    }
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = pieces.size();
    return resultOf(uninterrupted([&] { return ::sendmsg(fd_, &message, MSG_NOSIGNAL); }));
  }

  bool hasPending() const override { return false; }
  int descriptor() const override { return fd_; }
  void close() override { ::close(fd_); }

 private:
  const int fd_;
};

}  // namespace

std::unique_ptr<ByteStream> plainStream(int fd) {
  return std::make_unique<PlainStream>(fd);
}

}  // namespace inkstone

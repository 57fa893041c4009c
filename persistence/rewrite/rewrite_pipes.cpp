#include "persistence/rewrite/rewrite_pipes.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace inkstone {
namespace {

// An ordinary user may have as much: what the child leaves there while it waits for the disk
// does not pile up in the parent.
constexpr int kDataPipeBytes = 1024 * 1024;

std::error_code openPipe(PipeEnd& reader, PipeEnd& writer) {
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return {errno, std::generic_category()};
  reader = PipeEnd(ends[0]);
  writer = PipeEnd(ends[1]);
  return {};
}

}  // namespace

void PipeEnd::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::error_code RewritePipes::open() {
  std::error_code error = openPipe(child.data, parent.data);
  if (!error) error = openPipe(parent.ack_in, child.ack_out);
  if (!error) error = openPipe(child.ack_in, parent.ack_out);
  if (error) {
    *this = {};
    return error;
  }
  // A smaller pipe works as well.
  static_cast<void>(::fcntl(parent.data.get(), F_SETPIPE_SZ, kDataPipeBytes));
  return {};
}

bool sendAck(const RewriteChannel& channel) {
  ssize_t sent = -1;
  do {
    sent = ::write(channel.ack_out.get(), &kRewriteAck, 1);
  } while (sent < 0 && errno == EINTR);
  return sent == 1;
}

bool takeAck(const RewriteChannel& channel) {
  char byte = 0;
  ssize_t got = -1;
  do {
    got = ::read(channel.ack_in.get(), &byte, 1);
  } while (got < 0 && errno == EINTR);
  return got == 1 && byte == kRewriteAck;
}

}  // namespace inkstone

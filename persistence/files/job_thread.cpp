#include "persistence/files/job_thread.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace inkstone {

CompletionEvent::CompletionEvent() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

CompletionEvent::~CompletionEvent() {
  ::close(fd_);
}

void CompletionEvent::raise() {
  // The counter cannot overflow and the descriptor is ours, so this write cannot fail.
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(fd_, &one, sizeof(one));
}

void CompletionEvent::clear() {
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t bytes = ::read(fd_, &count, sizeof(count));
}

}  // namespace inkstone

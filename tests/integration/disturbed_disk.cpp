// This library is loaded into a server by LD_PRELOAD. It disturbs these calls:
//  - fdatasync fails with EIO while the file named by FAILING_SYNC_WHILE exists;
//  - a write to an AOF fails while the file named by FAILING_WRITE_WHILE exists;
//  - a write to an AOF takes 300 ms while the file named by SLOW_WRITE_WHILE exists;
//  - fdatasync takes SLOW_SYNC_MS longer, always or while the file named by SLOW_SYNC_WHILE exists;
//    with NO_SYNC it takes no other time, and leaves the disk alone.
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

bool during(const char* variable) {
  const char* path = std::getenv(variable);
  return path != nullptr && ::access(path, F_OK) == 0;
}

bool isLog(int descriptor) {
  std::array<char, 4096> target;
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t length = ::readlink(link.c_str(), target.data(), target.size());
  return length > 0 &&
         std::string_view(target.data(), static_cast<size_t>(length)).ends_with(".aof");
}

}  // namespace

extern "C" int fdatasync(int descriptor) {
  const char* delay = std::getenv("SLOW_SYNC_MS");
  const bool slow = std::getenv("SLOW_SYNC_WHILE") == nullptr || during("SLOW_SYNC_WHILE");
  if (delay != nullptr && slow) {
    useconds_t milliseconds = 0;
    std::from_chars(delay, delay + std::strlen(delay), milliseconds);
    ::usleep(milliseconds * 1000);
  }
  if (during("FAILING_SYNC_WHILE")) {
    errno = EIO;
    return -1;
  }
  return std::getenv("NO_SYNC") != nullptr ? 0 : ::fsync(descriptor);
}

extern "C" ssize_t write(int descriptor, const void* bytes, size_t count) {
  if (during("SLOW_WRITE_WHILE") && isLog(descriptor)) ::usleep(300'000);
  if (during("FAILING_WRITE_WHILE") && isLog(descriptor)) {
    errno = EIO;
    return -1;
  }
  return ::syscall(SYS_write, descriptor, bytes, count);
}

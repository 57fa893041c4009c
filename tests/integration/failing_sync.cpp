// Loaded into a server by LD_PRELOAD: fdatasync fails with EIO while the file named by
// FAILING_SYNC_WHILE exists.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

extern "C" int fdatasync(int descriptor) {
  const char* path = std::getenv("FAILING_SYNC_WHILE");
  if (path != nullptr && ::access(path, F_OK) == 0) {
    errno = EIO;
    return -1;
  }
  return ::fsync(descriptor);
}

#include "config/file_replacer.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>

#include "tests/unit/config/temp_dir.h"

using namespace inkstone;

namespace {

// Fails the calls that a test names. A write that fails has written a part before.
class FaultyCalls : public FileCalls {
 public:
  int open(const char* path, int flags, unsigned mode) override {
    if ((flags & O_CREAT) != 0 && create_errno != 0) return fail(create_errno);
    return FileCalls::open(path, flags, mode);
  }
  ssize_t write(int fd, const char* data, size_t size) override {
    ++writes;
    if (writes == failing_write) return fail(ENOSPC);
    return FileCalls::write(fd, data, std::min<size_t>(size, 4));
  }
  int allocate(int fd, size_t size) override {
    return allocate_errno != 0 ? fail(allocate_errno) : FileCalls::allocate(fd, size);
  }
  int sync(int fd) override { return ++syncs == failing_sync ? fail(EIO) : FileCalls::sync(fd); }
  int rename(const char* from, const char* to) override {
    return rename_errno != 0 ? fail(rename_errno) : FileCalls::rename(from, to);
  }

  int create_errno = 0;
  int allocate_errno = 0;
  int rename_errno = 0;
  int failing_write = 0;
  int failing_sync = 0;
  int writes = 0;
  int syncs = 0;

 private:
  static int fail(int error) {
    errno = error;
    return -1;
  }
};

size_t filesIn(const TempDir& dir) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(dir.path()),
                                           std::filesystem::directory_iterator()));
}

ino_t inodeOf(const std::string& path) {
  struct stat status {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_ino;
}

const std::string kOld = "old content that is longer than the new";
const std::string kNew = "new content";

}  // namespace

TEST_CASE("a file is replaced by rename, and file and directory are synced") {
  const TempDir dir;
  const std::string path = dir.write("f", kOld);
  const ino_t inode = inodeOf(path);
  FaultyCalls calls;
  const ReplaceResult result = FileReplacer(calls).replace(path, kNew);
  CHECK_FALSE(result.error);
  CHECK_FALSE(result.in_place);
  CHECK(readText(path) == kNew);
  CHECK(inodeOf(path) != inode);
  CHECK(calls.syncs == 2);
  CHECK(filesIn(dir) == 1);
}

TEST_CASE("a file that does not exist is created") {
  const TempDir dir;
  FileCalls calls;
  CHECK_FALSE(FileReplacer(calls).replace(dir.path() + "/f", kNew).error);
  CHECK(readText(dir.path() + "/f") == kNew);
}

TEST_CASE("a refused rename or creation falls back to writing in place") {
  const int error = GENERATE(EBUSY, EXDEV, EPERM, EACCES, EROFS);
  const bool at_creation = GENERATE(false, true);
  const TempDir dir;
  const std::string path = dir.write("f", kOld);
  const ino_t inode = inodeOf(path);
  FaultyCalls calls;
  (at_creation ? calls.create_errno : calls.rename_errno) = error;
  const ReplaceResult result = FileReplacer(calls).replace(path, kNew);
  CHECK_FALSE(result.error);
  CHECK(result.in_place);
  CHECK(readText(path) == kNew);
  CHECK(inodeOf(path) == inode);
  CHECK(filesIn(dir) == 1);
}

TEST_CASE(
    "whatever write, sync or reservation fails, the old content stays and no file is left behind") {
  const bool in_place = GENERATE(false, true);
  const int failing_write = GENERATE(0, 1, 2, 3);
  const TempDir dir;
  const std::string path = dir.write("f", kOld);
  FaultyCalls calls;
  if (in_place) calls.create_errno = EACCES;
  calls.failing_write = failing_write;
  if (failing_write == 0) calls.failing_sync = 1;
  CHECK(FileReplacer(calls).replace(path, kNew).error);
  CHECK(readText(path) == kOld);
  CHECK(filesIn(dir) == 1);
}

TEST_CASE("without room for the new content the file is not touched") {
  const TempDir dir;
  const std::string path = dir.write("f", kOld);
  FaultyCalls calls;
  calls.rename_errno = EBUSY;
  calls.allocate_errno = ENOSPC;
  CHECK(FileReplacer(calls).replace(path, kNew).error == std::errc::no_space_on_device);
  CHECK(readText(path) == kOld);
  calls.allocate_errno = EOPNOTSUPP;
  CHECK_FALSE(FileReplacer(calls).replace(path, kNew).error);
  CHECK(readText(path) == kNew);
}

#include "persistence/files/data_folder_lock.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "tests/unit/config/temp_dir.h"

using namespace inkstone;

namespace {

using File = DataFolderLock::File;
using Outcome = DataFileLock::Outcome;

}  // namespace

TEST_CASE("the lock's file stands beside the data file and has its name") {
  CHECK(lockPathOf("/data/appendonly.aof") == "/data/.appendonly.aof.lock");
  CHECK(lockPathOf("dump.rdb") == ".dump.rdb.lock");
}

TEST_CASE("a second lock on the same file is refused with what the first one said") {
  const TempDir dir;
  const std::string log = dir.path() + "/a.aof";
  DataFileLock::Result first = DataFileLock::take(log, "pid 12, port 6379");
  REQUIRE(first.outcome == Outcome::kLocked);
  const DataFileLock::Result second = DataFileLock::take(log, "pid 13");
  CHECK(second.outcome == Outcome::kHeld);
  CHECK(second.text == "pid 12, port 6379");
  CHECK(DataFileLock::take(dir.path() + "/b.aof", "pid 13").outcome == Outcome::kLocked);
  first.lock.release();
  CHECK_FALSE(std::filesystem::exists(lockPathOf(log)));
  CHECK(DataFileLock::take(log, "pid 13").outcome == Outcome::kLocked);
}

TEST_CASE("a file that a dead process left does not lock anything") {
  const TempDir dir;
  const std::string log = dir.path() + "/a.aof";
  const pid_t child = ::fork();
  if (child == 0) {
    const DataFileLock::Result taken = DataFileLock::take(log, "pid 999, of a longer text");
    ::_exit(taken.outcome == Outcome::kLocked ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  REQUIRE(std::filesystem::exists(lockPathOf(log)));
  const DataFileLock::Result taken = DataFileLock::take(log, "pid 12");
  CHECK(taken.outcome == Outcome::kLocked);
  CHECK(readText(lockPathOf(log)) == "pid 12\n");
}

TEST_CASE("a folder that is not there has no locks") {
  const DataFileLock::Result taken = DataFileLock::take("/nonexistent/a.aof", "pid 12");
  CHECK(taken.outcome == Outcome::kUnavailable);
  CHECK(taken.text == "No such file or directory");
}

TEST_CASE("a link in the place of the lock's file is not followed") {
  const TempDir dir;
  const std::string victim = dir.path() + "/victim";
  std::ofstream(victim) << "precious";
  std::filesystem::create_symlink(victim, dir.path() + "/.a.aof.lock");
  CHECK(DataFileLock::take(dir.path() + "/a.aof", "pid 12").outcome == Outcome::kUnavailable);
  CHECK(readText(victim) == "precious");
}

TEST_CASE("what stands in the lock's file is shown without control characters") {
  const TempDir dir;
  const std::string log = dir.path() + "/a.aof";
  const DataFileLock::Result first = DataFileLock::take(log, "pid\x1b[2J 12");
  CHECK(DataFileLock::take(log, "").text == "pid?[2J 12");
  std::filesystem::resize_file(lockPathOf(log), 0);
  CHECK(DataFileLock::take(log, "").text == "a process that did not say who it is");
}

TEST_CASE("a server keeps one lock a kind, and the old one when the new one is refused") {
  const TempDir dir;
  DataFolderLock mine;
  DataFolderLock other;
  REQUIRE(mine.lock(File::kSnapshot, dir.path() + "/a.rdb", "pid 1").ok());
  REQUIRE(other.lock(File::kSnapshot, dir.path() + "/b.rdb", "pid 2").ok());
  REQUIRE(mine.lock(File::kLog, dir.path() + "/a.aof", "pid 1").ok());
  const DataFolderLock::Answer refused = mine.lock(File::kSnapshot, dir.path() + "/b.rdb", "pid 1");
  CHECK_THAT(refused.refusal, Catch::StartsWith("The dump " + dir.path() +
                                                "/b.rdb is in use by another server: pid 2."));
  CHECK(mine.pathOf(File::kSnapshot) == dir.path() + "/a.rdb");
  CHECK_FALSE(other.lock(File::kSnapshot, dir.path() + "/a.rdb", "pid 2").ok());
  // Locking a file once more changes nothing.
  CHECK(mine.lock(File::kSnapshot, dir.path() + "/a.rdb", "pid 1").ok());
  REQUIRE(mine.lock(File::kSnapshot, dir.path() + "/c.rdb", "pid 1").ok());
  CHECK(other.lock(File::kSnapshot, dir.path() + "/a.rdb", "pid 2").ok());
  CHECK_FALSE(other.lock(File::kLog, dir.path() + "/a.aof", "pid 2").ok());
  mine.unlock(File::kLog);
  CHECK(other.lock(File::kLog, dir.path() + "/a.aof", "pid 2").ok());
}

TEST_CASE("that there is no lock is said once, and refuses nothing") {
  DataFolderLock lock;
  const DataFolderLock::Answer answer = lock.lock(File::kLog, "/nonexistent/a.aof", "pid 1");
  CHECK(answer.ok());
  CHECK_THAT(answer.warning, Catch::Contains("cannot be locked: No such file or directory"));
  CHECK(lock.lock(File::kLog, "/nonexistent/a.aof", "pid 1").warning.empty());
}

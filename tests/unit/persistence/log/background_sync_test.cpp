#include "persistence/log/background_sync.h"

#include <poll.h>
#include <signal.h>

#include <catch2/catch.hpp>

#include "tests/unit/persistence/fault_file_system.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

bool readable(int fd) {
  pollfd entry{fd, POLLIN, 0};
  return ::poll(&entry, 1, 0) == 1;
}

std::shared_ptr<AppendFile> openFile(FaultFileSystem& files, const std::string& path) {
  IoResult<std::shared_ptr<AppendFile>> file = files.openAppend(path);
  REQUIRE(file.ok());
  return file.value;
}

}  // namespace

TEST_CASE("completions come back in order, with their errors, through the descriptor") {
  FaultFileSystem files;
  BackgroundSync background;
  const std::shared_ptr<AppendFile> file = openFile(files, "/data/f");
  REQUIRE_FALSE(readable(background.completionFd()));
  files.failNth(Call::kSync, 2, std::errc::io_error);
  for (uint64_t token = 1; token <= 3; ++token) CHECK(background.submitSync(file) == token);
  background.waitIdle();
  REQUIRE(readable(background.completionFd()));

  std::vector<BackgroundSync::Completion> completions;
  background.drainCompletions(completions);
  REQUIRE(completions.size() == 3);
  REQUIRE(completions[0].token == 1);
  REQUIRE_FALSE(completions[0].error);
  REQUIRE(completions[1].token == 2);
  REQUIRE(completions[1].error == std::errc::io_error);
  REQUIRE(completions[2].token == 3);
  REQUIRE_FALSE(completions[2].error);
  REQUIRE_FALSE(readable(background.completionFd()));
  background.drainCompletions(completions);
  REQUIRE(completions.size() == 3);
}

TEST_CASE("what was submitted is finished before the thread ends") {
  FaultFileSystem files;
  {
    BackgroundSync background;
    const std::shared_ptr<AppendFile> file = openFile(files, "/data/f");
    for (int i = 0; i < 50; ++i) static_cast<void>(background.submitSync(file));
  }
  REQUIRE(files.count(Call::kSync) == 50);
}

TEST_CASE("a file is closed by the thread when the loop no longer holds it") {
  FaultFileSystem files;
  BackgroundSync background;
  std::shared_ptr<AppendFile> file = openFile(files, "/data/f");
  const std::weak_ptr<AppendFile> watched = file;
  files.holdSyncs();
  static_cast<void>(background.submitSync(file));
  background.submitClose(std::move(file));
  files.waitUntilSyncHeld();
  const bool open_meanwhile = !watched.expired();
  files.releaseSyncs();
  background.waitIdle();
  REQUIRE(open_meanwhile);
  REQUIRE(watched.expired());
}

TEST_CASE("the thread is set up before its first job and takes no signals") {
  sigset_t mask;
  sigemptyset(&mask);
  bool done = false;
  {
    BackgroundSync background([&] {
      pthread_sigmask(SIG_SETMASK, nullptr, &mask);
      done = true;
    });
  }
  REQUIRE(done);
  REQUIRE(sigismember(&mask, SIGTERM) == 1);
  sigset_t own;
  pthread_sigmask(SIG_SETMASK, nullptr, &own);
  REQUIRE(sigismember(&own, SIGTERM) == 0);
}

#include "persistence/files/posix_file_system.h"

#include <stdlib.h>
#include <sys/resource.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <string>

using namespace inkstone;

namespace {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "inkstone-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }

  std::string file(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string read(FileSystem& files, const std::string& path) {
  const auto file = files.openRead(path);
  REQUIRE(file.ok());
  std::string text(file.value->size().value + 10, '?');
  const IoResult<size_t> got = file.value->readAt(0, text);
  REQUIRE(got.ok());
  text.resize(got.value);
  return text;
}

}  // namespace

TEST_CASE("a file on the disk is created, appended to, synced, read and shortened") {
  const TemporaryDirectory directory;
  PosixFileSystem files;
  const std::string path = directory.file("log");
  REQUIRE_FALSE(files.exists(path).value);
  {
    const auto file = files.openAppend(path);
    REQUIRE(file.ok());
    REQUIRE(file.value->append("hello ").value == 6);
    REQUIRE(file.value->append("world").value == 5);
    REQUIRE_FALSE(file.value->sync());
    REQUIRE(file.value->size().value == 11);
    REQUIRE_FALSE(file.value->truncate(7));
    REQUIRE(file.value->append("x").ok());
    REQUIRE_FALSE(file.value->close());
    REQUIRE(file.value->close() == std::errc::bad_file_descriptor);
  }
  REQUIRE(files.exists(path).value);
  REQUIRE(files.size(path).value == 8);
  REQUIRE(read(files, path) == "hello wx");
  REQUIRE_FALSE(files.syncDirectory(directory.path()));
}

TEST_CASE("writing again over a part leaves the end where it is, and appending goes on there") {
  const TemporaryDirectory directory;
  PosixFileSystem files;
  const auto file = files.openAppend(directory.file("log"));
  REQUIRE(file.value->append("0123456789").ok());
  REQUIRE_FALSE(file.value->overwrite(3, "abc"));
  REQUIRE(file.value->append("!").ok());
  REQUIRE(read(files, directory.file("log")) == "012abc6789!");
  std::string part(4, '?');
  REQUIRE(file.value->readAt(2, part).value == 4);
  REQUIRE(part == "2abc");
}

TEST_CASE("names are renamed, listed and removed, and what is missing is an error") {
  const TemporaryDirectory directory;
  PosixFileSystem files;
  REQUIRE(files.openAppend(directory.file("a")).ok());
  REQUIRE(files.openAppend(directory.file("b")).ok());
  REQUIRE_FALSE(files.rename(directory.file("a"), directory.file("c")));
  std::vector<std::string> names = files.listDirectory(directory.path()).value;
  std::sort(names.begin(), names.end());
  REQUIRE(names == std::vector<std::string>{"b", "c"});
  REQUIRE_FALSE(files.remove(directory.file("c")));
  REQUIRE(files.remove(directory.file("c")) == std::errc::no_such_file_or_directory);
  REQUIRE(files.rename("/nowhere/a", "/nowhere/b") == std::errc::no_such_file_or_directory);
  REQUIRE(files.openRead(directory.file("c")).error == std::errc::no_such_file_or_directory);
  REQUIRE(files.openAppend("/nowhere/a").error == std::errc::no_such_file_or_directory);
  REQUIRE(files.size("/nowhere/a").error == std::errc::no_such_file_or_directory);
  REQUIRE(files.syncDirectory("/nowhere") == std::errc::no_such_file_or_directory);
  REQUIRE(files.listDirectory("/nowhere").error == std::errc::no_such_file_or_directory);
  REQUIRE(files.exists("/nowhere/a").ok());
}

TEST_CASE("an append that the machine stops half-way says how far it came") {
  const TemporaryDirectory directory;
  PosixFileSystem files;
  const auto file = files.openAppend(directory.file("log"));
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 1000;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const IoResult<size_t> result = file.value->append(std::string(4000, 'x'));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, old_handler);
  REQUIRE(result.value == 1000);
  REQUIRE(result.error == std::errc::file_too_large);
}

TEST_CASE("room is set aside in a file that has no name and is gone when it is closed") {
  const TemporaryDirectory directory;
  PosixFileSystem files;
  constexpr uint64_t kBytes = 1024 * 1024;
  {
    const auto file = files.openUnnamed(directory.path());
    REQUIRE(file.ok());
    REQUIRE_FALSE(file.value->allocate(kBytes));
    REQUIRE(file.value->size().value == kBytes);
    REQUIRE(files.listDirectory(directory.path()).value.empty());
    REQUIRE_FALSE(file.value->truncate(0));
    REQUIRE(file.value->size().value == 0);
    // No disk has that much space, whatever the file system.
    REQUIRE(file.value->allocate(uint64_t{1} << 60));
  }
  REQUIRE(files.listDirectory(directory.path()).value.empty());
  REQUIRE_FALSE(files.openUnnamed(directory.file("missing")).ok());
}

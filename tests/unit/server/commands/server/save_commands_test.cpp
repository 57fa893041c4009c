#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "server/command_table/errors.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

// Snapshots go to the current directory: a temporary one as long as this lives.
class TemporaryDirectory {
 public:
  TemporaryDirectory() : before_(std::filesystem::current_path()) {
    std::string folder = (std::filesystem::temp_directory_path() / "inkstone-XXXXXX").string();
    REQUIRE(mkdtemp(folder.data()) != nullptr);
    path_ = folder;
    std::filesystem::current_path(path_);
  }
  ~TemporaryDirectory() {
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(path_);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  const std::filesystem::path before_;
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("SAVE writes dbfilename and forgets the changes") {
  const TemporaryDirectory directory;
  ServerFixture f({"--dbfilename", "mine.rdb"});
  f.runLine("MSET a 1 b 2");
  CHECK(f.server().dirty == 2);
  CHECK(f.runLine("SAVE") == kOk);
  CHECK(f.server().dirty == 0);
  CHECK(f.server().snapshots.saves() == 1);
  CHECK(std::filesystem::file_size(directory.path() / "mine.rdb") > 20);
  CHECK(f.runLine("LASTSAVE") == integer(f.server().snapshots.lastSaveUnixSeconds()));
}

TEST_CASE("a SAVE that fails is an error and keeps the changes") {
  const TemporaryDirectory directory;
  std::filesystem::create_directories(directory.path() / "dump.rdb" / "full");
  ServerFixture f;
  f.runLine("SET a 1");
  CHECK(f.runLine("SAVE") == errorReply(errors::kUnnamed));
  CHECK(f.server().dirty == 1);
  CHECK(f.server().snapshots.lastBackgroundSaveOk());
}

TEST_CASE("FLUSHALL is logged though it is saved, and counts where it could not be") {
  const TemporaryDirectory directory;
  ServerFixture f;
  f.startLog();
  f.configure("save", "3600 1");
  f.runLine("MSET a 1 b 2");
  f.logged();
  f.runLine("FLUSHALL");
  CHECK(f.logged() == "FLUSHALL\n");
  CHECK(f.server().dirty == 0);
  std::filesystem::remove(directory.path() / "dump.rdb");
  std::filesystem::create_directories(directory.path() / "dump.rdb" / "full");
  f.runLine("MSET a 1 b 2");
  f.runLine("FLUSHALL");
  CHECK(f.server().dirty == 5);
}

TEST_CASE("FLUSHALL saves the empty data set with save points only") {
  const TemporaryDirectory directory;
  ServerFixture f;
  f.runLine("SET a 1");
  f.runLine("FLUSHALL");
  CHECK_FALSE(std::filesystem::exists(directory.path() / "dump.rdb"));
  f.configure("save", "3600 1");
  f.runLine("FLUSHALL");
  CHECK(std::filesystem::exists(directory.path() / "dump.rdb"));
  // The flushed data set was saved.
  CHECK(f.server().dirty == 0);
  f.runLine("SET a 1");
  CHECK(f.server().dirty == 1);
}

TEST_CASE("DEBUG RELOAD brings the data set back, and its options leave parts out") {
  const TemporaryDirectory directory;
  ServerFixture f;
  f.runLine("SET a saved");
  CHECK(f.runLine("DEBUG RELOAD") == kOk);
  CHECK(f.runLine("GET a") == bulk("saved"));
  f.runLine("MSET a later b 1");
  CHECK(f.runLine("DEBUG RELOAD NOSAVE NOFLUSH MERGE") == kOk);
  CHECK(f.runLine("GET a") == bulk("saved"));
  CHECK(f.runLine("DBSIZE") == integer(2));
  CHECK(f.runLine("DEBUG RELOAD nosave") == kOk);
  CHECK(f.runLine("DBSIZE") == integer(1));
  CHECK(f.runLine("DEBUG RELOAD OTHER") == errorReply(errors::kReloadOption));
  CHECK_FALSE(f.server().stopping());
}

TEST_CASE("DEBUG RELOAD that finds keys in its way without MERGE stops the server") {
  const TemporaryDirectory directory;
  ServerFixture f;
  f.runLine("SET a 1");
  f.runLine("SAVE");
  CHECK_THAT(f.runLine("DEBUG RELOAD NOSAVE NOFLUSH"),
             Catch::StartsWith("-ERR Error trying to load the RDB dump"));
  CHECK(f.server().stopping());
}

TEST_CASE("DEBUG DICT-RESIZING keeps tables as they are") {
  ServerFixture f;
  const auto allowed = [&] { return f.server().keyspace[3].table().resizeAllowed(); };
  CHECK(f.runLine("DEBUG DICT-RESIZING 0") == kOk);
  CHECK_FALSE(allowed());
  CHECK(f.runLine("DEBUG DICT-RESIZING 1") == kOk);
  CHECK(allowed());
}

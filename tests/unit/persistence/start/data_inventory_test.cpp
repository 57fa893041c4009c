#include "persistence/start/data_inventory.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <catch2/catch.hpp>
#include <filesystem>
#include <string>

#include "persistence/files/posix_file_system.h"
#include "persistence/ledger/ledger_format.h"
#include "persistence/ledger/range_hash.h"
#include "persistence/rdb/rdb_encoder.h"
#include "persistence/start/imported_folder.h"
#include "tests/unit/config/temp_dir.h"

using namespace inkstone;

namespace {

class StringSink final : public RdbSink {
 public:
  bool append(std::string_view bytes) override {
    text.append(bytes);
    return true;
  }
  std::string text;
};

class Folder {
 public:
  Folder() { names.directory = dir_.path(); }

  DataInventory take() {
    const InventoryResult result = takeInventory(files, names);
    REQUIRE(result.ok());
    return result.inventory;
  }
  void write(const std::string& path, const std::string& text, int64_t time_ms) {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << text;
    const timespec time{time_ms / 1000, time_ms % 1000 * 1'000'000};
    const std::array<timespec, 2> times{time, time};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times.data(), 0) == 0);
  }
  void writeDump(int64_t unix_seconds, int64_t time_ms, const std::string& mark) {
    const Keyspace keyspace(16, {});
    RdbSaveRequest request;
    request.info.redis_version = "7.2.5";
    request.info.unix_seconds = unix_seconds;
    request.info.log_mark = mark;
    StringSink sink;
    REQUIRE(saveRdb(keyspace, request, sink).complete);
    write(names.dumpPath(), sink.text, time_ms);
  }
  void writePart(const std::string& name, const std::string& text, int64_t time_ms) {
    write(names.folderPath() + "/" + name, text, time_ms);
  }

  DataNames names;
  PosixFileSystem files;

 private:
  TempDir dir_;
};

}  // namespace

TEST_CASE("an empty folder has nothing") {
  Folder folder;
  const DataInventory found = folder.take();
  CHECK_FALSE(found.log.found);
  CHECK_FALSE(found.dump.found);
  CHECK_FALSE(found.parts.found);
}

TEST_CASE("a log is as old as its file, or as the ledger that covers all of it says") {
  Folder folder;
  const std::string text = "*1\r\n$8\r\nFLUSHALL\r\n";
  folder.write(folder.names.logPath(), text, 5'000'123);
  CHECK(folder.take().log.time_ms == 5'000'123);
  const LedgerRecord record{0, text.size(), 3'000'500, RangeHash::of(text)};
  folder.write(folder.names.logPath() + ".ledger",
               encodeLedgerHeader({7, identityOf(text)}) + encodeLedgerRecord(record, 7), 1);
  CHECK(folder.take().log.time_ms == 3'000'500);
  CHECK(folder.take().log.ledger_bytes == text.size());
  folder.write(folder.names.logPath(), text + text, 5'000'123);
  CHECK(folder.take().log.time_ms == 5'000'123);
}

TEST_CASE("a dump is as old as it says, but not younger than its file") {
  Folder folder;
  folder.writeDump(1000, 5'000'000, "");
  DataInventory found = folder.take();
  CHECK(found.dump.time_ms == 1'000'000);
  CHECK(found.dump.version == "7.2.5");
  CHECK(found.dump.mark.answer == LogMarkAnswer::kNoMark);
  folder.writeDump(9000, 5'000'000, "off");
  found = folder.take();
  CHECK(found.dump.time_ms == 5'000'000);
  CHECK(found.dump.mark.answer == LogMarkAnswer::kLogWasOff);
  folder.write(folder.names.dumpPath(), "no dump", 4'000'000);
  CHECK(folder.take().dump.time_ms == 4'000'000);
}

TEST_CASE("the log of Redis 7 is as old as the youngest of its files") {
  Folder folder;
  folder.writePart("appendonly.aof.2.base.rdb", "12345", 2'000'000);
  folder.writePart("appendonly.aof.2.incr.aof", "123", 3'000'000);
  folder.writePart("appendonly.aof.1.incr.aof", "", 9'000'000);
  folder.writePart("appendonly.aof.manifest",
                   "file appendonly.aof.2.base.rdb seq 2 type b\n"
                   "file appendonly.aof.2.incr.aof seq 2 type i\n",
                   8'000'000);
  const DataInventory found = folder.take();
  CHECK(found.parts.log.found);
  CHECK(found.parts.bytes == 8);
  CHECK(found.parts.time_ms == 3'000'000);
  CHECK(found.parts.orphans.empty());
}

TEST_CASE("files of such a log are found without their manifest, in the order of loading") {
  Folder folder;
  folder.writePart("appendonly.aof.10.incr.aof", "12", 4'000'000);
  folder.writePart("appendonly.aof.9.incr.aof", "1", 3'000'000);
  folder.writePart("appendonly.aof.9.base.rdb", "12345", 2'000'000);
  folder.writePart("other.aof.9.base.rdb", "12345", 9'000'000);
  folder.writePart("appendonly.aof.9.base.txt", "12345", 9'000'000);
  const DataInventory found = folder.take();
  CHECK_FALSE(found.parts.log.found);
  CHECK(partNames(found.parts) == std::vector<std::string>{"appendonly.aof.9.base.rdb",
                                                           "appendonly.aof.9.incr.aof",
                                                           "appendonly.aof.10.incr.aof"});
  CHECK(found.parts.time_ms == 4'000'000);
}

TEST_CASE("an imported folder gets another name") {
  Folder folder;
  folder.writePart("appendonly.aof.1.base.rdb", "12345", 2'000'000);
  MultiPartLog log;
  log.directory = folder.names.folderPath();
  log.files = {"appendonly.aof.1.base.rdb"};
  ImportMark mark = markImported(folder.files, log, 1700000000);
  CHECK(mark.renamed_to == log.directory + ".imported-1700000000");
  CHECK(readText(mark.renamed_to + "/appendonly.aof.1.base.rdb") == "12345");
  folder.writePart("appendonly.aof.1.base.rdb", "12345", 2'000'000);
  mark = markImported(folder.files, log, 1700000000);
  CHECK(mark.renamed_to == log.directory + ".imported-1700000000-2");
}

TEST_CASE("a folder that cannot be renamed is noted, until a byte is added to it") {
  Folder folder;
  folder.writePart("appendonly.aof.1.base.rdb", "12345", 2'000'000);
  MultiPartLog log;
  log.directory = folder.names.folderPath() + "/.";
  log.files = {"appendonly.aof.1.base.rdb"};
  CHECK_FALSE(importIsNoted(folder.files, log.directory, log.files));
  // Nobody can rename a folder by this name.
  const ImportMark mark = markImported(folder.files, log, 1700000000);
  CHECK(mark.renamed_to.empty());
  CHECK(mark.rename_error);
  CHECK_FALSE(mark.note_error);
  CHECK(importIsNoted(folder.files, log.directory, log.files));
  folder.writePart("appendonly.aof.1.base.rdb", "123456", 2'000'000);
  CHECK_FALSE(importIsNoted(folder.files, log.directory, log.files));
}

TEST_CASE("what files hold is told together, as far as it can be read") {
  Folder folder;
  folder.write(folder.names.logPath(), "*1\r\n$8\r\nFLUSHALL\r\n*1\r\n$8\r\nFLUSHALL\r\n", 1);
  folder.writeDump(1, 1000, "");
  CHECK(describeContent(folder.files, {folder.names.logPath()}) == "2 commands");
  CHECK(describeContent(folder.files, {folder.names.dumpPath()}) == "0 keys");
  CHECK(describeContent(folder.files, {folder.names.dumpPath(), folder.names.logPath()}) ==
        "0 keys and 2 commands");
  folder.write(folder.names.logPath(), "*1\r\n$8\r\nFLUSHALL\r\nnonsense\r\n", 1);
  CHECK_THAT(describeContent(folder.files, {folder.names.logPath()}),
             Catch::StartsWith("at least 1 commands (not read further: "));
}

#include "persistence/log/multi_part_log.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

using Names = std::vector<std::string>;

const std::string kManifest = "/data/appendonlydir/appendonly.aof.manifest";

MultiPartLog readFrom(FaultFileSystem& files) {
  return readMultiPartLog(files, kDirectory, "appendonlydir", "appendonly.aof");
}

}  // namespace

TEST_CASE("a manifest names the base first, then the increments, and nothing of the past") {
  const MultiPartLog log = parseManifest(
      "# comment\n"
      "file a.1.incr.aof seq 1 type i\n"
      "file old.base.rdb seq 1 type h\n"
      "file a.2.base.rdb seq 2 type b\n"
      "file \"a b.incr\" seq 7 type i extra word\n",
      kManifest);
  CHECK(log.error.empty());
  CHECK(log.files == Names{"a.2.base.rdb", "a.1.incr.aof", "a b.incr"});
}

TEST_CASE("a manifest without a base has its increments") {
  CHECK(parseManifest("file a seq 3 type i\r\n", kManifest).files == Names{"a"});
}

TEST_CASE("a manifest that cannot be right is refused with its line") {
  struct Bad {
    std::string text;
    std::string reason;
  };
  const Bad bad = GENERATE(values<Bad>({
      {"", "names no file"},
      {"# only a comment\n", "names no file"},
      {"file a seq 1 type h\n", "names no file"},
      {"file a seq 1 type b", "line 1: it has no end"},
      {"file a seq 1 type b\n\n", "line 2: it is not of the form"},
      {"file a seq 1\n", "line 1: it is not of the form"},
      {"file a seq 1 type\n", "line 1: it is not of the form"},
      {"file a seq 1 type b odd\n", "line 1: it is not of the form"},
      {"file a seq 0 type b\n", "line 1: it is not of the form"},
      {"file a seq x type b\n", "line 1: it is not of the form"},
      {"file \"a seq 1 type b\n", "line 1: it is not of the form"},
      {"file ../a seq 1 type b\n", "line 1: the name of the file is a path"},
      {"file a seq 1 type x\n", "line 1: the type of the file is unknown"},
      {"file a seq 1 type b\nfile b seq 2 type b\n", "line 2: there is more than one base"},
      {"file a seq 2 type i\nfile b seq 2 type i\n", "line 2: the increments are out of order"},
      {"file " + std::string(2000, 'a') + " seq 1 type b\n", "line 1: it is too long"},
  }));
  INFO(bad.text);
  const MultiPartLog log = parseManifest(bad.text, kManifest);
  CHECK(log.found);
  CHECK(log.files.empty());
  CHECK_THAT(log.error, Catch::StartsWith("Bad manifest " + kManifest));
  CHECK_THAT(log.error, Catch::Contains(bad.reason));
}

TEST_CASE("without a manifest there is no log in several files") {
  FaultFileSystem files;
  CHECK_FALSE(readFrom(files).found);
}

TEST_CASE("a manifest is looked for where appenddirname and appendfilename say") {
  FaultFileSystem files;
  files.put(kManifest, "file a seq 1 type b\n");
  const MultiPartLog log = readFrom(files);
  CHECK(log.found);
  CHECK(log.error.empty());
  CHECK(log.directory == "/data/appendonlydir");
  CHECK(log.files == Names{"a"});
}

TEST_CASE("a manifest that cannot be read is an error, not an empty log") {
  FaultFileSystem files;
  files.put(kManifest, "file a seq 1 type b\n");
  files.failNth(GENERATE(Call::kOpenRead, Call::kRead), 1, std::errc::io_error);
  const MultiPartLog log = readFrom(files);
  CHECK(log.found);
  CHECK_THAT(log.error, Catch::Contains(kManifest) && Catch::Contains("Input/output error"));
}

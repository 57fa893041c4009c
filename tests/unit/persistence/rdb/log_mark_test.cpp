#include "persistence/rdb/log_mark.h"

#include <catch2/catch.hpp>
#include <string>

#include "persistence/files/posix_file_system.h"
#include "tests/unit/config/temp_dir.h"

using namespace inkstone;

namespace {

using Answer = LogMarkAnswer;

class MarkBench {
 public:
  void write(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }
  void replace(const std::string& text) {
    std::ofstream(path_ + ".new", std::ios::binary) << text;
    REQUIRE_FALSE(files_.rename(path_ + ".new", path_));
  }
  std::string mark() { return logMarkOf(files_, path_); }
  LogMarkMatch match(const std::string& text) {
    const IoResult<LogMarkMatch> result = matchLogMark(files_, text, path_);
    REQUIRE(result.ok());
    return result.value;
  }

 private:
  TempDir dir_;
  const std::string path_ = dir_.path() + "/a.aof";
  PosixFileSystem files_;
};

std::string text(size_t length, char first) {
  std::string bytes;
  for (size_t i = 0; i < length; ++i) {
    bytes += static_cast<char>(first + static_cast<char>(i % 23));
  }
  return bytes;
}

}  // namespace

TEST_CASE("a log fits its mark, grown or cut since") {
  const size_t length = GENERATE(size_t{0}, size_t{31}, size_t{32}, size_t{5000});
  const size_t later = GENERATE(size_t{0}, size_t{31}, size_t{40}, size_t{9000});
  MarkBench bench;
  bench.write(text(length, 'A'));
  const std::string mark = bench.mark();
  bench.write(text(later, 'A'));
  CHECK(bench.match(mark).answer == Answer::kThisLog);
  CHECK(bench.match(mark).log_bytes == length);
}

TEST_CASE("another log does not fit, as far as both are long enough to tell") {
  MarkBench bench;
  bench.write(text(5000, 'A'));
  const std::string mark = bench.mark();
  bench.write(text(5000, 'B'));
  CHECK(bench.match(mark).answer == Answer::kOtherLog);
  bench.write(text(32, 'B'));
  CHECK(bench.match(mark).answer == Answer::kOtherLog);
  bench.write(text(31, 'B'));
  CHECK(bench.match(mark).answer == Answer::kThisLog);
  const std::string short_log = "of fifty bytes, of which the last few tell it apart";
  bench.write(short_log);
  const std::string short_mark = bench.mark();
  bench.write(short_log.substr(0, short_log.size() - 5) + "other text");
  CHECK(bench.match(short_mark).answer == Answer::kOtherLog);
  std::string late = text(5000, 'A');
  late[4000] = '!';
  bench.write(late);
  CHECK(bench.match(mark).answer == Answer::kOtherLog);
}

TEST_CASE("a log that was written anew with the same beginning is another file") {
  MarkBench bench;
  bench.write(text(9000, 'A'));
  const std::string mark = bench.mark();
  if (mark.find(" file:") == std::string::npos) return;  // The file system knows no birth.
  CHECK(bench.match(mark).same_file);
  bench.replace(text(8000, 'A'));
  CHECK(bench.match(mark).answer == Answer::kThisLog);
  CHECK_FALSE(bench.match(mark).same_file);
  CHECK_FALSE(bench.match("any").same_file);
}

TEST_CASE("marks of other kinds, and what is no mark") {
  MarkBench bench;
  bench.write(text(100, 'A'));
  CHECK(bench.match("").answer == Answer::kNoMark);
  CHECK(bench.match("off").answer == Answer::kLogWasOff);
  CHECK(bench.match("any").answer == Answer::kThisLog);
  for (const char* mark : {"x", "-1", "12x", " ", "99999999999999999999"}) {
    CHECK(bench.match(mark).answer == Answer::kNoMark);
  }
  CHECK(bench.match("100 zz").answer == Answer::kOtherLog);
}

TEST_CASE("a log that is missing is marked as any, and fits") {
  MarkBench bench;
  CHECK(bench.mark() == kLogMarkAny);
  CHECK(bench.match("50 0123456789abcdef").answer == Answer::kThisLog);
}

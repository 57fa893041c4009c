#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "tests/unit/persistence/log/log_test_bench.h"

using namespace inkstone;
using namespace inkstone::test;

TEST_CASE("the log holds commands as RESP arrays with SELECT in front when the database changes") {
  LogBench bench(FsyncPolicy::kEverySecond);
  REQUIRE_FALSE(bench.open());
  const std::array<std::string_view, 3> set = {"SET", "k", std::string_view("a\0\r\n", 4)};
  const std::array<std::string_view, 2> del = {"DEL", ""};
  bench.log->feedAppendOnlyFile(0, set);
  bench.log->feedAppendOnlyFile(0, del);
  bench.log->feedAppendOnlyFile(11, del);
  bench.log->feedFrame(11, resp({"INCR", "n"}));
  bench.log->feedFrame(0, resp({"INCR", "n"}));
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);

  REQUIRE(bench.text() == kSelect0 + resp({"SET", "k", std::string_view("a\0\r\n", 4)}) +
                              resp({"DEL", ""}) + resp({"SELECT", "11"}) + resp({"DEL", ""}) +
                              resp({"INCR", "n"}) + kSelect0 + resp({"INCR", "n"}));
}

TEST_CASE("arguments of every length keep their length in the log") {
  LogBench bench(FsyncPolicy::kEverySecond);
  REQUIRE_FALSE(bench.open());
  std::string expected = kSelect0;
  for (const size_t length : {0U, 9U, 10U, 99U, 100U, 4095U, 4096U, 70'000U, 1'000'000U}) {
    const std::string value(length, 'v');
    const std::array<std::string_view, 3> set = {"SET", "k", value};
    bench.log->feedAppendOnlyFile(0, set);
    expected += resp({"SET", "k", value});
  }
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE((bench.text() == expected));
}

TEST_CASE("a timestamp annotation precedes the first command of each second, and never goes back") {
  LogBench bench(FsyncPolicy::kEverySecond);
  bench.settings.timestamp_enabled = true;
  REQUIRE_FALSE(bench.open());
  bench.set("a", "1");
  bench.set("b", "1");
  bench.clock.unix_s += 1;
  bench.set("c", "1");
  bench.clock.unix_s -= 5;
  bench.set("d", "1");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.text() == "#TS:1700000000\r\n" + kSelect0 + resp({"SET", "a", "1"}) +
                              resp({"SET", "b", "1"}) + "#TS:1700000001\r\n" +
                              resp({"SET", "c", "1"}) + resp({"SET", "d", "1"}));
}

TEST_CASE("switching annotations off at run time stops them") {
  LogBench bench(FsyncPolicy::kEverySecond);
  bench.settings.timestamp_enabled = true;
  REQUIRE_FALSE(bench.open());
  bench.settings.timestamp_enabled = false;
  bench.log->updateSettings(bench.settings);
  bench.set("a", "1");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.text() == kSelect0 + resp({"SET", "a", "1"}));
}

TEST_CASE("a log that is off takes nothing and holds no reply") {
  LogBench bench(FsyncPolicy::kAlways);
  bench.set("a", "1");
  const std::array<std::string_view, 1> command = {"FLUSHALL"};
  bench.log->feedAppendOnlyFile(0, command);
  REQUIRE_FALSE(bench.log->isOn());
  REQUIRE(bench.log->fedOffset() == 0);
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->acknowledgeableOffset() == bench.log->fedOffset());
  REQUIRE(bench.files.trace().empty());
}

TEST_CASE("a turn of the loop is one write, however many commands it had") {
  LogBench bench(FsyncPolicy::kEverySecond);
  REQUIRE_FALSE(bench.open());
  for (int i = 0; i < 1000; ++i) bench.set("key" + std::to_string(i), "value");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.files.count(Call::kAppend) == 1);
}

TEST_CASE("a small buffer is reused and a large one given back") {
  LogBench bench(FsyncPolicy::kEverySecond);
  REQUIRE_FALSE(bench.open());
  bench.set("a", std::string(3000, 'v'));
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->counters().buffer_memory == 4096);
  bench.set("a", std::string(LogBuffer::kReuseBytesMax + 1, 'v'));
  REQUIRE(bench.log->counters().buffer_memory > LogBuffer::kReuseBytesMax);
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.log->counters().buffer_memory == 0);
}

TEST_CASE("a log that is opened again goes on at its end and selects the database anew") {
  LogBench bench(FsyncPolicy::kEverySecond);
  REQUIRE_FALSE(bench.open());
  bench.set("a", "1");
  REQUIRE_FALSE(bench.log->close());
  const uint64_t fed = bench.log->fedOffset();
  const uint64_t size = bench.text().size();
  REQUIRE_FALSE(bench.open());
  REQUIRE(bench.log->fedOffset() == fed);
  REQUIRE(bench.log->counters().base_size == size);
  bench.set("b", "1");
  REQUIRE(bench.flush() == FlushOutcome::kFlushed);
  REQUIRE(bench.text() == kSelect0 + resp({"SET", "a", "1"}) + kSelect0 + resp({"SET", "b", "1"}));
  REQUIRE(bench.log->counters().base_size == size);
  REQUIRE(bench.log->counters().current_size == bench.text().size());
}

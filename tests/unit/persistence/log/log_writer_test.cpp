// Which groups are given back to the loop, so that it commits them itself.
#include "persistence/log/log_writer.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string_view>
#include <thread>

#include "tests/unit/persistence/fault_file_system.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

struct WriterBench {
  WriterBench() {
    file = files.openAppend("/data/log").value;
    REQUIRE_FALSE(files.syncDirectory("/data"));
  }

  void submit(std::string_view text, bool sync = true) {
    auto buffer = std::make_shared<LogBuffer>();
    buffer->append(text);
    writer.submit({file, std::move(buffer), sync, ++token});
  }
  // The results of all that was submitted and not deferred.
  std::vector<LogWriter::Result> settle() {
    std::vector<LogWriter::Result> results;
    while (results.empty()) {
      writer.drain(results);
      std::this_thread::yield();
    }
    return results;
  }
  // Makes the loop idle, so that the next group is deferred.
  void becomeIdle() {
    writer.useLoop();
    submit("first ");
    REQUIRE_FALSE(writer.hasDeferred());
    settle();
  }

  FaultFileSystem files;
  std::shared_ptr<AppendFile> file;
  LogWriter writer;
  uint64_t token = 0;
};

}  // namespace

TEST_CASE("no group is deferred for a loop that has not said that it can") {
  WriterBench bench;
  for (int i = 0; i < 3; ++i) {
    bench.submit("x");
    REQUIRE_FALSE(bench.writer.hasDeferred());
    REQUIRE(bench.settle().size() == 1);
  }
}

TEST_CASE("a loop that had nothing else to do during a group is given the next ones") {
  WriterBench bench;
  bench.becomeIdle();
  bench.submit("second");
  std::optional<LogWriter::Group> group = bench.writer.takeDeferred();
  REQUIRE(group);
  REQUIRE_FALSE(bench.writer.hasDeferred());
  REQUIRE(bench.files.contents("/data/log") == "first ");
  bench.writer.commit(std::move(*group));
  const std::vector<LogWriter::Result> results = bench.settle();
  REQUIRE(results.size() == 1);
  REQUIRE(results[0].token == 2);
  REQUIRE(results[0].written == 6);
  REQUIRE(results[0].sync);
  REQUIRE(bench.files.durableContents("/data/log") == "first second");
  REQUIRE(bench.writer.deferredGroups() == 1);
}

TEST_CASE("a loop that serves others meanwhile is not given groups, until it has been idle again") {
  WriterBench bench;
  bench.becomeIdle();
  bench.submit("second");
  // Nobody knows what others wanted while the loop was at it, so this changes nothing.
  bench.writer.commit(*bench.writer.takeDeferred());
  bench.writer.noteOtherWork(10);
  bench.settle();
  // The thread gets one of so many groups; what happens then counts.
  int deferred = 0;
  for (;; ++deferred) {
    bench.submit("x");
    std::optional<LogWriter::Group> group = bench.writer.takeDeferred();
    if (!group) break;
    bench.writer.commit(std::move(*group));
    bench.settle();
    REQUIRE(deferred < LogWriter::kProbeGroups);
  }
  REQUIRE(deferred == LogWriter::kProbeGroups - 2);
  bench.writer.noteOtherWork(11);
  bench.settle();
  bench.submit("x");
  REQUIRE_FALSE(bench.writer.hasDeferred());
  bench.settle();
  bench.submit("x");
  REQUIRE(bench.writer.hasDeferred());
}

TEST_CASE("a slow disk is left to the thread until it is quick again") {
  WriterBench bench;
  bench.becomeIdle();
  bench.files.holdSyncs();
  bench.submit("slow");
  std::thread loop([&, group = *bench.writer.takeDeferred()] { bench.writer.commit(group); });
  bench.files.waitUntilSyncHeld();
  std::this_thread::sleep_for(std::chrono::microseconds(20 * LogWriter::kQuickSyncUs));
  bench.files.releaseSyncs();
  loop.join();
  bench.settle();
  int groups = 0;
  for (; groups < 1000 && !bench.writer.hasDeferred(); ++groups) {
    bench.submit("x");
    if (!bench.writer.hasDeferred()) bench.settle();
  }
  REQUIRE(groups > 1);
  REQUIRE(bench.writer.hasDeferred());
}

TEST_CASE("a group without a sync is never deferred, because it may be meant to pass one") {
  WriterBench bench;
  bench.becomeIdle();
  bench.submit("x", false);
  REQUIRE_FALSE(bench.writer.hasDeferred());
  REQUIRE_FALSE(bench.settle()[0].sync);
}

TEST_CASE("whoever waits for the writer waits for what was deferred as well") {
  WriterBench bench;
  bench.becomeIdle();
  SECTION("and not begun") {
    bench.submit("second");
    REQUIRE(bench.writer.hasDeferred());
    bench.writer.waitIdle();
    REQUIRE_FALSE(bench.writer.hasDeferred());
  }
  SECTION("and is under way in another thread") {
    bench.files.holdSyncs();
    bench.submit("second");
    std::thread loop([&, group = *bench.writer.takeDeferred()] { bench.writer.commit(group); });
    bench.files.waitUntilSyncHeld();
    std::thread release([&] { bench.files.releaseSyncs(); });
    bench.writer.waitIdle();
    release.join();
    loop.join();
  }
  REQUIRE(bench.settle().size() == 1);
  REQUIRE(bench.files.durableContents("/data/log") == "first second");
}

TEST_CASE("what was deferred is committed, by the thread, before the writer ends") {
  FaultFileSystem files;
  const std::shared_ptr<AppendFile> file = files.openAppend("/data/log").value;
  REQUIRE_FALSE(files.syncDirectory("/data"));
  {
    LogWriter writer;
    writer.useLoop();
    std::vector<LogWriter::Result> results;
    writer.submit({file, std::make_shared<LogBuffer>(), true, 1});
    writer.waitIdle();
    writer.drain(results);
    auto text = std::make_shared<LogBuffer>();
    text->append("text");
    writer.submit({file, std::move(text), true, 2});
    REQUIRE(writer.hasDeferred());
  }
  REQUIRE(files.durableContents("/data/log") == "text");
}

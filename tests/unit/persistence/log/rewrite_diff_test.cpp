#include "persistence/log/rewrite_diff.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <string>

#include "persistence/files/bulk_writer.h"
#include "persistence/rewrite/diff_spool.h"
#include "persistence/rewrite/rewrite_pipes.h"
#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/persistence/log/log_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

// Text in which no two pieces are alike.
std::string numberedText(size_t bytes) {
  std::string text;
  for (uint64_t number = 0; text.size() < bytes; ++number) text += std::to_string(number) + ",";
  text.resize(bytes);
  return text;
}

struct DiffBench {
  DiffBench() {
    std::signal(SIGPIPE, SIG_IGN);
    REQUIRE_FALSE(pipes.open());
  }

  std::string received() {
    std::string text;
    std::array<char, 4096> piece;
    for (;;) {
      const ssize_t length = ::read(pipes.child.data.get(), piece.data(), piece.size());
      if (length <= 0) return text;
      text.append(piece.data(), static_cast<size_t>(length));
    }
  }

  RecordingSink sink;
  RewriteDiff diff{sink};
  RewritePipes pipes;
};

struct SpoolBench : DiffBench {
  void send(std::string_view text) {
    diff.append(text);
    while (diff.send(pipes.parent.data.get()) == RewriteDiff::SendStatus::kBlocked) spool.drain();
  }
  std::string moved() {
    const auto file = files.openAppend("/data/target").value;
    BulkWriter out(*file, false);
    spool.moveTo(out);
    REQUIRE_FALSE(out.finish());
    return files.contents("/data/target");
  }

  FaultFileSystem files;
  DiffSpool spool{files, "/data/spool", pipes.child.data.get()};
};

}  // namespace

TEST_CASE("what is logged reaches the child whole and in order, as the pipe has room") {
  DiffBench bench;
  const std::string text = numberedText(3 * RewriteDiff::kBlockBytes + 12345);
  // The parts do not end where blocks end.
  for (size_t at = 0; at < text.size(); at += 999'983) {
    bench.diff.append(std::string_view(text).substr(at, 999'983));
  }
  REQUIRE(bench.diff.size() == text.size());
  std::string received;
  int blocked = 0;
  while (bench.diff.send(bench.pipes.parent.data.get()) == RewriteDiff::SendStatus::kBlocked) {
    ++blocked;
    received += bench.received();
  }
  received += bench.received();
  REQUIRE(blocked > 3);
  REQUIRE(received == text);
  REQUIRE(bench.diff.empty());
}

TEST_CASE("what the pipe takes at once needs one block, however much it is in all") {
  DiffBench bench;
  for (int i = 0; i < 300; ++i) {
    bench.diff.append(std::string(50'000, 'x'));
    REQUIRE(bench.diff.send(bench.pipes.parent.data.get()) == RewriteDiff::SendStatus::kSent);
    REQUIRE(bench.received().size() == 50'000);
  }
  REQUIRE(bench.diff.memory() == RewriteDiff::kBlockBytes);
  bench.diff.clear();
  REQUIRE(bench.diff.memory() == 0);
}

TEST_CASE("every ten blocks that pile up are logged") {
  DiffBench bench;
  const std::string megabyte(1024 * 1024, 'x');
  for (int i = 0; i < 150; ++i) bench.diff.append(megabyte);
  REQUIRE(bench.sink.countContaining("Background AOF buffer size: ") == 1);
  REQUIRE(bench.sink.lines.at(0).first == LogSink::Level::kNotice);
}

TEST_CASE("a child that is gone is noticed when text is sent") {
  DiffBench bench;
  bench.pipes.child.data.close();
  bench.diff.append("x");
  REQUIRE(bench.diff.send(bench.pipes.parent.data.get()) == RewriteDiff::SendStatus::kClosed);
}

TEST_CASE("the handshake is one byte each way, and nothing before it came") {
  DiffBench bench;
  REQUIRE_FALSE(takeAck(bench.pipes.parent));
  REQUIRE(sendAck(bench.pipes.child));
  REQUIRE(takeAck(bench.pipes.parent));
  REQUIRE_FALSE(takeAck(bench.pipes.parent));
  bench.pipes.parent = {};
  REQUIRE_FALSE(sendAck(bench.pipes.child));
}

TEST_CASE("the child keeps what it is sent on the disk, in a file without a name, and joins it") {
  SpoolBench bench;
  const std::string text = numberedText(5'000'000);
  bench.send(text);
  bench.spool.drain();
  REQUIRE(bench.spool.bytes() == text.size());
  REQUIRE(bench.files.listDirectory("/data").value.empty());
  REQUIRE(bench.moved() == text);
  REQUIRE_FALSE(bench.spool.error());
}

TEST_CASE("without anything sent there is no spool at all") {
  SpoolBench bench;
  REQUIRE(bench.moved().empty());
  REQUIRE(bench.files.count(Call::kOpenAppend) == 1);
}

TEST_CASE("text that comes while the spool is joined is not lost") {
  SpoolBench bench;
  bench.send("first ");
  bench.spool.drain();
  bench.send("second");
  REQUIRE(bench.moved() == "first second");
}

TEST_CASE("an error of the spool and the end of the pipe are reported") {
  SpoolBench bench;
  SECTION("the disk is full") {
    bench.files.setSpace(10);
    bench.send("more than ten bytes");
    bench.spool.drain();
    REQUIRE(bench.spool.error() == std::errc::no_space_on_device);
  }
  SECTION("it cannot be opened") {
    bench.files.failNth(Call::kOpenAppend, 1, std::errc::permission_denied);
    bench.send("x");
    bench.spool.drain();
    REQUIRE(bench.spool.error() == std::errc::permission_denied);
  }
  SECTION("it cannot be read") {
    bench.send("x");
    bench.spool.drain();
    bench.files.failNth(Call::kRead, 1, std::errc::io_error);
    bench.moved();
    REQUIRE(bench.spool.error() == std::errc::io_error);
  }
  SECTION("the parent is gone") {
    bench.pipes.parent = {};
    bench.spool.drain();
    REQUIRE(bench.spool.error() == std::errc::broken_pipe);
  }
}

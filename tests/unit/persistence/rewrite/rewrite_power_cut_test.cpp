// A power cut at any moment of a rewrite, with any part of what was not synced on the disk: the
// next start needs nobody's help, and finds what the log had said to be durable (faults 2 and 3).
#include <atomic>
#include <catch2/catch.hpp>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "persistence/files/rewrite_files.h"
#include "persistence/log/log_replay.h"
#include "persistence/log/log_writer.h"
#include "persistence/rewrite/background_rewrite.h"
#include "persistence/rewrite/rewrite_child.h"
#include "tests/unit/persistence/log/log_test_bench.h"
#include "tests/unit/persistence/rdb/rdb_world.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

// It stands for the id of a process.
constexpr int64_t kChildPid = 77;
constexpr size_t kWritesAtOnce = 5;

std::string keyOf(size_t number) {
  return "k" + std::to_string(number);
}

// Loads a log into a world. Knows SET and SELECT.
class WorldReplayer final : public CommandReplayer {
 public:
  ReplayStatus replayBatch(std::span<const ReplayRequest> requests) override {
    for (const ReplayRequest& request : requests) {
      if (request.args.front() == "SET") world.string(request.args[1], request.args[2]);
    }
    return {ReplayOutcome::kOk, requests.size(), {}};
  }
  ImageResult loadImage(ReadFile& file, uint64_t file_size) override {
    if (world.load(file, file_size)) {
      return {ImageResult::Status::kLoaded, world.end_offset, {}};
    }
    return {ImageResult::Status::kFailed, 0, world.error};
  }
  bool progress(uint64_t, uint64_t) override { return true; }

  // The number of keys k0, k1, ... without a gap. A later key is never there without the earlier
  // ones.
  size_t keysInARow() {
    size_t count = 0;
    while (world.entry(keyOf(count)) != nullptr) ++count;
    return world.db().size() == count ? count : SIZE_MAX;
  }

  RdbWorld world;
};

// A log that is rewritten while keys k0, k1, ... are written one after the other.
struct CutBench : LogBench {
  CutBench(FsyncPolicy policy, bool preamble_in, bool with_writer)
      : LogBench(policy), preamble(preamble_in) {
    if (with_writer) log->useWriter(writer.emplace());
    files.knowFiles("the boot before the cut");
    log->keepLedger();
    REQUIRE_FALSE(open());
    files.onCall([this](Call) {
      durable_at_call.push_back(durable_keys);
      return std::error_code{};
    });
    files.keepMoments();
    durable_at_call.push_back(0);
  }

  void writeSome() {
    for (size_t i = 0; i < kWritesAtOnce; ++i) {
      set(keyOf(ends.size()), "v");
      ends.push_back(log->fedOffset());
      FlushOutcome outcome = flush();
      if (writer) {
        writer->waitIdle();
        outcome = flush();
      }
      held_back += outcome == FlushOutcome::kHeld ? 1 : 0;
      const bool may_be_held = writer && rewrite.phase() == BackgroundRewrite::Phase::kInstalling;
      if (outcome != FlushOutcome::kFlushed && !may_be_held) FAIL("the log could not be written");
      noteDurable();
    }
  }
  // Everything that the log says is durable must survive; under always also what it acknowledged.
  void noteDurable() {
    size_t count = durable_keys;
    while (count < ends.size() && ends[count] <= log->durableOffset()) ++count;
    durable_keys = count;
  }
  void secondPasses() {
    // A sync that was under way does not cover all; the one after it does.
    for (int i = 0; i < 2; ++i) static_cast<void>(nextSecond());
    noteDurable();
  }

  // Does the work of a child. Its handshake is answered in advance, because it runs in this thread.
  void runChild(RewritePipes& pipes) {
    writeSome();
    rewrite.send();
    REQUIRE(sendAck(rewrite.channel()));
    RdbWorld world;
    for (size_t i = 0; i < keys_at_fork; ++i) world.string(keyOf(i), "v");
    RewriteRequest request;
    request.settings = settings;
    request.preamble = preamble;
    const RewriteOutcome outcome = RewriteChild(files, child_clock, steps, pipes.child)
                                       .run(world.keyspace, request, kChildPid);
    REQUIRE_FALSE(outcome.error);
    child_bytes = outcome.bytes;
  }

  void rewriteOnce() {
    keys_at_fork = ends.size();
    RewritePipes pipes;
    REQUIRE_FALSE(pipes.open());
    rewrite.begin(settings, std::move(pipes.parent), true, std::nullopt);
    runChild(pipes);
    // The child was not sent these.
    writeSome();
    secondPasses();
    writeSome();
    rewrite.childDone(kChildPid, child_bytes);
    BackgroundRewrite::Result result = rewrite.advance();
    while (result == BackgroundRewrite::Result::kPending) {
      // As long as somebody writes, the new file is always a little behind.
      writeSome();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      result = rewrite.advance();
    }
    REQUIRE(result == BackgroundRewrite::Result::kInstalled);
    noteDurable();
  }

  const bool preamble;
  std::optional<LogWriter> writer;
  // Writes that waited for the new file.
  int held_back = 0;
  SystemLogClock child_clock;
  RewriteSteps steps;
  BackgroundRewrite rewrite{{files, *log, clock, sink, latency, steps, {}}};
  // Offset of the log behind each key.
  std::vector<uint64_t> ends;
  // Calls come from the thread that syncs as well, one after the other.
  std::atomic<size_t> durable_keys = 0;
  std::vector<size_t> durable_at_call;
  size_t keys_at_fork = 0;
  uint64_t child_bytes = 0;
};

// Starts that found the log with the ledger of a rewrite.
int ledgers_of_rewrites = 0;

// Starts on the files that a cut has left; returns the number of keys.
size_t startOn(const std::map<std::string, std::string>& left,
               const std::map<std::string, uint64_t>& inodes) {
  FaultFileSystem files;
  files.knowFiles("the boot after the cut");
  ManualClock clock;
  RecordingSink sink;
  AppendOnlySettings settings;
  settings.directory = kDirectory;
  for (const auto& [path, bytes] : left) {
    files.put(path, bytes);
    files.beInode(path, inodes.at(path));
  }
  const Ledger own = readLedger(files, settings.ledgerPath()).value;
  removeRewriteLeftovers(files, settings, sink);
  WorldReplayer replayer;
  const LoadResult result = LogReplay(files, clock, sink).load(settings, replayer);
  INFO(result.message);
  REQUIRE(result.ok());
  REQUIRE(result.ledger.state != LedgerChoice::State::kForeign);
  // A cut may take the AOF's own ledger. The ledger of a rewrite to the same text is of another
  // file.
  if (own.begun) REQUIRE_FALSE(result.ledger.copied);
  if (result.ledger.path.find("temp-rewriteaof") != std::string::npos) ++ledgers_of_rewrites;
  REQUIRE_FALSE(settleLedger(files, settings, result.ledger));
  for (const std::string& name : files.listDirectory(kDirectory).value) {
    REQUIRE(name.starts_with("appendonly.aof"));
  }
  // Text that was cut off at the first start must not come back at the second.
  WorldReplayer again;
  REQUIRE(LogReplay(files, clock, sink).load(settings, again).status == LoadStatus::kLoaded);
  REQUIRE(again.keysInARow() == replayer.keysInARow());
  return replayer.keysInARow();
}

void checkAllCuts(CutBench& bench) {
  bench.files.onCall({});
  const std::vector<DiskMoment> moments = bench.files.takeMoments();
  REQUIRE(moments.size() == bench.durable_at_call.size());
  for (size_t call = 0; call < moments.size(); ++call) {
    for (const Unsynced unsynced :
         {Unsynced::kLost, Unsynced::kWritten, Unsynced::kHalfWritten, Unsynced::kZeroed}) {
      for (const bool names_written : {false, true}) {
        INFO("before call " << call << ", unsynced " << static_cast<int>(unsynced)
                            << ", names written " << names_written);
        const size_t found = startOn(moments[call].afterPowerCut(unsynced, names_written),
                                     moments[call].inodes(names_written));
        REQUIRE(found <= bench.ends.size());
        REQUIRE(found >= bench.durable_at_call[call]);
      }
    }
  }
}

}  // namespace

TEST_CASE("fault 3: every state that a power cut can leave around a rewrite starts unaided") {
  const FsyncPolicy policy =
      GENERATE(FsyncPolicy::kAlways, FsyncPolicy::kEverySecond, FsyncPolicy::kNo);
  const bool preamble = GENERATE(true, false);
  const bool with_writer = GENERATE(true, false);
  CutBench bench(policy, preamble, with_writer);
  bench.writeSome();
  bench.secondPasses();
  bench.rewriteOnce();
  bench.writeSome();
  bench.secondPasses();
  // The second one replaces a log that was itself put in place.
  bench.rewriteOnce();
  bench.writeSome();
  bench.secondPasses();
  if (policy != FsyncPolicy::kNo) REQUIRE(bench.durable_keys == bench.ends.size());
  REQUIRE(bench.files.count(Call::kRename) >= 4);
  if (policy == FsyncPolicy::kAlways && with_writer) REQUIRE(bench.held_back > 0);
  ledgers_of_rewrites = 0;
  checkAllCuts(bench);
  REQUIRE(ledgers_of_rewrites > 0);
}

TEST_CASE("the check of power cuts sees a name that came before its bytes") {
  FaultFileSystem files;
  REQUIRE(files.openAppend(kPath).value->append(kSelect0 + resp({"SET", "k0", "v"})).ok());
  files.keepMoments();
  const DiskMoment moment = files.takeMoments().front();
  REQUIRE(moment.afterPowerCut(Unsynced::kLost, false).empty());
  REQUIRE(startOn(moment.afterPowerCut(Unsynced::kLost, true), moment.inodes(true)) == 0);
  REQUIRE(startOn(moment.afterPowerCut(Unsynced::kHalfWritten, true), moment.inodes(true)) == 0);
  REQUIRE(startOn(moment.afterPowerCut(Unsynced::kZeroed, true), moment.inodes(true)) == 0);
  REQUIRE(startOn(moment.afterPowerCut(Unsynced::kWritten, true), moment.inodes(true)) == 1);
}

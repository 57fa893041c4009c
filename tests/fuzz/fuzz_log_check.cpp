// Checks arbitrary bytes as an AOF, with the preamble that they may begin with, and loads the same
// bytes. Both must judge alike, and the part that a check would leave must load.
#include <cstddef>
#include <cstdint>
#include <string>

#include "persistence/log/log_check.h"
#include "persistence/rdb/keyspace_filler.h"
#include "tests/fuzz/require.h"
#include "tests/unit/persistence/log/replay_bench.h"
#include "tests/unit/storage/database_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

// Loads images into a keyspace, and remembers when it was one of its own bounds that was broken.
class ImageReplayer final : public CommandReplayer {
 public:
  ReplayStatus replayBatch(std::span<const ReplayRequest> requests) override {
    return {ReplayOutcome::kOk, requests.size(), {}};
  }

  ImageResult loadImage(ReadFile& file, uint64_t file_size) override {
    Keyspace keyspace{4, inkstone::testing::testSecret()};
    AccessClock clock;
    KeyspaceFiller loader(file, file_size, keyspace, clock, {});
    KeyspaceFiller::Status status;
    do status = loader.step(3);
    while (status == KeyspaceFiller::Status::kMore);
    if (status == KeyspaceFiller::Status::kDone) {
      return {ImageResult::Status::kLoaded, loader.offset(), {}};
    }
    // The check does not know how many databases there are.
    too_few_databases = loader.error().reason.find("databases") != std::string::npos;
    return {ImageResult::Status::kFailed, 0, loader.error()};
  }

  bool progress(uint64_t, uint64_t) override { return true; }

  bool too_few_databases = false;
};

class PleasedJudge final : public CommandJudge {
 public:
  Objection objection(std::span<const std::string_view>) override { return {}; }
};

LogCheckResult check(const std::string& text) {
  FaultFileSystem files;
  files.put(kPath, text);
  PleasedJudge judge;
  return checkLog(*files.openRead(kPath).value, {}, judge);
}

bool isValid(const LogCheckResult& result) {
  return result.verdict == LogVerdict::kValid || result.verdict == LogVerdict::kEmpty;
}

void compare(const LogCheckResult& checked, const LoadResult& loaded) {
  switch (loaded.status) {
    case LoadStatus::kLoaded:
      require(isValid(checked), "what loads is valid");
      return;
    case LoadStatus::kTailCut:
      require(checked.verdict == LogVerdict::kNotValid && checked.torn, "what is cut is torn");
      require(checked.ok_up_to == loaded.offset, "both cut at the same place");
      return;
    case LoadStatus::kDamaged:
      require(checked.verdict == LogVerdict::kBadImage ||
                  (checked.verdict == LogVerdict::kNotValid && !checked.torn),
              "what is refused is not valid");
      return;
    case LoadStatus::kUnsupported:
      // The check reads over what modules wrote besides keys, and may find damage behind it.
      require(checked.verdict == LogVerdict::kUnsupported || checked.missing ||
                  (checked.image && !checked.image->left_out.empty()),
              "what this server lacks is told");
      return;
    default:
      require(false, "nothing else can come of bytes");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const LogCheckResult checked = check(input);
  require(checked.ok_up_to <= size && checked.bad_offset <= size, "offsets are in the file");
  require(isValid(checked) || !checked.reason.empty(), "a judgement has a reason");
  ReplayBench bench(input);
  ImageReplayer replayer;
  const LoadResult loaded =
      LogReplay(bench.files, bench.clock, bench.sink).load(bench.settings, replayer);
  if (!replayer.too_few_databases) compare(checked, loaded);
  if (checked.verdict == LogVerdict::kNotValid) {
    require(isValid(check(input.substr(0, checked.ok_up_to))), "what is left of a log is valid");
  }
  return 0;
}

// Loads arbitrary bytes as an AOF. The loader must not crash, must keep what it cuts, and must
// leave alone what it refuses. An AOF that it accepted once must load again with the same commands
// and with nothing left to cut.
#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/fuzz/require.h"
#include "tests/unit/persistence/log/replay_bench.h"

using namespace inkstone;
using namespace inkstone::test;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  ReplayBench bench(input);
  const LoadResult result = bench.load();
  if (!result.ok()) {
    require(bench.text() == input, "a refused log is left as it was");
    require(!result.message.empty(), "a refusal has a reason");
    return 0;
  }
  if (result.status == LoadStatus::kTailCut) {
    require(bench.text().size() == result.offset, "the log ends where it was cut");
    require(bench.text() + bench.files.contents(result.kept_as) == input, "the tail is kept");
  } else {
    require(bench.text() == input, "a sound log is left as it was");
  }
  ReplayBench again(bench.text());
  require(again.load().status == LoadStatus::kLoaded, "a log that was cut is sound");
  require(again.replayer.commands == bench.replayer.commands, "it holds what was replayed");
  return 0;
}

// Loads an AOF beside a ledger. The first byte chooses one of two cases. Either arbitrary bytes are
// the ledger: then loading must end in a verdict, and change nothing but what it cuts. Or the
// ledger is of the AOF's beginning, and one byte of the AOF is changed: then the change must be
// refused wherever the ledger covers it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "persistence/ledger/ledger_builder.h"
#include "tests/fuzz/require.h"
#include "tests/unit/persistence/log/replay_bench.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

constexpr size_t kHeadBytes = 4;
const std::string kLedger = kPath + ".ledger";

void loadArbitrary(const std::string& ledger, const std::string& log) {
  ReplayBench bench(log);
  bench.files.put(kLedger, ledger);
  const LoadResult result = bench.load();
  if (result.ok()) {
    require(bench.text() == log.substr(0, bench.text().size()), "what is kept is what was there");
    require(result.ledger.ledger.offset() <= bench.text().size(), "the ledger was cut as well");
    return;
  }
  require(bench.text() == log, "a refused log is left as it was");
  require(bench.files.contents(kLedger) == ledger, "and its ledger, too");
}

void loadChanged(std::string log, size_t covered, size_t place, char flip) {
  LedgerBuilder builder;
  builder.add(std::string_view(log).substr(0, covered));
  ReplayBench bench("");
  require(!builder.write(bench.files, kLedger, 1), "the ledger is written");
  log[place] = static_cast<char>(log[place] ^ flip);
  bench.files.put(kPath, log);
  const LoadResult result = bench.load();
  if (result.ledger.state != LedgerChoice::State::kFound) return;
  if (place >= covered) return;
  require(result.status == LoadStatus::kDamaged, "a covered byte that changed is found");
  require(result.commands == 0, "and nothing of its range is served");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size <= kHeadBytes) return 0;
  const std::string rest(reinterpret_cast<const char*>(data) + kHeadBytes, size - kHeadBytes);
  const size_t first = (data[1] * 256U + data[2]) % (rest.size() + 1);
  if (data[0] % 2 == 0) {
    loadArbitrary(rest.substr(0, first), rest.substr(first));
  } else {
    const auto flip = static_cast<char>(std::max<uint8_t>(data[3], 1));
    loadChanged(rest, first, (data[3] * 251U + data[0]) % rest.size(), flip);
  }
  return 0;
}

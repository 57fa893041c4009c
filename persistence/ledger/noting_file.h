// A log that tells its ledger of the blocks of zeros it is given, so that a start does not take
// them for holes that a power cut left.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "persistence/files/forwarding_file.h"
#include "persistence/ledger/ledger_writer.h"
#include "persistence/ledger/zero_blocks.h"

namespace inkstone {

// The file itself, but for sync(): a success says that the ledger tells durably of the blocks of
// zeros that were appended before, in however many pieces. A text without such a block costs one
// look for every 4 KB of it.
class NotingFile final : public ForwardingFile {
 public:
  // `size` is the file's. What stands there is on the disk, and counts as zeros where the first
  // append completes its block: such a note is needless at worst.
  NotingFile(std::shared_ptr<AppendFile> file, std::shared_ptr<LedgerWriter> ledger, uint64_t size)
      : ForwardingFile(std::move(file)), ledger_(std::move(ledger)), scan_(size) {}

  IoResult<size_t> append(std::string_view data) override;
  std::error_code sync() override;
  std::error_code truncate(uint64_t size) override;

 private:
  std::error_code noteZeros();

  const std::shared_ptr<LedgerWriter> ledger_;
  // Only the thread that appends uses it.
  ZeroBlockScan scan_;
  // A sync may run in another thread meanwhile.
  std::mutex mutex_;
  std::vector<ZeroRange> unnoted_;
  std::atomic<bool> any_unnoted_ = false;
};

}  // namespace inkstone

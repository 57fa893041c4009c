#include "persistence/noting_file.h"

#include <algorithm>

namespace inkstone {

IoResult<size_t> NotingFile::append(std::string_view data) {
  const IoResult<size_t> result = file_->append(data);
  if (result.value >= kDiskBlockBytes) {
    std::vector<ZeroRange> found;
    addZeroBlocks(data.substr(0, result.value), size_, found);
    if (!found.empty()) {
      const std::lock_guard lock(mutex_);
      unnoted_.insert(unnoted_.end(), found.begin(), found.end());
      any_unnoted_.store(true, std::memory_order_release);
    }
  }
  size_ += result.value;
  return result;
}

// The note first. Should a power cut take the text and leave the note, zeros stand where zeros were
// meant to.
std::error_code NotingFile::sync() {
  if (any_unnoted_.load(std::memory_order_acquire)) {
    if (const std::error_code error = noteZeros()) return error;
  }
  return file_->sync();
}

std::error_code NotingFile::noteZeros() {
  std::vector<ZeroRange> ranges;
  {
    const std::lock_guard lock(mutex_);
    ranges.swap(unnoted_);
    any_unnoted_.store(false, std::memory_order_relaxed);
  }
  const std::error_code error = ledger_->noteZeros(ranges);
  if (!error) return {};
  const std::lock_guard lock(mutex_);
  unnoted_.insert(unnoted_.begin(), ranges.begin(), ranges.end());
  any_unnoted_.store(true, std::memory_order_relaxed);
  return error;
}

std::error_code NotingFile::truncate(uint64_t size) {
  if (const std::error_code error = file_->truncate(size)) return error;
  size_ = size;
  // Something else will stand there; the blocks before it are zeros as ever.
  const uint64_t whole_blocks = size - size % kDiskBlockBytes;
  const std::lock_guard lock(mutex_);
  for (ZeroRange& range : unnoted_) range.end = std::min(range.end, whole_blocks);
  std::erase_if(unnoted_, [](const ZeroRange& range) { return range.begin >= range.end; });
  return {};
}

}  // namespace inkstone

#include "persistence/ledger/noting_file.h"

#include <string>

namespace inkstone {

IoResult<size_t> NotingFile::append(std::string_view data) {
  const IoResult<size_t> result = inner().append(data);
  std::vector<ZeroRange> found;
  scan_.add(data.substr(0, result.value), found);
  if (!found.empty()) {
    const std::lock_guard lock(mutex_);
    for (const ZeroRange& range : found) addRange(range, unnoted_);
    any_unnoted_.store(true, std::memory_order_release);
  }
  return result;
}

// The note first. Should a power cut take the text and leave the note, zeros stand where zeros were
// meant to.
std::error_code NotingFile::sync() {
  if (any_unnoted_.load(std::memory_order_acquire)) {
    if (const std::error_code error = noteZeros()) return error;
  }
  return inner().sync();
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
  if (const std::error_code error = inner().truncate(size)) return error;
  std::string before(static_cast<size_t>(size % kDiskBlockBytes), '\0');
  // What cannot be read counts as zeros: a note too many cuts nothing off.
  if (!before.empty()) static_cast<void>(inner().readAt(size - before.size(), before));
  scan_.restart(size, before);
  // Something else will stand behind; the blocks before are zeros as ever.
  const std::lock_guard lock(mutex_);
  cutRanges(unnoted_, size);
  return {};
}

}  // namespace inkstone

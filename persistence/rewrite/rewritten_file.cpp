#include "persistence/rewrite/rewritten_file.h"

#include <algorithm>
#include <string_view>

#include "persistence/ledger/noting_file.h"

namespace inkstone {

std::error_code RewrittenFile::open(const std::string& path, uint64_t bytes,
                                    const std::string& ledger_path,
                                    const std::string& final_ledger_path) {
  offsets_.confirm(offsets_.written());
  IoResult<std::shared_ptr<AppendFile>> file = files_.openAppend(path);
  if (!file.ok()) return file.error;
  const IoResult<uint64_t> size = file.value->size();
  if (!size.ok()) return size.error;
  // Checked because the log's offsets are counted from it.
  if (size.value != bytes) return std::make_error_code(std::errc::io_error);
  file_ = std::move(file.value);
  size_ = bytes;
  const IoResult<Ledger> ledger = readLedger(files_, ledger_path);
  if (!ledger.ok()) return ledger.error;
  if (ledger.value.offset() != bytes) return std::make_error_code(std::errc::io_error);
  ledger_ = std::make_shared<LedgerWriter>(files_, ledger_path, final_ledger_path, ledger.value);
  file_ = std::make_shared<NotingFile>(std::move(file_), ledger_, bytes);
  return {};
}

std::error_code RewrittenFile::append(RewriteDiff& diff, uint64_t bytes_max) {
  const int64_t started_us = clock_.monotonicUs();
  std::error_code error;
  for (uint64_t done = 0; !diff.empty() && done < bytes_max && !error;) {
    std::string_view text = diff.front();
    text = text.substr(0, static_cast<size_t>(std::min<uint64_t>(text.size(), bytes_max - done)));
    const IoResult<size_t> result = file_->append(text);
    error = result.error;
    unsynced_.add(text.substr(0, result.value));
    diff.consume(result.value);
    done += result.value;
    size_ += result.value;
    count(result.value);
  }
  latency_.recordUs("aof-rewrite-diff-write", clock_.monotonicUs() - started_us);
  return error;
}

void RewrittenFile::beginSync() {
  sync_covers_ = offsets_.written();
  unsynced_.beginSync();
  sync_token_ = syncs().submitSync(file_);
}

bool RewrittenFile::syncDone(std::error_code& error) {
  error = {};
  if (sync_token_ == 0) return true;
  syncs_->drainCompletions(completions_);
  for (const BackgroundSync::Completion& completion : completions_) {
    // Another token is that of a file that was abandoned.
    if (completion.token != sync_token_) continue;
    sync_token_ = 0;
    error = completion.error;
    if (error) continue;
    unsynced_.syncSucceeded();
    offsets_.confirm(sync_covers_);
  }
  completions_.clear();
  return sync_token_ == 0;
}

std::error_code RewrittenFile::syncNow() {
  const int64_t started_us = clock_.monotonicUs();
  const std::error_code error = file_->sync();
  latency_.recordUs("aof-rewrite-done-fsync", clock_.monotonicUs() - started_us);
  return error;
}

RewrittenLog RewrittenFile::take() {
  RewrittenLog rewritten;
  rewritten.file = std::move(file_);
  rewritten.size = size_;
  rewritten.ledger = std::move(ledger_);
  rewritten.unsynced = &unsynced_;
  return rewritten;
}

void RewrittenFile::drop() {
  if (file_ != nullptr) closeInBackground(std::move(file_));
  file_.reset();
  ledger_.reset();
  unsynced_.clear();
  sync_token_ = 0;
}

void RewrittenFile::closeInBackground(std::shared_ptr<AppendFile> file) {
  syncs().submitClose(std::move(file));
}

BackgroundSync& RewrittenFile::syncs() {
  if (!syncs_) syncs_.emplace(thread_setup_);
  return *syncs_;
}

}  // namespace inkstone

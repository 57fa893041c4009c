#include "persistence/log/group_commit.h"

#include <algorithm>
#include <utility>

#include "base/invariant.h"

namespace inkstone {

void GroupCommit::submit(std::shared_ptr<AppendFile> file, bool sync) {
  invariant(!underWay(), "one group at a time", token_);
  group_ = spare_ != nullptr ? std::move(spare_) : std::make_shared<LogBuffer>();
  feed_.handOver(*group_);
  group_commands_ = gatheredCommands();
  submitted_commands_ = feed_.commands();
  until_us_.reset();
  token_ = ++last_token_;
  syncs_ = sync;
  writer_->submit({std::move(file), group_, sync, token_});
}

std::optional<LogWriter::Result> GroupCommit::takeResult(bool& any) {
  any = false;
  if (writer_ == nullptr) return std::nullopt;
  writer_->drain(results_);
  std::optional<LogWriter::Result> own;
  for (const LogWriter::Result& result : results_) {
    any = true;
    if (underWay() && result.token == token_) own = result;
  }
  results_.clear();
  return own;
}

void GroupCommit::finish() {
  group_->consume(group_->size());
  release();
}

void GroupCommit::takeBack() {
  feed_.takeBack(*group_);
  release();
}

void GroupCommit::release() {
  spare_ = std::move(group_);
  group_ = nullptr;
  token_ = 0;
  syncs_ = false;
}

void GroupCommit::drop() {
  group_.reset();
  token_ = 0;
  syncs_ = false;
  submitted_commands_ = feed_.commands();
  group_commands_ = 0;
  until_us_.reset();
}

void GroupCommit::gatherNext(int64_t sync_us) {
  // A disk that is faster costs less than the waiting.
  constexpr int64_t kSlowSyncUs = 2000;
  until_us_.reset();
  if (sync_us < kSlowSyncUs) return;
  gather_goal_ = gatheredCommands() + group_commands_;
  until_us_ = clock_.monotonicUs() + std::min(sync_us / kGatherShare, kGatherUsMax);
}

bool GroupCommit::stillGathers() {
  if (!until_us_) return false;
  const bool over = gatheredCommands() >= gather_goal_ || clock_.monotonicUs() >= *until_us_;
  if (over) until_us_.reset();
  return !over;
}

uint64_t GroupCommit::memory() const {
  uint64_t bytes = 0;
  if (group_ != nullptr) bytes += group_->capacity();
  if (spare_ != nullptr) bytes += spare_->capacity();
  return bytes;
}

}  // namespace inkstone

// The group of log text that the writer thread has: one at a time. While it is written, and under
// `always` synced, the loop goes on executing commands and the next group gathers (log_feed.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "persistence/files/file.h"
#include "persistence/files/log_hooks.h"
#include "persistence/log/log_buffer.h"
#include "persistence/log/log_feed.h"
#include "persistence/log/log_writer.h"

namespace inkstone {

// For the loop thread. The references must outlive the object.
class GroupCommit {
 public:
  // A group waits for those who were answered just now and may write again: so large a part of the
  // sync before, so that what is gained is worth it; and at most so long.
  static constexpr int64_t kGatherShare = 4;
  static constexpr int64_t kGatherUsMax = 2000;

  GroupCommit(LogClock& clock, LogFeed& feed) : clock_(clock), feed_(feed) {}
  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  // Must outlive the object.
  void useWriter(LogWriter& writer) { writer_ = &writer; }
  bool hasWriter() const { return writer_ != nullptr; }

  // A group is with the writer thread.
  bool underWay() const { return token_ != 0; }
  // It will be synced there. Two syncs at once could each report what the other has lost.
  bool syncsUnderWay() const { return underWay() && syncs_; }
  // The text of the group under way.
  std::string_view text() const { return group_ == nullptr ? std::string_view{} : group_->view(); }

  // Hands over what was gathered, which may be nothing when only a sync is owed. None may be under
  // way.
  void submit(std::shared_ptr<AppendFile> file, bool sync);
  // The result of the one under way, if it has come; then finish() or takeBack() has to follow.
  // Results of groups that were dropped are passed over. `any` tells whether any came.
  std::optional<LogWriter::Result> takeResult(bool& any);
  // The text of the group is in the file.
  void finish();
  // It has failed, and stands in front of what was fed since.
  void takeBack();
  // Its result will say nothing about the file that follows. The feed is to be dropped as well.
  void drop();
  // Blocks until the thread has done with it.
  void waitIdle() { writer_->waitIdle(); }

  // Those who waited for the last group, whose sync took so long, are answered and may write again,
  // or they would share no sync with those who are waiting already.
  void gatherNext(int64_t sync_us);
  // They are worth waiting for; not for longer than untilUs().
  bool stillGathers();
  // The wait ends at this moment of LogClock::monotonicUs(); nothing when nobody is waited for.
  std::optional<int64_t> untilUs() const { return until_us_; }

  // Bytes allocated.
  uint64_t memory() const;

 private:
  uint64_t gatheredCommands() const { return feed_.commands() - submitted_commands_; }
  void release();

  LogClock& clock_;
  LogFeed& feed_;
  LogWriter* writer_ = nullptr;

  // What the writer thread has, kept for the case that it fails.
  std::shared_ptr<LogBuffer> group_;
  // A buffer to gather in, kept from the last group.
  std::shared_ptr<LogBuffer> spare_;
  // The token of the group under way; 0: there is none.
  uint64_t token_ = 0;
  uint64_t last_token_ = 0;
  bool syncs_ = false;
  // Commands of the last group, and of all groups.
  uint64_t group_commands_ = 0;
  uint64_t submitted_commands_ = 0;
  std::optional<int64_t> until_us_;
  // As many commands are all that can be expected.
  uint64_t gather_goal_ = 0;
  std::vector<LogWriter::Result> results_;
};

}  // namespace inkstone

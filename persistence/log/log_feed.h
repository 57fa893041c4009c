// Turns commands into the text of the log and gathers it (feedAppendOnlyFile): SELECT where the
// database changes, annotations of the time, and the copy that a rewrite gets.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "persistence/files/log_hooks.h"
#include "persistence/log/log_buffer.h"
#include "persistence/log/log_offsets.h"
#include "persistence/log/rewrite_diff.h"

namespace inkstone {

// For the loop thread. The references must outlive the object, which is the only one that feeds
// the offsets.
class LogFeed {
 public:
  LogFeed(LogClock& clock, LogOffsets& offsets) : clock_(clock), offsets_(offsets) {}
  LogFeed(const LogFeed&) = delete;
  LogFeed& operator=(const LogFeed&) = delete;

  // One command executed in database `db`: its name and its arguments.
  void addCommand(int db, std::span<const std::string_view> args);
  // The same for a command whose text is already what addCommand() would write.
  void addFrame(int db, std::string_view frame) {
    if (db != logged_db_ || timestamps_) addPrefix(db);
    ++commands_;
    buffer_.append(frame);
    offsets_.feed(frame.size());
  }

  // Whether an annotation precedes the first command of each second (aof-timestamp-enabled).
  void setTimestamps(bool on) { timestamps_ = on; }
  // What follows stands in another file: its first command is preceded by SELECT. Annotations go on
  // behind `last_timestamp`, the second of the last one in the file; nothing is known of it when
  // that is absent.
  void beginFile(std::optional<int64_t> last_timestamp);
  int64_t lastTimestamp() const { return last_timestamp_; }

  // Commands that were fed since the object was made.
  uint64_t commands() const { return commands_; }

  // What was fed from LogOffsets::gatheringFrom() on. Valid until the next call of another
  // function.
  std::string_view gathered() const;
  bool hasGathered() const { return !buffer_.empty(); }
  // Bytes allocated.
  uint64_t memory() const { return buffer_.capacity(); }
  // The file has taken the first `bytes` of what was gathered.
  void written(size_t bytes);
  // Drops what was gathered, and what a group holds; it counts as written.
  void drop();
  // Gives what was gathered to `group`, which is empty, as a group that begins now.
  void handOver(LogBuffer& group);
  // The group has failed: its text stands in front of what was fed since, and `group` is empty.
  void takeBack(LogBuffer& group);

  // From now on all that is fed goes to `diff` as well, beginning with a SELECT. `diff` must live
  // until endDiff().
  void beginDiff(RewriteDiff& diff);
  bool hasDiff() const { return diff_ != nullptr; }
  // Brings `diff` up to LogOffsets::fed(). Call it before what was gathered goes to a file.
  void feedDiff();
  void endDiff() { diff_ = nullptr; }

 private:
  void addPrefix(int db);
  void addArray(std::span<const std::string_view> args);
  void add(std::string_view text);

  LogClock& clock_;
  LogOffsets& offsets_;
  LogBuffer buffer_;
  // Database of the last command in the log; -1: it is unknown, the next command is preceded by
  // SELECT.
  int logged_db_ = -1;
  bool timestamps_ = false;
  int64_t last_timestamp_ = 0;
  uint64_t commands_ = 0;
  RewriteDiff* diff_ = nullptr;
  // What diff_ has.
  uint64_t diff_offset_ = 0;
};

}  // namespace inkstone

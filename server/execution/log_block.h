// Commands of which the log shall have all or none: MULTI stands in front of the first and EXEC
// behind the last.
#pragma once

#include <string_view>

#include "persistence/log/append_only_log.h"

namespace inkstone {

class LogBlock {
 public:
  explicit LogBlock(AppendOnlyLog& log) : log_(log) {}

  // What is fed from here on belongs to a block, until as many calls of end() have come as there
  // were of begin().
  void begin() { ++depth_; }
  void end() {
    if (--depth_ == 0) close();
  }
  bool active() const { return depth_ > 0; }

  // To be called before each command is fed: nothing is written for a block without commands.
  void beforeFeed(size_t db) {
    if (depth_ == 0) return;
    if (!open_) feed(db, "MULTI");
    open_ = true;
    db_ = db;
  }
  // Ends the block in the log now, because the log is to be closed or read. What follows is another
  // one.
  void close() {
    if (!open_) return;
    open_ = false;
    feed(db_, "EXEC");
  }

 private:
  void feed(size_t db, std::string_view word) {
    log_.feedAppendOnlyFile(static_cast<int>(db), {&word, 1});
  }

  AppendOnlyLog& log_;
  int depth_ = 0;
  bool open_ = false;
  // Of the last command in the block.
  size_t db_ = 0;
};

}  // namespace inkstone

// The one door through which every change of the data set leaves: into the append-only log, and to
// whoever else follows what happens (CommandSink). Commands arrive here in the form in which they
// are to be repeated, with the database they act on.
//
// Commands of which a follower shall have all or none stand in a block: MULTI goes in front of the
// first and EXEC behind the last. A block without commands leaves no trace.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "persistence/log/append_only_log.h"

namespace inkstone {

// Follows the data set by repeating commands. It is called in the order in which they were executed
// and writes down for itself which database the last one was about.
class CommandSink {
 public:
  virtual ~CommandSink() = default;
  virtual void feed(size_t db, std::span<const std::string_view> args) = 0;
};

// For the loop thread.
class Propagation {
 public:
  explicit Propagation(AppendOnlyLog& log) : log_(log) {}

  // A command by its words.
  void feed(size_t db, std::span<const std::string_view> args) {
    beforeFeed(db);
    log_.feedAppendOnlyFile(static_cast<int>(db), args);
    for (CommandSink* const sink : sinks_) sink->feed(db, args);
  }
  // The same for one whose request came in canonical form: `frame` is its text, the words are in
  // it.
  void feedFrame(size_t db, std::span<const std::string_view> args, std::string_view frame) {
    beforeFeed(db);
    log_.feedFrame(static_cast<int>(db), frame);
    for (CommandSink* const sink : sinks_) sink->feed(db, args);
  }

  // What is fed from here on belongs to a block, until as many calls of endBlock() have come as
  // there were of beginBlock().
  void beginBlock() { ++depth_; }
  void endBlock() {
    if (--depth_ == 0) closeBlock();
  }
  // Ends the block where it is, because the log is to be closed or read. What follows is another
  // one.
  void closeBlock() {
    if (!open_) return;
    open_ = false;
    feedWord("EXEC");
  }

  // The sink is told everything from here on. It must outlive this object, or be removed.
  void addSink(CommandSink& sink) { sinks_.push_back(&sink); }
  void removeSink(CommandSink& sink) { std::erase(sinks_, &sink); }

 private:
  void beforeFeed(size_t db) {
    if (depth_ == 0) return;
    db_ = db;
    if (open_) return;
    feedWord("MULTI");
    open_ = true;
  }
  void feedWord(std::string_view word) {
    const std::span<const std::string_view> args(&word, 1);
    log_.feedAppendOnlyFile(static_cast<int>(db_), args);
    for (CommandSink* const sink : sinks_) sink->feed(db_, args);
  }

  AppendOnlyLog& log_;
  std::vector<CommandSink*> sinks_;
  int depth_ = 0;
  bool open_ = false;
  // The database of the last command in the block.
  size_t db_ = 0;
};

}  // namespace inkstone

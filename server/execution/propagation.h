// The one door through which every change of the data set leaves: to the append-only log, and to
// every other follower (CommandSink). Commands come here in the form in which they are to be
// repeated, with the database that they act on.
//
// Commands that a follower shall have all or none of stand in a block: MULTI goes in front of the
// first and EXEC behind the last. A block without commands leaves no trace.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "persistence/log/append_only_log.h"

namespace inkstone {

// A follower repeats commands. It is called in the order in which they were executed, and writes
// down for itself which database the last command acted on.
class CommandSink {
 public:
  virtual ~CommandSink() = default;
  virtual void feed(size_t db, std::span<const std::string_view> args) = 0;
};

// For the loop thread.
class Propagation {
 public:
  explicit Propagation(AppendOnlyLog& log) : log_(log) {}

  // Propagates a command by its words.
  void feed(size_t db, std::span<const std::string_view> args) {
    beforeFeed(db);
    log_.feedAppendOnlyFile(static_cast<int>(db), args);
    for (CommandSink* const sink : sinks_) sink->feed(db, args);
  }
  // Does the same for a command whose request came in canonical form. `frame` is that text, and the
  // words are parts of it.
  void feedFrame(size_t db, std::span<const std::string_view> args, std::string_view frame) {
    beforeFeed(db);
    log_.feedFrame(static_cast<int>(db), frame);
    for (CommandSink* const sink : sinks_) sink->feed(db, args);
  }

  // Commands that are fed from here on belong to a block, until endBlock() was called as often as
  // beginBlock().
  void beginBlock() { ++depth_; }
  void endBlock() {
    if (--depth_ == 0) closeBlock();
  }
  // Ends the block where it is, because the log is to be closed or read. Commands that follow
  // belong to another block.
  void closeBlock() {
    if (!open_) return;
    open_ = false;
    feedWord("EXEC");
  }

  // The sink gets every command from here on. It must outlive this object, or be removed.
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

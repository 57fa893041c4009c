// Splits a log file into groups of commands and says exactly where and why it stops. Changes
// nothing; the replay and the check tool share it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "persistence/files/file.h"
#include "protocol/request_parser.h"

namespace inkstone {

class LogReader {
 public:
  // Told of every annotation.
  class AnnotationObserver {
   public:
    virtual ~AnnotationObserver() = default;

    // `line` is without its end. False: reading ends before it as if the file did, and before the
    // transaction it stands in. Commands that stand before it are handed over first, and then it is
    // told once more.
    virtual bool annotation(std::string_view line) = 0;
  };

  enum class Status : uint8_t {
    // There are commands to look at: a group of at most `group_max`, or one whole transaction of
    // any length.
    kCommands,
    // The file ended behind a complete command.
    kEnd,
    // The file ends within a command, an annotation or a transaction, or zeros follow there up to
    // its end; the complete part ends at validUpTo().
    kTruncated,
    // What stands at badOffset() is no command; reason() says more.
    kDamaged,
    // The file begins with an RDB image.
    kPreamble,
    // The file is no log, but sound: reason() says what it is.
    kForeign,
    // Reading failed with error().
    kIoError,
  };

  // `file` must outlive the reader and not change meanwhile; `group_max` is at least 1. A command
  // beyond `limits` is damage, not one whose rest is missing. Reading begins at `begin`: behind an
  // RDB preamble, or at the start, where one may stand.
  LogReader(ReadFile& file, uint64_t file_size, size_t group_max, const RequestLimits& limits,
            uint64_t begin = 0);

  // The observer must outlive the reader.
  void observeAnnotations(AnnotationObserver& observer) { observer_ = &observer; }

  // Goes on behind the group before. After anything but kCommands it must not be called again.
  // Complexity: linear in what it consumes. Memory: one chunk of 1 MB, or as much as the largest
  // command or transaction.
  Status next();

  // The group, valid until the next call: MULTI, EXEC and annotations are left out.
  size_t count() const { return commands_.size(); }
  std::span<const std::string_view> args(size_t index) const {
    return {args_.data() + commands_[index].first_arg, commands_[index].arg_count};
  }
  uint64_t offset(size_t index) const { return commands_[index].offset; }
  bool isTransaction() const { return is_transaction_; }

  // End of the last complete command or transaction that was read.
  uint64_t validUpTo() const { return valid_up_to_; }
  // Lines of all that was read, complete or not: a command of n arguments has 1 + 2 n, whatever
  // bytes they hold.
  uint64_t lines() const { return lines_; }
  uint64_t badOffset() const { return stop_.offset; }
  const std::string& reason() const { return stop_.reason; }
  std::error_code error() const { return stop_.error; }

 private:
  struct Command {
    size_t first_arg;
    size_t arg_count;
    uint64_t offset;
  };
  // Whether next() can go on with the following entry, has to read more of the file first, or is
  // done.
  enum class Step : uint8_t { kContinue, kNeedMore, kStop };

  // Why reading has ended.
  struct Stop {
    Status status = Status::kEnd;
    // It may be the end of a log cut short, or damage: a look at the rest of the file decides.
    bool tail_unclear = false;
    uint64_t offset = 0;
    std::string reason;
    std::error_code error;
  };

  Status handOver() const;
  Step readEntry();
  Step readCommand();
  Step readAnnotation();
  Step takeTransactionMark(bool is_multi, size_t consumed);
  Step stopAt(Status status, std::string reason);
  Step stopAtTail(std::string reason);
  bool refill();
  bool makeRoom(size_t bytes);
  Status finish();

  bool groupReady() const { return !commands_.empty() && !in_transaction_; }
  uint64_t position() const { return file_position_ - (end_ - begin_); }
  void consume(size_t bytes);

  ReadFile& file_;
  const uint64_t file_size_;
  const size_t group_max_;
  const RequestLimits limits_;

  // buffer_[begin_, end_) is read and not yet taken; what the group's views point into stands
  // before begin_.
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
  size_t group_begin_ = 0;
  uint64_t file_position_;
  // Bytes that buffer_[begin_, ...) needs before parsing can go on.
  size_t needed_ = 1;

  RequestParser parser_;
  std::vector<std::string_view> args_;
  std::vector<Command> commands_;
  bool in_transaction_ = false;
  bool is_transaction_ = false;
  uint64_t lines_ = 0;
  AnnotationObserver* observer_ = nullptr;

  uint64_t valid_up_to_;
  Stop stop_;
};

}  // namespace inkstone

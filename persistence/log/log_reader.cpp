#include "persistence/log/log_reader.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <optional>
#include <utility>

#include "base/invariant.h"
#include "persistence/log/torn_command.h"
#include "persistence/rdb/file_kind.h"

namespace inkstone {

namespace {

constexpr size_t kChunkBytes = 1024 * 1024;

constexpr uint64_t linesOf(size_t arg_count) {
  return 1 + 2 * arg_count;
}

bool equalsIgnoringCase(std::string_view text, std::string_view upper) {
  return text.size() == upper.size() &&
         std::equal(text.begin(), text.end(), upper.begin(), [](char a, char b) {
           return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
         });
}

}  // namespace

LogReader::LogReader(ReadFile& file, uint64_t file_size, size_t group_max,
                     const RequestLimits& limits, uint64_t begin)
    : file_(file),
      file_size_(file_size),
      group_max_(group_max),
      limits_(limits),
      file_position_(begin),
      valid_up_to_(begin) {}

LogReader::Status LogReader::next() {
  commands_.clear();
  args_.clear();
  group_begin_ = begin_;
  is_transaction_ = false;
  for (;;) {
    if (groupReady() && commands_.size() >= group_max_) return handOver();
    const bool transaction_open = in_transaction_;
    const Step step = begin_ == end_ ? Step::kNeedMore : readEntry();
    if (step == Step::kContinue) {
      is_transaction_ = transaction_open && groupReady();
      if (is_transaction_) return handOver();
      continue;
    }
    // What was read so far is handed over first; the next call comes back to this place.
    if (groupReady()) return handOver();
    if (step == Step::kStop) return finish();
    if (position() + needed_ > file_size_) {
      if (begin_ < end_) {
        stopAtTail("a command whose lengths make no sense");
      } else {
        stopAt(in_transaction_ ? Status::kTruncated : Status::kEnd, "a transaction without EXEC");
      }
      return finish();
    }
    if (!refill()) return Status::kIoError;
  }
}

// Whatever the log holds, a transaction is handed over with its EXEC or not at all, and a group
// ends where the complete part does: the commands of the next one would be run twice, or not.
LogReader::Status LogReader::handOver() const {
  invariant(!in_transaction_, "a transaction that is handed over has its EXEC", commands_.size());
  invariant(valid_up_to_ == position() && valid_up_to_ <= file_size_,
            "a group ends where the complete part of the log does", valid_up_to_, position(),
            file_size_);
  return Status::kCommands;
}

LogReader::Step LogReader::readEntry() {
  const char first = buffer_[begin_];
  if (first == '*') return readCommand();
  if (first == '#') return readAnnotation();
  if (position() == 0) {
    // The first chunk has as much of the file as tells its kind.
    const std::string_view head(buffer_.get() + begin_, end_ - begin_);
    if (beginsAsRdb(head)) return stopAt(Status::kPreamble, "an RDB preamble");
    if (const std::optional<std::string> kind = recogniseFile(head)) {
      return stopAt(Status::kForeign, *kind);
    }
  }
  return stopAtTail("expected '*'");
}

LogReader::Step LogReader::readCommand() {
  const std::string_view input(buffer_.get() + begin_, end_ - begin_);
  const size_t first_arg = args_.size();
  const ParseResult result = parser_.parse(input, limits_, args_);
  if (result.status == ParseStatus::kNeedMore) {
    needed_ = parser_.bytesNeeded();
    return Step::kNeedMore;
  }
  if (result.status == ParseStatus::kMalformed) {
    return stopAtTail(parser_.error());
  }
  const size_t arg_count = args_.size() - first_arg;
  if (!result.canonical || arg_count == 0) {
    args_.resize(first_arg);
    return stopAtTail("not in the form the log is written in");
  }
  if (arg_count == 1) {
    const bool is_multi = equalsIgnoringCase(args_[first_arg], "MULTI");
    if (is_multi || equalsIgnoringCase(args_[first_arg], "EXEC")) {
      args_.resize(first_arg);
      return takeTransactionMark(is_multi, result.consumed);
    }
  }
  commands_.push_back({first_arg, arg_count, position()});
  lines_ += linesOf(arg_count);
  consume(result.consumed);
  return Step::kContinue;
}

LogReader::Step LogReader::takeTransactionMark(bool is_multi, size_t consumed) {
  if (!is_multi && !in_transaction_) return stopAt(Status::kDamaged, "EXEC without MULTI");
  // The commands before it form their own group; the MULTI is read again afterwards.
  if (is_multi && groupReady()) return Step::kStop;
  // A second MULTI changes nothing, as in Redis: a log that Redis once cut behind a MULTI has that.
  if (is_multi && !in_transaction_) {
    in_transaction_ = true;
  } else if (!is_multi) {
    in_transaction_ = false;
  }
  lines_ += linesOf(1);
  consume(consumed);
  return Step::kContinue;
}

LogReader::Step LogReader::readAnnotation() {
  const char* begin = buffer_.get() + begin_;
  const void* newline = std::memchr(begin, '\n', end_ - begin_);
  if (newline == nullptr) {
    needed_ = end_ - begin_ + 1;
    return Step::kNeedMore;
  }
  const auto length = static_cast<size_t>(static_cast<const char*>(newline) - begin);
  if (observer_ != nullptr && !observer_->annotation({begin, length})) {
    return stopAt(Status::kEnd, "an annotation");
  }
  ++lines_;
  consume(length + 1);
  return Step::kContinue;
}

void LogReader::consume(size_t bytes) {
  invariant(bytes <= end_ - begin_, "no more is taken than was read", bytes, begin_, end_);
  begin_ += bytes;
  needed_ = 1;
  if (!in_transaction_) valid_up_to_ = position();
}

LogReader::Step LogReader::stopAt(Status status, std::string reason) {
  stop_.status = status;
  stop_.tail_unclear = false;
  stop_.offset = position();
  stop_.reason = std::move(reason);
  return Step::kStop;
}

LogReader::Step LogReader::stopAtTail(std::string reason) {
  stopAt(Status::kDamaged, std::move(reason));
  stop_.tail_unclear = true;
  return Step::kStop;
}

LogReader::Status LogReader::finish() {
  if (!stop_.tail_unclear) return stop_.status;
  switch (classifyTail(file_, position(), file_size_, limits_)) {
    case TailKind::kTorn:
      return Status::kTruncated;
    case TailKind::kDamaged:
      return Status::kDamaged;
    case TailKind::kUnreadable:
      break;
  }
  stop_.error = std::make_error_code(std::errc::io_error);
  return Status::kIoError;
}

// Keeps the group (of a transaction that is not complete) and the incomplete entry, and reads
// behind them.
bool LogReader::refill() {
  if (commands_.empty()) group_begin_ = begin_;
  const size_t incomplete = end_ - begin_;
  const size_t missing = needed_ > incomplete ? needed_ - incomplete : 0;
  const uint64_t unread = file_size_ - file_position_;
  const auto chunk = static_cast<size_t>(std::min<uint64_t>(kChunkBytes, unread));
  if (!makeRoom(std::max(chunk, missing))) return false;
  const auto length = static_cast<size_t>(std::min<uint64_t>(capacity_ - end_, unread));
  const IoResult<size_t> read =
      file_.readAt(file_position_, std::span<char>(buffer_.get() + end_, length));
  end_ += read.value;
  file_position_ += read.value;
  stop_.error = read.error;
  // The file was longer a moment ago: somebody cuts it under our hands.
  if (!stop_.error && read.value < length) stop_.error = std::make_error_code(std::errc::io_error);
  return !stop_.error;
}

// Moves what is kept to the front of a buffer with `bytes` free behind it, and the views of the
// group with it.
bool LogReader::makeRoom(size_t bytes) {
  const size_t kept = end_ - group_begin_;
  const char* const old_base = buffer_.get() + group_begin_;
  std::unique_ptr<char[]> old_buffer;
  if (kept + bytes > capacity_) {
    const size_t capacity = std::max(kept + bytes, kept * 2);
    std::unique_ptr<char[]> larger(new (std::nothrow) char[capacity]);
    if (!larger) {
      stop_.error = std::make_error_code(std::errc::not_enough_memory);
      return false;
    }
    old_buffer = std::exchange(buffer_, std::move(larger));
    capacity_ = capacity;
  }
  for (std::string_view& arg : args_) {
    arg = {buffer_.get() + (arg.data() - old_base), arg.size()};
  }
  if (kept > 0) std::memmove(buffer_.get(), old_base, kept);
  begin_ -= group_begin_;
  end_ = kept;
  group_begin_ = 0;
  return true;
}

}  // namespace inkstone

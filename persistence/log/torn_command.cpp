#include "persistence/log/torn_command.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

namespace inkstone {

namespace {

// Random access to single bytes through a small window.
class Window {
 public:
  Window(ReadFile& file, uint64_t end) : file_(file), end_(end) {}

  // Nothing past the end or when the file cannot be read.
  std::optional<char> at(uint64_t offset) {
    if (offset >= end_) return std::nullopt;
    if (offset < begin_ || offset >= begin_ + length_) load(offset);
    if (length_ == 0) return std::nullopt;
    return bytes_[offset - begin_];
  }

  bool failed() const { return failed_; }

 private:
  void load(uint64_t offset) {
    const auto wanted = std::min<uint64_t>(bytes_.size(), end_ - offset);
    const IoResult<size_t> read =
        file_.readAt(offset, std::span<char>(bytes_.data(), static_cast<size_t>(wanted)));
    failed_ = failed_ || !read.ok() || read.value < wanted;
    begin_ = offset;
    length_ = failed_ ? 0 : read.value;
  }

  ReadFile& file_;
  const uint64_t end_;
  std::array<char, 4096> bytes_;
  uint64_t begin_ = 0;
  size_t length_ = 0;
  bool failed_ = false;
};

// Walks one array of bulk strings as the log writes it, as far as it goes.
class FrameWalk {
 public:
  enum class End : uint8_t { kMissingRest, kMismatch, kComplete };

  FrameWalk(Window& window, uint64_t begin, const RequestLimits& limits)
      : window_(window),
        args_max_(static_cast<uint64_t>(limits.multibulk_args_max)),
        bulk_bytes_max_(static_cast<uint64_t>(limits.bulk_bytes_max)),
        position_(begin) {}

  End walk() {
    if (expect('#')) return annotation();
    if (window_.at(position_) == std::nullopt) return End::kMissingRest;
    uint64_t args = 0;
    if (!header('*', args_max_, args) || (!missing_ && args == 0)) return mismatch();
    for (; args > 0 && !missing_; --args) {
      uint64_t length = 0;
      if (!header('$', bulk_bytes_max_, length)) return mismatch();
      if (missing_) break;
      position_ += length;
      if (!lineEnd()) return mismatch();
    }
    return missing_ ? End::kMissingRest : End::kComplete;
  }

  uint64_t position() const { return position_; }
  uint64_t lines() const { return lines_; }

 private:
  End mismatch() const { return missing_ ? End::kMissingRest : End::kMismatch; }

  End annotation() {
    for (;;) {
      const std::optional<char> byte = window_.at(position_);
      if (!byte) return End::kMissingRest;
      if (*byte == '\n') return End::kComplete;
      if (*byte == '\0') return End::kMismatch;
      ++position_;
    }
  }

  bool expect(char wanted) {
    const std::optional<char> byte = window_.at(position_);
    if (!byte) {
      missing_ = true;
      return false;
    }
    if (*byte != wanted) return false;
    ++position_;
    return true;
  }

  bool lineEnd() {
    if (!expect('\r') || !expect('\n')) return false;
    ++lines_;
    return true;
  }

  // False on a mismatch or when the rest is missing (missing_ tells which).
  bool header(char type, uint64_t number_max, uint64_t& number) {
    if (!expect(type)) return false;
    int digits = 0;
    for (;; ++digits, ++position_) {
      const std::optional<char> byte = window_.at(position_);
      if (!byte) {
        missing_ = true;
        return false;
      }
      if (*byte < '0' || *byte > '9') break;
      if ((digits == 1 && number == 0) || number > number_max / 10) return false;
      number = number * 10 + static_cast<uint64_t>(*byte - '0');
      if (number > number_max) return false;
    }
    return digits > 0 && lineEnd();
  }

  Window& window_;
  const uint64_t args_max_;
  const uint64_t bulk_bytes_max_;
  uint64_t position_;
  uint64_t lines_ = 0;
  bool missing_ = false;
};

// End of the file without the zeros it ends with, not before `begin`.
std::optional<uint64_t> endWithoutZeros(ReadFile& file, uint64_t begin, uint64_t end) {
  std::array<char, 4096> bytes;
  while (end > begin) {
    const auto length = static_cast<size_t>(std::min<uint64_t>(bytes.size(), end - begin));
    const std::span<char> piece(bytes.data(), length);
    const IoResult<size_t> read = file.readAt(end - length, piece);
    if (!read.ok() || read.value < length) return std::nullopt;
    const auto last = std::find_if(piece.rbegin(), piece.rend(), [](char c) { return c != '\0'; });
    end -= static_cast<uint64_t>(last - piece.rbegin());
    if (last != piece.rend()) break;
  }
  return end;
}

}  // namespace

EntryStop findEntryStop(ReadFile& file, uint64_t begin, uint64_t file_size,
                        const RequestLimits& limits) {
  Window window(file, file_size);
  FrameWalk frame(window, begin, limits);
  // What is whole is no place to stop at: what is wrong is that it stands there.
  const FrameWalk::End end = frame.walk();
  const uint64_t stop = end == FrameWalk::End::kComplete ? begin : frame.position();
  return {std::min(stop, file_size), frame.lines()};
}

TailKind classifyTail(ReadFile& file, uint64_t begin, uint64_t file_size,
                      const RequestLimits& limits) {
  Window whole(file, file_size);
  const FrameWalk::End end = FrameWalk(whole, begin, limits).walk();
  if (whole.failed()) return TailKind::kUnreadable;
  if (end == FrameWalk::End::kMissingRest) return TailKind::kTorn;

  const std::optional<uint64_t> data_end = endWithoutZeros(file, begin, file_size);
  if (!data_end) return TailKind::kUnreadable;
  if (*data_end == file_size) return TailKind::kDamaged;
  Window before_zeros(file, *data_end);
  const FrameWalk::End shorter = FrameWalk(before_zeros, begin, limits).walk();
  if (before_zeros.failed()) return TailKind::kUnreadable;
  return shorter == FrameWalk::End::kMissingRest ? TailKind::kTorn : TailKind::kDamaged;
}

}  // namespace inkstone

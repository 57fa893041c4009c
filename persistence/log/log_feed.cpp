#include "persistence/log/log_feed.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

#include "base/invariant.h"
#include "persistence/files/resp_header.h"

namespace inkstone {

void LogFeed::addCommand(int db, std::span<const std::string_view> args) {
  if (db != logged_db_ || timestamps_) addPrefix(db);
  ++commands_;
  addArray(args);
}

void LogFeed::addArray(std::span<const std::string_view> args) {
  constexpr std::string_view kLineEnd = "\r\n";
  const RespHeader count('*', args.size());
  uint64_t bytes = count.view().size();
  buffer_.append(count.view());
  for (const std::string_view arg : args) {
    const RespHeader header('$', arg.size());
    const size_t length = header.view().size() + arg.size() + kLineEnd.size();
    buffer_.reserve(length);
    buffer_.append(header.view());
    buffer_.append(arg);
    buffer_.append(kLineEnd);
    bytes += length;
  }
  offsets_.feed(bytes);
}

void LogFeed::add(std::string_view text) {
  buffer_.append(text);
  offsets_.feed(text.size());
}

void LogFeed::addPrefix(int db) {
  if (timestamps_) {
    const int64_t now = clock_.unixSeconds();
    // Moments go forward only, so that a restore to one can stop at the first annotation past it.
    if (now > last_timestamp_) {
      last_timestamp_ = now;
      add(fmt::format("#TS:{}\r\n", now));
    }
  }
  if (db != logged_db_) {
    const std::string number = std::to_string(db);
    const std::array<std::string_view, 2> select = {"SELECT", number};
    addArray(select);
    logged_db_ = db;
  }
}

void LogFeed::beginFile(std::optional<int64_t> last_timestamp) {
  logged_db_ = -1;
  last_timestamp_ = last_timestamp.value_or(0);
}

// What was fed as so many bytes is so many bytes here: the other half of the check in
// LogOffsets::write().
std::string_view LogFeed::gathered() const {
  const std::string_view text = buffer_.view();
  invariant(text.size() == offsets_.fed() - offsets_.gatheringFrom(),
            "what was fed and not handed over is in the buffer", text.size(),
            offsets_.gatheringFrom(), offsets_.fed());
  return text;
}

void LogFeed::written(size_t bytes) {
  offsets_.write(bytes);
  buffer_.consume(bytes);
}

void LogFeed::drop() {
  offsets_.skipToFed();
  buffer_.consume(buffer_.size());
}

void LogFeed::handOver(LogBuffer& group) {
  invariant(group.empty(), "a group begins with an empty buffer", group.size());
  static_cast<void>(gathered());
  std::swap(group, buffer_);
  offsets_.beginGroup();
}

void LogFeed::takeBack(LogBuffer& group) {
  group.append(buffer_.view());
  std::swap(group, buffer_);
  group.consume(group.size());
  offsets_.takeBackGroup();
  static_cast<void>(gathered());
}

void LogFeed::beginDiff(RewriteDiff& diff) {
  diff_ = &diff;
  diff_offset_ = offsets_.fed();
  logged_db_ = -1;
}

void LogFeed::feedDiff() {
  if (diff_ == nullptr) return;
  invariant(offsets_.gatheringFrom() <= diff_offset_ && diff_offset_ <= offsets_.fed(),
            "what a rewrite has not got is still gathered", offsets_.gatheringFrom(), diff_offset_,
            offsets_.fed());
  diff_->append(gathered().substr(static_cast<size_t>(diff_offset_ - offsets_.gatheringFrom())));
  diff_offset_ = offsets_.fed();
}

}  // namespace inkstone

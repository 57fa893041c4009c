// The part of a client's output that waits for the log. A reply leaves when everything that it
// tells about is as durable as the policy promises, and replies keep their order. Where the disk
// fails, the waiting has an end (AppendOnlyLog::holdsAreOver()). Replies to writes are known one by
// one, because they are not true then.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/kept_buffer.h"

namespace inkstone {

class ReplyHolds {
 public:
  // The client's output from `position` on (OutputBuffer::position()) waits until the log is
  // acknowledged up to `log_offset`. Positions never decrease from call to call. `gathering_from`
  // is AppendOnlyLog::gatheringFrom(): all text that was fed behind it is acknowledged together, so
  // one hold serves for all of it.
  void add(uint64_t position, uint64_t log_offset, uint64_t gathering_from) {
    if (!extendLast(log_offset, gathering_from)) {
      holds_.push_back({log_offset, {position, position, 0}});
    }
  }

  // Does the same for the reply to a command that has written; the reply ends in front of `end`.
  void addWrite(uint64_t position, uint64_t end, uint64_t log_offset, uint64_t gathering_from) {
    if (!extendLast(log_offset, gathering_from)) {
      holds_.push_back({log_offset, {position, position, 0}});
    }
    // Mostly one reply to a write follows another.
    Writes& first = holds_.back().writes;
    if (first.end == position) {
      first.end = end;
      first.replies += position == end ? 0 : 1;
    } else {
      addLater(position, end);
    }
  }

  bool empty() const { return holds_.empty(); }
  size_t memoryBytes() const {
    return holds_.capacity() * sizeof(Hold) + later_.capacity() * sizeof(Writes);
  }
  // The offset that the last hold waits for; 0 when nothing waits.
  uint64_t lastOffset() const { return holds_.empty() ? 0 : holds_.back().log_offset; }

  // The position up to which the output may be sent, now that the log is acknowledged up to
  // `acknowledged`; UINT64_MAX when nothing waits. Holds that are over are forgotten.
  uint64_t sendableUpTo(uint64_t acknowledged) {
    if (holds_.empty()) return UINT64_MAX;
    const auto waiting =
        std::find_if(holds_.begin(), holds_.end(),
                     [acknowledged](const Hold& hold) { return hold.log_offset > acknowledged; });
    if (waiting == holds_.end()) {
      forget();
      return UINT64_MAX;
    }
    holds_.erase(holds_.begin(), waiting);
    const uint64_t position = holds_.front().writes.begin;
    later_.erase(later_.begin(),
                 std::find_if(later_.begin(), later_.end(), [position](const Writes& writes) {
                   return writes.begin >= position;
                 }));
    return position;
  }

  // Replies to writes, one behind the other, in the client's output.
  struct Writes {
    uint64_t begin;
    uint64_t end;
    uint64_t replies;
  };
  // Ends all holds, though the log is not acknowledged. Returns the replies to writes that were
  // waiting, oldest first.
  std::vector<Writes> endAll() {
    std::vector<Writes> writes = std::move(later_);
    for (const Hold& hold : holds_) {
      if (hold.writes.replies > 0) writes.push_back(hold.writes);
    }
    std::sort(writes.begin(), writes.end(),
              [](const Writes& a, const Writes& b) { return a.begin < b.begin; });
    forget();
    return writes;
  }

 private:
  struct Hold {
    uint64_t log_offset;
    // The replies to writes at the beginning of the hold.
    Writes writes;
  };

  // Returns false when the output needs a hold of its own.
  bool extendLast(uint64_t log_offset, uint64_t gathering_from) {
    if (holds_.empty()) return false;
    Hold& last = holds_.back();
    if (log_offset <= last.log_offset) return true;
    if (last.log_offset <= gathering_from) return false;
    last.log_offset = log_offset;
    return true;
  }

  // Adds the reply to a write that does not follow the first ones of the hold directly.
  void addLater(uint64_t position, uint64_t end) {
    if (position == end) return;
    const bool follows = !later_.empty() && later_.back().end == position &&
                         later_.back().begin >= holds_.back().writes.begin;
    if (follows) {
      later_.back().end = end;
      ++later_.back().replies;
    } else {
      later_.push_back({position, end, 1});
    }
  }

  // The number of holds that keep their memory while nothing waits.
  static constexpr size_t kKeptMax = 16;

  void forget() {
    clearKept(holds_, kKeptMax);
    clearKept(later_, kKeptMax);
  }

  // Oldest first, with ascending offsets. There are only a few, because a log has one group under
  // way and one that gathers.
  std::vector<Hold> holds_;
  // The replies to writes that do not stand with their hold, oldest first.
  std::vector<Writes> later_;
};

}  // namespace inkstone

// Which part of what a client is owed waits for the log: a reply leaves when all that it tells is
// as durable as the policy promises, and replies keep their order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace inkstone {

class ReplyHolds {
 public:
  // What stands in the client's output from `position` on (OutputBuffer::position()) waits until
  // the log is acknowledged up to `log_offset`. Positions never decrease from call to call.
  // `gathering_from` is AppendOnlyLog::gatheringFrom(): what was fed behind it is acknowledged
  // together, so one hold serves for all of it.
  void add(uint64_t position, uint64_t log_offset, uint64_t gathering_from) {
    if (!holds_.empty()) {
      Hold& last = holds_.back();
      if (log_offset <= last.log_offset) return;
      if (last.log_offset > gathering_from) {
        last.log_offset = log_offset;
        return;
      }
    }
    holds_.push_back({position, log_offset});
  }

  bool empty() const { return holds_.empty(); }
  // What the last thing that waits is waiting for; 0 when nothing waits.
  uint64_t lastOffset() const { return holds_.empty() ? 0 : holds_.back().log_offset; }

  // The position up to which the output may be sent now that the log is acknowledged up to
  // `acknowledged`; UINT64_MAX when nothing waits. Holds that are over are forgotten.
  uint64_t sendableUpTo(uint64_t acknowledged) {
    if (holds_.empty()) return UINT64_MAX;
    const auto waiting =
        std::find_if(holds_.begin(), holds_.end(),
                     [acknowledged](const Hold& hold) { return hold.log_offset > acknowledged; });
    holds_.erase(holds_.begin(), waiting);
    return holds_.empty() ? UINT64_MAX : holds_.front().position;
  }

 private:
  struct Hold {
    uint64_t position;
    uint64_t log_offset;
  };
  // Oldest first, offsets ascending: a few, since a log has one group under way and one that
  // gathers.
  std::vector<Hold> holds_;
};

}  // namespace inkstone

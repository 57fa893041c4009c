// The conditions that stand in the way of commands at the moment. Nearly always there is none, and
// finding that out costs each command one comparison.
#pragma once

#include <cstdint>

namespace inkstone {

class Conditions {
 public:
  enum Condition : uint8_t {
    // Data is being loaded, so most commands get -LOADING.
    kLoading = 1U << 0,
    // CLIENT PAUSE holds commands back.
    kPaused = 1U << 1,
    // The log does not take writes (AppendOnlyLog::lastWriteOk()).
    kLogFails = 1U << 2,
    // The last snapshot in the background failed.
    kSnapshotFailed = 1U << 3,
  };

  bool none() const { return now_ == 0; }
  bool has(Condition condition) const { return (now_ & condition) != 0; }
  void set(Condition condition, bool holds) {
    now_ = static_cast<uint8_t>(holds ? now_ | condition : now_ & ~condition);
  }

 private:
  uint8_t now_ = 0;
};

}  // namespace inkstone

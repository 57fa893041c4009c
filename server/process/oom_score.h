// How readily the kernel kills this process when memory runs out (oom-score-adj): a child before
// the server.
#pragma once

#include <optional>
#include <string>

#include "config/config_values.h"

namespace inkstone {

class OomScore {
 public:
  // Sets the score of the server: a line for the server log when it cannot be set. The score that
  // is there when `oom-score-adj` is switched on is remembered: relative values are added to it,
  // and `oom-score-adj no` sets it back. As long as nothing was switched on the score is left
  // alone.
  [[nodiscard]] std::string applyToServer(const ConfigValues& settings);
  // Of a child process, which calls it. What cannot be set stays.
  void applyToChild(const ConfigValues& settings) const;

 private:
  // What it was before it was switched on.
  std::optional<int> before_;
};

}  // namespace inkstone

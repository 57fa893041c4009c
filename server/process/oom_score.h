// How early the kernel kills this process when memory runs out (oom-score-adj): a child before the
// server.
#pragma once

#include <optional>
#include <string>

#include "config/config_values.h"

namespace inkstone {

class OomScore {
 public:
  // Sets the score of the server. Returns a line for the server log when it cannot be set. When
  // `oom-score-adj` is switched on, the score of that moment is remembered: relative values are
  // added to it, and `oom-score-adj no` restores it. As long as nothing was switched on, the score
  // is left alone.
  [[nodiscard]] std::string applyToServer(const ConfigValues& settings);
  // Sets the score of a child process, which makes this call. A score that cannot be set stays.
  void applyToChild(const ConfigValues& settings) const;

 private:
  // The score from before the directive was switched on.
  std::optional<int> before_;
};

}  // namespace inkstone

// How readily the kernel kills this process when memory runs out (oom-score-adj): a child before
// the server.
#pragma once

#include <string>

#include "config/config_values.h"

namespace inkstone {

class OomScore {
 public:
  // Remembers the score the process was started with, to which relative values are added.
  OomScore();

  // Sets the score of the server: an error text when it cannot be set. With `oom-score-adj no` the
  // score is set back if it was changed, and left alone otherwise.
  [[nodiscard]] std::string applyToServer(const ConfigValues& settings);
  // Of a child process, which calls it. What cannot be set stays.
  void applyToChild(const ConfigValues& settings) const;

 private:
  int base_ = 0;
  bool changed_ = false;
};

}  // namespace inkstone

#include "server/oom_score.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace inkstone {
namespace {

constexpr const char* kPath = "/proc/self/oom_score_adj";
constexpr int kLowest = -1000;
constexpr int kHighest = 1000;

bool writeScore(int score) {
  std::ofstream file(kPath);
  file << score;
  file.close();
  return !file.fail();
}

// `oom-score-adj-values` are those of a master, a replica and a child.
int scoreFor(const ConfigValues& settings, size_t role, int base) {
  const int value = settings.oom_score_adj_values[role];
  const int score = settings.oom_score_adj == OomScoreAdj::kRelative ? base + value : value;
  return std::clamp(score, kLowest, kHighest);
}

}  // namespace

OomScore::OomScore() {
  std::ifstream(kPath) >> base_;
}

std::string OomScore::applyToServer(const ConfigValues& settings) {
  const bool wanted = settings.oom_score_adj != OomScoreAdj::kNo;
  if (!wanted && !changed_) return {};
  const int score = wanted ? scoreFor(settings, 0, base_) : base_;
  if (!writeScore(score)) return fmt::format("Unable to write oom_score_adj: {}", score);
  changed_ = wanted;
  return {};
}

void OomScore::applyToChild(const ConfigValues& settings) const {
  if (settings.oom_score_adj == OomScoreAdj::kNo) return;
  static_cast<void>(writeScore(scoreFor(settings, 2, base_)));
}

}  // namespace inkstone

#include "server/process/oom_score.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

namespace inkstone {
namespace {

constexpr const char* kPath = "/proc/self/oom_score_adj";
constexpr int kLowest = -1000;
constexpr int kHighest = 1000;

// Returns why it failed, or nothing.
std::error_code writeScore(int score) {
  const int fd = ::open(kPath, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return {errno, std::generic_category()};
  const std::string text = fmt::format("{}\n", score);
  const ssize_t written = ::write(fd, text.data(), text.size());
  const int error = written < 0 ? errno : 0;
  ::close(fd);
  return {error, std::generic_category()};
}

// `oom-score-adj-values` are those of a master, a replica and a child.
int scoreFor(const ConfigValues& settings, size_t role, int base) {
  const int value = settings.oom_score_adj_values[role];
  const int score = settings.oom_score_adj == OomScoreAdj::kRelative ? base + value : value;
  return std::clamp(score, kLowest, kHighest);
}

}  // namespace

std::string OomScore::applyToServer(const ConfigValues& settings) {
  const bool wanted = settings.oom_score_adj != OomScoreAdj::kNo;
  if (!wanted && !before_) return {};
  if (!before_) {
    int score;
    if (!(std::ifstream(kPath) >> score)) return "Unable to read oom_score_adj";
    before_ = score;
  }
  const int score = wanted ? scoreFor(settings, 0, *before_) : *before_;
  const std::error_code error = writeScore(score);
  if (!wanted) before_.reset();
  if (error) return fmt::format("Unable to write oom_score_adj: {}", error.message());
  return {};
}

void OomScore::applyToChild(const ConfigValues& settings) const {
  if (settings.oom_score_adj == OomScoreAdj::kNo || !before_) return;
  static_cast<void>(writeScore(scoreFor(settings, 2, *before_)));
}

}  // namespace inkstone

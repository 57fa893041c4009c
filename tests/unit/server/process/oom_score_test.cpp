#include "server/process/oom_score.h"

#include <catch2/catch.hpp>
#include <fstream>

namespace inkstone::test {
namespace {

constexpr const char* kPath = "/proc/self/oom_score_adj";

int score() {
  int value = 0;
  std::ifstream(kPath) >> value;
  return value;
}

void setScore(int value) {
  std::ofstream(kPath) << value;
}

ConfigValues wanted(OomScoreAdj how, int value) {
  ConfigValues settings;
  settings.oom_score_adj = how;
  settings.oom_score_adj_values[0] = value;
  return settings;
}

}  // namespace

// Only upwards from where the process is: that everybody may.
TEST_CASE("what was there when it was switched on comes back when it is switched off") {
  const int at_start = score();
  if (at_start > 900) return;
  OomScore oom;
  CHECK(oom.applyToServer(wanted(OomScoreAdj::kNo, 0)).empty());
  CHECK(score() == at_start);
  // Somebody sets it from outside, after the start.
  setScore(at_start + 20);
  CHECK(oom.applyToServer(wanted(OomScoreAdj::kRelative, 30)).empty());
  CHECK(score() == at_start + 50);
  CHECK(oom.applyToServer(wanted(OomScoreAdj::kRelative, 40)).empty());
  CHECK(score() == at_start + 60);
  CHECK(oom.applyToServer(wanted(OomScoreAdj::kNo, 0)).empty());
  CHECK(score() == at_start + 20);
  // While the directive is off, the server does not touch a score that somebody else has set.
  setScore(at_start + 10);
  CHECK(oom.applyToServer(wanted(OomScoreAdj::kNo, 0)).empty());
  CHECK(score() == at_start + 10);
  CHECK(oom.applyToServer(wanted(OomScoreAdj::kAbsolute, at_start + 70)).empty());
  CHECK(score() == at_start + 70);
  CHECK(oom.applyToServer(wanted(OomScoreAdj::kNo, 0)).empty());
  CHECK(score() == at_start + 10);
  setScore(at_start);
}

}  // namespace inkstone::test

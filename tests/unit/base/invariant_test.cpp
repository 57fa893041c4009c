// Failing invariants end the process, so these tests look at them from outside.
#include "base/invariant.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <string>

namespace inkstone {
namespace {

struct Ending {
  int status = 0;
  std::string stderr_text;
};

// Runs `body` in a child of this process.
template <class Body>
Ending endingOf(const Body& body) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);
    ::dup2(ends[1], STDERR_FILENO);
    body();
    ::_exit(0);
  }
  ::close(ends[1]);
  Ending ending;
  std::array<char, 256> part{};
  for (ssize_t got; (got = ::read(ends[0], part.data(), part.size())) > 0;) {
    ending.stderr_text.append(part.data(), static_cast<size_t>(got));
  }
  ::close(ends[0]);
  REQUIRE(::waitpid(child, &ending.status, 0) == child);
  return ending;
}

}  // namespace

TEST_CASE("An invariant that holds does nothing") {
  const Ending ending = endingOf([] { invariant(2 > 1, "two is more than one", 2, 1); });
  CHECK(WIFEXITED(ending.status));
  CHECK(ending.stderr_text.empty());
}

TEST_CASE("An invariant that does not hold says what was seen and ends the process") {
  const Ending ending = endingOf([] {
    const int64_t below = -5;
    invariant(below > 0, "the offset is above zero", below, uint64_t{7});
  });
  REQUIRE(WIFSIGNALED(ending.status));
  CHECK(WTERMSIG(ending.status) == SIGABRT);
  CHECK(ending.stderr_text.find("the offset is above zero; seen: -5, 7 (") != std::string::npos);
  CHECK(ending.stderr_text.find("invariant_test.cpp:") != std::string::npos);
}

TEST_CASE("A reporter takes the text, and the process ends all the same") {
  const Ending ending = endingOf([] {
    setInvariantReporter([](std::string_view text) {
      const std::string line = "reported: " + std::string(text);
      [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    });
    invariant(false, "never");
  });
  CHECK(WIFSIGNALED(ending.status));
  CHECK(ending.stderr_text.find("reported: An invariant does not hold: never (") == 0);
}

}  // namespace inkstone

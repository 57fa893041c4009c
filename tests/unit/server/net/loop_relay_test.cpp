// The loop in two threads, of which one runs it at any time.
#include "server/net/loop_relay.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <thread>

#include "tests/unit/seeded_random.h"

using namespace inkstone;

namespace {

using Microseconds = std::chrono::microseconds;

constexpr Microseconds kLong{50 * LoopRelay::kPatienceUs};

void waitFor(const std::atomic<bool>& flag) {
  while (!flag.load()) std::this_thread::yield();
}

}  // namespace

TEST_CASE("outside of run() the loop is never taken over") {
  LoopRelay relay;
  REQUIRE(
      relay.lend([] { std::this_thread::sleep_for(3 * Microseconds(LoopRelay::kPatienceUs)); }));
  REQUIRE(relay.takeovers() == 0);
}

TEST_CASE("a loop that lends nothing stays in the thread that called run()") {
  LoopRelay relay;
  const std::thread::id caller = std::this_thread::get_id();
  int rounds = 0;
  relay.run([&] {
    CHECK(std::this_thread::get_id() == caller);
    std::this_thread::sleep_for(2 * Microseconds(LoopRelay::kPatienceUs));
    return ++rounds > 0;
  });
  REQUIRE(rounds == 1);
  REQUIRE(relay.takeovers() == 0);
}

TEST_CASE("a call that takes long does not keep the loop, and its thread stands by afterwards") {
  LoopRelay relay;
  const std::thread::id caller = std::this_thread::get_id();
  std::atomic<bool> taken = false;
  std::atomic<bool> first_is_back = false;
  std::atomic<bool> taken_again = false;
  int entered = 0;
  relay.run([&] {
    switch (++entered) {
      case 1: {
        const bool kept = relay.lend([&] { waitFor(taken); });
        first_is_back = true;
        return kept;
      }
      case 2:
        CHECK(std::this_thread::get_id() != caller);
        taken = true;
        waitFor(first_is_back);
        return relay.lend([&] { waitFor(taken_again); });
      default:
        // It went to and fro.
        CHECK(std::this_thread::get_id() == caller);
        taken_again = true;
        return true;
    }
  });
  REQUIRE(entered == 3);
  REQUIRE(relay.takeovers() == 2);
}

TEST_CASE("run() waits for a call that is under way when the loop ends in the other thread") {
  LoopRelay relay;
  std::atomic<bool> over = false;
  std::atomic<bool> done = false;
  bool first = true;
  relay.run([&] {
    if (!first) {
      over = true;
      return true;
    }
    first = false;
    return relay.lend([&] {
      waitFor(over);
      std::this_thread::sleep_for(kLong);
      done = true;
    });
  });
  REQUIRE(done);
}

TEST_CASE("processor time counts both threads") {
  LoopRelay relay;
  int64_t before_us = 0;
  int64_t after_us = 0;
  bool first = true;
  const auto total = [&] { return relay.cpuTime().user_us + relay.cpuTime().system_us; };
  std::atomic<bool> taken = false;
  std::atomic<bool> first_is_back = false;
  relay.run([&] {
    if (first) {
      first = false;
      const auto until = std::chrono::steady_clock::now() + kLong;
      while (std::chrono::steady_clock::now() < until) {
      }
      before_us = total();
      const bool kept = relay.lend([&] { waitFor(taken); });
      first_is_back = true;
      return kept;
    }
    // While the first is not back, too.
    CHECK(total() >= before_us);
    taken = true;
    waitFor(first_is_back);
    after_us = total();
    return true;
  });
  REQUIRE(before_us > 0);
  REQUIRE(after_us >= before_us);
}

TEST_CASE("at any time one thread runs the loop, however long its calls take") {
  testing::SeededRandom random("loop relay");
  LoopRelay relay;
  // This is not atomic on purpose: each thread must see what the other has done.
  int turns = 0;
  std::atomic<int> inside = 0;
  relay.run([&] {
    CHECK(inside.fetch_add(1) == 0);
    while (turns < 400) {
      ++turns;
      const Microseconds duration(random.below(2 * LoopRelay::kPatienceUs));
      inside.fetch_sub(1);
      if (!relay.lend([&] { std::this_thread::sleep_for(duration); })) return false;
      CHECK(inside.fetch_add(1) == 0);
    }
    inside.fetch_sub(1);
    return true;
  });
  REQUIRE(turns == 400);
  REQUIRE(relay.takeovers() > 0);
}

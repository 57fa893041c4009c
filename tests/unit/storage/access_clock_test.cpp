#include "storage/access_clock.h"

#include <catch2/catch.hpp>
#include <memory>

namespace inkstone::testing {
namespace {

constexpr int64_t kSecond = 1000;
constexpr int64_t kMinute = 60 * kSecond;
constexpr int64_t kDay = 24 * 60 * kMinute;
// A moment at which the 16 bits of minutes are 0.
constexpr int64_t kStart = int64_t{65536} * 430 * kMinute;

struct OneEntry {
  explicit OneEntry(uint32_t access) {
    const Entry::Layout layout{ValueType::kString, Encoding::kSmallInteger, false, 1, 0};
    entry = Entry::place(memory, layout, "k", access);
  }
  alignas(8) char memory[16];
  Entry* entry;
};

AccessClock lfuClock(uint32_t log_factor, uint32_t decay_minutes) {
  AccessClock clock;
  clock.setPolicy(true, {log_factor, decay_minutes});
  clock.setTime(kStart);
  return clock;
}

uint32_t counterAfter(AccessClock& clock, Entry& entry, int accesses) {
  for (int i = 0; i < accesses; ++i) clock.touch(entry);
  return clock.frequency(entry);
}

TEST_CASE("idle time is the seconds since the last access") {
  AccessClock clock;
  clock.setTime(kStart);
  OneEntry one(clock.initial());
  CHECK_FALSE(clock.lfu());
  CHECK(clock.idleSeconds(*one.entry) == 0);
  clock.setTime(kStart + 90 * kSecond + 999);
  CHECK(clock.idleSeconds(*one.entry) == 90);
  clock.touch(*one.entry);
  CHECK(clock.idleSeconds(*one.entry) == 0);
  CHECK(one.entry->access() == clock.lruNow());
}

TEST_CASE("idle time is right across the wrap of the clock after 194 days") {
  const int64_t before_wrap = (int64_t{1 << 24} * 100 - 10) * kSecond;
  AccessClock clock;
  clock.setTime(before_wrap);
  OneEntry one(clock.initial());
  CHECK(one.entry->access() == Entry::kAccessMax - 9);
  clock.setTime(before_wrap + 30 * kSecond);
  CHECK(clock.lruNow() == 20);
  CHECK(clock.idleSeconds(*one.entry) == 30);
  clock.setTime(before_wrap + 100 * kDay);
  CHECK(clock.idleSeconds(*one.entry) == 100 * kDay / kSecond);
}

TEST_CASE("a new key's counter is 5 and its minutes are now") {
  AccessClock clock = lfuClock(10, 1);
  clock.setTime(kStart + 1234 * kMinute);
  CHECK(clock.lfu());
  CHECK(clock.initial() == ((1234U << 8) | 5U));
  const OneEntry one(clock.initial());
  CHECK(clock.frequency(*one.entry) == 5);
}

TEST_CASE("a counter loses one each period and stops at 0") {
  AccessClock clock = lfuClock(10, 3);
  const OneEntry one(100);
  CHECK(clock.frequency(*one.entry) == 100);
  clock.setTime(kStart + 3 * kMinute - 1);
  CHECK(clock.frequency(*one.entry) == 100);
  clock.setTime(kStart + 3 * kMinute);
  CHECK(clock.frequency(*one.entry) == 99);
  clock.setTime(kStart + 30 * kMinute);
  CHECK(clock.frequency(*one.entry) == 90);
  clock.setTime(kStart + 1000 * kMinute);
  CHECK(clock.frequency(*one.entry) == 0);
}

TEST_CASE("a counter decays across the wrap of the minutes after 45 days") {
  AccessClock clock = lfuClock(10, 1);
  const OneEntry one((0xFFFEU << 8) | 50U);
  clock.setTime(kStart + 3 * kMinute);
  CHECK(clock.frequency(*one.entry) == 45);
}

TEST_CASE("with a decay time of 0 a counter never decays") {
  AccessClock clock = lfuClock(10, 0);
  const OneEntry one(77);
  clock.setTime(kStart + 40 * kDay);
  CHECK(clock.frequency(*one.entry) == 77);
}

TEST_CASE("an access writes the decayed counter and the minutes") {
  AccessClock clock = lfuClock(0, 1);
  OneEntry one(100);
  clock.setTime(kStart + 20 * kMinute);
  clock.touch(*one.entry);
  CHECK(one.entry->access() == ((20U << 8) | 81U));
}

TEST_CASE("with a factor of 0 every access counts, up to 255") {
  AccessClock clock = lfuClock(0, 1);
  OneEntry one(clock.initial());
  CHECK(counterAfter(clock, *one.entry, 10) == 15);
  CHECK(counterAfter(clock, *one.entry, 500) == 255);
}

// Table at https://redis.io/docs/reference/eviction for factor 10, with room for chance.
TEST_CASE("with a factor of 10 a counter grows with the logarithm of the accesses") {
  AccessClock clock = lfuClock(10, 1);
  const auto average = [&](int accesses) {
    constexpr uint32_t kEntries = 50;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < kEntries; ++i) {
      OneEntry one(clock.initial());
      sum += counterAfter(clock, *one.entry, accesses);
    }
    return static_cast<double>(sum) / kEntries;
  };
  CHECK(average(100) == Approx(10).margin(2));
  CHECK(average(1000) == Approx(18).margin(3));
  CHECK(average(10000) == Approx(49).margin(6));
}

TEST_CASE("a larger factor makes counters grow slower") {
  AccessClock slow = lfuClock(100, 1);
  AccessClock fast = lfuClock(1, 1);
  OneEntry one(slow.initial());
  OneEntry other(fast.initial());
  CHECK(counterAfter(slow, *one.entry, 10000) + 20 < counterAfter(fast, *other.entry, 10000));
}

}  // namespace
}  // namespace inkstone::testing

// Random numbers for tests: another seed each run, printed, and taken back from the environment.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

namespace inkstone::testing {

class SeededRandom {
 public:
  // The seed is INKSTONE_TEST_SEED if that is set, else drawn; `test` is named beside it.
  explicit SeededRandom(const char* test) : seed_(chooseSeed()), engine_(seed_) {
    std::printf("%s: INKSTONE_TEST_SEED=%llu\n", test, static_cast<unsigned long long>(seed_));
  }

  uint64_t seed() const { return seed_; }
  uint64_t operator()() { return engine_(); }
  // 0 to bound - 1.
  uint64_t below(uint64_t bound) { return engine_() % bound; }
  // Half of the results are below a tenth of the bound: small sizes are where the edges are.
  uint64_t mostlySmall(uint64_t bound) {
    return below(2) == 0 ? below(bound) : below(bound / 10 + 1);
  }
  std::string bytes(size_t length) {
    std::string text(length, '\0');
    for (char& c : text) c = static_cast<char>(engine_());
    return text;
  }

 private:
  static uint64_t chooseSeed() {
    const char* const wanted = std::getenv("INKSTONE_TEST_SEED");
    return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : std::random_device{}();
  }

  uint64_t seed_;
  std::mt19937_64 engine_;
};

}  // namespace inkstone::testing

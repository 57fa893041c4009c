// Texts for elements of values, of every encoding that packed bytes know.
#pragma once

#include <string>

#include "tests/unit/seeded_random.h"

namespace inkstone::testing {

inline std::string randomIntegerText(SeededRandom& random) {
  const auto value = static_cast<int64_t>(random() >> random.below(64));
  return std::to_string(random.below(2) == 0 ? value : -(value / 2));
}

// Mostly short; `longest` bounds the rare long ones.
inline std::string randomElementText(SeededRandom& random, size_t longest) {
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return randomIntegerText(random);
    case 4:
      // Looks like an integer, and is none.
      return "0" + randomIntegerText(random);
    case 5:
      return random.bytes(random.below(longest + 1));
    case 6:
      return random.bytes(random.below(200));
    default:
      return random.bytes(random.below(20));
  }
}

}  // namespace inkstone::testing

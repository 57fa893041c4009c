// Text of numbers as the protocol has it.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace inkstone {

// Bytes that hold any int64_t in decimal, with sign.
inline constexpr size_t kInt64TextMax = 20;

// Writes `value` in decimal to `out` (at least kInt64TextMax bytes, not terminated) and returns the
// length.
inline size_t formatInt64(char* out, int64_t value) {
  return static_cast<size_t>(std::to_chars(out, out + kInt64TextMax, value).ptr - out);
}

// Strict decimal: optional '-', no '+', no blanks, no leading zero, no "-0", no overflow. The text
// that formatInt64 gives and nothing else.
[[nodiscard]] bool parseInt64(std::string_view text, int64_t& value);

// A double as an argument: decimal or hexadecimal, "inf", "-infinity"; no blanks around it, no nan,
// nothing that is too large or too small for the type. At most 5,119 bytes of text.
[[nodiscard]] bool parseDouble(std::string_view text, double& value);

// Does the same in extended precision, in which INCRBYFLOAT computes.
[[nodiscard]] bool parseLongDouble(std::string_view text, long double& value);

// A long double for people: fixed notation, 17 digits after the point, without trailing zeros. What
// INCRBYFLOAT stores.
std::string formatLongDouble(long double value);

}  // namespace inkstone

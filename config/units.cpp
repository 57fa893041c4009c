#include "config/units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "base/ascii.h"

namespace inkstone {
namespace {

struct Unit {
  std::string_view suffix;
  uint64_t bytes;
};

constexpr uint64_t kKilobyte = 1024;
constexpr uint64_t kMegabyte = kKilobyte * 1024;
constexpr uint64_t kGigabyte = kMegabyte * 1024;
constexpr std::array<Unit, 8> kUnits = {{{"", 1},
                                         {"b", 1},
                                         {"k", 1000},
                                         {"kb", kKilobyte},
                                         {"m", 1000 * 1000},
                                         {"mb", kMegabyte},
                                         {"g", 1000 * 1000 * 1000},
                                         {"gb", kGigabyte}}};

}  // namespace

std::optional<int64_t> parseInteger(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || std::to_string(value) != text) return std::nullopt;
  return value;
}

std::optional<double> parseDecimal(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

std::optional<int64_t> parseOctal(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<uint64_t> parseMemory(std::string_view text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  uint64_t count = 0;
  if (digits > 0) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, count);
    if (error != std::errc()) return std::nullopt;
  }
  for (const Unit& unit : kUnits) {
    if (!equalsIgnoreCase(unit.suffix, text.substr(digits))) continue;
    if (count > std::numeric_limits<uint64_t>::max() / unit.bytes) return std::nullopt;
    return count * unit.bytes;
  }
  return std::nullopt;
}

std::string formatMemory(uint64_t bytes) {
  if (bytes != 0 && bytes % kGigabyte == 0) return std::to_string(bytes / kGigabyte) + "gb";
  if (bytes != 0 && bytes % kMegabyte == 0) return std::to_string(bytes / kMegabyte) + "mb";
  if (bytes != 0 && bytes % kKilobyte == 0) return std::to_string(bytes / kKilobyte) + "kb";
  return std::to_string(bytes);
}

std::string formatOctal(int64_t value) {
  std::array<char, 32> digits;
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value, 8);
  return error == std::errc() ? std::string(digits.data(), end) : std::string();
}

std::string formatDecimal(double value) {
  std::array<char, 512> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                          std::chars_format::fixed, 6);
  if (error != std::errc()) return {};
  std::string text(buffer.data(), end);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace inkstone

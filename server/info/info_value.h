// The value of an INFO row as what it is, and its text.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace inkstone {

// A flag that INFO shows as "ok" or "err".
struct InfoStatus {
  bool ok;
};

// A number that INFO shows with two digits behind the point.
struct InfoReal {
  double number;
  bool percent_sign = false;
};

// A span of time, or a moment as the span since 1970 began. Where a field can say that there was no
// such span, it is minus one second.
struct InfoTime {
  // How INFO shows it: as a whole number of that unit, or as "1.000002".
  enum class Form : uint8_t { kDays, kSeconds, kMilliseconds, kMicroseconds, kSecondsAndFraction };

  static constexpr InfoTime seconds(int64_t count) {
    return {std::chrono::seconds(count), Form::kSeconds};
  }
  static constexpr InfoTime milliseconds(int64_t count) {
    return {std::chrono::milliseconds(count), Form::kMilliseconds};
  }
  static constexpr InfoTime microseconds(int64_t count) {
    return {std::chrono::microseconds(count), Form::kMicroseconds};
  }

  std::chrono::microseconds span;
  Form form;
};

using InfoValue =
    std::variant<bool, InfoStatus, uint64_t, int64_t, InfoReal, InfoTime, std::string>;

// Appends the value as INFO shows it. All values of INFO rows become text here.
void appendInfoText(const InfoValue& value, std::string& out);

// A size for people, such as "1.16M".
std::string infoHumanBytes(uint64_t bytes);

}  // namespace inkstone

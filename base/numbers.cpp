#include "base/numbers.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace inkstone {
namespace {

// Longest text strtod and strtold are asked to read, with its terminator. INCRBYFLOAT must be able
// to read back what it stored, which may be a number of 4,933 digits.
constexpr size_t kFloatTextMax = 5 * 1024;

template <class Number>
bool parseFloat(std::string_view text, Number& value, Number (*convert)(const char*, char**)) {
  if (text.empty() || text.size() >= kFloatTextMax) return false;
  if (text[0] == ' ' || (text[0] >= '\t' && text[0] <= '\r')) return false;
  char copy[kFloatTextMax];
  text.copy(copy, text.size());
  copy[text.size()] = '\0';
  char* end = nullptr;
  errno = 0;
  value = convert(copy, &end);
  if (end != copy + text.size() || std::isnan(value)) return false;
  // Underflow to a subnormal or to zero is refused only when nothing is left of the value.
  return !(errno == ERANGE && (std::isinf(value) || value == Number{0}));
}

}  // namespace

bool parseInt64(std::string_view text, int64_t& value) {
  if (text.empty() || text.size() > kInt64TextMax) return false;
  const bool negative = text[0] == '-';
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.empty()) return false;
  if (digits[0] == '0') {
    value = 0;
    return text.size() == 1;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

bool parseDouble(std::string_view text, double& value) {
  // Nearly all scores: several times as fast. What is rare, or a matter of opinion (hexadecimal,
  // signs, blanks, what is too small), is for strtod() to judge.
  if (text.size() < kFloatTextMax) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool complete = error == std::errc() && end == text.data() + text.size();
    if (complete && (std::isnormal(value) || text == "0")) return true;
  }
  return parseFloat<double>(text, value, [](const char* s, char** e) { return std::strtod(s, e); });
}

bool parseLongDouble(std::string_view text, long double& value) {
  return parseFloat<long double>(text, value,
                                 [](const char* s, char** e) { return std::strtold(s, e); });
}

std::string formatLongDouble(long double value) {
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char text[kFloatTextMax];
  const int length = std::snprintf(text, sizeof text, "%.17Lf", value);
  std::string_view view(text, static_cast<size_t>(length));
  if (view.find('.') != std::string_view::npos) {
    view.remove_suffix(view.size() - 1 - view.find_last_not_of('0'));
    if (view.back() == '.') view.remove_suffix(1);
  }
  if (view == "-0") view = "0";
  return std::string(view);
}

}  // namespace inkstone

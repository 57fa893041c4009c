#include "storage/types/score_text.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <system_error>

namespace inkstone {
namespace {

// A number as digits * 10^exponent.
struct Decimal {
  std::array<char, 20> digits;
  int count;
  int exponent;

  std::string_view from(int first) const {
    return {digits.data() + first, static_cast<size_t>(count - first)};
  }
  std::string_view upTo(int end) const { return {digits.data(), static_cast<size_t>(end)}; }
  // The power of ten that the first digit stands for.
  int firstExponent() const { return exponent + count - 1; }
};

class Writer {
 public:
  explicit Writer(ScoreText& room) : begin_(room.data()), at_(begin_) {}

  void put(char c) { *at_++ = c; }
  void put(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void zeros(int count) {
    while (count-- > 0) put('0');
  }
  void number(int64_t value) { at_ = std::to_chars(at_, begin_ + ScoreText().size(), value).ptr; }
  std::string_view written() const { return {begin_, static_cast<size_t>(at_ - begin_)}; }

 private:
  char* begin_;
  char* at_;
};

// The value must be positive and finite.
Decimal shortestDecimal(double value) {
  std::array<char, 32> text;
  const char* const end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific)
          .ptr;
  Decimal decimal{};
  const char* at = text.data();
  for (; *at != 'e'; ++at) {
    if (*at != '.') decimal.digits[static_cast<size_t>(decimal.count++)] = *at;
  }
  const bool negative = at[1] == '-';
  std::from_chars(at + 2, end, decimal.exponent);
  if (negative) decimal.exponent = -decimal.exponent;
  decimal.exponent -= decimal.count - 1;
  return decimal;
}

void writeFraction(Writer& out, const Decimal& decimal) {
  const int point = decimal.count + decimal.exponent;
  if (point > 0) {
    out.put(decimal.upTo(point));
    out.put('.');
    out.put(decimal.from(point));
  } else {
    out.put("0.");
    out.zeros(-point);
    out.put(decimal.from(0));
  }
}

void writeScientific(Writer& out, const Decimal& decimal) {
  out.put(decimal.digits[0]);
  if (decimal.count > 1) {
    out.put('.');
    out.put(decimal.from(1));
  }
  const int exponent = decimal.firstExponent();
  out.put(exponent < 0 ? "e-" : "e+");
  out.number(std::abs(exponent));
}

void writeDecimal(Writer& out, const Decimal& decimal) {
  // Where each form ends is Redis's choice.
  constexpr int kTrailingZerosMax = 7;
  constexpr int kPlacesMax = 6;
  constexpr int kPlainExponentMax = 3;
  if (decimal.exponent >= 0 && decimal.exponent <= kTrailingZerosMax) {
    out.put(decimal.from(0));
    out.zeros(decimal.exponent);
  } else if (decimal.exponent < 0 && (decimal.exponent >= -kPlacesMax ||
                                      std::abs(decimal.firstExponent()) <= kPlainExponentMax)) {
    writeFraction(out, decimal);
  } else {
    writeScientific(out, decimal);
  }
}

}  // namespace

std::string_view scoreText(double score, ScoreText& room) {
  if (std::isnan(score)) return "nan";
  Writer out(room);
  int64_t whole;
  if (std::signbit(score) && score == 0) {
    out.put("-0");
  } else if (wholeScore(score, whole)) {
    out.number(whole);
  } else {
    if (score < 0) out.put('-');
    if (std::isinf(score)) {
      out.put("inf");
    } else {
      writeDecimal(out, shortestDecimal(std::fabs(score)));
    }
  }
  return out.written();
}

std::string_view fullScoreText(double score, ScoreText& room) {
  constexpr int kDigits = 17;
  char* const begin = room.data();
  char* const end =
      std::to_chars(begin, begin + room.size(), score, std::chars_format::general, kDigits).ptr;
  return {begin, static_cast<size_t>(end - begin)};
}

double scoreFromText(std::string_view text) {
  double score;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), score);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return score;
}

bool wholeScore(double score, int64_t& whole) {
  constexpr auto kWholeMax = static_cast<double>(int64_t{1} << 62);
  if (!(score >= -kWholeMax && score <= kWholeMax)) return false;
  whole = static_cast<int64_t>(score);
  return static_cast<double>(whole) == score;
}

}  // namespace inkstone

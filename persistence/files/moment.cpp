#include "persistence/files/moment.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>

namespace inkstone {
namespace {

// Takes pieces off the front of a text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : left_(text) {}

  bool atEnd() const { return left_.empty(); }
  char next() const { return left_.empty() ? '\0' : left_.front(); }
  bool take(char wanted) {
    if (next() != wanted || left_.empty()) return false;
    left_.remove_prefix(1);
    return true;
  }
  // Exactly so many digits.
  bool takeNumber(size_t digits, int& number) {
    if (left_.size() < digits) return false;
    const char* const end = left_.data() + digits;
    if (!std::all_of(left_.data(), end, isDigit)) return false;
    std::from_chars(left_.data(), end, number);
    left_.remove_prefix(digits);
    return true;
  }
  void skipDigits() {
    while (isDigit(next())) left_.remove_prefix(1);
  }
  bool atDigit() const { return isDigit(next()); }

 private:
  static bool isDigit(char c) { return c >= '0' && c <= '9'; }

  std::string_view left_;
};

struct Moment {
  std::tm fields{};
  // Seconds that its zone is ahead of UTC.
  std::optional<int> zone_s;
};

bool takeDate(Cursor& from, std::tm& fields) {
  int year = 0;
  int month = 0;
  if (!from.takeNumber(4, year)) return false;
  const bool dashes = from.take('-');
  if (!from.takeNumber(2, month) || (dashes && !from.take('-'))) return false;
  if (!from.takeNumber(2, fields.tm_mday)) return false;
  fields.tm_year = year - 1900;
  fields.tm_mon = month - 1;
  return month >= 1 && month <= 12 && fields.tm_mday >= 1 && fields.tm_mday <= 31;
}

bool takeTime(Cursor& from, std::tm& fields) {
  if (!from.takeNumber(2, fields.tm_hour)) return false;
  const bool colons = from.take(':');
  if (!from.takeNumber(2, fields.tm_min)) return false;
  if (colons ? from.take(':') : from.atDigit()) {
    if (!from.takeNumber(2, fields.tm_sec)) return false;
    if (from.take('.') || from.take(',')) {
      if (!from.atDigit()) return false;
      from.skipDigits();
    }
  }
  return fields.tm_hour <= 23 && fields.tm_min <= 59 && fields.tm_sec <= 59;
}

bool takeZone(Cursor& from, std::optional<int>& zone_s) {
  constexpr int kMinuteSeconds = 60;
  constexpr int kHourMinutes = 60;
  const bool space = from.take(' ');
  const bool utc = space && from.take('U') && from.take('T') && from.take('C');
  if (utc || from.take('Z') || from.take('z')) {
    zone_s = 0;
    return true;
  }
  const bool behind = from.next() == '-';
  if (!from.take('+') && !from.take('-')) return false;
  int hours = 0;
  int minutes = 0;
  if (!from.takeNumber(2, hours)) return false;
  if ((from.take(':') || from.atDigit()) && !from.takeNumber(2, minutes)) return false;
  zone_s = (hours * kHourMinutes + minutes) * kMinuteSeconds * (behind ? -1 : 1);
  return hours <= 23 && minutes < kHourMinutes;
}

bool takeMoment(Cursor& from, Moment& moment) {
  if (!takeDate(from, moment.fields)) return false;
  if (from.atEnd()) return true;
  if (!from.take('T') && !from.take('t') && !from.take(' ')) return false;
  if (!takeTime(from, moment.fields)) return false;
  return from.atEnd() || takeZone(from, moment.zone_s);
}

}  // namespace

std::optional<int64_t> parseMoment(std::string_view text) {
  const char* const end = text.data() + text.size();
  int64_t second = 0;
  const auto [stop, error] = std::from_chars(text.data(), end, second);
  if (stop == end) return error == std::errc() && second > 0 ? std::optional(second) : std::nullopt;
  Cursor from(text);
  Moment moment;
  if (!takeMoment(from, moment) || !from.atEnd()) return std::nullopt;
  const int day = moment.fields.tm_mday;
  moment.fields.tm_isdst = -1;
  const int zone_s = moment.zone_s.value_or(0);
  second = (moment.zone_s ? timegm(&moment.fields) : std::mktime(&moment.fields)) - zone_s;
  // A day that its month does not have was carried into the next one.
  if (moment.fields.tm_mday != day || second <= 0) return std::nullopt;
  return second;
}

std::string momentText(int64_t unix_ms) {
  // Years of four digits: what is read from a file may say anything.
  constexpr int64_t kSecondsMax = 253'402'300'799;
  const auto seconds =
      static_cast<std::time_t>(std::clamp<int64_t>(unix_ms / 1000, 0, kSecondsMax));
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03} UTC", utc, std::max<int64_t>(unix_ms, 0) % 1000);
}

}  // namespace inkstone

#include "server/info/info_value.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

namespace inkstone {
namespace {

// One overload for each type that a value may have: a new type without one does not compile.
struct TextWriter {
  template <class... Args>
  void write(fmt::format_string<Args...> format, Args&&... args) const {
    fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
  }

  void operator()(bool flag) const { out += flag ? '1' : '0'; }
  void operator()(InfoStatus status) const { out += status.ok ? "ok" : "err"; }
  void operator()(uint64_t number) const { write("{}", number); }
  void operator()(int64_t number) const { write("{}", number); }
  void operator()(InfoReal real) const {
    write("{:.2f}{}", real.number, real.percent_sign ? "%" : "");
  }
  void operator()(InfoTime time) const {
    const int64_t us = time.span.count();
    switch (time.form) {
      case InfoTime::Form::kDays:
        return write("{}", us / 86'400'000'000);
      case InfoTime::Form::kSeconds:
        return write("{}", us / 1'000'000);
      case InfoTime::Form::kMilliseconds:
        return write("{}", us / 1000);
      case InfoTime::Form::kMicroseconds:
        return write("{}", us);
      case InfoTime::Form::kSecondsAndFraction:
        return write("{}.{:06}", us / 1'000'000, us % 1'000'000);
    }
  }
  void operator()(const std::string& text) const { out += text; }

  std::string& out;
};

}  // namespace

void appendInfoText(const InfoValue& value, std::string& out) {
  std::visit(TextWriter{out}, value);
}

std::string infoHumanBytes(uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{}B", bytes);
  double value = static_cast<double>(bytes);
  std::string_view units = "KMGTP";
  do {
    value /= 1024;
    if (value < 1024 || units.size() == 1) break;
    units.remove_prefix(1);
  } while (true);
  return fmt::format("{:.2f}{}", value, units.front());
}

}  // namespace inkstone

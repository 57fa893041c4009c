// The one assertion: what has to be true whatever clients send and files hold, checked in release
// builds as well. A claim that does not hold is a fault of this program, so the process says what
// it saw and ends, before a wrong state reaches the log. Bad input must never get here: it is
// refused, by an error, where it comes in.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace inkstone {

// A place in the sources, as std::source_location has it, which clang 14 cannot compile.
struct SourcePlace {
  const char* file;
  uint32_t line;
  const char* function;
};

// A sentence about the program, with the place where it is made.
class Claim {
 public:
  // Implicit, so that a literal is enough.
  consteval Claim(const char* text, const char* file = __builtin_FILE(),
                  uint32_t line = __builtin_LINE(), const char* function = __builtin_FUNCTION())
      : text_(text), where_{file, line, function} {}

  std::string_view text() const { return text_; }
  const SourcePlace& where() const { return where_; }

 private:
  std::string_view text_;
  SourcePlace where_;
};

// A number that was seen when a claim failed; signed ones are shown as such.
struct SeenValue {
  uint64_t bits;
  bool is_signed;
};

template <class T>
concept SeenNumber = std::integral<T> || std::is_enum_v<T>;

// What happens to the text of a claim that failed, in place of a line on stderr. The process ends
// when it returns. Set once, before other threads start.
using InvariantReporter = void (*)(std::string_view text);
void setInvariantReporter(InvariantReporter reporter);

// Reports and aborts.
[[noreturn]] void invariantFailed(const Claim& claim, const SeenValue* seen, size_t count);

// Ends the process unless `holds`. The claim says what must be true; the values are those that it
// is about: invariant(durable <= written, "durable <= written", durable, written).
template <SeenNumber... Values>
inline void invariant(bool holds, Claim claim, Values... seen) {
  if (holds) [[likely]]
    return;
  const SeenValue values[] = {{static_cast<uint64_t>(seen), std::is_signed_v<Values>}...,
                              {0, false}};
  invariantFailed(claim, values, sizeof...(seen));
}

// The same for checks that walk a whole structure: only in builds without NDEBUG, where `holds` is
// called.
template <class Check>
inline void debugInvariant([[maybe_unused]] const Check& holds, [[maybe_unused]] Claim claim) {
#ifndef NDEBUG
  invariant(holds(), claim);
#endif
}

}  // namespace inkstone

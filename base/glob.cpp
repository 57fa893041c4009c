#include "base/glob.h"

#include <utility>

namespace inkstone {
namespace {

unsigned char fold(char c, bool ignore_case) {
  const auto byte = static_cast<unsigned char>(c);
  return ignore_case && byte >= 'A' && byte <= 'Z' ? static_cast<unsigned char>(byte + 32) : byte;
}

struct ElementMatch {
  bool matches;
  size_t size;  // bytes of the pattern that the element takes
};

// The set that starts at pattern[0] == '['.
ElementMatch matchSet(std::string_view pattern, unsigned char byte, bool ignore_case) {
  size_t at = 1;
  const bool negated = at < pattern.size() && pattern[at] == '^';
  if (negated) ++at;
  bool found = false;
  while (at < pattern.size() && pattern[at] != ']') {
    if (pattern[at] == '\\' && at + 1 < pattern.size()) {
      found |= fold(pattern[at + 1], ignore_case) == byte;
      at += 2;
    } else if (at + 2 < pattern.size() && pattern[at + 1] == '-') {
      unsigned char low = fold(pattern[at], ignore_case);
      unsigned char high = fold(pattern[at + 2], ignore_case);
      if (low > high) std::swap(low, high);
      found |= byte >= low && byte <= high;
      at += 3;
    } else {
      found |= fold(pattern[at], ignore_case) == byte;
      ++at;
    }
  }
  return {found != negated, at < pattern.size() ? at + 1 : at};
}

// Compares one element that is not a star with one byte.
ElementMatch matchElement(std::string_view pattern, char c, bool ignore_case) {
  const unsigned char byte = fold(c, ignore_case);
  switch (pattern[0]) {
    case '?':
      return {true, 1};
    case '[':
      return matchSet(pattern, byte, ignore_case);
    case '\\':
      if (pattern.size() > 1) return {fold(pattern[1], ignore_case) == byte, 2};
      [[fallthrough]];
    default:
      return {fold(pattern[0], ignore_case) == byte, 1};
  }
}

}  // namespace

// Only the last star seen is ever tried again: what stands before it has matched in the earliest
// possible place, and a later place for an earlier star could not match more. That keeps many stars
// from multiplying.
bool globMatch(std::string_view pattern, std::string_view text, bool ignore_case) {
  constexpr size_t kNone = std::string_view::npos;
  size_t p = 0;
  size_t t = 0;
  size_t after_star = kNone;
  size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      star_text = t;
      continue;
    }
    if (p < pattern.size()) {
      const ElementMatch element = matchElement(pattern.substr(p), text[t], ignore_case);
      if (element.matches) {
        p += element.size;
        ++t;
        continue;
      }
    }
    if (after_star == kNone) return false;
    p = after_star;
    t = ++star_text;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace inkstone

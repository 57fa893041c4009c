#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace inkstone {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool isBlank(char c) {
  return kBlanks.find(c) != std::string_view::npos;
}

// Reads one word; each method moves `rest_` past what it has taken.
class WordReader {
 public:
  explicit WordReader(std::string_view line) : rest_(line) {}

  // Moves to the next word; false at the end of the line.
  bool skipBlanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n\v\f"), rest_.size()));
    return !rest_.empty();
  }

  // The word; false when its quotes are unbalanced.
  bool read(std::string& word) {
    while (!rest_.empty() && !isBlank(rest_.front())) {
      const char c = take();
      if (c != '"' && c != '\'') {
        word += c;
        continue;
      }
      const bool closed = c == '"' ? readDoubleQuoted(word) : readSingleQuoted(word);
      return closed && (rest_.empty() || isBlank(rest_.front()));
    }
    return true;
  }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  bool readDoubleQuoted(std::string& word) {
    while (!rest_.empty()) {
      const char c = take();
      if (c == '"') return true;
      word += c == '\\' && !rest_.empty() ? takeEscaped() : c;
    }
    return false;
  }

  bool readSingleQuoted(std::string& word) {
    while (!rest_.empty()) {
      const char c = take();
      if (c == '\'') return true;
      word += c == '\\' && !rest_.empty() && rest_.front() == '\'' ? take() : c;
    }
    return false;
  }

  char takeEscaped() {
    const char c = take();
    switch (c) {
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 't':
        return '\t';
      case 'b':
        return '\b';
      case 'a':
        return '\a';
      case 'x':
        return takeHex().value_or('x');
      default:
        return c;
    }
  }

  // Two hexadecimal digits; anything else leaves the x to stand for itself.
  std::optional<char> takeHex() {
    if (rest_.size() < 2) return std::nullopt;
    unsigned char byte = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + 2, byte, 16);
    if (error != std::errc() || end != rest_.data() + 2) return std::nullopt;
    rest_.remove_prefix(2);
    return static_cast<char>(byte);
  }

  std::string_view rest_;
};

void appendEscaped(std::string& out, char c) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  constexpr std::string_view kSpecial = "\\\"\n\r\t\a\b";
  constexpr std::string_view kLetters = "\\\"nrtab";
  const size_t special = kSpecial.find(c);
  const auto byte = static_cast<unsigned char>(c);
  if (special != std::string_view::npos) {
    out += '\\';
    out += kLetters[special];
  } else if (byte >= 0x20 && byte < 0x7f) {
    out += c;
  } else {
    out += "\\x";
    out += kHexDigits[byte >> 4U];
    out += kHexDigits[byte & 0xfU];
  }
}

}  // namespace

std::optional<std::vector<std::string>> splitArguments(std::string_view line) {
  std::vector<std::string> words;
  WordReader reader(line);
  while (reader.skipBlanks()) {
    if (!reader.read(words.emplace_back())) return std::nullopt;
  }
  return words;
}

std::string quoteArgument(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) appendEscaped(out, c);
  return out += '"';
}

std::vector<std::string> splitAtSpaces(std::string_view text) {
  std::vector<std::string> parts;
  if (text.empty()) return parts;
  while (true) {
    const size_t space = text.find(' ');
    parts.emplace_back(text.substr(0, space));
    if (space == std::string_view::npos) return parts;
    text.remove_prefix(space + 1);
  }
}

std::vector<std::string_view> linesOf(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string printableName(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) text += byte >= ' ' && byte <= '~' ? byte : '?';
  return text;
}

std::string printableBytes(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    if (byte == '\r') {
      text += "\\r";
    } else if (byte == '\n') {
      text += "\\n";
    } else if (byte == '"' || byte == '\\') {
      text += {'\\', byte};
    } else if (byte >= ' ' && byte <= '~') {
      text += byte;
    } else {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }
  }
  return text;
}

std::string_view trimBlanks(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace inkstone

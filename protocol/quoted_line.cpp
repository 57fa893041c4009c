#include <cctype>

#include "protocol/request_parser.h"

namespace inkstone {
namespace {

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool isBlank(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

bool endsWord(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char escapedChar(char c) {
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
    default:
      return c;
  }
}

// Reads a quoted part whose opening quote is at `at`; leaves `at` behind the closing one. A closing
// quote must end the word.
bool readQuoted(std::string_view line, size_t& at, std::string& word) {
  const char quote = line[at++];
  while (at < line.size() && line[at] != quote) {
    char c = line[at];
    const char next = at + 1 < line.size() ? line[at + 1] : '\0';
    if (quote == '"' && c == '\\' && at + 1 < line.size()) {
      if (next == 'x' && at + 3 < line.size() && hexDigit(line[at + 2]) >= 0 &&
          hexDigit(line[at + 3]) >= 0) {
        c = static_cast<char>(hexDigit(line[at + 2]) * 16 + hexDigit(line[at + 3]));
        at += 3;
      } else {
        c = escapedChar(next);
        ++at;
      }
    } else if (quote == '\'' && c == '\\' && next == '\'') {
      c = '\'';
      ++at;
    }
    word.push_back(c);
    ++at;
  }
  if (at >= line.size()) return false;
  ++at;
  return at == line.size() || isBlank(line[at]);
}

}  // namespace

bool splitQuotedLine(std::string_view line, std::vector<std::string>& words) {
  size_t at = 0;
  while (true) {
    while (at < line.size() && isBlank(line[at])) ++at;
    if (at == line.size()) return true;
    std::string& word = words.emplace_back();
    while (at < line.size() && !endsWord(line[at])) {
      if (line[at] == '"' || line[at] == '\'') {
        if (!readQuoted(line, at, word)) return false;
        break;
      }
      word.push_back(line[at++]);
    }
  }
}

}  // namespace inkstone

#include "server/command_table/command_syntax.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace inkstone {
namespace {

constexpr std::string_view kDelimiters = " @%=^~?*+()";
constexpr std::array<std::string_view, 9> kTypes = {
    "key", "string", "integer", "double", "pattern", "unix-time", "token", "oneof", "block"};

class SyntaxParser {
 public:
  explicit SyntaxParser(std::string_view text) : rest_(text) {}

  std::optional<std::vector<ArgumentSyntax>> parse() {
    std::vector<ArgumentSyntax> arguments;
    if (!rest_.empty() && !parseList(arguments)) return std::nullopt;
    if (!rest_.empty()) return std::nullopt;
    return arguments;
  }

 private:
  bool accept(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view word() {
    const size_t end = std::min(rest_.find_first_of(kDelimiters), rest_.size());
    const std::string_view taken = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return taken;
  }

  bool parseList(std::vector<ArgumentSyntax>& arguments) {
    do {
      ArgumentSyntax argument;
      if (!parseArgument(argument)) return false;
      arguments.push_back(std::move(argument));
    } while (accept(' '));
    return true;
  }

  bool parseArgument(ArgumentSyntax& argument) {
    const size_t colon = rest_.find(':');
    if (colon == std::string_view::npos) return false;
    argument.type = rest_.substr(0, colon);
    if (std::find(kTypes.begin(), kTypes.end(), argument.type) == kTypes.end()) return false;
    if (argument.type == "token") argument.type = "pure-token";
    rest_.remove_prefix(colon + 1);
    argument.name = word();
    const bool group = argument.type == "oneof" || argument.type == "block";
    if (!group) argument.display = argument.name;
    if (argument.name.empty() || !parseAttributes(argument)) return false;
    if (!accept('(')) return !group;
    return group && parseList(argument.children) && accept(')');
  }

  bool parseAttributes(ArgumentSyntax& argument) {
    while (!rest_.empty() && rest_.front() != ' ' && rest_.front() != '(' && rest_.front() != ')') {
      const char kind = rest_.front();
      rest_.remove_prefix(1);
      if (kind == '?' || kind == '*' || kind == '+') {
        (kind == '?'   ? argument.optional
         : kind == '*' ? argument.multiple
                       : argument.multiple_token) = true;
        continue;
      }
      const std::string_view value = word();
      if (value.empty() || !assign(argument, kind, value)) return false;
    }
    return true;
  }

  static bool assign(ArgumentSyntax& argument, char kind, std::string_view value) {
    switch (kind) {
      case '%':
        argument.display = value;
        return true;
      case '=':
        argument.token = value;
        return true;
      case '^':
        argument.since = value;
        return true;
      case '~':
        argument.deprecated_since = value;
        return true;
      case '@':
        return std::from_chars(value.data(), value.data() + value.size(), argument.key_spec).ec ==
               std::errc();
      default:
        return false;
    }
  }

  std::string_view rest_;
};

}  // namespace

std::optional<std::vector<ArgumentSyntax>> parseSyntax(std::string_view text) {
  return SyntaxParser(text).parse();
}

}  // namespace inkstone

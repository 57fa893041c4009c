#include "tests/unit/server/json_value.h"

#include <catch2/catch.hpp>
#include <charconv>

namespace inkstone::test {
namespace {

class JsonParser {
 public:
  explicit JsonParser(std::string_view text) : rest_(text) {}

  JsonValue value() {
    JsonValue result;
    switch (peek()) {
      case '{':
        sequence('{', '}', [&] {
          std::string name = string();
          expect(':');
          result.members.emplace(std::move(name), value());
        });
        break;
      case '[':
        sequence('[', ']', [&] { result.elements.push_back(value()); });
        break;
      case '"':
        result.text = string();
        break;
      default:
        result.number = number();
    }
    return result;
  }

  void end() {
    skipBlanks();
    REQUIRE(rest_.empty());
  }

 private:
  void skipBlanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n"), rest_.size())); }

  char peek() {
    skipBlanks();
    REQUIRE_FALSE(rest_.empty());
    return rest_.front();
  }

  void expect(char c) {
    REQUIRE(peek() == c);
    rest_.remove_prefix(1);
  }

  template <class Element>
  void sequence(char open, char close, Element element) {
    expect(open);
    while (peek() != close) {
      element();
      if (peek() != close) expect(',');
    }
    expect(close);
  }

  std::string string() {
    expect('"');
    std::string text;
    while (rest_.at(0) != '"') {
      if (rest_[0] == '\\') rest_.remove_prefix(1);
      text += rest_.at(0);
      rest_.remove_prefix(1);
    }
    rest_.remove_prefix(1);
    return text;
  }

  int64_t number() {
    int64_t value = 0;
    const auto result = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    REQUIRE(result.ec == std::errc());
    rest_.remove_prefix(static_cast<size_t>(result.ptr - rest_.data()));
    return value;
  }

  std::string_view rest_;
};

}  // namespace

JsonValue JsonValue::parse(std::string_view text) {
  JsonParser parser(text);
  JsonValue value = parser.value();
  parser.end();
  return value;
}

const JsonValue* JsonValue::find(std::string_view name) const {
  const auto found = members.find(name);
  return found == members.end() ? nullptr : &found->second;
}

const JsonValue& JsonValue::at(std::string_view name) const {
  const JsonValue* found = find(name);
  INFO("member " << name);
  REQUIRE(found != nullptr);
  return *found;
}

std::set<std::string> JsonValue::words() const {
  std::set<std::string> all;
  for (const JsonValue& element : elements) all.insert(element.text);
  return all;
}

}  // namespace inkstone::test

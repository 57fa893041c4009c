// The part of JSON that the reference data needs.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace inkstone::test {

struct JsonValue {
  std::map<std::string, JsonValue, std::less<>> members;
  std::vector<JsonValue> elements;
  std::string text;
  int64_t number = 0;

  // Objects, arrays, strings without escapes but \" and \\, whole numbers. Fails the test on
  // anything else.
  static JsonValue parse(std::string_view text);

  // Null if there is no such member.
  const JsonValue* find(std::string_view name) const;
  // The member, which must be there.
  const JsonValue& at(std::string_view name) const;
  // The strings of an array.
  std::set<std::string> words() const;
};

}  // namespace inkstone::test

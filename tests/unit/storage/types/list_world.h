// A list beside the deque that it has to agree with.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "storage/types/list_value.h"
#include "tests/unit/storage/types/element_texts.h"

namespace inkstone::testing {

class ListWorld {
 public:
  explicit ListWorld(const EncodingRules& list_rules)
      : rules(list_rules), value_(ListValue::create()) {}
  ~ListWorld() { list_values::destroy(value_); }
  ListWorld(const ListWorld&) = delete;
  ListWorld& operator=(const ListWorld&) = delete;

  std::deque<std::string> model;
  EncodingRules rules;

  const Value& value() const { return value_; }
  // Calls change(ListValue&) and keeps what becomes of the value.
  template <class Change>
  void change(Change change) {
    ListValue list(value_, rules);
    change(list);
    value_ = list.value();
  }

  void push(const std::vector<std::string>& texts, bool front);
  void set(size_t index, const std::string& text);
  void insert(size_t index, const std::string& text);
  void erase(size_t index, size_t count);
  // False if list and model disagree on how many there are.
  bool eraseEqual(const std::string& text, size_t count, bool from_tail);
  // Goes on with a copy.
  void becomeCopy();

  // What is wrong with the elements, or with the nodes; empty if nothing is.
  std::string disagreement() const;
  std::string damage() const;

 private:
  Value value_;
};

}  // namespace inkstone::testing

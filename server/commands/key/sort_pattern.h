// The patterns of SORT's BY and GET, which lead from an element to a value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/execution/command_context.h"
#include "storage/types/element.h"

namespace inkstone {

// "#" is the element itself. Otherwise the first '*' stands for the element's text in the name of a
// key that holds a string, or, if "->" and a field's name follow, a hash.
class SortPattern {
 public:
  // `text` must live as long.
  explicit SortPattern(std::string_view text);

  // Whether the element's text has a place in it.
  bool hasPlace() const { return has_place_; }

  // What the pattern leads to, or nothing. Views are into the element or into the value of a key,
  // which must not change meanwhile. It counts as a read of the key.
  std::optional<Element> find(CommandContext& ctx, const Element& element);

 private:
  bool is_element_;
  bool has_place_;
  std::string_view before_;
  std::string_view behind_;
  // It is empty if the key holds a string.
  std::string_view field_;
  // It gives room for the name of a key.
  std::string name_;
};

}  // namespace inkstone

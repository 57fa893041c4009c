// Directives that Redis 7.2 does not have and later servers of this kind do, so that a file of
// theirs is read for what it says. Names, releases and defaults are facts of those projects'
// documentation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace inkstone {

struct NewerDirective {
  enum class Without : uint8_t {
    kSame,     // the server does the same without it, or has no part that it could concern
    kChanged,  // safety or meaning would not be what the file asks for
  };

  // Of a family such as "search-*" up to the '*'.
  std::string_view name;
  std::string_view since;  // "Valkey 8.1"
  Without without;
  // With this value, or an empty one, the line asks for what is done here anyway.
  std::string_view harmless;
  // A second name of this directive of the table.
  std::string_view same_as;
};

// By name in lower case; null if no later server that we know of has it.
const NewerDirective* findNewerDirective(std::string_view name);

// "that directive came with Valkey 8.1, and ...": a sentence for logs and errors.
std::string describeNewerDirective(const NewerDirective& directive);

}  // namespace inkstone

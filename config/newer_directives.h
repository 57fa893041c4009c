// Directives that later servers of this kind have and Redis 7.2 does not, so that their files are
// understood. Names, releases and defaults are facts from the documentation of those projects.
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

  // For a family such as "search-*" the part up to the '*'.
  std::string_view name;
  std::string_view since;  // "Valkey 8.1"
  Without without;
  // With this value, or an empty one, the line asks for what this server does anyway.
  std::string_view harmless;
  // The directive of our table that this is a second name of.
  std::string_view same_as;
};

// Finds a directive by its name in lower case; null if no later server that we know of has it.
const NewerDirective* findNewerDirective(std::string_view name);

// "that directive came with Valkey 8.1, and ...": a sentence for logs and errors.
std::string describeNewerDirective(const NewerDirective& directive);

}  // namespace inkstone

// What loading a configuration records beside the values: the origin of each value. The origin
// decides whether CONFIG REWRITE may write the value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace inkstone {

// Where a value was last given.
enum class ValueOrigin : uint8_t {
  kDefault,
  kImage,     // the container image's own defaults
  kFile,      // the configuration file itself
  kIncluded,  // a file that another one includes
  kInput,     // standard input, or a text
  kEnvironment,
  kCommandLine,
  kServer,  // the server adapted it to the machine
  kChanged  // CONFIG SET
};

// CONFIG REWRITE does not write values of these origins: they belong to somebody else, or are a
// secret that was kept out of the file.
constexpr bool belongsElsewhere(ValueOrigin origin) {
  return origin == ValueOrigin::kImage || origin == ValueOrigin::kIncluded ||
         origin == ValueOrigin::kEnvironment || origin == ValueOrigin::kServer;
}

struct LoadedUser {
  std::string text;  // what stands behind `user`
  ValueOrigin origin;
};

struct LoadRecord {
  // The `save` lines of the first source that has any replace the default points; later ones add to
  // them.
  bool save_seen = false;
  // By the directive's own name; without an entry: kDefault.
  std::map<std::string_view, ValueOrigin> origins;
  // By name: the lines that count.
  std::map<std::string, LoadedUser> users;
  // Users that included files declare, even where a later line overrides them.
  std::set<std::string> included_users;
  // For a directive (by its own name): the numbers, from 1, of the lines of the configuration file
  // whose includes set it.
  std::map<std::string_view, std::vector<size_t>> include_lines;
  // What was skipped, in whole sentences with file and line.
  std::vector<std::string> warnings;

  ValueOrigin originOf(std::string_view directive) const {
    const auto found = origins.find(directive);
    return found == origins.end() ? ValueOrigin::kDefault : found->second;
  }
};

}  // namespace inkstone

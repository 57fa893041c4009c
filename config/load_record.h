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

// The place where a value was last given.
enum class Origin : uint8_t {
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
constexpr bool belongsElsewhere(Origin origin) {
  return origin == Origin::kImage || origin == Origin::kIncluded ||
         origin == Origin::kEnvironment || origin == Origin::kServer;
}

struct LoadedUser {
  std::string text;  // what stands behind `user`
  Origin origin;
};

struct LoadRecord {
  // The `save` lines of the first source that has any replace the default points; later ones add to
  // them.
  bool save_seen = false;
  // The key is the directive's own name. A directive without an entry has the origin kDefault.
  std::map<std::string_view, Origin> origins;
  // The user lines in force, by name.
  std::map<std::string, LoadedUser> users;
  // Users that included files declare, even where a later line overrides them.
  std::set<std::string> included_users;
  // For a directive (by its own name): the numbers, from 1, of the lines of the configuration file
  // whose includes set it.
  std::map<std::string_view, std::vector<size_t>> include_lines;
  // What was skipped, in whole sentences with file and line.
  std::vector<std::string> warnings;

  Origin originOf(std::string_view directive) const {
    const auto found = origins.find(directive);
    return found == origins.end() ? Origin::kDefault : found->second;
  }
};

}  // namespace inkstone

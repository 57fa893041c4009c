// File names in the directives must not collide: a dump that has the AOF's name would be renamed
// over the AOF.
#pragma once

#include <optional>
#include <string>

#include "config/config_values.h"

namespace inkstone {

struct NameConflict {
  // The two directives; the second is empty when the server itself needs the name.
  std::string directive;
  std::string other;
  std::string text;
};

// The first conflict among dbfilename, appendfilename and appenddirname, or of a logfile, pidfile,
// unixsocket or aclfile with one of those files; nothing when there is none. Compares names only,
// and reads no disk.
std::optional<NameConflict> dataNameConflict(const ConfigValues& values);

}  // namespace inkstone

// Names of files that the directives give must not collide: a dump that has the log's name is
// renamed over the log.
#pragma once

#include <optional>
#include <string>

#include "config/config_values.h"

namespace inkstone {

struct NameConflict {
  // The two directives; the second may be empty when the name is one that the server needs itself.
  std::string directive;
  std::string other;
  std::string text;
};

// What is wrong with the names in dbfilename, appendfilename and appenddirname, or with a logfile,
// pidfile, unixsocket or aclfile that is one of those files; nothing when all is well. Looks at the
// names only, at no disk.
std::optional<NameConflict> dataNameConflict(const ConfigValues& values);

}  // namespace inkstone

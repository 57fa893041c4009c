#include "persistence/rdb/rdb_error.h"

#include <fmt/format.h>

namespace inkstone {

std::string describeRdbFailure(std::string_view what, const std::string& path,
                               const RdbError& error) {
  switch (error.kind) {
    case RdbError::Kind::kIo:
      return fmt::format("Error reading {} {} at offset {}: {}", what, path, error.offset,
                         error.io.message());
    case RdbError::Kind::kUnsupported:
      return fmt::format(
          "Can't load {} {}: {} (at offset {}). The file is sound as far as that; have a server "
          "that can load it write the data in another form, or move it away to start without them.",
          what, path, error.reason, error.offset);
    case RdbError::Kind::kForeign:
      return fmt::format(
          "Can't load {} {}: it is {}. It is not damaged, and is left as it is; move it away to "
          "start without its data.",
          what, path, error.reason);
    case RdbError::Kind::kTruncated:
      return fmt::format(
          "Unexpected end of file reading {} {} at offset {} (short read): {}. Bring the whole "
          "file from where it was "
          "written, or move it away to start without its data.",
          what, path, error.offset, error.reason);
    case RdbError::Kind::kNone:
    case RdbError::Kind::kDamaged:
      break;
  }
  return fmt::format(
      "Bad file format reading {} {} at offset {}: {}. Make a copy of it and look at it with: "
      "inkstone-check-rdb {}. Move it away to start without its data.",
      what, path, error.offset, error.reason, path);
}

}  // namespace inkstone

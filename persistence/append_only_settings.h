// The directives of the log, filled by the server from its configuration.
#pragma once

#include <cstdint>
#include <string>

namespace inkstone {

// appendfsync: when the log reaches the disk.
enum class FsyncPolicy : uint8_t { kAlways, kEverySecond, kNo };

struct AppendOnlySettings {
  // dir; "." or a path without trailing slash.
  std::string directory = ".";
  // appendfilename, without a path separator.
  std::string filename = "appendonly.aof";
  FsyncPolicy fsync = FsyncPolicy::kEverySecond;
  // no-appendfsync-on-rewrite
  bool no_fsync_on_rewrite = false;
  // aof-load-truncated
  bool load_truncated = true;
  // aof-timestamp-enabled
  bool timestamp_enabled = false;

  std::string path() const { return directory + "/" + filename; }
};

}  // namespace inkstone

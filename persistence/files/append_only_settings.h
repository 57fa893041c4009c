// The directives of the log, filled by the server from its configuration.
#pragma once

#include <cstdint>
#include <string>

namespace inkstone {

// appendfsync: when the log reaches the disk.
enum class FsyncPolicy : uint8_t { kAlways, kEverySecond, kNo };

// A log may have been written with a larger proto-max-bulk-len than the one it is read with: values
// up to the default of that directive are always read.
inline constexpr uint64_t kBulkBytesFloor = 512ULL * 1024 * 1024;

// Where the checksum ledger of a log stands.
inline std::string ledgerPathOf(const std::string& log_path) {
  return log_path + ".ledger";
}

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
  // aof-rewrite-incremental-fsync
  bool incremental_fsync = true;
  // proto-max-bulk-len. Where it is below kBulkBytesFloor, that counts. A longer argument in a log
  // is damage, for no server can have accepted it.
  uint64_t bulk_bytes_max = kBulkBytesFloor;
  // aof-disk-reserve; 0: none. Under `always` none is kept either.
  uint64_t disk_reserve_bytes = 0;

  std::string path() const { return directory + "/" + filename; }
  std::string ledgerPath() const { return ledgerPathOf(path()); }
};

}  // namespace inkstone

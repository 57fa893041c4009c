#include "server/durability/data_files.h"

#include <algorithm>

#include "persistence/files/paths.h"
#include "server/data/data_set.h"
#include "server/process/runtime.h"
#include "server/process/version.h"
#include "storage/memory_usage.h"

namespace inkstone {
namespace {

FsyncPolicy syncPolicy(AppendFsync directive) {
  switch (directive) {
    case AppendFsync::kAlways:
      return FsyncPolicy::kAlways;
    case AppendFsync::kEverysec:
      return FsyncPolicy::kEverySecond;
    case AppendFsync::kNo:
      break;
  }
  return FsyncPolicy::kNo;
}

// Access bits are of use to whoever loads the file only where keys are evicted by them.
RdbAccess accessSaved(MaxmemoryPolicy policy) {
  switch (policy) {
    case MaxmemoryPolicy::kAllkeysLru:
    case MaxmemoryPolicy::kVolatileLru:
      return RdbAccess::kIdleSeconds;
    case MaxmemoryPolicy::kAllkeysLfu:
    case MaxmemoryPolicy::kVolatileLfu:
      return RdbAccess::kFrequency;
    default:
      return RdbAccess::kNone;
  }
}

// A file is written where it is, even if its name is a link. The place is absolute, so that it
// stays where it is when `dir` changes.
PathParts placeOf(const Runtime& runtime, const std::string& filename) {
  return linkTargetParts(runtime.dataDirectory() + "/" + filename);
}

}  // namespace

AppendOnlySettings logSettings(const Runtime& runtime) {
  const ConfigValues& settings = runtime.settings;
  const PathParts place = placeOf(runtime, settings.appendfilename);
  AppendOnlySettings log_settings;
  log_settings.directory = place.directory;
  log_settings.filename = place.filename;
  log_settings.fsync = syncPolicy(settings.appendfsync);
  log_settings.no_fsync_on_rewrite = settings.no_appendfsync_on_rewrite;
  log_settings.load_truncated = settings.aof_load_truncated;
  log_settings.timestamp_enabled = settings.aof_timestamp_enabled;
  log_settings.disk_reserve_bytes = settings.aof_disk_reserve;
  log_settings.incremental_fsync = settings.aof_rewrite_incremental_fsync;
  log_settings.bulk_bytes_max = settings.proto_max_bulk_len;
  return log_settings;
}

SnapshotSettings snapshotSettings(const Runtime& runtime) {
  const PathParts place = placeOf(runtime, runtime.settings.dbfilename);
  SnapshotSettings settings;
  settings.directory = place.directory;
  settings.filename = place.filename;
  settings.incremental_fsync = runtime.settings.rdb_save_incremental_fsync;
  return settings;
}

RdbSaveRequest imageRequest(const Runtime& runtime, const DataSet& data) {
  RdbSaveRequest request;
  request.info.redis_version = kRedisVersion;
  request.info.unix_seconds = runtime.clock.unixSeconds();
  request.info.used_memory = static_cast<uint64_t>(std::max<int64_t>(usedMemory(), 0));
  request.settings.compress = runtime.settings.rdbcompression;
  request.settings.checksum = runtime.settings.rdbchecksum;
  request.access = accessSaved(runtime.settings.maxmemory_policy);
  request.clock = &data.access_clock;
  return request;
}

}  // namespace inkstone

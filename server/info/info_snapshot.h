// Values that one INFO reply measures once, so that its fields agree with each other.
#pragma once

#include <cstddef>
#include <cstdint>

#include "persistence/log/append_only_log.h"
#include "server/execution/server_parts.h"
#include "storage/memory_usage.h"

namespace inkstone {

struct InfoSnapshot {
  explicit InfoSnapshot(const ServerParts& parts_in);

  // Bytes that are not keys and values: the memory of an empty server, tables, clients, the buffer
  // of the AOF.
  int64_t overheadBytes() const;

  const ServerParts& parts;
  AppendOnlyCounters log;
  AllocatorUsage allocator;
  int64_t used_bytes = 0;
  int64_t peak_bytes = 0;
  uint64_t resident_bytes = 0;
  uint64_t client_bytes = 0;
  uint64_t table_bytes = 0;
};

}  // namespace inkstone

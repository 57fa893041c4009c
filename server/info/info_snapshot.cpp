#include "server/info/info_snapshot.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "server/clients/client_memory.h"
#include "server/clients/clients.h"
#include "server/data/data_set.h"
#include "server/durability/durability.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

uint64_t residentBytes() {
  // The second number of statm is in pages (proc(5)).
  std::ifstream statm("/proc/self/statm");
  uint64_t total_pages = 0;
  uint64_t resident_pages = 0;
  statm >> total_pages >> resident_pages;
  return resident_pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

InfoSnapshot::InfoSnapshot(const ServerParts& parts_in)
    : parts(parts_in),
      log(parts_in.durability.log.counters()),
      allocator(allocatorUsage()),
      used_bytes(usedMemory()),
      resident_bytes(residentBytes()) {
  // The peak is sampled now and then only; what is in use now counts, too.
  peak_bytes = std::max(parts.runtime.stats.peak_memory, used_bytes);
  parts.clients.registry.forEach(
      [&](const Client& client) { client_bytes += clientMemoryBytes(client); });
  for (size_t i = 0; i < parts.data.keyspace.size(); ++i) {
    table_bytes += parts.data.keyspace[i].tableBytes();
  }
}

int64_t InfoSnapshot::overheadBytes() const {
  return parts.runtime.started_memory + static_cast<int64_t>(client_bytes + table_bytes) +
         static_cast<int64_t>(log.buffer_memory);
}

}  // namespace inkstone

#include "server/info/info_snapshot.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "server/clients/client_memory.h"
#include "server/server.h"

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

InfoSnapshot::InfoSnapshot(Server& server_in)
    : server(server_in),
      log(server_in.log.counters()),
      allocator(allocatorUsage()),
      used_bytes(usedMemory()),
      resident_bytes(residentBytes()) {
  // The peak is sampled only now and then, so the present value counts as well.
  peak_bytes = std::max(server.stats.peak_memory, used_bytes);
  server.clients.forEach([&](const Client& client) { client_bytes += clientMemoryBytes(client); });
  for (size_t i = 0; i < server.keyspace.size(); ++i) {
    table_bytes += server.keyspace[i].tableBytes();
  }
}

int64_t InfoSnapshot::overheadBytes() const {
  return server.started_memory + static_cast<int64_t>(client_bytes + table_bytes) +
         static_cast<int64_t>(log.buffer_memory);
}

}  // namespace inkstone

// INFO memory and cpu.
#include <sys/resource.h>
#include <unistd.h>

#include "server/data/data_set.h"
#include "server/info/info_field.h"
#include "server/net/network.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

using Snapshot = const InfoSnapshot&;

uint64_t systemBytes() {
  return static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

std::string humanBytes(int64_t bytes) {
  return infoHumanBytes(bytes < 0 ? 0 : static_cast<uint64_t>(bytes));
}

// a / b, or 0 when the machine does not tell b.
double ratio(uint64_t a, uint64_t b) {
  return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b);
}

std::string difference(uint64_t a, uint64_t b) {
  return infoNumber(static_cast<int64_t>(a) - static_cast<int64_t>(b));
}

int64_t datasetBytes(Snapshot s) {
  return std::max<int64_t>(s.used_bytes - s.overheadBytes(), 0);
}

std::string datasetPercent(Snapshot s) {
  const int64_t net = s.used_bytes - s.parts.runtime.started_memory;
  return infoPercent(
      net <= 0 ? 0 : static_cast<double>(datasetBytes(s)) * 100 / static_cast<double>(net));
}

std::string policyName(Snapshot s) {
  const auto pairs = s.parts.runtime.config.get({"maxmemory-policy"});
  return pairs.empty() ? std::string() : pairs.front().second;
}

uint64_t usedBytes(Snapshot s) {
  return static_cast<uint64_t>(std::max<int64_t>(s.used_bytes, 0));
}

constexpr InfoField kMemory[] = {
    {"used_memory", [](Snapshot s) { return infoNumber(s.used_bytes); }},
    {"used_memory_human", [](Snapshot s) { return humanBytes(s.used_bytes); }},
    {"used_memory_rss", [](Snapshot s) { return infoNumber(s.resident_bytes); }},
    {"used_memory_rss_human", [](Snapshot s) { return infoHumanBytes(s.resident_bytes); }},
    {"used_memory_peak", [](Snapshot s) { return infoNumber(s.peak_bytes); }},
    {"used_memory_peak_human", [](Snapshot s) { return humanBytes(s.peak_bytes); }},
    {"used_memory_peak_perc",
     [](Snapshot s) {
       return infoPercent(100 * ratio(usedBytes(s), static_cast<uint64_t>(s.peak_bytes)));
     }},
    {"used_memory_overhead", [](Snapshot s) { return infoNumber(s.overheadBytes()); }},
    {"used_memory_startup", [](Snapshot s) { return infoNumber(s.parts.runtime.started_memory); }},
    {"used_memory_dataset", [](Snapshot s) { return infoNumber(datasetBytes(s)); }},
    {"used_memory_dataset_perc", [](Snapshot s) { return datasetPercent(s); }},
    {"allocator_allocated", [](Snapshot s) { return infoNumber(s.allocator.allocated_bytes); }},
    {"allocator_active", [](Snapshot s) { return infoNumber(s.allocator.active_bytes); }},
    {"allocator_resident", [](Snapshot s) { return infoNumber(s.allocator.resident_bytes); }},
    {"total_system_memory", [](Snapshot) { return infoNumber(systemBytes()); }},
    {"total_system_memory_human", [](Snapshot) { return infoHumanBytes(systemBytes()); }},
    {"used_memory_lua", infoZero},
    {"used_memory_vm_eval", infoZero},
    {"used_memory_lua_human", infoZeroHuman},
    {"used_memory_scripts_eval", infoZero},
    {"number_of_cached_scripts", infoZero},
    {"number_of_functions", infoZero},
    {"number_of_libraries", infoZero},
    {"used_memory_vm_functions", infoZero},
    {"used_memory_vm_total", infoZero},
    {"used_memory_vm_total_human", infoZeroHuman},
    {"used_memory_functions", infoZero},
    {"used_memory_scripts", infoZero},
    {"used_memory_scripts_human", infoZeroHuman},
    {"maxmemory", [](Snapshot s) { return infoNumber(s.parts.runtime.settings.maxmemory); }},
    {"maxmemory_human",
     [](Snapshot s) { return infoHumanBytes(s.parts.runtime.settings.maxmemory); }},
    {"maxmemory_policy", [](Snapshot s) { return policyName(s); }},
    {"allocator_frag_ratio",
     [](Snapshot s) {
       return infoRatio(ratio(s.allocator.active_bytes, s.allocator.allocated_bytes));
     }},
    {"allocator_frag_bytes",
     [](Snapshot s) { return difference(s.allocator.active_bytes, s.allocator.allocated_bytes); }},
    {"allocator_rss_ratio",
     [](Snapshot s) {
       return infoRatio(ratio(s.allocator.resident_bytes, s.allocator.active_bytes));
     }},
    {"allocator_rss_bytes",
     [](Snapshot s) { return difference(s.allocator.resident_bytes, s.allocator.active_bytes); }},
    {"rss_overhead_ratio",
     [](Snapshot s) { return infoRatio(ratio(s.resident_bytes, s.allocator.resident_bytes)); }},
    {"rss_overhead_bytes",
     [](Snapshot s) { return difference(s.resident_bytes, s.allocator.resident_bytes); }},
    {"mem_fragmentation_ratio",
     [](Snapshot s) { return infoRatio(ratio(s.resident_bytes, usedBytes(s))); }},
    {"mem_fragmentation_bytes",
     [](Snapshot s) { return difference(s.resident_bytes, usedBytes(s)); }},
    {"mem_not_counted_for_evict", [](Snapshot s) { return infoNumber(s.log.buffer_memory); }},
    {"mem_replication_backlog", infoZero},
    {"mem_total_replication_buffers", infoZero},
    {"mem_clients_slaves", infoZero},
    {"mem_clients_normal", [](Snapshot s) { return infoNumber(s.client_bytes); }},
    {"mem_cluster_links", infoZero},
    {"mem_aof_buffer", [](Snapshot s) { return infoNumber(s.log.buffer_memory); }},
    {"mem_allocator", [](Snapshot) { return std::string(allocatorName()); }},
    {"active_defrag_running", infoZero},
    {"lazyfree_pending_objects",
     [](Snapshot s) { return infoNumber(s.parts.data.lazy_free.pending()); }},
    {"lazyfreed_objects", [](Snapshot s) { return infoNumber(s.parts.data.lazy_free.freed()); }},
};

std::string seconds(int64_t microseconds) {
  return fmt::format("{}.{:06}", microseconds / 1'000'000, microseconds % 1'000'000);
}

std::string seconds(const timeval& time) {
  return seconds(int64_t{time.tv_sec} * 1'000'000 + time.tv_usec);
}

rusage usageOf(int who) {
  rusage usage{};
  getrusage(who, &usage);
  return usage;
}

constexpr InfoField kCpu[] = {
    {"used_cpu_sys", [](Snapshot) { return seconds(usageOf(RUSAGE_SELF).ru_stime); }},
    {"used_cpu_user", [](Snapshot) { return seconds(usageOf(RUSAGE_SELF).ru_utime); }},
    {"used_cpu_sys_children", [](Snapshot) { return seconds(usageOf(RUSAGE_CHILDREN).ru_stime); }},
    {"used_cpu_user_children", [](Snapshot) { return seconds(usageOf(RUSAGE_CHILDREN).ru_utime); }},
    {"used_cpu_sys_main_thread",
     [](Snapshot s) { return seconds(s.parts.network.relay.cpuTime().system_us); }},
    {"used_cpu_user_main_thread",
     [](Snapshot s) { return seconds(s.parts.network.relay.cpuTime().user_us); }},
};

}  // namespace

std::span<const InfoField> infoMemoryFields() {
  return kMemory;
}
std::span<const InfoField> infoCpuFields() {
  return kCpu;
}

}  // namespace inkstone

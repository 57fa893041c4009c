// INFO memory and cpu.
#include <sys/resource.h>
#include <unistd.h>

#include "server/data/data_set.h"
#include "server/info/info_report.h"
#include "server/net/network.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

using namespace info_rows;

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

int64_t difference(uint64_t a, uint64_t b) {
  return static_cast<int64_t>(a) - static_cast<int64_t>(b);
}

InfoReal percent(double number) {
  return {number, /*percent_sign=*/true};
}

int64_t datasetBytes(Snapshot s) {
  return std::max<int64_t>(s.used_bytes - s.overheadBytes(), 0);
}

InfoReal datasetPercent(Snapshot s) {
  const int64_t net = s.used_bytes - s.parts.runtime.started_memory;
  return percent(net <= 0 ? 0
                          : static_cast<double>(datasetBytes(s)) * 100 / static_cast<double>(net));
}

std::string policyName(Snapshot s) {
  const auto pairs = s.parts.runtime.config.get({"maxmemory-policy"});
  return pairs.empty() ? std::string() : pairs.front().second;
}

uint64_t usedBytes(Snapshot s) {
  return static_cast<uint64_t>(std::max<int64_t>(s.used_bytes, 0));
}

constexpr InfoField kMemory[] = {
    gauge("used_memory", "Bytes that the server has allocated.",
          [](Snapshot s) { return s.used_bytes; }),
    text("used_memory_human", "The same as used_memory, for people.",
         [](Snapshot s) { return humanBytes(s.used_bytes); }),
    gauge("used_memory_rss", "Bytes of the process that are in physical memory.",
          [](Snapshot s) { return s.resident_bytes; }),
    text("used_memory_rss_human", "The same as used_memory_rss, for people.",
         [](Snapshot s) { return infoHumanBytes(s.resident_bytes); }),
    gauge("used_memory_peak", "The largest used_memory since the start, in bytes.",
          [](Snapshot s) { return s.peak_bytes; }),
    text("used_memory_peak_human", "The same as used_memory_peak, for people.",
         [](Snapshot s) { return humanBytes(s.peak_bytes); }),
    gauge("used_memory_peak_perc", "The part that used_memory is of its peak, in percent.",
          [](Snapshot s) {
            return percent(100 * ratio(usedBytes(s), static_cast<uint64_t>(s.peak_bytes)));
          }),
    gauge("used_memory_overhead", "Bytes that hold neither keys nor values.",
          [](Snapshot s) { return s.overheadBytes(); }),
    gauge("used_memory_startup", "Bytes that were allocated before the server held a key.",
          [](Snapshot s) { return s.parts.runtime.started_memory; }),
    gauge("used_memory_dataset", "Bytes of used_memory that are no overhead: keys and values.",
          [](Snapshot s) { return datasetBytes(s); }),
    gauge(
        "used_memory_dataset_perc",
        "The part of the memory allocated since the start that holds keys and values, in percent.",
        [](Snapshot s) { return datasetPercent(s); }),
    gauge("allocator_allocated", "Bytes that the allocator has handed out.",
          [](Snapshot s) { return s.allocator.allocated_bytes; }),
    gauge("allocator_active", "Bytes of the allocator's pages that hold something.",
          [](Snapshot s) { return s.allocator.active_bytes; }),
    gauge("allocator_resident", "Bytes of the allocator's pages that are in physical memory.",
          [](Snapshot s) { return s.allocator.resident_bytes; }),
    gauge("total_system_memory", "Bytes of physical memory that the machine has.",
          [](Snapshot) { return systemBytes(); }),
    text("total_system_memory_human", "The same as total_system_memory, for people.",
         [](Snapshot) { return infoHumanBytes(systemBytes()); }),
    gauge("used_memory_lua", "Bytes of the Lua engine: 0, because there are no scripts.", kZero),
    gauge("used_memory_vm_eval", "Bytes of the engine of EVAL: 0, because there are no scripts.",
          kZero),
    text("used_memory_lua_human", "The same as used_memory_lua, for people.", kZeroHuman),
    gauge("used_memory_scripts_eval",
          "Bytes that scripts of EVAL take beside the engine: 0, because there are no scripts.",
          kZero),
    gauge("number_of_cached_scripts", "The number of cached scripts: 0, because there are none.",
          kZero),
    gauge("number_of_functions", "The number of functions: 0, because there are none.", kZero),
    gauge("number_of_libraries",
          "The number of libraries of functions: 0, because there are no functions.", kZero),
    gauge("used_memory_vm_functions",
          "Bytes of the engine of functions: 0, because there are no functions.", kZero),
    gauge("used_memory_vm_total",
          "Bytes of all engines: 0, because there are neither scripts nor functions.", kZero),
    text("used_memory_vm_total_human", "The same as used_memory_vm_total, for people.", kZeroHuman),
    gauge("used_memory_functions",
          "Bytes that functions take beside the engine: 0, because there are no functions.", kZero),
    gauge("used_memory_scripts",
          "Bytes that scripts and functions take beside the engines: 0, because there are none.",
          kZero),
    text("used_memory_scripts_human", "The same as used_memory_scripts, for people.", kZeroHuman),
    gauge("maxmemory", "The directive maxmemory in bytes, 0 for no limit.",
          [](Snapshot s) { return s.parts.runtime.settings.maxmemory; }),
    text("maxmemory_human", "The same as maxmemory, for people.",
         [](Snapshot s) { return infoHumanBytes(s.parts.runtime.settings.maxmemory); }),
    text("maxmemory_policy", "The directive maxmemory-policy.",
         [](Snapshot s) { return policyName(s); }),
    gauge("allocator_frag_ratio", "The ratio of allocator_active to allocator_allocated.",
          [](Snapshot s) {
            return InfoReal{ratio(s.allocator.active_bytes, s.allocator.allocated_bytes)};
          }),
    gauge("allocator_frag_bytes",
          "The difference of allocator_active and allocator_allocated, in bytes.",
          [](Snapshot s) {
            return difference(s.allocator.active_bytes, s.allocator.allocated_bytes);
          }),
    gauge("allocator_rss_ratio", "The ratio of allocator_resident to allocator_active.",
          [](Snapshot s) {
            return InfoReal{ratio(s.allocator.resident_bytes, s.allocator.active_bytes)};
          }),
    gauge("allocator_rss_bytes",
          "The difference of allocator_resident and allocator_active, in bytes.",
          [](Snapshot s) {
            return difference(s.allocator.resident_bytes, s.allocator.active_bytes);
          }),
    gauge("rss_overhead_ratio", "The ratio of used_memory_rss to allocator_resident.",
          [](Snapshot s) { return InfoReal{ratio(s.resident_bytes, s.allocator.resident_bytes)}; }),
    gauge("rss_overhead_bytes",
          "The difference of used_memory_rss and allocator_resident, in bytes.",
          [](Snapshot s) { return difference(s.resident_bytes, s.allocator.resident_bytes); }),
    gauge("mem_fragmentation_ratio", "The ratio of used_memory_rss to used_memory.",
          [](Snapshot s) { return InfoReal{ratio(s.resident_bytes, usedBytes(s))}; }),
    gauge("mem_fragmentation_bytes", "The difference of used_memory_rss and used_memory, in bytes.",
          [](Snapshot s) { return difference(s.resident_bytes, usedBytes(s)); }),
    gauge("mem_not_counted_for_evict",
          "Bytes of used_memory that maxmemory does not limit: the buffers of the AOF.",
          [](Snapshot s) { return s.log.buffer_memory; }),
    gauge("mem_replication_backlog",
          "Bytes of the replication backlog: 0, because there is no replication.", kZero),
    gauge("mem_total_replication_buffers",
          "Bytes of all replication buffers: 0, because there is no replication.", kZero),
    gauge("mem_clients_slaves", "Bytes of clients that are replicas: 0, because there are none.",
          kZero),
    gauge("mem_clients_normal", "Bytes of all clients with their buffers.",
          [](Snapshot s) { return s.client_bytes; }),
    gauge("mem_cluster_links",
          "Bytes of links to other nodes of a cluster: 0, because there is no cluster.", kZero),
    gauge("mem_aof_buffer", "Bytes that are allocated for the buffers of the AOF.",
          [](Snapshot s) { return s.log.buffer_memory; }),
    text("mem_allocator", "The name and the version of the allocator.",
         [](Snapshot) { return allocatorName(); }),
    gauge("active_defrag_running",
          "Whether memory is being defragmented: 0, because the server never does that.", kZero),
    gauge("lazyfree_pending_objects", "The number of values that wait to be freed by a thread.",
          [](Snapshot s) { return s.parts.data.lazy_free.pending(); }),
    counter("lazyfreed_objects", "The number of values that a thread has freed.",
            [](Snapshot s) { return s.parts.data.lazy_free.freed(); }),
};

rusage usageOf(int who) {
  rusage usage{};
  getrusage(who, &usage);
  return usage;
}

InfoTime cpuTime(int64_t microseconds) {
  return {std::chrono::microseconds(microseconds), InfoTime::Form::kSecondsAndFraction};
}

InfoTime cpuTime(const timeval& time) {
  return cpuTime(int64_t{time.tv_sec} * 1'000'000 + time.tv_usec);
}

constexpr InfoField kCpu[] = {
    counter("used_cpu_sys", "Seconds of processor time that the server spent in the kernel.",
            [](Snapshot) { return cpuTime(usageOf(RUSAGE_SELF).ru_stime); }),
    counter("used_cpu_user",
            "Seconds of processor time that the server spent outside of the kernel.",
            [](Snapshot) { return cpuTime(usageOf(RUSAGE_SELF).ru_utime); }),
    counter("used_cpu_sys_children",
            "Seconds that child processes which have ended spent in the kernel.",
            [](Snapshot) { return cpuTime(usageOf(RUSAGE_CHILDREN).ru_stime); }),
    counter("used_cpu_user_children",
            "Seconds that child processes which have ended spent outside of the kernel.",
            [](Snapshot) { return cpuTime(usageOf(RUSAGE_CHILDREN).ru_utime); }),
    counter("used_cpu_sys_main_thread",
            "Seconds that the two threads which run the loop in turn spent in the kernel.",
            [](Snapshot s) { return cpuTime(s.parts.network.relay.cpuTime().system_us); }),
    counter("used_cpu_user_main_thread",
            "Seconds that the two threads which run the loop in turn spent outside of the kernel.",
            [](Snapshot s) { return cpuTime(s.parts.network.relay.cpuTime().user_us); }),
};

}  // namespace

std::span<const InfoField> infoMemoryFields() {
  return kMemory;
}
std::span<const InfoField> infoCpuFields() {
  return kCpu;
}

}  // namespace inkstone

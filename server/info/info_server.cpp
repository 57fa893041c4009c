// INFO server, clients, replication, cluster.
#include <sys/utsname.h>
#include <unistd.h>

#include <climits>
#include <iterator>

#include "server/clients/blocking.h"
#include "server/clients/clients.h"
#include "server/clients/tracking.h"
#include "server/data/data_set.h"
#include "server/info/info_field.h"
#include "server/net/network.h"
#include "server/process/process.h"
#include "server/process/runtime.h"
#include "server/process/version.h"

namespace inkstone {
namespace {

using Snapshot = const InfoSnapshot&;

std::string kernel() {
  utsname name{};
  uname(&name);
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

std::string executablePath() {
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  return length < 0 ? std::string() : std::string(path, static_cast<size_t>(length));
}

std::string supervision(Snapshot s) {
  if (supervisedBySystemd(s.parts.runtime.settings.supervised)) return "systemd";
  return supervisedByUpstart(s.parts.runtime.settings.supervised) ? "upstart" : "no";
}

// The id differs when version or compiler do.
std::string buildId() {
  // The hash is FNV-1a.
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : fmt::format("{} {}", kVersion, __VERSION__)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return fmt::format("{:x}", hash);
}

int64_t uptimeSeconds(Snapshot s) {
  return s.parts.runtime.clock.unixSeconds() - s.parts.runtime.started_unix_s;
}

constexpr InfoField kServer[] = {
    {"redis_version", [](Snapshot) { return std::string(kRedisVersion); }},
    {"server_name", [](Snapshot) { return std::string("inkstone"); }},
    {"inkstone_version", [](Snapshot) { return std::string(kVersion); }},
    // Every build that is not made from Redis's own repository shows this value.
    {"redis_git_sha1", [](Snapshot) { return std::string("00000000"); }},
    {"redis_git_dirty", [](Snapshot) { return infoFlag(false); }},
    {"redis_build_id", [](Snapshot) { return buildId(); }},
    {"redis_mode", [](Snapshot) { return std::string("standalone"); }},
    {"os", [](Snapshot) { return kernel(); }},
    {"arch_bits", [](Snapshot) { return infoNumber(sizeof(void*) * CHAR_BIT); }},
    {"monotonic_clock", [](Snapshot) { return std::string("POSIX clock_gettime"); }},
    {"multiplexing_api", [](Snapshot) { return std::string("epoll"); }},
    {"atomicvar_api", [](Snapshot) { return std::string("c11-builtin"); }},
    {"gcc_version",
     [](Snapshot) {
       return fmt::format("{}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
     }},
    {"process_id", [](Snapshot) { return infoNumber(getpid()); }},
    {"process_supervised", [](Snapshot s) { return supervision(s); }},
    {"run_id", [](Snapshot s) { return s.parts.runtime.run_id; }},
    {"tcp_port", [](Snapshot s) { return infoNumber(s.parts.runtime.settings.port); }},
    {"server_time_usec", [](Snapshot s) { return infoNumber(s.parts.runtime.clock.unixUs()); }},
    {"uptime_in_seconds", [](Snapshot s) { return infoNumber(uptimeSeconds(s)); }},
    {"uptime_in_days", [](Snapshot s) { return infoNumber(uptimeSeconds(s) / 86400); }},
    {"hz", [](Snapshot s) { return infoNumber(s.parts.runtime.settings.hz); }},
    {"configured_hz", [](Snapshot s) { return infoNumber(s.parts.runtime.settings.hz); }},
    {"lru_clock", [](Snapshot s) { return infoNumber(s.parts.data.access_clock.lruNow()); }},
    {"executable", [](Snapshot) { return executablePath(); }},
    {"config_file", [](Snapshot s) { return s.parts.runtime.config.filePath(); }},
    {"io_threads_active", [](Snapshot) { return infoFlag(false); }},
};

constexpr InfoField kClients[] = {
    {"connected_clients", [](Snapshot s) { return infoNumber(s.parts.clients.registry.size()); }},
    {"cluster_connections", infoZero},
    {"maxclients", [](Snapshot s) { return infoNumber(s.parts.runtime.settings.maxclients); }},
    {"client_recent_max_input_buffer",
     [](Snapshot s) { return infoNumber(s.parts.runtime.stats.max_input_buffer); }},
    {"client_recent_max_output_buffer",
     [](Snapshot s) { return infoNumber(s.parts.runtime.stats.max_output_buffer); }},
    {"blocked_clients", [](Snapshot s) { return infoNumber(s.parts.clients.blocking.count()); }},
    {"tracking_clients", [](Snapshot s) { return infoNumber(s.parts.clients.tracking.clients()); }},
    {"clients_in_timeout_table",
     [](Snapshot s) { return infoNumber(s.parts.clients.blocking.deadlineCount()); }},
    {"total_blocking_keys",
     [](Snapshot s) { return infoNumber(s.parts.clients.blocking.keyCount()); }},
    {"total_blocking_keys_on_nokey", infoZero},
};

constexpr InfoField kReplication[] = {
    {"role", [](Snapshot) { return std::string("master"); }},
    {"connected_slaves", infoZero},
    {"master_failover_state", [](Snapshot) { return std::string("no-failover"); }},
    // Nobody follows this history of writes, which begins with the process, as its run id does.
    {"master_replid", [](Snapshot s) { return s.parts.runtime.run_id; }},
    {"master_replid2", [](Snapshot) { return std::string(40, '0'); }},
    {"master_repl_offset", infoZero},
    {"second_repl_offset", [](Snapshot) { return infoNumber(-1); }},
    {"repl_backlog_active", [](Snapshot) { return infoFlag(false); }},
    {"repl_backlog_size",
     [](Snapshot s) { return infoNumber(s.parts.runtime.settings.repl_backlog_size); }},
    {"repl_backlog_first_byte_offset", infoZero},
    {"repl_backlog_histlen", infoZero},
};

constexpr InfoField kCluster[] = {
    {"cluster_enabled", [](Snapshot) { return infoFlag(false); }},
};

}  // namespace

std::span<const InfoField> infoServerFields() {
  return kServer;
}
std::span<const InfoField> infoClientsFields() {
  return kClients;
}
std::span<const InfoField> infoReplicationFields() {
  return kReplication;
}
std::span<const InfoField> infoClusterFields() {
  return kCluster;
}

void appendListeners(const InfoSnapshot& snapshot, std::string& out) {
  int index = 0;
  for (const std::string& listener : snapshot.parts.network.listeners.descriptions()) {
    fmt::format_to(std::back_inserter(out), "listener{}:{}\r\n", index++, listener);
  }
}

}  // namespace inkstone

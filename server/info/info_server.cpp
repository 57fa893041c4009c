// INFO server, clients, replication, cluster.
#include <sys/utsname.h>
#include <unistd.h>

#include <fmt/format.h>

#include <climits>
#include <iterator>

#include "server/clients/blocking.h"
#include "server/clients/clients.h"
#include "server/clients/tracking.h"
#include "server/data/data_set.h"
#include "server/info/info_report.h"
#include "server/net/network.h"
#include "server/process/process.h"
#include "server/process/runtime.h"
#include "server/process/version.h"

namespace inkstone {
namespace {

using namespace info_rows;

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

InfoTime uptime(Snapshot s, InfoTime::Form form) {
  const int64_t seconds = s.parts.runtime.clock.unixSeconds() - s.parts.runtime.started_unix_s;
  return {std::chrono::seconds(seconds), form};
}

constexpr InfoField kServer[] = {
    text("redis_version", "The version of Redis that clients may take this server for.",
         [](Snapshot) { return kRedisVersion; }),
    text("server_name", "The name of the program.", [](Snapshot) { return "inkstone"; }),
    text("inkstone_version", "The version of the program.", [](Snapshot) { return kVersion; }),
    // Every build that is not made from Redis's own repository shows this value.
    text("redis_git_sha1", "The commit that Redis was built from: here always zeros.",
         [](Snapshot) { return "00000000"; }),
    gauge("redis_git_dirty", "Whether that commit was changed before building: here always 0.",
          kOff),
    text("redis_build_id", "An identifier that differs when version or compiler differ.",
         [](Snapshot) { return buildId(); }),
    text("redis_mode", "Standalone, sentinel or cluster: this server is standalone.",
         [](Snapshot) { return "standalone"; }),
    text("os", "The name, the release and the machine type of the system.",
         [](Snapshot) { return kernel(); }),
    gauge("arch_bits", "Bits of an address.", [](Snapshot) { return sizeof(void*) * CHAR_BIT; }),
    text("monotonic_clock", "The clock that spans of time are measured with.",
         [](Snapshot) { return "POSIX clock_gettime"; }),
    text("multiplexing_api", "The system's interface by which the loop waits for clients.",
         [](Snapshot) { return "epoll"; }),
    text("atomicvar_api", "The kind of atomic variables.", [](Snapshot) { return "c11-builtin"; }),
    text("gcc_version", "The version of GCC, or the one that the compiler claims.",
         [](Snapshot) {
           return fmt::format("{}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
         }),
    gauge("process_id", "The process identifier of the server.", [](Snapshot) { return getpid(); }),
    text("process_supervised", "The supervisor of the process: systemd, upstart or no.",
         [](Snapshot s) { return supervision(s); }),
    text("run_id", "Forty hexadecimal digits that are new with every start.",
         [](Snapshot s) { return s.parts.runtime.run_id; }),
    gauge("tcp_port", "The TCP port, 0 when there is none.",
          [](Snapshot s) { return s.parts.runtime.settings.port; }),
    timestamp("server_time_usec", "The Unix time in microseconds.",
              [](Snapshot s) { return InfoTime::microseconds(s.parts.runtime.clock.unixUs()); }),
    duration("uptime_in_seconds", "Seconds since the start.",
             [](Snapshot s) { return uptime(s, InfoTime::Form::kSeconds); }),
    duration("uptime_in_days", "Whole days since the start.",
             [](Snapshot s) { return uptime(s, InfoTime::Form::kDays); }),
    gauge("hz", "The number of times a second that regular work is done.",
          [](Snapshot s) { return s.parts.runtime.settings.hz; }),
    gauge("configured_hz", "The directive hz.",
          [](Snapshot s) { return s.parts.runtime.settings.hz; }),
    gauge("lru_clock", "The clock that accesses to keys are marked with: seconds, in 24 bits.",
          [](Snapshot s) { return s.parts.data.access_clock.lruNow(); }),
    text("executable", "The path of the program.", [](Snapshot) { return executablePath(); }),
    text("config_file", "The path of the configuration file, empty without one.",
         [](Snapshot s) { return s.parts.runtime.config.filePath(); }),
    gauge("io_threads_active", "Whether I/O threads run: 0, because there are none.", kOff),
};

constexpr InfoField kClients[] = {
    gauge("connected_clients", "The number of clients.",
          [](Snapshot s) { return s.parts.clients.registry.size(); }),
    gauge("cluster_connections",
          "The number of connections between nodes of a cluster: 0, because there is no cluster.",
          kZero),
    gauge("maxclients", "The directive maxclients.",
          [](Snapshot s) { return s.parts.runtime.settings.maxclients; }),
    gauge("client_recent_max_input_buffer",
          "The most bytes of a client that were read and not yet executed, since RESETSTAT.",
          [](Snapshot s) { return s.parts.runtime.stats.max_input_buffer; }),
    gauge("client_recent_max_output_buffer",
          "The most bytes of replies that waited for one client, since RESETSTAT.",
          [](Snapshot s) { return s.parts.runtime.stats.max_output_buffer; }),
    gauge("blocked_clients", "The number of clients that wait in a blocking command.",
          [](Snapshot s) { return s.parts.clients.blocking.count(); }),
    gauge("tracking_clients", "The number of clients that have client side caching on.",
          [](Snapshot s) { return s.parts.clients.tracking.clients(); }),
    gauge("clients_in_timeout_table", "The number of blocked clients whose wait has an end.",
          [](Snapshot s) { return s.parts.clients.blocking.deadlineCount(); }),
    gauge("total_blocking_keys", "The number of keys that blocked clients wait for.",
          [](Snapshot s) { return s.parts.clients.blocking.keyCount(); }),
    gauge("total_blocking_keys_on_nokey",
          "The number of keys whose deletion blocked clients wait for: 0, as no command does.",
          kZero),
};

constexpr InfoField kReplication[] = {
    text("role", "Master or slave: without replication every server is a master.",
         [](Snapshot) { return "master"; }),
    gauge("connected_slaves", "The number of replicas: 0, because there is no replication.", kZero),
    text("master_failover_state", "The state of FAILOVER: there is none.",
         [](Snapshot) { return "no-failover"; }),
    // Nobody follows this history of writes, which begins with the process, as its run id does.
    text("master_replid", "The identifier of the history of writes.",
         [](Snapshot s) { return s.parts.runtime.run_id; }),
    text("master_replid2", "The identifier of the history before a failover: zeros, as with none.",
         [](Snapshot) { return std::string(40, '0'); }),
    gauge("master_repl_offset",
          "Bytes of the history of writes: 0, because there is no replication.", kZero),
    gauge("second_repl_offset",
          "Bytes up to which master_replid2 counts: -1, because there was no failover.",
          [](Snapshot) { return -1; }),
    gauge("repl_backlog_active",
          "Whether there is a replication backlog: 0, because there is no replication.", kOff),
    gauge("repl_backlog_size", "The directive repl-backlog-size in bytes.",
          [](Snapshot s) { return s.parts.runtime.settings.repl_backlog_size; }),
    gauge("repl_backlog_first_byte_offset",
          "The offset of the first byte of the backlog: 0, because there is no replication.",
          kZero),
    gauge("repl_backlog_histlen",
          "Bytes in the replication backlog: 0, because there is no replication.", kZero),
};

constexpr InfoField kCluster[] = {
    gauge("cluster_enabled", "Whether cluster mode is on: 0, because there is no cluster.", kOff),
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

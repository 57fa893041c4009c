#include "config/newer_directives.h"

#include <algorithm>
#include <array>

namespace inkstone {
namespace {

using Without = NewerDirective::Without;

// clang-format off
// name or family, first release, whether leaving it out changes safety or meaning, harmless value, the same as
constexpr std::array<NewerDirective, 74> kTable = {{
    {"active-defrag-cycle-us", "Valkey 8.1", Without::kSame, "", ""},
    {"aof-rewrite-cpulist", "Valkey 8.0", Without::kSame, "", "aof_rewrite_cpulist"},
    {"availability-zone", "Valkey 8.0", Without::kSame, "", ""},
    {"bf-*", "Redis 8.0", Without::kSame, "", ""},
    {"bgsave-cpulist", "Valkey 8.0", Without::kSame, "", "bgsave_cpulist"},
    {"bio-cpulist", "Valkey 8.0", Without::kSame, "", "bio_cpulist"},
    {"cf-*", "Redis 8.0", Without::kSame, "", ""},
    {"client-default-resp", "Valkey 8.0", Without::kSame, "2", ""},
    {"cluster-announce-client-ipv4", "Valkey 8.0", Without::kSame, "", ""},
    {"cluster-announce-client-ipv6", "Valkey 8.0", Without::kSame, "", ""},
    {"cluster-announce-client-port", "Valkey 9.0", Without::kSame, "", ""},
    {"cluster-announce-client-tls-port", "Valkey 9.0", Without::kSame, "", ""},
    {"cluster-blacklist-ttl", "Valkey 8.0", Without::kSame, "", ""},
    {"cluster-compatibility-sample-ratio", "Redis 8.0", Without::kSame, "", ""},
    {"cluster-config-save-behavior", "Valkey 9.0", Without::kSame, "", ""},
    {"cluster-databases", "Valkey 9.0", Without::kSame, "", ""},
    {"cluster-manual-failover-timeout", "Valkey 8.1", Without::kSame, "", ""},
    {"cluster-message-gossip-perc", "Valkey 9.0", Without::kSame, "", ""},
    {"cluster-ping-interval", "Valkey 8.0", Without::kSame, "", ""},
    {"cluster-slot-migration-handoff-max-lag-bytes", "Redis 8.4", Without::kSame, "", ""},
    {"cluster-slot-migration-log-max-len", "Valkey 9.0", Without::kSame, "", ""},
    {"cluster-slot-migration-sync-buffer-drain-timeout", "Redis 8.4", Without::kSame, "", ""},
    {"cluster-slot-migration-write-pause-timeout", "Redis 8.4", Without::kSame, "", ""},
    {"cluster-slot-stats-enabled", "Valkey 8.0", Without::kSame, "", ""},
    {"commandlog-execution-slower-than", "Valkey 8.1", Without::kSame, "", "slowlog-log-slower-than"},
    {"commandlog-large-reply-max-len", "Valkey 8.1", Without::kSame, "", ""},
    {"commandlog-large-request-max-len", "Valkey 8.1", Without::kSame, "", ""},
    {"commandlog-reply-larger-than", "Valkey 8.1", Without::kSame, "", ""},
    {"commandlog-request-larger-than", "Valkey 8.1", Without::kSame, "", ""},
    {"commandlog-slow-execution-max-len", "Valkey 8.1", Without::kSame, "", "slowlog-max-len"},
    {"debug-context", "Valkey 8.0", Without::kSame, "", ""},
    {"dual-channel-replication-enabled", "Valkey 8.0", Without::kSame, "", ""},
    {"enable-debug-assert", "Valkey 8.0", Without::kSame, "no", ""},
    {"events-per-io-thread", "Valkey 8.0", Without::kSame, "", ""},
    {"extended-redis-compatibility", "Valkey 8.0", Without::kSame, "no", ""},
    {"hash-min-template-entries", "Redis 8.10", Without::kSame, "", ""},
    {"hash-seed", "Valkey 8.1", Without::kSame, "", ""},
    {"hide-user-data-from-log", "Redis 7.4", Without::kSame, "no", ""},
    {"import-mode", "Valkey 8.1", Without::kChanged, "no", ""},
    {"io-threads-always-active", "Valkey 8.0", Without::kSame, "", ""},
    {"key-memory-histograms", "Redis 8.6", Without::kSame, "", ""},
    {"log-format", "Valkey 8.1", Without::kSame, "", ""},
    {"log-timestamp-format", "Valkey 8.1", Without::kSame, "", ""},
    {"lookahead", "Redis 8.0", Without::kSame, "", ""},
    {"lua-enable-insecure-api", "Valkey 8.0", Without::kSame, "", "lua-enable-deprecated-api"},
    {"max-new-connections-per-cycle", "Redis 7.4", Without::kSame, "", ""},
    {"max-new-tls-connections-per-cycle", "Redis 7.4", Without::kSame, "", ""},
    {"min-io-threads-avoid-copy-reply", "Valkey 9.0", Without::kSame, "", ""},
    {"min-string-size-avoid-copy-reply", "Valkey 9.0", Without::kSame, "", ""},
    {"min-string-size-avoid-copy-reply-threaded", "Valkey 9.0", Without::kSame, "", ""},
    {"mptcp", "Valkey 9.0", Without::kSame, "", ""},
    {"prefetch-batch-max-size", "Valkey 8.0", Without::kSame, "", ""},
    {"primaryauth", "Valkey 8.0", Without::kSame, "", "masterauth"},
    {"primaryuser", "Valkey 8.0", Without::kSame, "", "masteruser"},
    {"rdb-version-check", "Valkey 8.1", Without::kSame, "", ""},
    {"rdma-bind", "Valkey 8.1", Without::kSame, "", ""},
    {"rdma-completion-vector", "Valkey 8.1", Without::kSame, "", ""},
    {"rdma-port", "Valkey 8.1", Without::kChanged, "0", ""},
    {"rdma-rx-size", "Valkey 8.1", Without::kSame, "", ""},
    {"repl-mptcp", "Valkey 9.0", Without::kSame, "", ""},
    {"repl-rdb-channel", "Redis 8.0", Without::kSame, "", ""},
    {"replica-full-sync-buffer-limit", "Redis 8.0", Without::kSame, "", ""},
    {"search-*", "Redis 8.0", Without::kSame, "", ""},
    {"server-cpulist", "Valkey 8.0", Without::kSame, "", "server_cpulist"},
    {"slot-migration-max-failover-repl-bytes", "Valkey 9.0", Without::kSame, "", ""},
    {"slowlog-entry-max-argc", "Redis 8.8", Without::kSame, "", ""},
    {"slowlog-entry-max-string-len", "Redis 8.8", Without::kSame, "", ""},
    {"stream-idmp-duration", "Redis 8.6", Without::kSame, "", ""},
    {"stream-idmp-maxsize", "Redis 8.6", Without::kSame, "", ""},
    {"tls-auth-clients-user", "Redis 8.6", Without::kChanged, "off", ""},
    {"tls-auto-reload-interval", "Valkey 9.0", Without::kSame, "", ""},
    {"ts-*", "Redis 8.0", Without::kSame, "", ""},
    {"unixsocketgroup", "Valkey 8.0", Without::kChanged, "", ""},
    {"vset-force-single-threaded-execution", "Redis 8.0", Without::kSame, "", ""},
}};
// clang-format on

bool isNamedBy(const NewerDirective& row, std::string_view name) {
  if (!row.name.ends_with('*')) return row.name == name;
  return name.starts_with(row.name.substr(0, row.name.size() - 1));
}

}  // namespace

const NewerDirective* findNewerDirective(std::string_view name) {
  const auto* const found =
      std::find_if(kTable.begin(), kTable.end(),
                   [name](const NewerDirective& row) { return isNamedBy(row, name); });
  return found == kTable.end() ? nullptr : found;
}

std::string describeNewerDirective(const NewerDirective& directive) {
  std::string text = "that directive came with " + std::string(directive.since) + ", ";
  if (directive.without == Without::kSame) {
    return text + "this server does not have it, and it can be left out";
  }
  return text + "and this server cannot do what it asks for";
}

}  // namespace inkstone

// INFO stats, commandstats, errorstats, latencystats, keyspace.
#include <iterator>
#include <random>

#include "server/clients/clients.h"
#include "server/clients/pubsub.h"
#include "server/clients/tracking.h"
#include "server/command_table/command_table.h"
#include "server/data/data_set.h"
#include "server/info/info_field.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

using Snapshot = const InfoSnapshot&;

const ServerStats& statsOf(Snapshot s) {
  return s.parts.runtime.stats;
}

std::string kilobytes(const RateSampler& rate) {
  return infoRatio(static_cast<double>(rate.perSecond()) / 1024);
}

uint64_t microsecondsPerTurn(const ServerStats& stats) {
  const uint64_t turns = stats.turns_rate.perSecond();
  return turns == 0 ? 0 : stats.loop_time_rate.perSecond() / turns / 1000;
}

std::string channelCount(Snapshot s, ChannelKind kind) {
  return infoNumber(s.parts.clients.pubsub.count(kind));
}

constexpr InfoField kStats[] = {
    {"total_connections_received",
     [](Snapshot s) { return infoNumber(statsOf(s).connections_received); }},
    {"total_commands_processed",
     [](Snapshot s) { return infoNumber(statsOf(s).commands_processed); }},
    {"instantaneous_ops_per_sec",
     [](Snapshot s) { return infoNumber(statsOf(s).commands_rate.perSecond()); }},
    {"total_net_input_bytes", [](Snapshot s) { return infoNumber(statsOf(s).net_input_bytes); }},
    {"total_net_output_bytes", [](Snapshot s) { return infoNumber(statsOf(s).net_output_bytes); }},
    {"total_net_repl_input_bytes", infoZero},
    {"total_net_repl_output_bytes", infoZero},
    {"instantaneous_input_kbps", [](Snapshot s) { return kilobytes(statsOf(s).input_rate); }},
    {"instantaneous_output_kbps", [](Snapshot s) { return kilobytes(statsOf(s).output_rate); }},
    {"instantaneous_input_repl_kbps", [](Snapshot) { return infoRatio(0); }},
    {"instantaneous_output_repl_kbps", [](Snapshot) { return infoRatio(0); }},
    {"rejected_connections",
     [](Snapshot s) { return infoNumber(statsOf(s).connections_rejected); }},
    {"sync_full", infoZero},
    {"sync_partial_ok", infoZero},
    {"sync_partial_err", infoZero},
    {"expired_keys", [](Snapshot s) { return infoNumber(statsOf(s).expired_keys); }},
    // No expired key stays behind, except while the time limit of the cycle delays it.
    {"expired_stale_perc", [](Snapshot) { return infoRatio(0); }},
    {"expired_time_cap_reached_count",
     [](Snapshot s) { return infoNumber(statsOf(s).expired_time_cap_reached); }},
    {"expire_cycle_cpu_milliseconds",
     [](Snapshot s) { return infoNumber(statsOf(s).expire_cycle_ns / 1'000'000); }},
    {"evicted_keys", infoZero},
    {"evicted_clients", [](Snapshot s) { return infoNumber(statsOf(s).evicted_clients); }},
    {"total_eviction_exceeded_time", infoZero},
    {"current_eviction_exceeded_time", infoZero},
    {"keyspace_hits", [](Snapshot s) { return infoNumber(statsOf(s).keyspace_hits); }},
    {"keyspace_misses", [](Snapshot s) { return infoNumber(statsOf(s).keyspace_misses); }},
    {"pubsub_channels", [](Snapshot s) { return channelCount(s, ChannelKind::kChannel); }},
    {"pubsub_patterns", [](Snapshot s) { return channelCount(s, ChannelKind::kPattern); }},
    {"pubsubshard_channels", [](Snapshot s) { return channelCount(s, ChannelKind::kShard); }},
    {"latest_fork_usec", [](Snapshot s) { return infoNumber(statsOf(s).latest_fork_us); }},
    {"total_forks", [](Snapshot s) { return infoNumber(statsOf(s).total_forks); }},
    {"migrate_cached_sockets", infoZero},
    {"slave_expires_tracked_keys", infoZero},
    {"active_defrag_hits", infoZero},
    {"active_defrag_misses", infoZero},
    {"active_defrag_key_hits", infoZero},
    {"active_defrag_key_misses", infoZero},
    {"total_active_defrag_time", infoZero},
    {"current_active_defrag_time", infoZero},
    {"tracking_total_keys",
     [](Snapshot s) { return infoNumber(s.parts.clients.tracking.table().keys()); }},
    {"tracking_total_items",
     [](Snapshot s) { return infoNumber(s.parts.clients.tracking.table().items()); }},
    {"tracking_total_prefixes",
     [](Snapshot s) { return infoNumber(s.parts.clients.tracking.prefixes()); }},
    {"unexpected_error_replies",
     [](Snapshot s) { return infoNumber(statsOf(s).unexpected_error_replies); }},
    {"total_error_replies", [](Snapshot s) { return infoNumber(statsOf(s).error_replies); }},
    // Redis counts this only where sanitize-dump-payload asks for the check; this server always
    // makes it.
    {"dump_payload_sanitizations", infoZero},
    {"total_reads_processed", [](Snapshot s) { return infoNumber(statsOf(s).reads_processed); }},
    {"total_writes_processed", [](Snapshot s) { return infoNumber(statsOf(s).writes_processed); }},
    {"io_threaded_reads_processed", infoZero},
    {"io_threaded_writes_processed", infoZero},
    {"client_query_buffer_limit_disconnections",
     [](Snapshot s) { return infoNumber(statsOf(s).query_buffer_limit_disconnections); }},
    {"client_output_buffer_limit_disconnections",
     [](Snapshot s) { return infoNumber(statsOf(s).output_buffer_limit_disconnections); }},
    {"client_unauthenticated_output_disconnections",
     [](Snapshot s) { return infoNumber(statsOf(s).unauthenticated_output_disconnections); }},
    {"reply_buffer_shrinks", infoZero},
    {"reply_buffer_expands", infoZero},
    {"eventloop_cycles", [](Snapshot s) { return infoNumber(statsOf(s).loop_turns); }},
    {"eventloop_duration_sum",
     [](Snapshot s) { return infoNumber(statsOf(s).loop_duration_ns / 1000); }},
    {"eventloop_duration_cmd_sum",
     [](Snapshot s) { return infoNumber(statsOf(s).loop_command_ns / 1000); }},
    {"instantaneous_eventloop_cycles_per_sec",
     [](Snapshot s) { return infoNumber(statsOf(s).turns_rate.perSecond()); }},
    {"instantaneous_eventloop_duration_usec",
     [](Snapshot s) { return infoNumber(microsecondsPerTurn(statsOf(s))); }},
    {"acl_access_denied_auth", [](Snapshot s) { return infoNumber(statsOf(s).auth_failures); }},
    {"acl_access_denied_cmd", [](Snapshot s) { return infoNumber(statsOf(s).denied_commands); }},
    {"acl_access_denied_key", [](Snapshot s) { return infoNumber(statsOf(s).denied_keys); }},
    {"acl_access_denied_channel",
     [](Snapshot s) { return infoNumber(statsOf(s).denied_channels); }},
};

template <class Visit>
void forEachCommand(Snapshot s, Visit visit) {
  for (const auto& command : s.parts.commands.all()) {
    visit(*command);
    for (const auto& sub : command->subcommands()) visit(*sub);
  }
}

// The mean of the milliseconds that some keys have left; 0 when none of them expires.
int64_t estimateTtl(const Database& db, int64_t now_ms) {
  constexpr int kSamples = 64;
  if (db.volatileCount() == 0) return 0;
  std::minstd_rand small(static_cast<uint32_t>(now_ms));
  auto random = [&small] {
    return (uint64_t{small()} << 33) ^ (uint64_t{small()} << 13) ^ small();
  };
  double sum = 0;
  int seen = 0;
  for (int i = 0; i < kSamples; ++i) {
    const Entry* entry = db.randomEntry(random);
    if (entry == nullptr || !entry->hasDeadline()) continue;
    sum += static_cast<double>(std::max<int64_t>(entry->deadline() - now_ms, 0));
    ++seen;
  }
  return seen == 0 ? 0 : static_cast<int64_t>(sum / seen);
}

}  // namespace

std::span<const InfoField> infoStatsFields() {
  return kStats;
}

void appendCommandStats(const InfoSnapshot& snapshot, std::string& out) {
  forEachCommand(snapshot, [&](const Command& command) {
    const CommandStats& stats = command.stats;
    if (stats.calls == 0 && stats.rejected_calls == 0 && stats.failed_calls == 0) return;
    const int64_t usec = stats.nanoseconds / 1000;
    const double per_call = stats.calls == 0 ? 0
                                             : static_cast<double>(stats.nanoseconds) / 1000 /
                                                   static_cast<double>(stats.calls);
    fmt::format_to(std::back_inserter(out),
                   "cmdstat_{}:calls={},usec={},usec_per_call={:.2f},rejected_calls={},"
                   "failed_calls={}\r\n",
                   command.fullName(), stats.calls, usec, per_call, stats.rejected_calls,
                   stats.failed_calls);
  });
}

void appendErrorStats(const InfoSnapshot& snapshot, std::string& out) {
  for (const auto& [code, count] : snapshot.parts.runtime.stats.errors) {
    fmt::format_to(std::back_inserter(out), "errorstat_{}:count={}\r\n", code, count);
  }
}

void appendLatencyStats(const InfoSnapshot& snapshot, std::string& out) {
  forEachCommand(snapshot, [&](const Command& command) {
    const LatencyHistogram& latency = command.stats.latency;
    if (latency.total() == 0) return;
    fmt::format_to(std::back_inserter(out), "latency_percentiles_usec_{}:", command.fullName());
    const char* separator = "";
    for (double percent : snapshot.parts.runtime.settings.latency_tracking_info_percentiles) {
      fmt::format_to(std::back_inserter(out), "{}p{:g}={:.3f}", separator, percent,
                     static_cast<double>(latency.percentile(percent)) / 1000);
      separator = ",";
    }
    out += "\r\n";
  });
}

void appendKeyspace(const InfoSnapshot& snapshot, std::string& out) {
  const ServerParts& parts = snapshot.parts;
  for (size_t i = 0; i < parts.data.keyspace.size(); ++i) {
    const Database& db = parts.data.keyspace[i];
    if (db.empty()) continue;
    fmt::format_to(std::back_inserter(out), "db{}:keys={},expires={},avg_ttl={}\r\n", i, db.size(),
                   db.volatileCount(), estimateTtl(db, parts.runtime.clock.unixMs()));
  }
}

}  // namespace inkstone

// INFO stats, commandstats, errorstats, latencystats, keyspace.
#include <fmt/format.h>

#include <iterator>
#include <random>

#include "server/clients/clients.h"
#include "server/clients/pubsub.h"
#include "server/clients/tracking.h"
#include "server/command_table/command_table.h"
#include "server/data/data_set.h"
#include "server/info/info_report.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

using namespace info_rows;

const ServerStats& statsOf(Snapshot s) {
  return s.parts.runtime.stats;
}

InfoReal kilobytes(const RateSampler& rate) {
  return {static_cast<double>(rate.perSecond()) / 1024};
}

InfoTime timePerTurn(const ServerStats& stats) {
  const uint64_t turns = stats.turns_rate.perSecond();
  const uint64_t ns = turns == 0 ? 0 : stats.loop_time_rate.perSecond() / turns;
  return InfoTime::microseconds(static_cast<int64_t>(ns / 1000));
}

// The value of that member of the counters; the number of subscribed names of that kind.
template <auto kMember>
constexpr auto kStat = [](Snapshot s) { return statsOf(s).*kMember; };
template <ChannelKind kKind>
constexpr auto kChannels = [](Snapshot s) { return s.parts.clients.pubsub.count(kKind); };

constexpr InfoField kStats[] = {
    counter("total_connections_received", "The number of connections that were accepted.",
            kStat<&ServerStats::connections_received>),
    counter("total_commands_processed", "The number of commands that were executed.",
            kStat<&ServerStats::commands_processed>),
    gauge("instantaneous_ops_per_sec", "Commands a second, measured over the last 1.6 seconds.",
          [](Snapshot s) { return statsOf(s).commands_rate.perSecond(); }),
    counter("total_net_input_bytes", "Bytes that were read from clients.",
            kStat<&ServerStats::net_input_bytes>),
    counter("total_net_output_bytes", "Bytes that were sent to clients.",
            kStat<&ServerStats::net_output_bytes>),
    counter("total_net_repl_input_bytes",
            "Bytes that were read from a master: 0, because there is no replication.", kZero),
    counter("total_net_repl_output_bytes",
            "Bytes that were sent to replicas: 0, because there is no replication.", kZero),
    gauge("instantaneous_input_kbps",
          "Kilobytes a second read from clients, measured over the last 1.6 seconds.",
          [](Snapshot s) { return kilobytes(statsOf(s).input_rate); }),
    gauge("instantaneous_output_kbps",
          "Kilobytes a second sent to clients, measured over the last 1.6 seconds.",
          [](Snapshot s) { return kilobytes(statsOf(s).output_rate); }),
    gauge("instantaneous_input_repl_kbps",
          "Kilobytes a second read from a master: 0, because there is no replication.", kZeroReal),
    gauge("instantaneous_output_repl_kbps",
          "Kilobytes a second sent to replicas: 0, because there is no replication.", kZeroReal),
    counter("rejected_connections", "The number of connections that maxclients refused.",
            kStat<&ServerStats::connections_rejected>),
    counter("sync_full",
            "The number of full synchronizations of replicas: 0, because there is no replication.",
            kZero),
    counter("sync_partial_ok",
            "The number of partial synchronizations: 0, because there is no replication.", kZero),
    counter("sync_partial_err",
            "The number of refused partial synchronizations: 0, because there is no replication.",
            kZero),
    counter("expired_keys", "The number of keys that were deleted because they had expired.",
            kStat<&ServerStats::expired_keys>),
    // No expired key stays behind, except while the time limit of the cycle delays it.
    gauge("expired_stale_perc",
          "The part of the keys that have expired and are still there, in percent: always 0.",
          kZeroReal),
    counter("expired_time_cap_reached_count",
            "The number of expire cycles that were cut short by their time limit.",
            kStat<&ServerStats::expired_time_cap_reached>),
    counter("expire_cycle_cpu_milliseconds", "Milliseconds that expire cycles took.",
            [](Snapshot s) {
              const int64_t us = statsOf(s).expire_cycle_ns / 1000;
              return InfoTime{std::chrono::microseconds(us), InfoTime::Form::kMilliseconds};
            }),
    counter("evicted_keys", "The number of evicted keys: 0, because there is no eviction of keys.",
            kZero),
    counter("evicted_clients", "The number of clients that maxmemory-clients closed.",
            kStat<&ServerStats::evicted_clients>),
    counter("total_eviction_exceeded_time",
            "Milliseconds that used_memory was above maxmemory while keys were evicted: always 0.",
            kZeroTime),
    duration(
        "current_eviction_exceeded_time",
        "Milliseconds since used_memory rose above maxmemory while keys are evicted: always 0.",
        kZeroTime),
    counter("keyspace_hits", "The number of look-ups by reading commands that found the key.",
            kStat<&ServerStats::keyspace_hits>),
    counter("keyspace_misses", "The number of look-ups by reading commands that found no key.",
            kStat<&ServerStats::keyspace_misses>),
    gauge("pubsub_channels", "The number of channels that have subscribers.",
          kChannels<ChannelKind::kChannel>),
    gauge("pubsub_patterns", "The number of patterns that have subscribers.",
          kChannels<ChannelKind::kPattern>),
    gauge("pubsubshard_channels", "The number of shard channels that have subscribers.",
          kChannels<ChannelKind::kShard>),
    duration("latest_fork_usec", "Microseconds that the last fork of a child process took.",
             [](Snapshot s) { return InfoTime::microseconds(statsOf(s).latest_fork_us); }),
    counter("total_forks", "The number of child processes that were forked.",
            kStat<&ServerStats::total_forks>),
    gauge("migrate_cached_sockets",
          "The number of connections that MIGRATE keeps: 0, because there is no MIGRATE.", kZero),
    gauge("slave_expires_tracked_keys",
          "The number of keys that a writable replica expires: 0, because there are no replicas.",
          kZero),
    counter("active_defrag_hits",
            "The number of values that defragmentation moved: 0, because there is none.", kZero),
    counter("active_defrag_misses",
            "The number of values that defragmentation left in place: 0, because there is none.",
            kZero),
    counter("active_defrag_key_hits",
            "The number of keys that defragmentation moved: 0, because there is none.", kZero),
    counter("active_defrag_key_misses",
            "The number of keys that defragmentation left in place: 0, because there is none.",
            kZero),
    counter("total_active_defrag_time",
            "Milliseconds that memory was too fragmented: 0, because nothing defragments it.",
            kZeroTime),
    duration("current_active_defrag_time",
             "Milliseconds since memory became too fragmented: 0, because nothing defragments it.",
             kZeroTime),
    gauge("tracking_total_keys", "The number of keys that client side caching tracks.",
          [](Snapshot s) { return s.parts.clients.tracking.table().keys(); }),
    gauge("tracking_total_items",
          "The number of tracked keys, each counted once for every client that keeps it.",
          [](Snapshot s) { return s.parts.clients.tracking.table().items(); }),
    gauge("tracking_total_prefixes",
          "The number of prefixes that are tracked in broadcasting mode.",
          [](Snapshot s) { return s.parts.clients.tracking.prefixes(); }),
    counter("unexpected_error_replies", "The number of error replies to a master or from the AOF.",
            kStat<&ServerStats::unexpected_error_replies>),
    counter("total_error_replies", "The number of error replies.",
            kStat<&ServerStats::error_replies>),
    // Redis counts this only where sanitize-dump-payload asks for the check; this server always
    // makes it.
    counter("dump_payload_sanitizations",
            "The number of payloads that were checked because a directive asks for it: always 0.",
            kZero),
    counter("total_reads_processed", "The number of times that something was read from a client.",
            kStat<&ServerStats::reads_processed>),
    counter("total_writes_processed", "The number of times that something was sent to a client.",
            kStat<&ServerStats::writes_processed>),
    counter("io_threaded_reads_processed",
            "The number of reads by I/O threads: 0, because there are no I/O threads.", kZero),
    counter("io_threaded_writes_processed",
            "The number of writes by I/O threads: 0, because there are no I/O threads.", kZero),
    counter("client_query_buffer_limit_disconnections",
            "The number of clients that were closed because of a request that was too long.",
            kStat<&ServerStats::query_buffer_limit_disconnections>),
    counter("client_output_buffer_limit_disconnections",
            "The number of clients that were closed because too many replies waited for them.",
            kStat<&ServerStats::output_buffer_limit_disconnections>),
    counter("client_unauthenticated_output_disconnections",
            "The number of those closed clients that had not authenticated.",
            kStat<&ServerStats::unauthenticated_output_disconnections>),
    counter("reply_buffer_shrinks",
            "The number of reply buffers made smaller: 0, because clients have no such buffers.",
            kZero),
    counter("reply_buffer_expands",
            "The number of reply buffers made larger: 0, because clients have no such buffers.",
            kZero),
    counter("eventloop_cycles", "The number of turns of the event loop.",
            kStat<&ServerStats::loop_turns>),
    counter("eventloop_duration_sum", "Microseconds that all turns of the event loop took.",
            [](Snapshot s) { return InfoTime::microseconds(statsOf(s).loop_duration_ns / 1000); }),
    counter("eventloop_duration_cmd_sum", "Microseconds of the turns that commands took.",
            [](Snapshot s) { return InfoTime::microseconds(statsOf(s).loop_command_ns / 1000); }),
    gauge("instantaneous_eventloop_cycles_per_sec",
          "Turns of the event loop a second, measured over the last 1.6 seconds.",
          [](Snapshot s) { return statsOf(s).turns_rate.perSecond(); }),
    duration("instantaneous_eventloop_duration_usec",
             "Microseconds that a turn takes on average, measured over the last 1.6 seconds.",
             [](Snapshot s) { return timePerTurn(statsOf(s)); }),
    counter("acl_access_denied_auth", "The number of failed attempts to authenticate.",
            kStat<&ServerStats::auth_failures>),
    counter("acl_access_denied_cmd",
            "The number of commands that were refused because the user may not run them.",
            kStat<&ServerStats::denied_commands>),
    counter("acl_access_denied_key",
            "The number of commands that were refused because of one of their keys.",
            kStat<&ServerStats::denied_keys>),
    counter("acl_access_denied_channel",
            "The number of commands that were refused because of one of their channels.",
            kStat<&ServerStats::denied_channels>),
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

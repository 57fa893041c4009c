// INFO persistence.
#include "server/data/data_set.h"
#include "server/durability/durability.h"
#include "server/info/info_field.h"
#include "server/net/network.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

using Snapshot = const InfoSnapshot&;

bool isLoading(Snapshot s) {
  return s.parts.durability.loading.active();
}
// Whether the AOF is on, or is being switched on by a rewrite that runs.
bool logIsOn(Snapshot s) {
  return s.parts.durability.log.isOn() || s.parts.durability.log_rewrite.waiting();
}
const LogRewrite& rewriteOf(Snapshot s) {
  return s.parts.durability.log_rewrite;
}

double loadedPercent(Snapshot s) {
  const auto total = static_cast<double>(s.parts.durability.loading.totalBytes());
  return total == 0 ? 0
                    : static_cast<double>(s.parts.durability.loading.loadedBytes()) * 100 / total;
}

// The seconds until everything is loaded, if the rest goes as fast as the part that is done.
int64_t loadingEta(Snapshot s) {
  const Loading& loading = s.parts.durability.loading;
  if (loading.loadedBytes() == 0 || loading.totalBytes() < loading.loadedBytes()) return 1;
  const double left = static_cast<double>(loading.totalBytes() - loading.loadedBytes());
  return static_cast<int64_t>(static_cast<double>(loading.elapsedMs()) / 1000 * left /
                              static_cast<double>(loading.loadedBytes()));
}

constexpr InfoField kPersistence[] = {
    {"loading", [](Snapshot s) { return infoFlag(isLoading(s)); }},
    {"async_loading", [](Snapshot) { return infoFlag(false); }},
    {"current_cow_peak",
     [](Snapshot s) { return infoNumber(s.parts.durability.child.progress().cow_peak_bytes); }},
    {"current_cow_size",
     [](Snapshot s) { return infoNumber(s.parts.durability.child.progress().cow_bytes); }},
    {"current_cow_size_age",
     [](Snapshot s) { return infoNumber(s.parts.durability.child.progress().cow_age_s); }},
    {"current_fork_perc",
     [](Snapshot s) { return infoRatio(s.parts.durability.child.progress().percent()); }},
    {"current_save_keys_processed",
     [](Snapshot s) { return infoNumber(s.parts.durability.child.progress().keys_processed); }},
    {"current_save_keys_total",
     [](Snapshot s) { return infoNumber(s.parts.durability.child.progress().keys_total); }},
    {"rdb_changes_since_last_save", [](Snapshot s) { return infoNumber(s.parts.data.dirty); }},
    {"rdb_bgsave_in_progress",
     [](Snapshot s) { return infoFlag(s.parts.durability.snapshots.running()); }},
    {"rdb_last_save_time",
     [](Snapshot s) { return infoNumber(s.parts.durability.snapshots.lastSaveUnixSeconds()); }},
    {"rdb_last_bgsave_status",
     [](Snapshot s) { return infoStatus(s.parts.durability.snapshots.lastBackgroundSaveOk()); }},
    {"rdb_last_bgsave_time_sec",
     [](Snapshot s) {
       return infoNumber(s.parts.durability.snapshots.lastBackgroundSaveSeconds());
     }},
    {"rdb_current_bgsave_time_sec",
     [](Snapshot s) {
       return infoNumber(s.parts.durability.snapshots.currentBackgroundSaveSeconds());
     }},
    {"rdb_saves", [](Snapshot s) { return infoNumber(s.parts.durability.snapshots.saves()); }},
    {"rdb_last_cow_size",
     [](Snapshot s) { return infoNumber(s.parts.durability.snapshots.lastCowBytes()); }},
    {"rdb_last_load_keys_expired",
     [](Snapshot s) { return infoNumber(s.parts.durability.loading.imageKeysExpired()); }},
    {"rdb_last_load_keys_loaded",
     [](Snapshot s) { return infoNumber(s.parts.durability.loading.imageKeysLoaded()); }},
    {"aof_enabled", [](Snapshot s) { return infoFlag(logIsOn(s)); }},
    {"aof_rewrite_in_progress", [](Snapshot s) { return infoFlag(rewriteOf(s).inProgress()); }},
    {"aof_rewrite_scheduled", [](Snapshot s) { return infoFlag(rewriteOf(s).scheduled()); }},
    {"aof_last_rewrite_time_sec",
     [](Snapshot s) { return infoNumber(rewriteOf(s).stats().last_seconds); }},
    {"aof_current_rewrite_time_sec",
     [](Snapshot s) { return infoNumber(rewriteOf(s).currentSeconds()); }},
    {"aof_last_bgrewrite_status",
     [](Snapshot s) { return infoStatus(rewriteOf(s).stats().last_ok); }},
    {"aof_rewrites", [](Snapshot s) { return infoNumber(rewriteOf(s).stats().started); }},
    {"aof_rewrites_consecutive_failures",
     [](Snapshot s) { return infoNumber(rewriteOf(s).stats().consecutive_failures); }},
    {"aof_last_write_status", [](Snapshot s) { return infoStatus(s.log.last_write_ok); }},
    {"aof_last_cow_size",
     [](Snapshot s) { return infoNumber(rewriteOf(s).stats().last_cow_bytes); }},
    {"module_fork_in_progress", [](Snapshot) { return infoFlag(false); }},
    {"module_fork_last_cow_size", infoZero},
    {"aof_current_size", [](Snapshot s) { return infoNumber(s.log.current_size); }, logIsOn},
    {"aof_base_size", [](Snapshot s) { return infoNumber(s.log.base_size); }, logIsOn},
    {"aof_pending_rewrite", [](Snapshot s) { return infoFlag(rewriteOf(s).scheduled()); }, logIsOn},
    {"aof_buffer_length", [](Snapshot s) { return infoNumber(s.log.buffer_length); }, logIsOn},
    {"aof_rewrite_buffer_length",
     [](Snapshot s) { return infoNumber(rewriteOf(s).bufferLength()); }, logIsOn},
    {"aof_rewrite_buffer_peak", [](Snapshot s) { return infoNumber(rewriteOf(s).bufferPeak()); },
     logIsOn},
    {"aof_pending_bio_fsync", [](Snapshot s) { return infoNumber(s.log.pending_bio_fsync); },
     logIsOn},
    {"aof_delayed_fsync", [](Snapshot s) { return infoNumber(s.log.delayed_fsync); }, logIsOn},
    {"aof_undurable_bytes", [](Snapshot s) { return infoNumber(s.log.undurable_bytes); }, logIsOn},
    {"aof_writer_groups", [](Snapshot s) { return infoNumber(s.log.groups.count); }, logIsOn},
    {"aof_writer_group_bytes", [](Snapshot s) { return infoNumber(s.log.groups.bytes); }, logIsOn},
    {"aof_writer_last_group_bytes", [](Snapshot s) { return infoNumber(s.log.groups.last_bytes); },
     logIsOn},
    {"aof_writer_fsyncs", [](Snapshot s) { return infoNumber(s.log.groups.syncs); }, logIsOn},
    {"aof_writer_last_fsync_usec", [](Snapshot s) { return infoNumber(s.log.groups.last_sync_us); },
     logIsOn},
    {"aof_writer_max_fsync_usec", [](Snapshot s) { return infoNumber(s.log.groups.max_sync_us); },
     logIsOn},
    {"aof_writer_loop_groups",
     [](Snapshot s) { return infoNumber(s.parts.durability.log_writer.deferredGroups()); },
     logIsOn},
    {"aof_writer_takeovers",
     [](Snapshot s) { return infoNumber(s.parts.network.relay.takeovers()); }, logIsOn},
    {"aof_disk_reserve_bytes", [](Snapshot s) { return infoNumber(s.log.reserve_bytes); }, logIsOn},
    {"aof_disk_reserve_given_up", [](Snapshot s) { return infoNumber(s.log.reserve_given_up); },
     logIsOn},
    {"aof_unlogged_replies",
     [](Snapshot s) { return infoNumber(s.parts.runtime.stats.unlogged_replies); }, logIsOn},
    {"aof_ledger_records", [](Snapshot s) { return infoNumber(s.log.ledger_records); }, logIsOn},
    {"aof_ledger_offset", [](Snapshot s) { return infoNumber(s.log.ledger_offset); }, logIsOn},
    {"loading_start_time",
     [](Snapshot s) { return infoNumber(s.parts.durability.loading.startedUnixSeconds()); },
     isLoading},
    {"loading_total_bytes",
     [](Snapshot s) { return infoNumber(s.parts.durability.loading.totalBytes()); }, isLoading},
    {"loading_loaded_bytes",
     [](Snapshot s) { return infoNumber(s.parts.durability.loading.loadedBytes()); }, isLoading},
    {"loading_loaded_perc", [](Snapshot s) { return infoRatio(loadedPercent(s)); }, isLoading},
    {"loading_eta_seconds", [](Snapshot s) { return infoNumber(loadingEta(s)); }, isLoading},
};

}  // namespace

std::span<const InfoField> infoPersistenceFields() {
  return kPersistence;
}

}  // namespace inkstone

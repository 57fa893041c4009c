// INFO persistence.
#include "server/data/data_set.h"
#include "server/durability/durability.h"
#include "server/info/info_report.h"
#include "server/net/network.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

using namespace info_rows;

const Loading& loadingOf(Snapshot s) {
  return s.parts.durability.loading;
}
const Snapshots& snapshotsOf(Snapshot s) {
  return s.parts.durability.snapshots;
}
const LogRewrite& rewriteOf(Snapshot s) {
  return s.parts.durability.log_rewrite;
}
// What the child process that runs now has reported.
ChildProgress childOf(Snapshot s) {
  return s.parts.durability.child.progress();
}

constexpr auto kIsLoading = [](Snapshot s) { return loadingOf(s).active(); };
// Whether the AOF is on, or is being switched on by a rewrite that runs.
constexpr auto kLogIsOn = [](Snapshot s) {
  return s.parts.durability.log.isOn() || rewriteOf(s).waiting();
};
constexpr auto kRewriteScheduled = [](Snapshot s) { return rewriteOf(s).scheduled(); };

double loadedPercent(const Loading& loading) {
  const auto total = static_cast<double>(loading.totalBytes());
  return total == 0 ? 0 : static_cast<double>(loading.loadedBytes()) * 100 / total;
}

// The time until everything is loaded, if the rest goes as fast as the part that is done.
InfoTime loadingEta(const Loading& loading) {
  if (loading.loadedBytes() == 0 || loading.totalBytes() < loading.loadedBytes()) {
    return InfoTime::seconds(1);
  }
  const double left = static_cast<double>(loading.totalBytes() - loading.loadedBytes());
  return InfoTime::seconds(static_cast<int64_t>(static_cast<double>(loading.elapsedMs()) / 1000 *
                                                left / static_cast<double>(loading.loadedBytes())));
}

// The value of that member of the log's counters, of the counters of its groups, of what the child
// process has reported.
template <auto kMember>
constexpr auto kLog = [](Snapshot s) { return s.log.*kMember; };
template <auto kMember>
constexpr auto kGroups = [](Snapshot s) { return s.log.groups.*kMember; };
template <auto kMember>
constexpr auto kChild = [](Snapshot s) { return childOf(s).*kMember; };

constexpr InfoField kPersistence[] = {
    gauge("loading", "Whether data files are being loaded.", kIsLoading),
    gauge("async_loading",
          "Whether data of a master are being loaded beside the old ones: always 0.", kOff),
    gauge("current_cow_peak",
          "The largest current_cow_size of the child process that runs, in bytes.",
          kChild<&ChildProgress::cow_peak_bytes>),
    gauge("current_cow_size",
          "Bytes that were copied because they changed while the child process runs.",
          kChild<&ChildProgress::cow_bytes>),
    duration("current_cow_size_age", "Seconds since current_cow_size was measured.",
             [](Snapshot s) { return InfoTime::seconds(childOf(s).cow_age_s); }),
    gauge("current_fork_perc",
          "The part of the keys that the child process has written, in percent.",
          [](Snapshot s) { return InfoReal{childOf(s).percent()}; }),
    gauge("current_save_keys_processed", "The number of keys that the child process has written.",
          kChild<&ChildProgress::keys_processed>),
    gauge("current_save_keys_total", "The number of keys that the child process has to write.",
          kChild<&ChildProgress::keys_total>),
    gauge("rdb_changes_since_last_save", "The number of changes since the last successful save.",
          [](Snapshot s) { return s.parts.data.dirty; }),
    gauge("rdb_bgsave_in_progress", "Whether a child process is writing a dump.",
          [](Snapshot s) { return snapshotsOf(s).running(); }),
    timestamp("rdb_last_save_time", "The Unix time in seconds of the last successful save.",
              [](Snapshot s) { return InfoTime::seconds(snapshotsOf(s).lastSaveUnixSeconds()); }),
    gauge("rdb_last_bgsave_status", "Whether the last BGSAVE was successful.",
          [](Snapshot s) { return InfoStatus{snapshotsOf(s).lastBackgroundSaveOk()}; }),
    duration(
        "rdb_last_bgsave_time_sec", "Seconds that the last BGSAVE took, -1 before the first.",
        [](Snapshot s) { return InfoTime::seconds(snapshotsOf(s).lastBackgroundSaveSeconds()); }),
    duration("rdb_current_bgsave_time_sec",
             "Seconds since the BGSAVE that runs was started, -1 while there is none.",
             [](Snapshot s) {
               return InfoTime::seconds(snapshotsOf(s).currentBackgroundSaveSeconds());
             }),
    counter("rdb_saves", "The number of successful saves since the start.",
            [](Snapshot s) { return snapshotsOf(s).saves(); }),
    gauge("rdb_last_cow_size",
          "Bytes that were copied because they changed during the last BGSAVE.",
          [](Snapshot s) { return snapshotsOf(s).lastCowBytes(); }),
    gauge("rdb_last_load_keys_expired",
          "The number of keys that were left out as expired when an RDB image was last loaded.",
          [](Snapshot s) { return loadingOf(s).imageKeysExpired(); }),
    gauge("rdb_last_load_keys_loaded",
          "The number of keys that were loaded when an RDB image was last loaded.",
          [](Snapshot s) { return loadingOf(s).imageKeysLoaded(); }),
    gauge("aof_enabled", "Whether the AOF is on, or is being switched on.", kLogIsOn),
    gauge("aof_rewrite_in_progress", "Whether the AOF is being rewritten.",
          [](Snapshot s) { return rewriteOf(s).inProgress(); }),
    gauge("aof_rewrite_scheduled",
          "Whether a rewrite of the AOF waits for the end of something else.", kRewriteScheduled),
    duration("aof_last_rewrite_time_sec",
             "Seconds that the last rewrite of the AOF took, -1 before the first.",
             [](Snapshot s) { return InfoTime::seconds(rewriteOf(s).stats().last_seconds); }),
    duration("aof_current_rewrite_time_sec",
             "Seconds since the rewrite that runs was started, -1 while there is none.",
             [](Snapshot s) { return InfoTime::seconds(rewriteOf(s).currentSeconds()); }),
    gauge("aof_last_bgrewrite_status", "Whether the last rewrite of the AOF was successful.",
          [](Snapshot s) { return InfoStatus{rewriteOf(s).stats().last_ok}; }),
    counter("aof_rewrites", "The number of rewrites of the AOF that were started.",
            [](Snapshot s) { return rewriteOf(s).stats().started; }),
    gauge("aof_rewrites_consecutive_failures",
          "The number of rewrites that have failed since the last successful one.",
          [](Snapshot s) { return rewriteOf(s).stats().consecutive_failures; }),
    gauge("aof_last_write_status", "Whether the AOF could be written and synced the last time.",
          [](Snapshot s) { return InfoStatus{s.log.last_write_ok}; }),
    gauge("aof_last_cow_size",
          "Bytes that were copied because they changed during the last rewrite of the AOF.",
          [](Snapshot s) { return rewriteOf(s).stats().last_cow_bytes; }),
    gauge("module_fork_in_progress",
          "Whether a child process of a module runs: 0, because there are no modules.", kOff),
    gauge("module_fork_last_cow_size",
          "Bytes that were copied for a module's child process: 0, because there are no modules.",
          kZero),
    gauge("aof_current_size", "Bytes of the AOF.", kLog<&AppendOnlyCounters::current_size>,
          kLogIsOn),
    gauge("aof_base_size", "Bytes that the AOF had after its last rewrite, or when it was opened.",
          kLog<&AppendOnlyCounters::base_size>, kLogIsOn),
    gauge("aof_pending_rewrite", "The same as aof_rewrite_scheduled.", kRewriteScheduled, kLogIsOn),
    gauge("aof_buffer_length", "Bytes of AOF text that are not written yet.",
          kLog<&AppendOnlyCounters::buffer_length>, kLogIsOn),
    gauge(
        "aof_rewrite_buffer_length",
        "Bytes that a rewrite has gathered and that the new file does not have yet.",
        [](Snapshot s) { return rewriteOf(s).bufferLength(); }, kLogIsOn),
    gauge(
        "aof_rewrite_buffer_peak",
        "The most bytes that the running or the last rewrite had gathered at once.",
        [](Snapshot s) { return rewriteOf(s).bufferPeak(); }, kLogIsOn),
    gauge("aof_pending_bio_fsync", "The number of syncs of the AOF that are under way.",
          kLog<&AppendOnlyCounters::pending_bio_fsync>, kLogIsOn),
    counter("aof_delayed_fsync", "The number of times that a write waited for a sync under way.",
            kLog<&AppendOnlyCounters::delayed_fsync>, kLogIsOn),
    gauge("aof_undurable_bytes", "Bytes of AOF text that are not durable yet.",
          kLog<&AppendOnlyCounters::undurable_bytes>, kLogIsOn),
    counter("aof_writer_groups", "The number of groups of AOF text that were written.",
            kGroups<&GroupCounters::count>, kLogIsOn),
    counter("aof_writer_group_bytes", "Bytes of all those groups.", kGroups<&GroupCounters::bytes>,
            kLogIsOn),
    gauge("aof_writer_last_group_bytes", "Bytes of the last group.",
          kGroups<&GroupCounters::last_bytes>, kLogIsOn),
    counter("aof_writer_fsyncs", "The number of those groups that were synced.",
            kGroups<&GroupCounters::syncs>, kLogIsOn),
    duration(
        "aof_writer_last_fsync_usec", "Microseconds that the last sync of a group took.",
        [](Snapshot s) { return InfoTime::microseconds(s.log.groups.last_sync_us); }, kLogIsOn),
    duration(
        "aof_writer_max_fsync_usec", "Microseconds that the longest sync of a group took.",
        [](Snapshot s) { return InfoTime::microseconds(s.log.groups.max_sync_us); }, kLogIsOn),
    counter(
        "aof_writer_loop_groups", "The number of groups that were left to the loop's thread.",
        [](Snapshot s) { return s.parts.durability.log_writer.deferredGroups(); }, kLogIsOn),
    counter(
        "aof_writer_takeovers",
        "The number of times that another thread took over the loop during a sync.",
        [](Snapshot s) { return s.parts.network.relay.takeovers(); }, kLogIsOn),
    gauge("aof_disk_reserve_bytes", "Bytes of disk space that are kept for a disk that is full.",
          kLog<&AppendOnlyCounters::reserve_bytes>, kLogIsOn),
    counter("aof_disk_reserve_given_up",
            "The number of times that the reserve was given up because the disk was full.",
            kLog<&AppendOnlyCounters::reserve_given_up>, kLogIsOn),
    counter(
        "aof_unlogged_replies",
        "The number of writes whose reply became an error because the AOF did not take them.",
        [](Snapshot s) { return s.parts.runtime.stats.unlogged_replies; }, kLogIsOn),
    gauge("aof_ledger_records", "The number of records in the checksum ledger of the AOF.",
          kLog<&AppendOnlyCounters::ledger_records>, kLogIsOn),
    gauge("aof_ledger_offset", "Bytes of the AOF that its checksum ledger covers.",
          kLog<&AppendOnlyCounters::ledger_offset>, kLogIsOn),
    timestamp(
        "loading_start_time", "The Unix time in seconds when loading began.",
        [](Snapshot s) { return InfoTime::seconds(loadingOf(s).startedUnixSeconds()); },
        kIsLoading),
    gauge(
        "loading_total_bytes", "Bytes of the files that are being loaded.",
        [](Snapshot s) { return loadingOf(s).totalBytes(); }, kIsLoading),
    gauge(
        "loading_loaded_bytes", "Bytes that have been loaded.",
        [](Snapshot s) { return loadingOf(s).loadedBytes(); }, kIsLoading),
    gauge(
        "loading_loaded_perc", "The part that has been loaded, in percent.",
        [](Snapshot s) { return InfoReal{loadedPercent(loadingOf(s))}; }, kIsLoading),
    duration(
        "loading_eta_seconds", "Seconds until everything is loaded, as far as can be told.",
        [](Snapshot s) { return loadingEta(loadingOf(s)); }, kIsLoading),
};

}  // namespace

std::span<const InfoField> infoPersistenceFields() {
  return kPersistence;
}

}  // namespace inkstone

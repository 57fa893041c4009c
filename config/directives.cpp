#include "config/directives.h"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

#include "base/ascii.h"
#include "config/special_directives.h"

namespace inkstone {
namespace {

using Values = ConfigValues;

constexpr int64_t kPortMax = 65535;
constexpr int64_t kIntMin = std::numeric_limits<int32_t>::min();
constexpr int64_t kIntMax = std::numeric_limits<int32_t>::max();
constexpr int64_t kUintMax = std::numeric_limits<uint32_t>::max();
constexpr int64_t kInt64Max = std::numeric_limits<int64_t>::max();
constexpr uint64_t kUint64Max = std::numeric_limits<uint64_t>::max();
constexpr uint64_t kMegabyte = 1024 * 1024;

template <typename Enum>
constexpr EnumName named(std::string_view name, Enum value) {
  return {name, static_cast<int>(value)};
}

constexpr std::array kSupervisedNames = {
    named("upstart", Supervised::kUpstart), named("systemd", Supervised::kSystemd),
    named("auto", Supervised::kAuto), named("no", Supervised::kNo)};
constexpr std::array kSyslogFacilityNames = {
    named("user", SyslogFacility::kUser),     named("local0", SyslogFacility::kLocal0),
    named("local1", SyslogFacility::kLocal1), named("local2", SyslogFacility::kLocal2),
    named("local3", SyslogFacility::kLocal3), named("local4", SyslogFacility::kLocal4),
    named("local5", SyslogFacility::kLocal5), named("local6", SyslogFacility::kLocal6),
    named("local7", SyslogFacility::kLocal7)};
constexpr std::array kLogLevelNames = {
    named("debug", LogLevel::kDebug), named("verbose", LogLevel::kVerbose),
    named("notice", LogLevel::kNotice), named("warning", LogLevel::kWarning),
    named("nothing", LogLevel::kNothing)};
constexpr std::array kOomScoreAdjNames = {
    named("no", OomScoreAdj::kNo), named("yes", OomScoreAdj::kRelative),
    named("relative", OomScoreAdj::kRelative), named("absolute", OomScoreAdj::kAbsolute)};
constexpr std::array kAclPubsubDefaultNames = {
    named("allchannels", AclPubsubDefault::kAllChannels),
    named("resetchannels", AclPubsubDefault::kResetChannels)};
constexpr std::array kProtectedActionNames = {named("no", ProtectedAction::kNo),
                                              named("yes", ProtectedAction::kYes),
                                              named("local", ProtectedAction::kLocal)};
constexpr std::array kMaxmemoryPolicyNames = {
    named("volatile-lru", MaxmemoryPolicy::kVolatileLru),
    named("volatile-lfu", MaxmemoryPolicy::kVolatileLfu),
    named("volatile-random", MaxmemoryPolicy::kVolatileRandom),
    named("volatile-ttl", MaxmemoryPolicy::kVolatileTtl),
    named("allkeys-lru", MaxmemoryPolicy::kAllkeysLru),
    named("allkeys-lfu", MaxmemoryPolicy::kAllkeysLfu),
    named("allkeys-random", MaxmemoryPolicy::kAllkeysRandom),
    named("noeviction", MaxmemoryPolicy::kNoeviction)};
constexpr std::array kAppendFsyncNames = {named("everysec", AppendFsync::kEverysec),
                                          named("always", AppendFsync::kAlways),
                                          named("no", AppendFsync::kNo)};
constexpr std::array kSanitizeDumpPayloadNames = {named("no", SanitizeDumpPayload::kNo),
                                                  named("yes", SanitizeDumpPayload::kYes),
                                                  named("clients", SanitizeDumpPayload::kClients)};
constexpr std::array kReplDisklessLoadNames = {named("disabled", ReplDisklessLoad::kDisabled),
                                               named("on-empty-db", ReplDisklessLoad::kOnEmptyDb),
                                               named("swapdb", ReplDisklessLoad::kSwapdb)};
constexpr std::array kPropagationErrorBehaviorNames = {
    named("ignore", PropagationErrorBehavior::kIgnore),
    named("panic", PropagationErrorBehavior::kPanic),
    named("panic-on-replicas", PropagationErrorBehavior::kPanicOnReplicas)};
constexpr std::array kClusterEndpointTypeNames = {
    named("ip", ClusterEndpointType::kIp), named("hostname", ClusterEndpointType::kHostname),
    named("unknown-endpoint", ClusterEndpointType::kUnknownEndpoint)};
constexpr std::array kTlsAuthClientsNames = {named("no", TlsAuthClients::kNo),
                                             named("yes", TlsAuthClients::kYes),
                                             named("optional", TlsAuthClients::kOptional)};
constexpr std::array kShutdownNames = {
    named("default", kShutdownDefault), named("save", kShutdownSave),
    named("nosave", kShutdownNosave), named("now", kShutdownNow), named("force", kShutdownForce)};

// The member's type is an enum of its own; the table deals in int.
template <auto member>
EnumField enumField(std::span<const EnumName> names) {
  return {names, [](const Values& values) { return static_cast<int>(values.*member); },
          [](Values& values, int value) {
            values.*member = static_cast<std::remove_reference_t<decltype(values.*member)>>(value);
          }};
}

template <auto member>
EnumField shutdownField() {
  EnumField field = enumField<member>(kShutdownNames);
  field.is_set = true;
  field.check = checkShutdownFlags;
  return field;
}

// The columns are: name, alias, flags, type with member and range, and `acts` where it is not kYes.
std::vector<Directive> buildTable() {
  return {
      // clang-format off
    // Network
    {"bind", "", kMultiArgs, kBind},
    {"bind-source-addr", "", kEmptyIsUnset, StringField{&Values::bind_source_addr}, Acts::kWithReplication},
    {"port", "", kMutable, IntegerField{&Values::port, 0, kPortMax}},
    {"tcp-backlog", "", kImmutable, IntegerField{&Values::tcp_backlog, 0, kIntMax}},
    {"tcp-keepalive", "", kMutable, IntegerField{&Values::tcp_keepalive, 0, kIntMax}},
    {"timeout", "", kMutable, IntegerField{&Values::timeout, 0, kIntMax}},
    {"unixsocket", "", kImmutable | kEmptyIsUnset, StringField{&Values::unixsocket}},
    {"unixsocketperm", "", kImmutable, OctalField{&Values::unixsocketperm, 0, 0777}},
    {"protected-mode", "", kMutable, BoolField{&Values::protected_mode}},
    {"maxclients", "", kMutable, IntegerField{&Values::maxclients, 1, kUintMax}},
    {"socket-mark-id", "", kImmutable, IntegerField{&Values::socket_mark_id, 0, kUintMax}, Acts::kNoEffectYet},
    {"client-output-buffer-max", "", kMutable, MemoryField{&Values::client_output_buffer_max, kMegabyte, kInt64Max}},
    {"client-query-buffer-limit", "", kMutable, MemoryField{&Values::client_query_buffer_limit, kMegabyte, kInt64Max}},
    {"proto-max-bulk-len", "", kMutable, MemoryField{&Values::proto_max_bulk_len, kMegabyte, kInt64Max}},
    {"client-output-buffer-limit", "", kMultiArgs, kOutputBufferLimit},
    {"io-threads", "", kImmutable, IntegerField{&Values::io_threads, 1, 128}, Acts::kNever},
    {"io-threads-do-reads", "", kImmutable, BoolField{&Values::io_threads_do_reads}, Acts::kNever},
    // Process
    {"daemonize", "", kImmutable, BoolField{&Values::daemonize}},
    {"supervised", "", kImmutable, enumField<&Values::supervised>(kSupervisedNames)},
    {"pidfile", "", kImmutable | kEmptyIsUnset, StringField{&Values::pidfile}},
    {"dir", "", kProtected | kDenyLoading, kDir},
    {"loglevel", "", kMutable, enumField<&Values::loglevel>(kLogLevelNames)},
    {"logfile", "", kImmutable, StringField{&Values::logfile}},
    {"syslog-enabled", "", kImmutable, BoolField{&Values::syslog_enabled}},
    {"syslog-ident", "", kImmutable, StringField{&Values::syslog_ident}},
    {"syslog-facility", "", kImmutable, enumField<&Values::syslog_facility>(kSyslogFacilityNames)},
    {"always-show-logo", "", kImmutable, BoolField{&Values::always_show_logo}},
    {"set-proc-title", "", kImmutable, BoolField{&Values::set_proc_title}},
    {"proc-title-template", "", kMutable, StringField{&Values::proc_title_template, checkProcTitleTemplate}},
    {"crash-log-enabled", "", kMutable, BoolField{&Values::crash_log_enabled}, Acts::kNoEffectYet},
    {"crash-memcheck-enabled", "", kMutable, BoolField{&Values::crash_memcheck_enabled}, Acts::kNoEffectYet},
    {"use-exit-on-panic", "", kHidden, BoolField{&Values::use_exit_on_panic}, Acts::kNoEffectYet},
    {"disable-thp", "", kImmutable, BoolField{&Values::disable_thp}},
    {"oom-score-adj", "", kMutable, enumField<&Values::oom_score_adj>(kOomScoreAdjNames)},
    {"oom-score-adj-values", "", kMultiArgs, kOomScoreAdjValues},
    {"server_cpulist", "", kImmutable | kEmptyIsUnset, StringField{&Values::server_cpulist}},
    {"bio_cpulist", "", kImmutable | kEmptyIsUnset, StringField{&Values::bio_cpulist}},
    {"aof_rewrite_cpulist", "", kImmutable | kEmptyIsUnset, StringField{&Values::aof_rewrite_cpulist}},
    {"bgsave_cpulist", "", kImmutable | kEmptyIsUnset, StringField{&Values::bgsave_cpulist}},
    {"ignore-warnings", "", kMutable, StringField{&Values::ignore_warnings}, Acts::kNever},
    {"locale-collate", "", kMutable, StringField{&Values::locale_collate, checkLocale}},
    {"shutdown-on-sigint", "", kMultiArgs, shutdownField<&Values::shutdown_on_sigint>()},
    {"shutdown-on-sigterm", "", kMultiArgs, shutdownField<&Values::shutdown_on_sigterm>()},
    {"shutdown-timeout", "", kMutable, IntegerField{&Values::shutdown_timeout, 0, kIntMax}, Acts::kWithReplication},
    {"hz", "", kMutable, IntegerField{&Values::hz, 0, kIntMax}},
    {"dynamic-hz", "", kMutable, BoolField{&Values::dynamic_hz}, Acts::kNoEffectYet},
    {"jemalloc-bg-thread", "", kMutable, BoolField{&Values::jemalloc_bg_thread}},
    // Access
    {"requirepass", "", kSensitive | kEmptyIsUnset, StringField{&Values::requirepass}},
    {"aclfile", "", kImmutable, StringField{&Values::aclfile}},
    {"acllog-max-len", "", kMutable, IntegerField{&Values::acllog_max_len, 0, kInt64Max}},
    {"acl-pubsub-default", "", kMutable, enumField<&Values::acl_pubsub_default>(kAclPubsubDefaultNames)},
    {"enable-protected-configs", "", kImmutable, enumField<&Values::enable_protected_configs>(kProtectedActionNames)},
    {"enable-debug-command", "", kImmutable, enumField<&Values::enable_debug_command>(kProtectedActionNames)},
    {"enable-module-command", "", kImmutable, enumField<&Values::enable_module_command>(kProtectedActionNames), Acts::kWithModules},
    // Keyspace and memory
    {"databases", "", kImmutable, IntegerField{&Values::databases, 1, kIntMax}},
    {"maxmemory", "", kMutable, MemoryField{&Values::maxmemory, 0, kUint64Max}},
    {"maxmemory-policy", "", kMutable, enumField<&Values::maxmemory_policy>(kMaxmemoryPolicyNames), Acts::kWithEviction},
    {"maxmemory-samples", "", kMutable, IntegerField{&Values::maxmemory_samples, 1, kIntMax}, Acts::kWithEviction},
    {"maxmemory-eviction-tenacity", "", kMutable, IntegerField{&Values::maxmemory_eviction_tenacity, 0, 100}, Acts::kWithEviction},
    {"maxmemory-clients", "", kMutable, MemoryOrPercentField{&Values::maxmemory_clients, 100}},
    {"lfu-log-factor", "", kMutable, IntegerField{&Values::lfu_log_factor, 0, kIntMax}},
    {"lfu-decay-time", "", kMutable, IntegerField{&Values::lfu_decay_time, 0, kIntMax}},
    {"active-expire-effort", "", kMutable, IntegerField{&Values::active_expire_effort, 1, 10}, Acts::kNever},
    {"activerehashing", "", kMutable, BoolField{&Values::activerehashing}, Acts::kNever},
    {"lazyfree-lazy-eviction", "", kMutable, BoolField{&Values::lazyfree_lazy_eviction}, Acts::kWithEviction},
    {"lazyfree-lazy-expire", "", kMutable, BoolField{&Values::lazyfree_lazy_expire}},
    {"lazyfree-lazy-server-del", "", kMutable, BoolField{&Values::lazyfree_lazy_server_del}},
    {"lazyfree-lazy-user-del", "", kMutable, BoolField{&Values::lazyfree_lazy_user_del}},
    {"lazyfree-lazy-user-flush", "", kMutable, BoolField{&Values::lazyfree_lazy_user_flush}},
    {"activedefrag", "", kMutable, kActiveDefrag, Acts::kNever},
    {"active-defrag-ignore-bytes", "", kMutable, MemoryField{&Values::active_defrag_ignore_bytes, 1, kInt64Max}, Acts::kNever},
    {"active-defrag-threshold-lower", "", kMutable, IntegerField{&Values::active_defrag_threshold_lower, 0, 1000}, Acts::kNever},
    {"active-defrag-threshold-upper", "", kMutable, IntegerField{&Values::active_defrag_threshold_upper, 0, 1000}, Acts::kNever},
    {"active-defrag-cycle-min", "", kMutable, IntegerField{&Values::active_defrag_cycle_min, 1, 99}, Acts::kNever},
    {"active-defrag-cycle-max", "", kMutable, IntegerField{&Values::active_defrag_cycle_max, 1, 99}, Acts::kNever},
    {"active-defrag-max-scan-fields", "", kMutable, IntegerField{&Values::active_defrag_max_scan_fields, 1, kInt64Max}, Acts::kNever},
    {"notify-keyspace-events", "", kMutable, kNotifyEvents},
    {"tracking-table-max-keys", "", kMutable, IntegerField{&Values::tracking_table_max_keys, 0, kInt64Max}},
    // Encodings
    {"hash-max-listpack-entries", "hash-max-ziplist-entries", kMutable, IntegerField{&Values::hash_max_listpack_entries, 0, kInt64Max}},
    {"hash-max-listpack-value", "hash-max-ziplist-value", kMutable, MemoryField{&Values::hash_max_listpack_value, 0, kInt64Max}},
    {"list-max-listpack-size", "list-max-ziplist-size", kMutable, IntegerField{&Values::list_max_listpack_size, kIntMin, kIntMax}},
    {"list-compress-depth", "", kMutable, IntegerField{&Values::list_compress_depth, 0, kIntMax}},
    {"set-max-intset-entries", "", kMutable, IntegerField{&Values::set_max_intset_entries, 0, kInt64Max}},
    {"set-max-listpack-entries", "", kMutable, IntegerField{&Values::set_max_listpack_entries, 0, kInt64Max}},
    {"set-max-listpack-value", "", kMutable, MemoryField{&Values::set_max_listpack_value, 0, kInt64Max}},
    {"zset-max-listpack-entries", "zset-max-ziplist-entries", kMutable, IntegerField{&Values::zset_max_listpack_entries, 0, kInt64Max}},
    {"zset-max-listpack-value", "zset-max-ziplist-value", kMutable, MemoryField{&Values::zset_max_listpack_value, 0, kInt64Max}},
    {"hll-sparse-max-bytes", "", kMutable, MemoryField{&Values::hll_sparse_max_bytes, 0, kInt64Max}, Acts::kWithHyperLogLog},
    {"stream-node-max-bytes", "", kMutable, MemoryField{&Values::stream_node_max_bytes, 0, kInt64Max}, Acts::kWithStreams},
    {"stream-node-max-entries", "", kMutable, IntegerField{&Values::stream_node_max_entries, 0, kInt64Max}, Acts::kWithStreams},
    // Append-only log
    {"appendonly", "", kDenyLoading, BoolField{&Values::appendonly}},
    {"appendfilename", "", kImmutable, StringField{&Values::appendfilename, checkAppendFilename}},
    {"appenddirname", "", kImmutable, StringField{&Values::appenddirname, checkAppendDirName}},
    {"appendfsync", "", kMutable, enumField<&Values::appendfsync>(kAppendFsyncNames)},
    {"no-appendfsync-on-rewrite", "", kMutable, BoolField{&Values::no_appendfsync_on_rewrite}},
    {"auto-aof-rewrite-percentage", "", kMutable, IntegerField{&Values::auto_aof_rewrite_percentage, 0, kIntMax}},
    {"auto-aof-rewrite-min-size", "", kMutable, MemoryField{&Values::auto_aof_rewrite_min_size, 0, kInt64Max}},
    {"aof-load-truncated", "", kMutable, BoolField{&Values::aof_load_truncated}},
    {"aof-use-rdb-preamble", "", kMutable, BoolField{&Values::aof_use_rdb_preamble}},
    {"aof-rewrite-incremental-fsync", "", kMutable, BoolField{&Values::aof_rewrite_incremental_fsync}},
    {"aof-timestamp-enabled", "", kMutable, BoolField{&Values::aof_timestamp_enabled}},
    {"aof-disk-reserve", "", kMutable, MemoryField{&Values::aof_disk_reserve, 0, kInt64Max}},
    {"aof-disable-auto-gc", "", kHidden, BoolField{&Values::aof_disable_auto_gc}, Acts::kNoEffectYet},
    // Snapshots
    {"save", "", kMultiArgs, kSave},
    {"dbfilename", "", kProtected, StringField{&Values::dbfilename, checkDbFilename}},
    {"rdbcompression", "", kMutable, BoolField{&Values::rdbcompression}},
    {"rdbchecksum", "", kImmutable, BoolField{&Values::rdbchecksum}},
    {"rdb-save-incremental-fsync", "", kMutable, BoolField{&Values::rdb_save_incremental_fsync}},
    {"rdb-del-sync-files", "", kMutable, BoolField{&Values::rdb_del_sync_files}, Acts::kWithReplication},
    {"rdb-skip-module-aux", "", kMutable, BoolField{&Values::rdb_skip_module_aux}},
    {"rdb-key-save-delay", "", kHidden, IntegerField{&Values::rdb_key_save_delay, kIntMin, kIntMax}},
    {"key-load-delay", "", kHidden, IntegerField{&Values::key_load_delay, kIntMin, kIntMax}},
    {"loading-process-events-interval-bytes", "", kHidden, IntegerField{&Values::loading_process_events_interval_bytes, 1024, kIntMax}},
    {"stop-writes-on-bgsave-error", "", kMutable, BoolField{&Values::stop_writes_on_bgsave_error}},
    {"sanitize-dump-payload", "", kMutable, enumField<&Values::sanitize_dump_payload>(kSanitizeDumpPayloadNames), Acts::kNever},
    // Observation
    {"slowlog-log-slower-than", "", kMutable, IntegerField{&Values::slowlog_log_slower_than, -1, kInt64Max}, Acts::kWithSlowLog},
    {"slowlog-max-len", "", kMutable, IntegerField{&Values::slowlog_max_len, 0, kInt64Max}, Acts::kWithSlowLog},
    {"latency-monitor-threshold", "", kMutable, IntegerField{&Values::latency_monitor_threshold, 0, kInt64Max}},
    {"latency-tracking", "", kMutable, BoolField{&Values::latency_tracking}},
    {"latency-tracking-info-percentiles", "", kMultiArgs, kPercentiles},
    {"watchdog-period", "", kHidden, IntegerField{&Values::watchdog_period, 0, kIntMax}, Acts::kNoEffectYet},
    // Scripts
    {"busy-reply-threshold", "lua-time-limit", kMutable, IntegerField{&Values::busy_reply_threshold, 0, kInt64Max}, Acts::kWithScripting},
    {"lua-enable-deprecated-api", "", kImmutable | kHidden, BoolField{&Values::lua_enable_deprecated_api}, Acts::kWithScripting},
    // Replication
    {"replicaof", "slaveof", kImmutable | kMultiArgs | kRefusedYet, kReplicaOf, Acts::kWithReplication},
    {"masterauth", "", kSensitive | kEmptyIsUnset, StringField{&Values::masterauth}, Acts::kWithReplication},
    {"masteruser", "", kSensitive | kEmptyIsUnset, StringField{&Values::masteruser}, Acts::kWithReplication},
    {"replica-serve-stale-data", "slave-serve-stale-data", kMutable, BoolField{&Values::replica_serve_stale_data}, Acts::kWithReplication},
    {"replica-read-only", "slave-read-only", kMutable, BoolField{&Values::replica_read_only}, Acts::kWithReplication},
    {"replica-lazy-flush", "slave-lazy-flush", kMutable, BoolField{&Values::replica_lazy_flush}, Acts::kWithReplication},
    {"replica-ignore-maxmemory", "slave-ignore-maxmemory", kMutable, BoolField{&Values::replica_ignore_maxmemory}, Acts::kWithReplication},
    {"replica-ignore-disk-write-errors", "", kMutable, BoolField{&Values::replica_ignore_disk_write_errors}, Acts::kWithReplication},
    {"replica-announced", "", kMutable, BoolField{&Values::replica_announced}, Acts::kWithReplication},
    {"replica-announce-ip", "slave-announce-ip", kEmptyIsUnset, StringField{&Values::replica_announce_ip}, Acts::kWithReplication},
    {"replica-announce-port", "slave-announce-port", kMutable, IntegerField{&Values::replica_announce_port, 0, kPortMax}, Acts::kWithReplication},
    {"replica-priority", "slave-priority", kMutable, IntegerField{&Values::replica_priority, 0, kIntMax}, Acts::kWithReplication},
    {"min-replicas-to-write", "min-slaves-to-write", kMutable, IntegerField{&Values::min_replicas_to_write, 0, kIntMax}, Acts::kWithReplication},
    {"min-replicas-max-lag", "min-slaves-max-lag", kMutable, IntegerField{&Values::min_replicas_max_lag, 0, kIntMax}, Acts::kWithReplication},
    {"repl-diskless-sync", "", kMutable, BoolField{&Values::repl_diskless_sync}, Acts::kWithReplication},
    {"repl-diskless-sync-delay", "", kMutable, IntegerField{&Values::repl_diskless_sync_delay, 0, kIntMax}, Acts::kWithReplication},
    {"repl-diskless-sync-max-replicas", "", kMutable, IntegerField{&Values::repl_diskless_sync_max_replicas, 0, kIntMax}, Acts::kWithReplication},
    {"repl-diskless-load", "", kDenyLoading, enumField<&Values::repl_diskless_load>(kReplDisklessLoadNames), Acts::kWithReplication},
    {"repl-disable-tcp-nodelay", "", kMutable, BoolField{&Values::repl_disable_tcp_nodelay}, Acts::kWithReplication},
    {"repl-ping-replica-period", "repl-ping-slave-period", kMutable, IntegerField{&Values::repl_ping_replica_period, 1, kIntMax}, Acts::kWithReplication},
    {"repl-timeout", "", kMutable, IntegerField{&Values::repl_timeout, 1, kIntMax}, Acts::kWithReplication},
    {"repl-backlog-size", "", kMutable, MemoryField{&Values::repl_backlog_size, 1, kInt64Max}, Acts::kWithReplication},
    {"repl-backlog-ttl", "", kMutable, IntegerField{&Values::repl_backlog_ttl, 0, kInt64Max}, Acts::kWithReplication},
    {"propagation-error-behavior", "", kMutable, enumField<&Values::propagation_error_behavior>(kPropagationErrorBehaviorNames), Acts::kWithReplication},
    // Cluster
    {"cluster-enabled", "", kImmutable | kRefusedYet, BoolField{&Values::cluster_enabled}, Acts::kWithCluster},
    {"cluster-config-file", "", kImmutable, StringField{&Values::cluster_config_file}, Acts::kWithCluster},
    {"cluster-node-timeout", "", kMutable, IntegerField{&Values::cluster_node_timeout, 0, kInt64Max}, Acts::kWithCluster},
    {"cluster-port", "", kImmutable, IntegerField{&Values::cluster_port, 0, kPortMax}, Acts::kWithCluster},
    {"cluster-migration-barrier", "", kMutable, IntegerField{&Values::cluster_migration_barrier, 0, kIntMax}, Acts::kWithCluster},
    {"cluster-replica-validity-factor", "cluster-slave-validity-factor", kMutable, IntegerField{&Values::cluster_replica_validity_factor, 0, kIntMax}, Acts::kWithCluster},
    {"cluster-replica-no-failover", "cluster-slave-no-failover", kMutable, BoolField{&Values::cluster_replica_no_failover}, Acts::kWithCluster},
    {"cluster-require-full-coverage", "", kMutable, BoolField{&Values::cluster_require_full_coverage}, Acts::kWithCluster},
    {"cluster-allow-reads-when-down", "", kMutable, BoolField{&Values::cluster_allow_reads_when_down}, Acts::kWithCluster},
    {"cluster-allow-pubsubshard-when-down", "", kMutable, BoolField{&Values::cluster_allow_pubsubshard_when_down}, Acts::kWithCluster},
    {"cluster-allow-replica-migration", "", kMutable, BoolField{&Values::cluster_allow_replica_migration}, Acts::kWithCluster},
    {"cluster-link-sendbuf-limit", "", kMutable, MemoryField{&Values::cluster_link_sendbuf_limit, 0, kUint64Max}, Acts::kWithCluster},
    {"cluster-announce-ip", "", kEmptyIsUnset, StringField{&Values::cluster_announce_ip}, Acts::kWithCluster},
    {"cluster-announce-hostname", "", kEmptyIsUnset, StringField{&Values::cluster_announce_hostname, checkHostname}, Acts::kWithCluster},
    {"cluster-announce-human-nodename", "", kEmptyIsUnset, StringField{&Values::cluster_announce_human_nodename, checkNodename}, Acts::kWithCluster},
    {"cluster-announce-port", "", kMutable, IntegerField{&Values::cluster_announce_port, 0, kPortMax}, Acts::kWithCluster},
    {"cluster-announce-tls-port", "", kMutable, IntegerField{&Values::cluster_announce_tls_port, 0, kPortMax}, Acts::kWithCluster},
    {"cluster-announce-bus-port", "", kMutable, IntegerField{&Values::cluster_announce_bus_port, 0, kPortMax}, Acts::kWithCluster},
    {"cluster-preferred-endpoint-type", "", kMutable, enumField<&Values::cluster_preferred_endpoint_type>(kClusterEndpointTypeNames), Acts::kWithCluster},
    // TLS
    {"tls-port", "", kRefusedYet, IntegerField{&Values::tls_port, 0, kPortMax}, Acts::kWithTls},
    {"tls-replication", "", kRefusedYet, BoolField{&Values::tls_replication}, Acts::kWithTls},
    {"tls-cluster", "", kRefusedYet, BoolField{&Values::tls_cluster}, Acts::kWithTls},
    {"tls-auth-clients", "", kMutable, enumField<&Values::tls_auth_clients>(kTlsAuthClientsNames), Acts::kWithTls},
    {"tls-prefer-server-ciphers", "", kMutable, BoolField{&Values::tls_prefer_server_ciphers}, Acts::kWithTls},
    {"tls-session-caching", "", kMutable, BoolField{&Values::tls_session_caching}, Acts::kWithTls},
    {"tls-session-cache-size", "", kMutable, IntegerField{&Values::tls_session_cache_size, 0, kIntMax}, Acts::kWithTls},
    {"tls-session-cache-timeout", "", kMutable, IntegerField{&Values::tls_session_cache_timeout, 0, kIntMax}, Acts::kWithTls},
    {"tls-cert-file", "", kEmptyIsUnset, StringField{&Values::tls_cert_file}, Acts::kWithTls},
    {"tls-key-file", "", kEmptyIsUnset, StringField{&Values::tls_key_file}, Acts::kWithTls},
    {"tls-key-file-pass", "", kSensitive | kEmptyIsUnset, StringField{&Values::tls_key_file_pass}, Acts::kWithTls},
    {"tls-client-cert-file", "", kEmptyIsUnset, StringField{&Values::tls_client_cert_file}, Acts::kWithTls},
    {"tls-client-key-file", "", kEmptyIsUnset, StringField{&Values::tls_client_key_file}, Acts::kWithTls},
    {"tls-client-key-file-pass", "", kSensitive | kEmptyIsUnset, StringField{&Values::tls_client_key_file_pass}, Acts::kWithTls},
    {"tls-dh-params-file", "", kEmptyIsUnset, StringField{&Values::tls_dh_params_file}, Acts::kWithTls},
    {"tls-ca-cert-file", "", kEmptyIsUnset, StringField{&Values::tls_ca_cert_file}, Acts::kWithTls},
    {"tls-ca-cert-dir", "", kEmptyIsUnset, StringField{&Values::tls_ca_cert_dir}, Acts::kWithTls},
    {"tls-protocols", "", kEmptyIsUnset, StringField{&Values::tls_protocols}, Acts::kWithTls},
    {"tls-ciphers", "", kEmptyIsUnset, StringField{&Values::tls_ciphers}, Acts::kWithTls},
    {"tls-ciphersuites", "", kEmptyIsUnset, StringField{&Values::tls_ciphersuites}, Acts::kWithTls},
      // clang-format on
  };
}

using Index = std::unordered_map<std::string_view, const Directive*>;

Index buildIndex(std::span<const Directive> table) {
  Index index;
  for (const Directive& directive : table) {
    index.emplace(directive.name, &directive);
    if (!directive.alias.empty()) index.emplace(directive.alias, &directive);
  }
  return index;
}

}  // namespace

std::span<const Directive> directives() {
  static const std::vector<Directive> kTable = buildTable();
  return kTable;
}

const Directive* findDirective(std::string_view name) {
  static const Index kIndex = buildIndex(directives());
  const auto found = kIndex.find(lowerCase(name));
  return found == kIndex.end() ? nullptr : found->second;
}

void clampValues(ConfigValues& values) {
  constexpr int64_t kHzMin = 1;
  constexpr int64_t kHzMax = 500;
  constexpr uint64_t kBacklogMin = 16 * 1024;
  values.hz = std::clamp(values.hz, kHzMin, kHzMax);
  values.repl_backlog_size = std::max(values.repl_backlog_size, kBacklogMin);
}

}  // namespace inkstone

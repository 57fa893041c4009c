// The configuration as the rest of the server reads it: one typed member per directive, named by
// the directive with '-' written '_'. The member initialisers are the defaults, and the only place
// where a default stands; ranges, aliases and what may change at run time stand in directives.cpp,
// explanations in redis.conf.example.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace inkstone {

enum class AclPubsubDefault : uint8_t { kAllChannels, kResetChannels };
enum class AppendFsync : uint8_t { kAlways, kEverysec, kNo };
enum class ClusterEndpointType : uint8_t { kIp, kHostname, kUnknownEndpoint };
enum class LogLevel : uint8_t { kDebug, kVerbose, kNotice, kWarning, kNothing };
enum class MaxmemoryPolicy : uint8_t {
  kVolatileLru,
  kVolatileLfu,
  kVolatileRandom,
  kVolatileTtl,
  kAllkeysLru,
  kAllkeysLfu,
  kAllkeysRandom,
  kNoeviction
};
enum class OomScoreAdj : uint8_t { kNo, kRelative, kAbsolute };
enum class PropagationErrorBehavior : uint8_t { kIgnore, kPanic, kPanicOnReplicas };
enum class ProtectedAction : uint8_t { kNo, kYes, kLocal };
enum class ReplDisklessLoad : uint8_t { kDisabled, kOnEmptyDb, kSwapdb };
enum class SanitizeDumpPayload : uint8_t { kNo, kYes, kClients };
enum class Supervised : uint8_t { kNo, kAuto, kSystemd, kUpstart };
enum class SyslogFacility : uint8_t {
  kUser,
  kLocal0,
  kLocal1,
  kLocal2,
  kLocal3,
  kLocal4,
  kLocal5,
  kLocal6,
  kLocal7
};
enum class TlsAuthClients : uint8_t { kNo, kYes, kOptional };

// What a signal's shutdown does (shutdown-on-sigint, shutdown-on-sigterm): a set of these;
// kShutdownDefault is empty.
enum ShutdownFlag : int {
  kShutdownDefault = 0,
  kShutdownSave = 1 << 0,
  kShutdownNosave = 1 << 1,
  kShutdownNow = 1 << 2,
  kShutdownForce = 1 << 3
};

// Event classes of notify-keyspace-events, each with its letter. A means all from generic to
// module, without key miss and new key.
enum NotifyFlag : int {
  kNotifyKeyspace = 1 << 0,  // K
  kNotifyKeyevent = 1 << 1,  // E
  kNotifyGeneric = 1 << 2,   // g
  kNotifyString = 1 << 3,    // $
  kNotifyList = 1 << 4,      // l
  kNotifySet = 1 << 5,       // s
  kNotifyHash = 1 << 6,      // h
  kNotifyZset = 1 << 7,      // z
  kNotifyExpired = 1 << 8,   // x
  kNotifyEvicted = 1 << 9,   // e
  kNotifyStream = 1 << 10,   // t
  kNotifyModule = 1 << 11,   // d
  kNotifyKeyMiss = 1 << 12,  // m
  kNotifyNew = 1 << 13,      // n
  kNotifyAll = kNotifyGeneric | kNotifyString | kNotifyList | kNotifySet | kNotifyHash |
               kNotifyZset | kNotifyExpired | kNotifyEvicted | kNotifyStream | kNotifyModule
};

// The flags as the canonical letters, all of the A classes written "A": what CONFIG GET shows.
std::string keyspaceEventsToString(int flags);
// The flags of the letters; nothing when a letter is unknown.
std::optional<int> keyspaceEventsFromString(const std::string& letters);

// Snapshot when `changes` writes have happened and `seconds` passed since the last one.
struct SavePoint {
  int64_t seconds;
  int64_t changes;
  bool operator==(const SavePoint&) const = default;
};

// Bounds of one client class; 0 means none. The soft bound holds when exceeded for soft_seconds
// without pause.
struct OutputBufferLimit {
  uint64_t hard_bytes;
  uint64_t soft_bytes;
  int64_t soft_seconds;
  bool operator==(const OutputBufferLimit&) const = default;
};

// Indices of client_output_buffer_limit.
enum ClientClass : uint8_t { kClientNormal, kClientReplica, kClientPubsub, kClientClasses };

struct ReplicaOf {
  std::string host;
  int64_t port;
  bool operator==(const ReplicaOf&) const = default;
};

struct RenamedCommand {
  std::string from;
  std::string to;  // empty: the command is switched off
  bool operator==(const RenamedCommand&) const = default;
};

// Units: bytes for sizes, seconds for timeouts unless the name says otherwise.
struct ConfigValues {
  // Network
  std::vector<std::string> bind = {"*", "-::*"};  // '-' in front: an address that may be missing
  std::string bind_source_addr;
  int64_t port = 6379;  // 0: no TCP
  int64_t tcp_backlog = 511;
  int64_t tcp_keepalive = 300;  // 0: off
  int64_t timeout = 0;          // 0: clients are never closed for idleness
  std::string unixsocket;
  int64_t unixsocketperm = 0;  // mode bits; 0: leave what umask gives
  bool protected_mode = true;
  int64_t maxclients = 10000;
  int64_t socket_mark_id = 0;
  uint64_t client_query_buffer_limit = 1024ULL * 1024 * 1024;
  uint64_t client_output_buffer_max = 1024ULL * 1024 * 1024;
  uint64_t proto_max_bulk_len = 512ULL * 1024 * 1024;
  std::array<OutputBufferLimit, kClientClasses> client_output_buffer_limit = {
      {{0, 0, 0}, {256ULL << 20, 64ULL << 20, 60}, {32ULL << 20, 8ULL << 20, 60}}};
  int64_t io_threads = 1;
  bool io_threads_do_reads = false;

  // Process
  bool daemonize = false;
  Supervised supervised = Supervised::kNo;
  std::string pidfile;
  // Absolute; the working directory at start unless set. The server does the chdir.
  std::string dir;
  LogLevel loglevel = LogLevel::kNotice;
  std::string logfile;  // empty: standard output
  bool syslog_enabled = false;
  std::string syslog_ident = "redis";
  SyslogFacility syslog_facility = SyslogFacility::kLocal0;
  bool always_show_logo = false;
  bool set_proc_title = true;
  std::string proc_title_template = "{title} {listen-addr} {server-mode}";
  bool crash_log_enabled = true;
  bool crash_memcheck_enabled = true;
  bool use_exit_on_panic = false;
  bool disable_thp = true;
  OomScoreAdj oom_score_adj = OomScoreAdj::kNo;
  std::array<int, 3> oom_score_adj_values = {0, 200, 800};  // master, replica, child
  std::string server_cpulist;
  std::string bio_cpulist;
  std::string aof_rewrite_cpulist;
  std::string bgsave_cpulist;
  std::string ignore_warnings;
  std::string locale_collate;
  int shutdown_on_sigint = kShutdownDefault;   // set of ShutdownFlag
  int shutdown_on_sigterm = kShutdownDefault;  // set of ShutdownFlag
  int64_t shutdown_timeout = 10;
  int64_t hz = 10;  // always within 1..500
  bool dynamic_hz = true;
  bool jemalloc_bg_thread = true;

  // Access
  std::string requirepass;  // empty: none
  std::string aclfile;
  int64_t acllog_max_len = 128;
  AclPubsubDefault acl_pubsub_default = AclPubsubDefault::kResetChannels;
  ProtectedAction enable_protected_configs = ProtectedAction::kNo;
  ProtectedAction enable_debug_command = ProtectedAction::kNo;
  ProtectedAction enable_module_command = ProtectedAction::kNo;
  // The text behind `user` of each such line in the file. Before CONFIG REWRITE: the lines to
  // write.
  std::vector<std::string> users;
  std::vector<RenamedCommand> renamed_commands;

  // Keyspace and memory
  int64_t databases = 16;
  uint64_t maxmemory = 0;  // 0: no bound
  MaxmemoryPolicy maxmemory_policy = MaxmemoryPolicy::kNoeviction;
  int64_t maxmemory_samples = 5;
  int64_t maxmemory_eviction_tenacity = 10;
  int64_t maxmemory_clients = 0;  // bytes; negative: that many percent of maxmemory; 0: no bound
  int64_t lfu_log_factor = 10;
  int64_t lfu_decay_time = 1;  // minutes
  int64_t active_expire_effort = 1;
  bool activerehashing = true;
  bool lazyfree_lazy_eviction = false;
  bool lazyfree_lazy_expire = false;
  bool lazyfree_lazy_server_del = false;
  bool lazyfree_lazy_user_del = false;
  bool lazyfree_lazy_user_flush = false;
  bool activedefrag = false;
  uint64_t active_defrag_ignore_bytes = 100ULL << 20;
  int64_t active_defrag_threshold_lower = 10;
  int64_t active_defrag_threshold_upper = 100;
  int64_t active_defrag_cycle_min = 1;
  int64_t active_defrag_cycle_max = 25;
  int64_t active_defrag_max_scan_fields = 1000;
  int notify_keyspace_events = 0;  // set of NotifyFlag; keyspaceEventsToString() gives the letters
  int64_t tracking_table_max_keys = 1000000;

  // Encodings
  int64_t hash_max_listpack_entries = 512;
  uint64_t hash_max_listpack_value = 64;
  int64_t list_max_listpack_size = -2;  // positive: entries; -1..-5: 4, 8, 16, 32, 64 KB a node
  int64_t list_compress_depth = 0;
  int64_t set_max_intset_entries = 512;
  int64_t set_max_listpack_entries = 128;
  uint64_t set_max_listpack_value = 64;
  int64_t zset_max_listpack_entries = 128;
  uint64_t zset_max_listpack_value = 64;
  uint64_t hll_sparse_max_bytes = 3000;
  uint64_t stream_node_max_bytes = 4096;
  int64_t stream_node_max_entries = 100;

  // Append-only log
  bool appendonly = false;
  std::string appendfilename = "appendonly.aof";
  std::string appenddirname = "appendonlydir";
  AppendFsync appendfsync = AppendFsync::kEverysec;
  bool no_appendfsync_on_rewrite = false;
  int64_t auto_aof_rewrite_percentage = 100;  // 0: never
  uint64_t auto_aof_rewrite_min_size = 64ULL << 20;
  bool aof_load_truncated = true;
  bool aof_use_rdb_preamble = true;
  bool aof_rewrite_incremental_fsync = true;
  bool aof_timestamp_enabled = false;
  uint64_t aof_disk_reserve = 4ULL << 20;  // 0: none
  bool aof_disable_auto_gc = false;

  // Snapshots
  std::vector<SavePoint> save = {{3600, 1}, {300, 100}, {60, 10000}};
  std::string dbfilename = "dump.rdb";
  bool rdbcompression = true;
  bool rdbchecksum = true;
  bool rdb_save_incremental_fsync = true;
  bool rdb_del_sync_files = false;
  bool rdb_skip_module_aux = false;
  int64_t rdb_key_save_delay = 0;  // microseconds a key; negative: keys a microsecond (tests)
  int64_t key_load_delay = 0;      // as above, while loading
  int64_t loading_process_events_interval_bytes = 2 * 1024 * 1024;
  bool stop_writes_on_bgsave_error = true;
  SanitizeDumpPayload sanitize_dump_payload = SanitizeDumpPayload::kNo;

  // Observation
  int64_t slowlog_log_slower_than = 10000;  // microseconds; negative: off; 0: every command
  int64_t slowlog_max_len = 128;
  int64_t latency_monitor_threshold = 0;  // milliseconds; 0: off
  bool latency_tracking = true;
  std::vector<double> latency_tracking_info_percentiles = {50.0, 99.0, 99.9};
  int64_t watchdog_period = 0;  // milliseconds; 0: off

  // Scripts
  int64_t busy_reply_threshold = 5000;  // milliseconds
  bool lua_enable_deprecated_api = false;

  // Replication
  std::optional<ReplicaOf> replicaof;
  std::string masterauth;
  std::string masteruser;
  bool replica_serve_stale_data = true;
  bool replica_read_only = true;
  bool replica_lazy_flush = false;
  bool replica_ignore_maxmemory = true;
  bool replica_ignore_disk_write_errors = false;
  bool replica_announced = true;
  std::string replica_announce_ip;
  int64_t replica_announce_port = 0;
  int64_t replica_priority = 100;
  int64_t min_replicas_to_write = 0;
  int64_t min_replicas_max_lag = 10;
  bool repl_diskless_sync = true;
  int64_t repl_diskless_sync_delay = 5;
  int64_t repl_diskless_sync_max_replicas = 0;
  ReplDisklessLoad repl_diskless_load = ReplDisklessLoad::kDisabled;
  bool repl_disable_tcp_nodelay = false;
  int64_t repl_ping_replica_period = 10;
  int64_t repl_timeout = 60;
  uint64_t repl_backlog_size = 1ULL << 20;  // always at least 16 KB
  int64_t repl_backlog_ttl = 3600;
  PropagationErrorBehavior propagation_error_behavior = PropagationErrorBehavior::kIgnore;

  // Cluster
  bool cluster_enabled = false;
  std::string cluster_config_file = "nodes.conf";
  int64_t cluster_node_timeout = 15000;  // milliseconds
  int64_t cluster_port = 0;
  int64_t cluster_migration_barrier = 1;
  int64_t cluster_replica_validity_factor = 10;
  bool cluster_replica_no_failover = false;
  bool cluster_require_full_coverage = true;
  bool cluster_allow_reads_when_down = false;
  bool cluster_allow_pubsubshard_when_down = true;
  bool cluster_allow_replica_migration = true;
  uint64_t cluster_link_sendbuf_limit = 0;
  std::string cluster_announce_ip;
  std::string cluster_announce_hostname;
  std::string cluster_announce_human_nodename;
  int64_t cluster_announce_port = 0;
  int64_t cluster_announce_tls_port = 0;
  int64_t cluster_announce_bus_port = 0;
  ClusterEndpointType cluster_preferred_endpoint_type = ClusterEndpointType::kIp;

  // TLS
  int64_t tls_port = 0;
  bool tls_replication = false;
  bool tls_cluster = false;
  TlsAuthClients tls_auth_clients = TlsAuthClients::kYes;
  bool tls_prefer_server_ciphers = false;
  bool tls_session_caching = true;
  int64_t tls_session_cache_size = 20480;
  int64_t tls_session_cache_timeout = 300;
  std::string tls_cert_file;
  std::string tls_key_file;
  std::string tls_key_file_pass;
  std::string tls_client_cert_file;
  std::string tls_client_key_file;
  std::string tls_client_key_file_pass;
  std::string tls_dh_params_file;
  std::string tls_ca_cert_file;
  std::string tls_ca_cert_dir;
  std::string tls_protocols;
  std::string tls_ciphers;
  std::string tls_ciphersuites;
};

}  // namespace inkstone

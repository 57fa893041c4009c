"""CONFIG GET, SET, RESETSTAT: types, units, ranges, refusals worded the same."""

from .case import case, differs72

MEMORY = ["maxmemory 100", "maxmemory 1k", "maxmemory 1kb", "maxmemory 2mb", "maxmemory 1GB",
          "maxmemory 1g", "maxmemory 0", "maxmemory 1tb", "maxmemory -1", "maxmemory x",
          'maxmemory ""', "maxmemory 1.5gb", "proto-max-bulk-len 1kb", "proto-max-bulk-len 2mb",
          "auto-aof-rewrite-min-size 1mb", "client-query-buffer-limit 1mb",
          "client-query-buffer-limit 1kb", "maxmemory-clients 5%", "maxmemory-clients 101%",
          "maxmemory-clients 1mb"]
NUMBERS = ["hz 50", "hz 0", "hz 1", "hz 500", "hz 501", "hz x", "timeout 10", "timeout -1",
           "timeout 0", "tcp-keepalive 0", "tcp-keepalive 300", "databases 20",
           "maxclients 100", "maxclients 0", "maxmemory-samples 0", "maxmemory-samples 10",
           "slowlog-log-slower-than -1", "slowlog-log-slower-than -2",
           "slowlog-max-len 128", "slowlog-max-len -1", "auto-aof-rewrite-percentage 0",
           "auto-aof-rewrite-percentage -1", "lfu-log-factor 0", "lfu-decay-time 0",
           "active-expire-effort 11", "active-expire-effort 10", "active-expire-effort 1",
           "latency-monitor-threshold 10", "maxmemory-eviction-tenacity 101",
           "hash-max-listpack-entries 99999999999999999999", "list-max-listpack-size -5",
           "repl-backlog-size 0", "port x", "port 65536", "port -1"]
CHOICES = ["appendfsync always", "appendfsync NO", "appendfsync everysec", "appendfsync bad",
           "maxmemory-policy allkeys-lru", "maxmemory-policy bad", "maxmemory-policy noeviction",
           "loglevel debug", "loglevel notice", "lazyfree-lazy-expire yes",
           "lazyfree-lazy-expire NO", "lazyfree-lazy-expire maybe", "lazyfree-lazy-expire 1",
           "appendonly maybe", "syslog-facility local1", "aof-load-truncated no",
           "aof-load-truncated yes", "oom-score-adj bad", "sanitize-dump-payload clients",
           "acl-pubsub-default allchannels", "shutdown-on-sigterm save", "shutdown-on-sigterm now",
           '"shutdown-on-sigterm" "nosave force"', '"shutdown-on-sigterm" "save nosave"',
           "shutdown-on-sigterm default"]
SPECIAL = ['save ""', 'save "3600 1 60 1000"', 'save "3600"', 'save "x 1"', 'save "0 1"',
           'save "10 -1"', 'client-output-buffer-limit "normal 1mb 512kb 10"',
           'client-output-buffer-limit "pubsub 1mb 512kb 10 normal 0 0 0"',
           'client-output-buffer-limit "normal 1mb 512kb"',
           'client-output-buffer-limit "bad 1mb 512kb 10"',
           'client-output-buffer-limit "normal x 512kb 10"',
           'client-output-buffer-limit "replica 2mb 1mb 5"',
           'notify-keyspace-events KEA', 'notify-keyspace-events "Ex"',
           'notify-keyspace-events "?"', 'notify-keyspace-events ""',
           'dir /nonexistent/dir', 'unixsocketperm 777', 'unixsocketperm 888',
           'appendfilename other.aof', 'daemonize yes', 'logfile x', 'pidfile x',
           'nosuch x', 'dbfilename a/b', 'dbfilename other.rdb',
           'latency-tracking-info-percentiles "50 99"', 'latency-tracking-info-percentiles "101"',
           'proc-title-template "{title} {bad}"', 'proc-title-template "{title} x"',
           'oom-score-adj-values "0 100 200"', 'oom-score-adj-values "1 2"',
           'oom-score-adj-values "200 100 0"', 'requirepass ""', 'appenddirname x',
           'unixsocket x', 'supervised systemd', 'tcp-backlog 5', 'always-show-logo yes',
           'set-proc-title yes', 'cluster-enabled yes', 'io-threads 4', 'aclfile x',
           'enable-debug-command no', 'syslog-ident x']


def _set(line):
    name = line.split()[0].strip('"')
    # Paths are those of the server's own temporary directory.
    compared = "?shape " if name in ("dir", "unixsocket") else ""
    return f"CONFIG SET {line}\n{compared}CONFIG GET {name}"


def _group(name, lines, restored):
    """Each set is followed by its GET; `restored` names what must be put back for later cases."""
    return case(name, "\n".join(_set(line) for line in lines), config=restored)


CASES = [
    case("config get", """
        CONFIG GET maxmemory
        CONFIG GET MAXMEMORY
        CONFIG GET nosuch
        ?unordered CONFIG GET maxmemory timeout
        CONFIG GET maxmemory maxmemory
        ?unordered CONFIG GET appendf*
        CONFIG GET "hz"
        CONFIG GET h[z]
        CONFIG GET
        CONFIG
        CONFIG BAD
        CONFIG BAD x
        ?kind CONFIG HELP
        CONFIG HELP x
        CONFIG GET save
        CONFIG GET client-output-buffer-limit
        CONFIG GET databases
        CONFIG GET slave-*-only
        CONFIG GET replica-read-only
    """),
    case("config set forms", """
        CONFIG SET
        CONFIG SET hz
        CONFIG SET hz 20 timeout
        CONFIG SET hz 20 timeout 5
        CONFIG GET hz
        CONFIG GET timeout
        CONFIG SET hz 30 timeout x
        CONFIG GET hz
        CONFIG SET hz 30 nosuch 1
        CONFIG GET hz
        CONFIG SET hz 30 hz 40
        CONFIG GET hz
        CONFIG SET HZ 10 TIMEOUT 0
        CONFIG GET hz
        CONFIG SET nosuch 1 nosuch2 2
        CONFIG SET maxmemory x hz y
        CONFIG SET daemonize yes hz 11
        CONFIG GET hz
        CONFIG SET hash-max-ziplist-entries 100
        CONFIG GET hash-max-listpack-entries
        CONFIG SET hash-max-ziplist-entries 1 hash-max-listpack-entries 2
    """, config={"hz": "10", "timeout": "0", "hash-max-listpack-entries": "512"}),
    _group("config memory values", MEMORY,
           {"maxmemory": "0", "proto-max-bulk-len": "512mb", "maxmemory-clients": "0",
            "auto-aof-rewrite-min-size": "64mb", "client-query-buffer-limit": "1gb"}),
    _group("config numbers", NUMBERS,
           {"hz": "10", "timeout": "0", "maxclients": "10000", "slowlog-max-len": "128",
            "slowlog-log-slower-than": "10000", "maxmemory-samples": "5",
            "auto-aof-rewrite-percentage": "100", "lfu-log-factor": "10", "lfu-decay-time": "1",
            "active-expire-effort": "1", "latency-monitor-threshold": "0",
            "tcp-keepalive": "300", "list-max-listpack-size": "-2"}),
    _group("config choices", CHOICES,
           {"appendfsync": "everysec", "maxmemory-policy": "noeviction", "loglevel": "notice",
            "lazyfree-lazy-expire": "no", "aof-load-truncated": "yes",
            "sanitize-dump-payload": "no", "acl-pubsub-default": "resetchannels"}),
    _group("config special values", SPECIAL,
           {"save": "", "client-output-buffer-limit":
            "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
            "notify-keyspace-events": "", "dbfilename": "dump.rdb",
            "latency-tracking-info-percentiles": "50 99 99.9",
            "oom-score-adj-values": "0 200 800"}),
    case("config loglevel of 7.2", differs72(
        "CONFIG SET loglevel loud", "error(b\"ERR CONFIG SET failed (possibly related to argument "
        "'loglevel') - argument(s) must be one of the following: debug, verbose, notice, warning, "
        "nothing\")", "7.2 added the level `nothing`")),
    case("config resetstat and rewrite", """
        CONFIG RESETSTAT
        CONFIG RESETSTAT x
        CONFIG REWRITE
        CONFIG REWRITE x
    """),
]

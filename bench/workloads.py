"""What is measured, and the bars. Every workload is one row; bench.py runs them all, or those named by --only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Workload:
    name: str
    kind: str  # names the class of measures.py or rewrites.py that takes the figure
    title: str
    unit: str
    bar: float  # ours divided by stock must be at most this
    # For kind cpu: the redis-benchmark test, or the words of a command; for conversation: a name in conversations.py; for
    # pause: see SET_ONE.
    command: str | tuple = ""
    pipeline: int = 1
    keys: str = "keys"  # which number of SCALES says how many keys, elements or clients exist
    directives: tuple = ()
    fill: str = "strings"  # what the server holds, or for kind memory gets: a name in data.py
    refill: str = ""  # what is done before each round, likewise
    share: float = 1.0  # of the commands that SCALES says; slow commands need fewer for the same time


CPU = "us of server CPU per command"
TIME = "us per command"
DELIVERY = "us of server CPU per delivered message"
# Custom commands of redis-benchmark, which puts 12 random digits for __rand_int__.
RANDOM = "__rand_int__"
ZADD = ("ZADD", "zset", RANDOM, "m:" + RANDOM)
ZRANK = ("ZRANK", "zset", "m:" + RANDOM)
# {middle} is half the number of elements.
ZRANGE = ("ZRANGE", "zset", "{middle}", "{middle+99}")
LINDEX = ("LINDEX", "list", "{middle}")
# For the probe of pauses: the reply, then the command; # is the number of the insert in 12 digits, @ the same number
# scattered over all numbers of 32 bits.
SET_ONE = ("+OK", "SET", "key:#", "00000000000000000000#")
HSET_ONE = (":1", "HSET", "hash", "field:#", "value-of-field-#")
ZADD_ONE = (":1", "ZADD", "zset", "@", "member:#")
LOG = (("appendonly", "yes"), ("appendfsync", "everysec"), ("auto-aof-rewrite-percentage", "0"))
ALWAYS = (("appendonly", "yes"), ("appendfsync", "always"), ("auto-aof-rewrite-percentage", "0"))
PREAMBLE = (("aof-use-rdb-preamble", "yes"),)
PLAIN = (("aof-use-rdb-preamble", "no"),)


def _lrange(count):
    """What redis-benchmark's own tests send; those would push the elements as well."""
    return ("LRANGE", "list", "0", str(count - 1))


# Keys are 16 bytes, values 32 bytes, 50 connections; logs are off unless the row says otherwise.
WORKLOADS = (
    Workload("set_p1", "cpu", "SET, pipeline 1", CPU, 0.92, "set", 1),
    Workload("get_p1", "cpu", "GET, pipeline 1", CPU, 0.92, "get", 1),
    Workload("set_p16", "cpu", "SET, pipeline 16", CPU, 0.60, "set", 16),
    Workload("get_p16", "cpu", "GET, pipeline 16", CPU, 0.60, "get", 16),
    Workload("set_p100", "cpu", "SET, pipeline 100", CPU, 0.45, "set", 100),
    Workload("get_p100", "cpu", "GET, pipeline 100", CPU, 0.45, "get", 100),
    Workload("get_large", "cpu", "GET over 5 M keys, pipeline 16", CPU, 0.50, "get", 16, "keys_large"),
    Workload("set_everysec", "cpu", "SET, log everysec, pipeline 16", CPU, 0.62, "set", 16, "keys", LOG),
    Workload("always_50", "durable", "SET, log always, 50 connections", TIME, 0.87, "set", keys="connections",
             directives=ALWAYS, fill="nothing", share=0.2),
    Workload("always_1", "durable", "SET, log always, 1 connection", TIME, 1.03, "set", keys="alone",
             directives=ALWAYS, fill="nothing", share=0.015),
    Workload("memory_plain", "memory", "memory per key", "bytes", 0.48, keys="keys_memory"),
    Workload("memory_ttl", "memory", "memory per key with a TTL", "bytes", 0.42, keys="keys_memory",
             fill="strings_ttl"),
    Workload("memory_integer", "memory", "memory per key, integer value", "bytes", 0.45, keys="keys_memory",
             fill="strings_integer"),
    Workload("insert_pause", "pause", "longest pause while 10 M keys are inserted", "us", 0.50, SET_ONE, 1, "inserts"),
    Workload("restart", "restart", "restart over a log of 1 M SETs", "ms", 0.50),
    Workload("lpush", "cpu", "LPUSH, pipeline 16", CPU, 0.68, "lpush", 16, fill="nothing", refill="no_list"),
    Workload("rpush", "cpu", "RPUSH, pipeline 16", CPU, 0.68, "rpush", 16, fill="nothing", refill="no_list"),
    Workload("lpop", "cpu", "LPOP, pipeline 16", CPU, 0.68, "lpop", 16, fill="nothing", refill="long_list"),
    Workload("rpop", "cpu", "RPOP, pipeline 16", CPU, 0.68, "rpop", 16, fill="nothing", refill="long_list"),
    Workload("sadd", "cpu", "SADD, pipeline 16", CPU, 0.68, "sadd", 16, fill="nothing"),
    Workload("incr", "cpu", "INCR, pipeline 16", CPU, 0.68, "incr", 16),
    Workload("hset", "cpu", "HSET, pipeline 16", CPU, 0.60, "hset", 16, fill="nothing"),
    Workload("zadd", "cpu", "ZADD, pipeline 16", CPU, 0.50, "zadd", 16, fill="nothing"),
    Workload("lrange_100", "cpu", "LRANGE of 100", CPU, 0.55, _lrange(100), 16, "list", fill="list", share=0.1),
    Workload("lrange_300", "cpu", "LRANGE of 300", CPU, 0.55, _lrange(300), 16, "list", fill="list", share=0.04),
    Workload("lrange_600", "cpu", "LRANGE of 600", CPU, 0.55, _lrange(600), 16, "list", fill="list", share=0.02),
    Workload("zadd_1m", "cpu", "ZADD, 1 M members", CPU, 0.50, ZADD, 16, "members", fill="zset", share=0.4),
    Workload("zrank_1m", "cpu", "ZRANK, 1 M members", CPU, 0.50, ZRANK, 16, "members", fill="zset", share=0.4),
    Workload("zrange_1m", "cpu", "ZRANGE of 100, 1 M members", CPU, 0.50, ZRANGE, 16, "members", fill="zset",
             share=0.1),
    Workload("hgetall_100", "cpu", "HGETALL of 100 fields", CPU, 0.55, ("HGETALL", "hash"), 16, fill="hash_100",
             share=0.1),
    Workload("sinter", "cpu", "SINTER of two sets of 10,000", CPU, 0.55, ("SINTER", "a", "b"), 16, "set",
             fill="two_sets", share=0.001),
    Workload("lindex_1m", "cpu", "LINDEX in the middle of 1 M", CPU, 0.20, LINDEX, 16, "members", fill="list",
             share=0.1),
    Workload("publish_1000", "conversation", "PUBLISH to 1,000 subscribers", DELIVERY, 0.70, "publish", keys="subscribers",
             fill="nothing", share=3),
    Workload("publish_p16", "conversation", "PUBLISH to 1,000 subscribers, pipeline 16", DELIVERY, 0.70, "publish", 16,
             "subscribers", fill="nothing", share=2),
    Workload("pingpong_50", "conversation", "BLPOP and RPUSH, 50 pairs", CPU, 0.90, "pingpong", keys="pairs",
             fill="nothing", share=1.5),
    Workload("multi_exec_10", "conversation", "MULTI, 10 SETs, EXEC", CPU, 0.60, "multi_exec", share=6),
    Workload("multi_exec_p16", "conversation", "MULTI, 10 SETs, EXEC, pipeline 16", CPU, 0.60, "multi_exec", 16, share=0.8),
    Workload("memory_hash", "memory", "memory per field of one hash", "bytes", 0.60, keys="keys_memory",
             fill="one_hash"),
    Workload("memory_set", "memory", "memory per member of one set", "bytes", 0.40, keys="keys_memory", fill="one_set"),
    Workload("memory_zset", "memory", "memory per member of one sorted set", "bytes", 0.50, keys="keys_memory",
             fill="one_zset"),
    Workload("memory_hashes", "memory", "memory per hash of 5 fields", "bytes", 0.85, keys="hashes",
             fill="hashes_of_5"),
    Workload("memory_list", "memory", "memory per element of one list", "bytes", 1.00, keys="keys_memory",
             fill="one_list"),
    Workload("pause_hash", "pause", "longest pause while one hash grows to 5 M", "us", 0.50, HSET_ONE, 16,
             "member_inserts"),
    Workload("pause_zset", "pause", "longest pause while one sorted set grows to 5 M", "us", 0.50, ZADD_ONE, 16,
             "member_inserts"),
    # 3 M keys: strings, small hashes, and one sorted set of 1 M members.
    Workload("rewrite", "rewrite", "BGREWRITEAOF, preamble", "ms", 0.70, directives=PREAMBLE),
    Workload("rewrite_plain", "rewrite", "BGREWRITEAOF, commands", "ms", 0.70, directives=PLAIN),
    Workload("fork_pause", "fork", "pause of the fork", "us", 0.70, directives=PREAMBLE),
    Workload("rewrite_p999", "rewrite_latency", "p99.9 during a rewrite, 20 k writes/s", "ms", 1.00, directives=PREAMBLE),
    Workload("rewrite_memory", "rewrite_memory", "memory a rewrite adds, 20 k writes/s", "MB", 1.00, directives=PREAMBLE),
    Workload("restart_rdb", "restart_after", "restart from a preamble", "ms", 0.60, directives=PREAMBLE),
    Workload("restart_plain", "restart_after", "restart from a plain log", "ms", 0.50, directives=PLAIN),
)

CONNECTIONS = 50
VALUE_BYTES = 32


@dataclass(frozen=True)
class Scale:
    rounds: int
    keys: int
    keys_large: int
    commands: dict  # pipeline -> commands sent in one run
    keys_memory: int
    hashes: int
    inserts: int
    member_inserts: int
    log_commands: int
    members: int
    rewrite_strings: int
    rewrite_hashes: int
    rewrite_members: int
    list: int = 1_000
    set: int = 10_000
    subscribers: int = 1_000
    pairs: int = 50
    connections: int = CONNECTIONS
    alone: int = 1


# `full` is what the bars are about; `normal` is near enough for daily work; `tiny` proves that everything runs.
SCALES = {
    "tiny": Scale(
        1, 2_000, 5_000, {1: 3_000, 16: 10_000, 100: 10_000}, 20_000, 4_000, 5_000, 5_000, 5_000, 5_000,
        20_000, 5_000, 10_000,
    ),
    "normal": Scale(
        3, 100_000, 1_000_000, {1: 200_000, 16: 1_500_000, 100: 3_000_000},
        1_000_000, 200_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 250_000, 50_000, 100_000,
    ),
    "full": Scale(
        5, 100_000, 5_000_000, {1: 400_000, 16: 3_000_000, 100: 6_000_000},
        1_000_000, 200_000, 10_000_000, 5_000_000, 1_000_000, 1_000_000, 2_500_000, 500_000, 1_000_000,
    ),
}

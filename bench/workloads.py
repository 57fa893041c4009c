"""What is measured, and the bars. Every workload is one row; bench.py runs them all, or those named by --only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Workload:
    name: str
    kind: str  # names the function of measures.py that takes the figure
    title: str
    unit: str
    bar: float  # ours divided by stock must be at most this
    command: str = ""  # for kind cpu: the redis-benchmark test
    pipeline: int = 1
    keys: str = "keys"  # which number of SCALES says how many keys exist
    directives: tuple = ()
    value: str = "plain"  # for kind memory: plain, ttl or integer


CPU = "us of server CPU per command"
LOG = (("appendonly", "yes"), ("appendfsync", "everysec"), ("auto-aof-rewrite-percentage", "0"))

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
    Workload("memory_plain", "memory", "memory per key", "bytes", 0.48),
    Workload("memory_ttl", "memory", "memory per key with a TTL", "bytes", 0.42, value="ttl"),
    Workload("memory_integer", "memory", "memory per key, integer value", "bytes", 0.45, value="integer"),
    Workload("insert_pause", "pause", "longest pause while 10 M keys are inserted", "us", 0.50),
    Workload("restart", "restart", "restart over a log of 1 M SETs", "ms", 0.50),
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
    inserts: int
    log_commands: int


# `full` is what the bars are about; `normal` is near enough for daily work; `tiny` proves that everything runs.
SCALES = {
    "tiny": Scale(1, 2_000, 5_000, {1: 3_000, 16: 10_000, 100: 10_000}, 20_000, 5_000, 5_000),
    "normal": Scale(
        3, 100_000, 1_000_000, {1: 200_000, 16: 1_500_000, 100: 3_000_000}, 1_000_000, 1_000_000, 1_000_000
    ),
    "full": Scale(
        5, 100_000, 5_000_000, {1: 400_000, 16: 3_000_000, 100: 6_000_000}, 1_000_000, 10_000_000, 1_000_000
    ),
}

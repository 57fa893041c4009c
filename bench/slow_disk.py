#!/usr/bin/python3
"""What clients notice of a disk that is slow to sync, with libdisturbed-disk.so loaded into the server.

always: 50 connections read keys that nobody writes, alone and beside 8 connections that write; with how many
writes a sync is shared. everysec: the longest latency of a writer while each sync takes seconds. `--stock` measures the
stock server for comparison.
"""

import argparse
import csv
import subprocess
import sys
import time
from pathlib import Path

from servers import BenchServer

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.server import ourBinary, stockBinary  # noqa: E402

READERS, WRITERS = 50, 8
KEYS = 100_000
WARM_UP_S = 0.5


def disturbedServer(binary, sync_ms, directives):
    """A server whose fdatasync takes so many milliseconds longer."""
    library = Path(ourBinary()).parent / "libdisturbed-disk.so"
    if not library.exists():
        raise FileNotFoundError(f"{library}: build all targets")
    return BenchServer(binary, directives={"appendonly": "yes", "auto-aof-rewrite-percentage": "0", **directives},
                       prefix=("env", f"LD_PRELOAD={library}", f"SLOW_SYNC_MS={sync_ms}"))


def benchmark(server, connections, requests, *words):
    return subprocess.Popen(["redis-benchmark", "-p", str(server.port), "-c", str(connections), "-n", str(requests),
                             "-r", str(KEYS), "--csv", *words], stdout=subprocess.PIPE, text=True)


def rowOf(process):
    """The figures redis-benchmark printed, by the names of its columns."""
    text, _ = process.communicate(timeout=300)
    row = next(csv.DictReader(text.splitlines()))
    return {name: float(value) for name, value in row.items() if name != "test"}


def callsOf(client, command):
    fields = client.info("commandstats").get(f"cmdstat_{command}")
    return int(fields.split(",")[0].split("=")[1]) if fields else 0


def underAlways(binary, sync_ms, requests):
    """One round: (reads a second alone, beside the writers, p99 in ms, writes a second, syncs a second)."""
    with disturbedServer(binary, sync_ms, {"appendfsync": "always"}) as server, server.tcpClient() as client:
        alone = rowOf(benchmark(server, READERS, requests, "GET", "read:__rand_int__"))
        writers = benchmark(server, WRITERS, 10**9, "SET", "written:__rand_int__", "value")
        try:
            time.sleep(WARM_UP_S)
            begin, calls = time.monotonic(), callsOf(client, "set")
            groups = int(client.info("persistence").get("aof_writer_groups", 0))
            beside = rowOf(benchmark(server, READERS, requests, "GET", "read:__rand_int__"))
            took = time.monotonic() - begin
            written = callsOf(client, "set") - calls
            synced = int(client.info("persistence").get("aof_writer_groups", 0)) - groups
        finally:
            writers.terminate()
            writers.communicate()
    return alone["rps"], beside["rps"], beside["p99_latency_ms"], written / took, synced / took


def underEverysec(binary, sync_ms, requests):
    """The longest latency in ms of 10 connections that write for a while."""
    with disturbedServer(binary, sync_ms, {"appendfsync": "everysec"}) as server:
        return rowOf(benchmark(server, 10, requests, "SET", "written:__rand_int__", "value"))["max_latency_ms"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=200_000, help="reads of a round")
    parser.add_argument("--sync-ms", type=int, default=5, help="that a sync takes longer under always")
    parser.add_argument("--stuck-ms", type=int, default=3000, help="that it takes longer under everysec")
    parser.add_argument("--stock", action="store_true")
    options = parser.parse_args()
    binary = stockBinary() if options.stock else ourBinary()
    for _ in range(options.rounds):
        alone, beside, p99, writes, syncs = underAlways(binary, options.sync_ms, options.requests)
        shared = f"{writes / syncs:.2f} of {WRITERS} writes a sync" if syncs else "writes a sync unknown"
        print(f"always, sync +{options.sync_ms} ms: {beside / alone:.2f} of the reads ({beside:.0f} of {alone:.0f} a "
              f"second), read p99 {p99:.2f} ms, {writes:.0f} writes a second, {shared}", flush=True)
    longest = underEverysec(binary, options.stuck_ms, 5 * options.requests)
    print(f"everysec, sync +{options.stuck_ms} ms: longest latency of a write {longest:.1f} ms")


if __name__ == "__main__":
    main()

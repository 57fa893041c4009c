#!/usr/bin/python3
"""Plots what clients notice and what memory it takes while the log is rewritten, ours and the stock server's.

One run a server: writes at a steady rate, and in their midst a BGREWRITEAOF. Latencies count from the moment a write was
due.
"""

import argparse
import pathlib
import sys
import tempfile
import time
from dataclasses import dataclass

import bench
from rewrites import WRITES_PER_SECOND, MemorySampler, RewriteMeasure, rewrite
from workloads import SCALES, WORKLOADS

BEFORE_S = 2.0
AFTER_S = 2.0
BUCKET_S = 0.05
COLOURS = {"stock": "#b5543c", "ours": "#3b7a57"}
LABELS = {"stock": "stock redis-server", "ours": "Inkstone"}


@dataclass
class Timeline:
    """Times are seconds after BGREWRITEAOF was sent."""

    rewrite_s: float
    latencies: list  # (begin of the bucket, longest latency in it in milliseconds)
    memory: list  # (moment, megabytes over those at the first moment)


def longestOfBuckets(pairs):
    """Pairs of a moment and a value: the largest value of each bucket that has one."""
    longest = {}
    for moment, value in pairs:
        bucket = int(moment // BUCKET_S)
        longest[bucket] = max(value, longest.get(bucket, value))
    return [(bucket * BUCKET_S, value) for bucket, value in sorted(longest.items())]


def record(side, scale, settings):
    workload = next(one for one in WORKLOADS if one.kind == "rewrite_latency")
    with RewriteMeasure(workload, scale, settings) as measure:
        server = measure.startFilled(side)
        with measure.openLoop(server) as writes, server.tcpClient() as client:
            with MemorySampler(server) as memory:
                time.sleep(BEFORE_S)
                begin, end = rewrite(client)
                time.sleep(AFTER_S)
    first = memory.samples[0][1]
    return Timeline(end - begin, longestOfBuckets((due - begin, late) for due, late in writes.answered),
                    [(moment - begin, (value - first) / 1e6) for moment, value in memory.samples])


def plot(timelines, path, scale_name):
    import matplotlib

    matplotlib.use("Agg")
    # Without these the file would change with every run even when the figures do not.
    matplotlib.rcParams["svg.hashsalt"] = "inkstone"
    from matplotlib import pyplot

    figure, (latency, memory) = pyplot.subplots(2, 1, sharex=True, figsize=(9, 6))
    for side, timeline in timelines.items():
        label = f"{LABELS[side]}, {timeline.rewrite_s:.1f} s"
        latency.plot(*zip(*timeline.latencies), color=COLOURS[side], linewidth=0.9, label=label)
        memory.plot(*zip(*timeline.memory), color=COLOURS[side], linewidth=1.2, label=label)
        for axes in (latency, memory):
            axes.axvline(timeline.rewrite_s, color=COLOURS[side], linewidth=0.8, linestyle=":")
    latency.set_yscale("log")
    latency.set_ylabel(f"longest latency in {BUCKET_S * 1000:.0f} ms, ms", fontsize=8)
    latency.legend(fontsize=8)
    latency.set_title(f"{WRITES_PER_SECOND} writes/s while the log is rewritten, scale {scale_name}", fontsize=9)
    memory.set_ylabel("memory of server and child\nover the first moment, MB", fontsize=8)
    memory.set_xlabel("seconds after BGREWRITEAOF; dotted: the rewrite is done", fontsize=8)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    pyplot.close(figure)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--scale", choices=SCALES, default="normal")
    parser.add_argument("--plot", type=pathlib.Path, default=bench.ROOT / "docs/rewrite.svg")
    bench.addPrograms(parser)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="inkstone-bench-") as cache:
        settings = bench.settingsOf(options, cache)
        timelines = {side: record(side, SCALES[options.scale], settings) for side in bench.SIDES}
    for side, timeline in timelines.items():
        during = [value for moment, value in timeline.latencies if -BUCKET_S <= moment <= timeline.rewrite_s]
        print(f"{LABELS[side]}: rewrite {timeline.rewrite_s:.2f} s, longest latency {max(during):.1f} ms, "
              f"memory +{max(value for _, value in timeline.memory):.1f} MB")
    plot(timelines, options.plot, options.scale)
    return 0


if __name__ == "__main__":
    sys.exit(main())

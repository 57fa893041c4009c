#!/usr/bin/python3
"""Compares the server with the stock redis-server; the workloads and their bars stand in workloads.py.

Both servers take turns within each round, in changing order, so that a machine that slows down or speeds up hits both.
The figure of a workload is the median over the rounds, its ratio the median of the rounds' ratios. Where a figure is a
maximum (pauses), what comes back in all rounds stands for them: see PauseMeasure.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass

import load
import report
import measures
import rewrites
from servers import ROOT
from workloads import SCALES, WORKLOADS

SIDES = ("stock", "ours")
KINDS = {**measures.KINDS, **rewrites.KINDS}


@dataclass
class Settings:
    binaries: dict
    server_core: int | None
    load_core: int | None
    probe: pathlib.Path
    open_loop: pathlib.Path
    # For files that several workloads start from.
    cache: pathlib.Path


def orderOf(round_number):
    """A B, B A, A B, ...: neither side always follows the other."""
    return SIDES if round_number % 2 == 0 else SIDES[::-1]


def summarize(workload, rounds):
    """One row of the result from the rounds, each a dict of side to what measures.py returned."""
    kind = KINDS[workload.kind]
    row = {"name": workload.name, "title": workload.title, "unit": workload.unit, "bar": workload.bar}
    for side in SIDES:
        row[side] = kind.ofRounds([taken[side] for taken in rounds])
    row["ratios"] = [taken["ours"]["figure"] / taken["stock"]["figure"] for taken in rounds]
    row["ratio"] = kind.ratioOfRounds(rounds)
    row["pass"] = row["ratio"] <= workload.bar
    return row


def runWorkload(workload, scale, settings, rounds):
    with KINDS[workload.kind](workload, scale, settings) as measure:
        for side in SIDES:
            measure.prepare(side)
        taken = [{side: measure.take(side) for side in orderOf(number)} for number in range(rounds)]
    return summarize(workload, taken)


def chosenWorkloads(lists):
    names = [name for one in lists for name in one.split(",")]
    known = {workload.name: workload for workload in WORKLOADS}
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"no workload {', '.join(unknown)}; there are: {', '.join(known)}")
    return [known[name] for name in names] if names else list(WORKLOADS)


def addPrograms(parser):
    """The options that settingsOf() needs."""
    parser.add_argument("--server", default=str(ROOT / "build/release/inkstone-server"))
    parser.add_argument("--stock", default=shutil.which("redis-server"))
    parser.add_argument("--probe", default=str(ROOT / "build/release/bench-pause-probe"))
    parser.add_argument("--open-loop", default=str(ROOT / "build/release/bench-open-loop"))
    parser.add_argument("--pin", action=argparse.BooleanOptionalAction, default=os.cpu_count() == 2,
                        help="server on core 0, load on core 1 (default on two cores); for rewrites nobody is pinned")


def parseOptions(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--scale", choices=SCALES, default="normal")
    parser.add_argument("--only", action="append", default=[], metavar="NAME,...", help="may be repeated")
    parser.add_argument("--rounds", type=int, help="default: by scale")
    addPrograms(parser)
    parser.add_argument("--json", type=pathlib.Path, default=ROOT / "build/bench/results.json")
    parser.add_argument("--plot", type=pathlib.Path, help="SVG or PNG; default: docs/bench.svg after a complete run")
    parser.add_argument("--strict", action="store_true", help="fail when a bar is missed")
    return parser.parse_args(arguments)


def settingsOf(options, cache):
    for path in (options.server, options.stock):
        if not path or not os.access(path, os.X_OK):
            sys.exit(f"cannot run {path or 'redis-server'}: `make bench` builds and installs what is needed")
    cores = (0, 1) if options.pin else (None, None)
    return Settings({"stock": options.stock, "ours": options.server}, *cores, pathlib.Path(options.probe),
                    pathlib.Path(options.open_loop), pathlib.Path(cache))


def plotPath(options):
    if options.plot is None and not options.only and options.scale != "tiny":
        return ROOT / "docs/bench.svg"
    return options.plot


def runAll(options, settings):
    """Runs what was chosen and prints a row each; the rows."""
    scale = SCALES[options.scale]
    load.tool("redis-benchmark")
    rounds = options.rounds or scale.rounds
    rows = []
    print(report.header(options.scale, rounds), flush=True)
    for workload in chosenWorkloads(options.only):
        rows.append(runWorkload(workload, scale, settings, rounds))
        print(report.line(rows[-1]), flush=True)
    return rows


def main(arguments=None):
    options = parseOptions(arguments)
    with tempfile.TemporaryDirectory(prefix="inkstone-bench-") as cache:
        rows = runAll(options, settingsOf(options, cache))
    machine = {"cores": os.cpu_count(), "machine": platform.machine(), "kernel": platform.release()}
    rounds = options.rounds or SCALES[options.scale].rounds
    result = {"scale": options.scale, "rounds": rounds, "machine": machine, "rows": rows}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result, indent=1) + "\n")
    if plotPath(options):
        report.plot(result, plotPath(options))
    missed = [row["name"] for row in rows if not row["pass"]]
    print(f"{len(rows) - len(missed)} of {len(rows)} bars hold" + (f"; missed: {', '.join(missed)}" if missed else ""))
    return 1 if missed and options.strict else 0


if __name__ == "__main__":
    sys.exit(main())

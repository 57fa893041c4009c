#!/usr/bin/python3
"""Runs every workload at tiny scale: each must give a figure for both servers. Whether bars hold is not asked here.

usage: test_tiny.py --server PATH --probe PATH --open-loop PATH
"""

import json
import math
import pathlib
import sys
import tempfile

import bench
import rewrite_timeline
from workloads import WORKLOADS


def problemsIn(result):
    by_name = {row["name"]: row for row in result["rows"]}
    for workload in WORKLOADS:
        row = by_name.get(workload.name)
        if row is None:
            yield f"{workload.name} is missing"
            continue
        for side in bench.SIDES:
            figure = row[side]["figure"]
            if not (math.isfinite(figure) and figure > 0):
                yield f"{workload.name}: {side} gave {figure}"


def main():
    with tempfile.TemporaryDirectory() as folder:
        output, plot = pathlib.Path(folder) / "results.json", pathlib.Path(folder) / "plot.svg"
        bench.main(["--scale", "tiny", "--json", str(output), "--plot", str(plot), *sys.argv[1:]])
        problems = list(problemsIn(json.loads(output.read_text())))
        timeline = pathlib.Path(folder) / "timeline.svg"
        rewrite_timeline.main(["--scale", "tiny", "--plot", str(timeline), *sys.argv[1:]])
        problems += [f"{path.name} is no SVG" for path in (plot, timeline) if "<svg" not in path.read_text()]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

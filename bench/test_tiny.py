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
        if "<svg" not in plot.read_text():
            problems.append("the plot is no SVG")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

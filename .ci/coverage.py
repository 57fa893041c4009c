#!/usr/bin/python3
"""Runs tests of a build with INKSTONE_COVERAGE=ON, prints which share of the lines of each folder ran, and writes pages.

usage: .ci/coverage.py BUILD_FOLDER COMMAND...

The command runs in the build folder. Tests kill servers, so each process keeps its counters in a file that is mapped.
"""

import collections
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("base", "config", "protocol", "storage", "persistence", "server")


def llvm(tool, *words):
    return subprocess.run([f"llvm-{tool}-14", *map(str, words)], check=True, stdout=subprocess.PIPE, text=True).stdout


def runTests(build, command):
    """The exit status of the tests; their counters are in build/profiles."""
    profiles = build / "profiles"
    profiles.mkdir(exist_ok=True)
    for old in profiles.glob("*.profraw"):
        old.unlink()
    # %c: counters are mapped; %4m: processes of one program add up in four files.
    variables = dict(os.environ, LLVM_PROFILE_FILE=f"{profiles}/%c%4m.profraw")
    return subprocess.run(command, cwd=build, env=variables, check=False).returncode


def folderOf(path):
    """A folder of two levels where there are two: persistence/log."""
    return "/".join(path.parent.parts[:2])


def printTable(summary):
    counts = collections.defaultdict(lambda: [0, 0])
    for file in summary["data"][0]["files"]:
        lines = file["summary"]["lines"]
        for name in (folderOf(Path(file["filename"]).relative_to(ROOT)), "all"):
            counts[name][0] += lines["count"]
            counts[name][1] += lines["covered"]
    rows = sorted(item for item in counts.items() if item[0] != "all")
    for name, (lines, covered) in [*rows, ("all", counts["all"])]:
        print(f"{name:24} {lines:7} lines {100 * covered / max(lines, 1):6.1f} % covered")


def main():
    build, command = Path(sys.argv[1]).resolve(), sys.argv[2:]
    status = runTests(build, command)
    merged = build / "coverage.profdata"
    llvm("profdata", "merge", "-sparse", "-o", merged, *sorted((build / "profiles").glob("*.profraw")))
    programs = [build / "inkstone-server", build / "inkstone-check-aof", build / "inkstone-check-rdb",
                *sorted(path for path in build.glob("unit-*") if os.access(path, os.X_OK))]
    objects = [word for program in programs[1:] for word in ("-object", program)]
    common = (programs[0], *objects, f"-instr-profile={merged}", *(ROOT / folder for folder in FOLDERS))
    llvm("cov", "show", *common, "-format=html", f"-output-dir={build}/html")
    printTable(json.loads(llvm("cov", "export", "-summary-only", *common)))
    print(f"pages: {build}/html/index.html")
    return status


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""Compares the log that our server writes with the stock server's, byte by byte,
then loads each log on the other server and compares the data sets.

LOG_MAPPING lists all that may differ between the two texts.
"""

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from compat.generator import Generator  # noqa: E402
from compat.random_stream import (BATCH, Difference, clear, compareDataSets,  # noqa: E402
                                  exchange)
from support.aof import readLog  # noqa: E402
from support.server import cleanUpOnSignals, ours, stock  # noqa: E402

DIRECTIVES = {"enable-debug-command": "yes", "appendonly": "yes", "appendfsync": "always",
              "aof-use-rdb-preamble": "no", "auto-aof-rewrite-percentage": "0"}
TIME_TOLERANCE_MS = 5000

LOG_MAPPING = {
    "transaction": "7.0 puts MULTI/EXEC around the DEL of an expired key and the command that "
                   "found it; 6.2 does not. Either loads the same.",
    "set with a time": "SET k v PXAT t (6.2, 7.0) and SET k v, PEXPIREAT k t (before) mean the "
                       "same.",
    "condition": "7.0 keeps NX, XX, GT, LT behind PEXPIREAT; 6.2 has no conditions. The condition "
                 "held when the command ran.",
    "clock": "relative times are logged absolute, some milliseconds apart on the two servers.",
}


def canonical(commands):
    """The log with everything removed that LOG_MAPPING allows to differ, but for the clock."""
    result = []
    for command in commands:
        name = command[0].upper()
        if name in (b"MULTI", b"EXEC"):
            continue
        if name == b"SET" and len(command) == 5 and command[3].upper() == b"PXAT":
            result.append((command[0], command[1], command[2]))
            result.append((b"PEXPIREAT", command[1], command[4]))
        elif name == b"PEXPIREAT":
            result.append(command[:3])
        else:
            result.append(command)
    return result


def sameCommand(left, right):
    if left == right:
        return True
    if left[0] != b"PEXPIREAT" or right[0] != b"PEXPIREAT" or left[1] != right[1]:
        return False
    return abs(int(left[2]) - int(right[2])) <= TIME_TOLERANCE_MS


def compareLogs(mine, oracle):
    left, right = canonical(mine), canonical(oracle)
    for at, (a, b) in enumerate(zip(left, right)):
        if not sameCommand(a, b):
            raise Difference(f"log command {at}\n    ours     {a}\n    expected {b}\n"
                             f"    after {right[max(0, at - 3):at]}")
    if len(left) != len(right):
        longer = left if len(left) > len(right) else right
        raise Difference(f"ours has {len(left)} commands, expected {len(right)}; the first one "
                         f"more: {longer[min(len(left), len(right))]}")


def feed(servers, seed, count, past):
    """The same writes on both; the replies are random_stream.py's business."""
    clients = [server.client(timeout=60.0) for server in servers]
    clear(clients)
    commands = list(Generator(seed, writes_only=True, past=past).commands(count))
    for start in range(0, count, BATCH):
        exchange(clients, commands[start:start + BATCH])


def load(start, log):
    """A server with `log` as its log; the caller discards it and its directory."""
    folder = Path(tempfile.mkdtemp(prefix="inkstone-load-"))
    shutil.copyfile(log, folder / "appendonly.aof")
    server = start(directives=DIRECTIVES, dir=folder)
    server.client().value("DEBUG", "SET-ACTIVE-EXPIRE", 0)
    return server


def crossLoad(mine, oracle):
    """Our log on the stock server and the stock server's on ours: the same data."""
    loaded = []
    try:
        loaded.append(load(ours, oracle))
        loaded.append(load(stock, mine))
        clients = [server.client(timeout=30.0) for server in loaded]
        compareDataSets(clients)
        digests = [client.value("DEBUG", "DIGEST") for client in clients]
        if digests[0] != digests[1]:
            raise Difference(f"DEBUG DIGEST after loading: ours {digests[0]}, "
                             f"expected {digests[1]}")
    finally:
        for server in loaded:
            server.discard()
            shutil.rmtree(server.dir, ignore_errors=True)


def runStream(seed, count, past, canary):
    with ours(directives=DIRECTIVES) as left, stock(directives=DIRECTIVES) as right:
        feed((left, right), seed, count, past)
        left.stop()
        right.stop()
        mine, oracle = readLog(left.aofPath()), readLog(right.aofPath())
        if canary:
            del mine[len(mine) // 2]
        compareLogs(mine, oracle)
        crossLoad(left.aofPath(), right.aofPath())
        return len(oracle)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, help="default: from the clock; always printed")
    parser.add_argument("--count", type=int, default=20_000, help="commands in all")
    parser.add_argument("--canary", action="store_true",
                        help="drop a command of our log before comparing: the run must fail")
    return parser.parse_args()


def main():
    options = arguments()
    cleanUpOnSignals()
    seed = options.seed if options.seed is not None else random.randrange(10**9)
    print(f"log text: seed {seed}", flush=True)
    logged = 0
    try:
        for number, past in enumerate((0.08, 0.6)):
            logged += runStream(f"{seed}-{number}", options.count // 2, past, options.canary)
    except Difference as difference:
        print(f"log text: seed {seed}: {difference}")
        print(f"log text: DIFFERENT (seed {seed})")
        return 1
    print(f"log text: {options.count} commands sent, {logged} logged, both logs equal and loaded "
          f"by the other server (seed {seed})")
    return 0


if __name__ == "__main__":
    sys.exit(main())

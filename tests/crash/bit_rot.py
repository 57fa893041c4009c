#!/usr/bin/python3
"""Changes bytes of a log that were on the disk, and starts the server on it.

On a small log every byte is changed in turn, on a large one random ones, a bit, a byte or a stretch at a
time. Each start must be refused, with status 1 and the range in which the byte is; nothing may be
served. As a canary the ledger is taken away first: then changes are loaded, or refused by luck, and the run must fail.
"""

import random
import re
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crash.children import rewriteEnded, waitUntil  # noqa: E402
from crash.program import begin, parserFor  # noqa: E402
from support.server import StartError, ours  # noqa: E402

DIRECTIVES = {"appendonly": "yes", "appendfsync": "always"}
LARGE_KEYS = 20_000
STRETCH_MAX = 5_000
RANGE = re.compile(r"its bytes (\d+) to (\d+) are not what was on the disk")


def fillSmall(client):
    client.value("SET", "before", "the rewrite")
    client.value("RPUSH", "list", "a", "b", "1")
    client.value("BGREWRITEAOF")
    waitUntil(lambda: rewriteEnded(client), "the end of the rewrite")
    client.value("SET", "key", "value")
    client.value("HSET", "hash", "f", "v")
    client.value("SADD", "set", "1", "2")


def fillLarge(client):
    for start in range(0, LARGE_KEYS, 1000):
        client.pipeline([("SET", f"key:{i}", "value of " + str(i) * 5)
                         for i in range(start, start + 1000)])


def writeLog(folder, fill):
    """A log in `folder` all of which is recorded, and its bytes."""
    with ours(directives=DIRECTIVES, dir=folder) as server:
        with server.client() as client:
            fill(client)
        server.stop()
        return server.aofPath().read_bytes()


def problemWith(folder, changed, begin, end):
    """The fault of a start on the changed AOF, or None."""
    (folder / "appendonly.aof").write_bytes(changed)
    (folder / "output.log").unlink(missing_ok=True)
    server = ours(directives=DIRECTIVES, dir=folder, start=False)
    try:
        server.start()
    except StartError as error:
        if error.status != 1:
            return f"ended with {error.status}"
        ranges = RANGE.findall(error.log)
        if not ranges:
            return "refused without a range"
        range_begin, range_end = map(int, ranges[-1])
        if range_begin >= end or range_end <= begin:
            return f"refused for bytes {range_begin} to {range_end}"
        return None
    finally:
        if server.process is not None:
            server.kill()
    return "started"


def changes(log, count, generator):
    """(begin, end, changed log): each byte if there is no count, else random places."""
    for number in range(len(log) if count is None else count):
        begin = number if count is None else generator.randrange(len(log))
        kind = 0 if count is None else generator.randrange(3)
        length = min(generator.randrange(1, STRETCH_MAX), len(log) - begin) if kind == 2 else 1
        flip = 1 << generator.randrange(8) if kind == 0 else generator.randrange(1, 256)
        changed = bytearray(log)
        for place in range(begin, begin + length):
            changed[place] ^= flip
        yield begin, begin + length, bytes(changed)


def attack(name, fill, count, options, seed):
    """Changes and misses."""
    generator = random.Random(f"{seed}-{name}")
    folder = Path(tempfile.mkdtemp(prefix="inkstone-rot-"))
    try:
        log = writeLog(folder, fill)
        ledger = (folder / "appendonly.aof.ledger").read_bytes()
        tried = missed = 0
        for first, end, changed in changes(log, count, generator):
            if options.canary:
                (folder / "appendonly.aof.ledger").unlink(missing_ok=True)
            else:
                (folder / "appendonly.aof.ledger").write_bytes(ledger)
            problem = problemWith(folder, changed, first, end)
            tried += 1
            missed += problem is not None
            if problem and missed <= 5:
                print(f"{name}: bytes {first} to {end} changed: {problem}", flush=True)
        print(f"bit rot: {name} log of {len(log)} bytes: {tried} changes, {missed} not detected",
              flush=True)
        return tried, missed
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = parserFor(__doc__)
    parser.add_argument("--changes", type=int, default=60, help="of the large log")
    parser.add_argument("--canary", action="store_true",
                        help="take the ledger away before each start: the run must fail")
    options = parser.parse_args()
    seed = begin("bit rot", options)
    results = [attack("small", fillSmall, 20 if options.canary else None, options, seed),
               attack("large", fillLarge, options.changes, options, seed)]
    return 1 if any(missed or not tried for tried, missed in results) else 0


if __name__ == "__main__":
    sys.exit(main())

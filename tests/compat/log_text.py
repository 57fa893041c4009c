#!/usr/bin/python3
"""Compares the log that our server writes with the stock server's, byte by byte, then looks whether
the logs bring the data back: ours after kill -9, ours on the stock server, the stock server's on ours.

LOG_MAPPING lists all that may differ between the two texts.
"""

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from compat.data_sets import Difference, compareDataSets  # noqa: E402
from compat.generator import DATABASES, Generator  # noqa: E402
from compat.profiles import PROFILES  # noqa: E402
from compat.random_stream import BATCH, exchange, prepare  # noqa: E402
from compat.tables import TABLES  # noqa: E402
from support.aof import readLog  # noqa: E402
from support.server import cleanUpOnSignals, ours, stock  # noqa: E402

DIRECTIVES = {"enable-debug-command": "yes", "appendonly": "yes", "appendfsync": "always",
              "aof-use-rdb-preamble": "no", "auto-aof-rewrite-percentage": "0"}
TIME_TOLERANCE_MS = 5000
PAST_SHARES = (0.08, 0.6)

LOG_MAPPING = {
    "transaction": "7.0 puts MULTI/EXEC around the DEL of an expired key and the command that "
                   "found it, and around the parts of a long SPOP; 6.2 does not. Either loads the "
                   "same.",
    "set with a time": "SET k v PXAT t (6.2, 7.0) and SET k v, PEXPIREAT k t (before) mean the "
                       "same.",
    "condition": "7.0 keeps NX, XX, GT, LT behind PEXPIREAT; 6.2 has no conditions. The condition "
                 "held when the command ran.",
    "expired target": "a result without elements that is stored where an expired key still stands: "
                      "7.0 tells the command, ours the DEL that it comes to.",
    "clock": "relative times are logged absolute, some milliseconds apart on the two servers.",
    "random members": "SPOP is logged as SREM of the members that went, one or several a command. "
                      "Streams pop at random from keys called spop:* only: members are counted.",
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
        elif name == b"SREM" and command[1].startswith(b"spop:"):
            popped = len(command) - 2
            if result and result[-1][:2] == (b"popped", command[1]):
                popped += result.pop()[2]
            result.append((b"popped", command[1], popped))
        else:
            result.append(command)
    return result


def _target(command):
    """The key that a command stores its result under, if it is one that does."""
    if command[0].upper() == b"SORT":
        upper = [word.upper() for word in command]
        return command[upper.index(b"STORE") + 1] if b"STORE" in upper else None
    return command[1] if command[0].upper().endswith(b"STORE") else None


def sameCommand(left, right):
    if left == right:
        return True
    if left[0] == b"DEL" and len(left) == 2 and left[1] == _target(right):
        return True
    if left[0] != b"PEXPIREAT" or right[0] != b"PEXPIREAT" or left[1] != right[1]:
        return False
    return abs(int(left[2]) - int(right[2])) <= TIME_TOLERANCE_MS


def compareLogs(mine, oracle):
    left, right = canonical(mine), canonical(oracle)
    for at, (a, b) in enumerate(zip(left, right)):
        if not sameCommand(a, b):
            raise Difference(f"log command {at}\n    ours     {str(a)[:600]}\n"
                             f"    expected {str(b)[:600]}\n"
                             f"    after {str(right[max(0, at - 3):at])[:900]}")
    if len(left) != len(right):
        longer = left if len(left) > len(right) else right
        raise Difference(f"ours has {len(left)} commands, expected {len(right)}; the first one "
                         f"more: {longer[min(len(left), len(right))]}")


def feed(clients, generator, count):
    """The same writes on both; the replies are random_stream.py's business."""
    prepare(clients, generator.profile)
    commands = list(generator.commands(count))
    for start in range(0, len(commands), BATCH):
        exchange(clients, commands[start:start + BATCH])


def digestOf(server):
    """The digest of the keys that have not expired: SCAN deletes the others first."""
    with server.client(timeout=60.0) as client:
        client.value("DEBUG", "SET-ACTIVE-EXPIRE", 0)
        for database in range(DATABASES):
            client.value("SELECT", database)
            client.value("SCAN", 0, "COUNT", 10**6)
        return client.value("DEBUG", "DIGEST")


def load(start, log):
    """A server with `log` as its log; the caller discards it and its directory."""
    folder = Path(tempfile.mkdtemp(prefix="inkstone-load-"))
    shutil.copyfile(log, folder / "appendonly.aof")
    return start(directives=DIRECTIVES, dir=folder)


def sameDigest(what, server, expected):
    found = digestOf(server)
    if found != expected:
        raise Difference(f"DEBUG DIGEST {what}: {found}, expected {expected}")


def killAndRestart(server, digest, canary):
    """Everything written must be there again, though the process had no time for farewell."""
    server.kill()
    if canary:
        log = server.aofPath()
        # An SADD at the end, so that the log stays readable.
        with open(log, "ab") as file:
            file.write(b"*3\r\n$4\r\nSADD\r\n$6\r\ncanary\r\n$1\r\nm\r\n")
    server.start()
    sameDigest("after kill -9 and a restart", server, digest)


def crossLoad(mine, oracle, digest):
    """Our log on the stock server and the stock server's on ours: the same data."""
    loaded = []
    try:
        loaded.append(load(ours, oracle))
        loaded.append(load(stock, mine))
        for server, what in zip(loaded, ("of the stock server's log on ours", "of ours on stock")):
            sameDigest(what, server, digest)
    finally:
        for server in loaded:
            server.discard()
            shutil.rmtree(server.dir, ignore_errors=True)


def runStream(generator, count, canary):
    """One stream; the number of commands in the log."""
    with ours(directives=DIRECTIVES) as left, stock(directives=DIRECTIVES) as right:
        clients = [server.client(timeout=60.0) for server in (left, right)]
        feed(clients, generator, count)
        compareDataSets(clients, generator.profile.compact)
        logs = [server.dir / "as-written.aof" for server in (left, right)]
        for server, log in zip((left, right), logs):
            shutil.copyfile(server.aofPath(), log)
        mine, oracle = map(readLog, logs)
        if canary == "text":
            del mine[len(mine) // 2]
        compareLogs(mine, oracle)
        digest = digestOf(right)
        killAndRestart(left, digest, canary == "restart")
        crossLoad(*logs, digest)
        return len(oracle)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, help="default: from the clock; always printed")
    parser.add_argument("--count", type=int, default=60_000, help="commands in all")
    parser.add_argument("--profile", choices=(*PROFILES, "all"), default="all")
    parser.add_argument("--canary", choices=("text", "restart"),
                        help="drop a command of our log before comparing, or add one to it before "
                             "the restart: the run must fail")
    return parser.parse_args()


def main():
    options = arguments()
    cleanUpOnSignals()
    seed = options.seed if options.seed is not None else random.randrange(10**9)
    print(f"log text: seed {seed}", flush=True)
    names = tuple(PROFILES) if options.profile == "all" else (options.profile,)
    share = options.count // len(names) // len(PAST_SHARES)
    logged = 0
    for name in names:
        for past in PAST_SHARES:
            generator = Generator(f"{seed}-{name}-{past}", TABLES, PROFILES[name],
                                  writes_only=True, past=past)
            try:
                logged += runStream(generator, share, options.canary)
            except Difference as difference:
                print(f"log text: {name}, seed {seed}: {difference}")
                print(f"log text: DIFFERENT (seed {seed})")
                return 1
    print(f"log text: {options.count} commands sent, {logged} logged, both logs equal, and loaded "
          f"after kill -9 and by the other server (seed {seed})")
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""Fails every call in turn with which the server changes its files.

A run: the real server with recorded_disk.cpp loaded starts, is written to, rewrites its log, is written to, and ends by
SHUTDOWN or kill -9. The n-th call that opens for writing, writes, syncs, renames, removes or truncates fails once,
with EIO or ENOSPC, for each n there is; in the rewrite child, too. Whatever the server then does, a start on
the healthy disk must succeed unaided and find all that was acknowledged and nothing that was never sent. As a canary
the log loses its end in between: the run must fail.
"""

import errno
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crash.children import rewriteEnded, strayFiles, waitUntil  # noqa: E402
from crash.crash_round import cutLog  # noqa: E402
from crash.program import begin, directivesFor, parserFor  # noqa: E402
from support.resp import ConnectionClosed  # noqa: E402
from support.server import StartError, ours, ourBinary  # noqa: E402

ERRORS = (errno.EIO, errno.ENOSPC)
POLICIES = ("always", "everysec")
WRITES = 12


def write(client, begin, acknowledged):
    for number in range(begin, begin + WRITES):
        reply = client.call("SET", f"k{number}", f"value {number}")
        if reply.kind != "error":
            acknowledged.add(number)


def work(server, shutdown):
    """The numbers that were acknowledged, as far as the server lived."""
    acknowledged = set()
    try:
        server.start()
        with server.client() as client:
            write(client, 0, acknowledged)
            client.call("BGREWRITEAOF")
            write(client, WRITES, acknowledged)
            waitUntil(lambda: rewriteEnded(client), "the end of the rewrite")
            write(client, 2 * WRITES, acknowledged)
            if shutdown:
                client.call("SHUTDOWN")
    except (ConnectionClosed, OSError, StartError):
        pass
    return acknowledged


def check(server, acknowledged):
    """The fault of a start on the healthy disk, or None."""
    try:
        server.start()
    except StartError as error:
        return f"did not start: {error.log[-400:]}"
    with server.client() as client:
        found = {reply.value.decode() for reply in client.value("KEYS", "*")}
        wrong = [key for key in found if client.value("GET", key) != b"value " + key[1:].encode()]
    lost = [number for number in acknowledged if f"k{number}" not in found]
    stray = strayFiles(server)
    server.kill()
    if lost:
        return f"{len(lost)} acknowledged writes are lost"
    if wrong:
        return f"{wrong} were never written"
    return f"{stray} were left behind" if stray else None


def faultyRun(policy, variables, shutdown, canary=False):
    """Runs on a disk described by the variables, then starts on the healthy one; what is wrong, or None."""
    library = Path(ourBinary()).parent / "librecorded-disk.so"
    with ours(directives=directivesFor(policy), start=False) as server:
        with ours(directives=directivesFor(policy), dir=server.dir, start=False,
                  prefix=("env", f"LD_PRELOAD={library}", f"DISK_FOLDER={server.dir}", *variables)) as faulty:
            acknowledged = work(faulty, shutdown)
            faulty.kill()
        if canary:
            cutLog(server)
        return check(server, acknowledged)


def callsOf(policy):
    """The number of calls in a run that can be made to fail."""
    with tempfile.NamedTemporaryFile(prefix="inkstone-calls-") as counts:
        problem = faultyRun(policy, (f"DISK_CALLS={counts.name}",), True)
        if problem:
            raise AssertionError(f"a run without faults: {problem}")
        return max(int(line) for line in counts.read().split())


def main():
    parser = parserFor(__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of the calls to fail, chosen at random")
    parser.add_argument("--policy", choices=POLICIES, action="append")
    parser.add_argument("--canary", action="store_true",
                        help="cut the log before each second start: the run must fail")
    options = parser.parse_args()
    seed = begin("disk faults", options)
    generator = random.Random(seed)
    failed = runs = 0
    for policy in options.policy or POLICIES:
        calls = callsOf(policy)
        for call in range(1, calls + 1):
            for number in ERRORS:
                if generator.random() >= options.share:
                    continue
                variables = (f"DISK_FAIL_CALL={call}", f"DISK_FAIL_ERRNO={number}")
                problem = faultyRun(policy, variables, generator.randrange(2) == 0, options.canary)
                runs += 1
                if problem:
                    failed += 1
                    print(f"{policy}: {errno.errorcode[number]} at call {call} of {calls}: {problem}", flush=True)
    print(f"disk faults: {runs} runs, {failed} wrong (seed {seed})")
    return 1 if failed or not runs else 0


if __name__ == "__main__":
    sys.exit(main())

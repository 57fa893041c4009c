#!/usr/bin/python3
"""Kills server or child at each step of a rewrite while clients write; nothing acknowledged may be missing.

DEBUG REWRITE-STEP has the process stop or kill itself at a step. Afterwards the server starts again,
unaided: all that was acknowledged is there, the log is valid, no other file is left, and the next
rewrite succeeds.
"""

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crash.children import (NeverHappened, checkLog, killWithChildren,  # noqa: E402
                            processState, rewriteEnded, rewriteToTheEnd, strayFiles, waitUntil)
from crash.crash_round import CANARY_BYTES, WRITERS, check, cutLog, part  # noqa: E402
from crash.model import observe  # noqa: E402
from crash.program import LOG_ON, POLICIES, begin, parserFor  # noqa: E402
from crash.writer import DATABASES, Writer  # noqa: E402
from support.server import StartError, childrenOf, ours  # noqa: E402

# Those of persistence/files/rewrite_steps.h.
CHILD_STEPS = ("child-started", "child-mid-image", "child-before-ack", "child-after-ack",
               "child-before-rename", "child-after-rename")
PARENT_STEPS = ("parent-before-ack", "parent-after-ack", "parent-before-rename",
                "parent-after-rename", "parent-before-directory-sync",
                "parent-after-directory-sync", "parent-before-swap", "parent-after-swap")
DIRECTIVES = {**LOG_ON, "enable-debug-command": "yes"}
WRITE_S = 0.2


class Case(NamedTuple):
    step: str
    victim: str  # "child": it dies alone, and the server later; "server": both at once
    policy: str
    preamble: str

    def __str__(self):
        return f"{self.step}, death of {self.victim}, {self.policy}, preamble {self.preamble}"


def cases(policy, everything):
    """Without `everything` the preamble takes turns, so that the policies together have both."""
    plain = [(step, "child") for step in CHILD_STEPS]
    plain += [(step, "server") for step in CHILD_STEPS + PARENT_STEPS]
    for number, (step, victim) in enumerate(plain):
        if everything:
            yield from (Case(step, victim, policy, preamble) for preamble in ("yes", "no"))
        else:
            turn = (number + POLICIES.index(policy)) % 2
            yield Case(step, victim, policy, ("yes", "no")[turn])


def dieAtStep(server, case):
    """Rewrites the log and returns when the server is dead."""
    kills_itself = case.victim == "child" or case.step in PARENT_STEPS
    with server.client(timeout=30.0) as client:
        client.value("DEBUG", "REWRITE-STEP", case.step, "KILL" if kills_itself else "STOP")
        client.value("BGREWRITEAOF")
        if case.step in PARENT_STEPS:
            try:
                status = server.waitExit(30)
            except subprocess.TimeoutExpired as expired:
                raise NeverHappened(f"{case.step} was never reached") from expired
            if status != -signal.SIGKILL:
                raise NeverHappened(f"the server ended with {status} before {case.step}")
        elif case.victim == "child":
            status = waitUntil(lambda: rewriteEnded(client), "the end of a killed child")
            if status != "err":
                raise NeverHappened(f"the rewrite ended with {status} although its child was killed")
            time.sleep(WRITE_S)
            left = strayFiles(server)
            if left:
                raise NeverHappened(f"removal of {left} after the child's death")
        else:
            waitUntil(lambda: any(processState(pid) == "T" for pid in childrenOf(server.pid)),
                      f"a child stopped at {case.step}")
    killWithChildren(server)


def writeAndDie(server, case, seed, state, drain):
    writers = [Writer(server.address, number, seed, part(state, f"w{number}:"))
               for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    time.sleep(WRITE_S)
    if drain:
        for writer in writers:
            writer.stopping.set()
        for writer in writers:
            writer.join(30)
    try:
        dieAtStep(server, case)
    finally:
        killWithChildren(server)
        for writer in writers:
            writer.join(30)
    return writers


def problemsAfter(server, writers, before, plant):
    """Starts the server again, and has it do all that a server must be able to do then."""
    server.start()
    if plant:
        (server.dir / "temp-rewriteaof-1.aof").write_bytes(b"planted")
    after = observe(server, DATABASES)
    problems = check(writers, before, after)
    problems += [f"{name} was left behind" for name in strayFiles(server)]
    problems += filter(None, [rewriteToTheEnd(server)])
    server.kill()
    problems += filter(None, [checkLog(server)])
    server.start()
    if observe(server, DATABASES) != after:
        problems.append("another rewrite and another start changed the data")
    return problems


def runCase(server, case, number, options, seed):
    """All that is wrong after one death."""
    server.directives.update({"appendfsync": case.policy, "aof-use-rdb-preamble": case.preamble})
    try:
        server.start()
        before = observe(server, DATABASES)
        writers = writeAndDie(server, case, f"{seed}.{number}", before, options.canary == "tail")
        if options.canary == "tail":
            cutLog(server)
        problems = problemsAfter(server, writers, before, options.canary == "file")
        if not any(writer.acknowledged_count for writer in writers):
            problems.append("nothing was written")
        return problems
    except (NeverHappened, StartError) as error:
        return [str(error)]
    finally:
        server.kill()


def arguments():
    parser = parserFor(__doc__)
    parser.add_argument("--policy", choices=POLICIES, action="append", help="default: all three")
    parser.add_argument("--step", action="append", help="default: all of them")
    parser.add_argument("--everything", action="store_true",
                        help="each case with and without preamble; default: they take turns")
    parser.add_argument("--canary", choices=("tail", "file"),
                        help=f"cut {CANARY_BYTES} bytes off the log before the restart, or leave a "
                             "temporary file after it: the run must fail")
    return parser.parse_args()


def main():
    options = arguments()
    seed = begin("rewrite steps", options)
    chosen = [case for policy in options.policy or POLICIES
              for case in cases(policy, options.everything)
              if case.step in (options.step or CHILD_STEPS + PARENT_STEPS)]
    failed = 0
    for number, case in enumerate(chosen):
        with ours(directives=DIRECTIVES, start=False) as server:
            problems = runCase(server, case, number, options, seed)
        failed += bool(problems)
        for problem in problems[:5]:
            print(f"{case}: {problem}", flush=True)
    print(f"rewrite steps: {len(chosen)} deaths, {failed} lost, invented or left something "
          f"(seed {seed})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""Kills a server that concurrent clients write to, restarts it and looks for what is missing.

A round: start on the same directory, let the writers write for a random moment, kill -9, restart,
compare every key, of whatever type, with what was acknowledged. Rounds take turns through the three
fsync policies: a killed process may lose nothing acknowledged under any of them. With --children
rewrites and saves run all the time, and some of them are killed, too.
"""

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crash.children import ChildrenAllTheTime, killWithChildren, strayFiles  # noqa: E402
from crash.model import observe  # noqa: E402
from crash.program import LOG_ON, POLICIES, begin, parserFor  # noqa: E402
from crash.writer import DATABASES, SHARED, Writer  # noqa: E402
from support.server import ours, stock  # noqa: E402

PREAMBLES = ("no", "yes")
WRITERS = 6
# Longest commands have some 3 KB, but most are short: the cut takes several of them.
CANARY_BYTES = 200


def sharedOf(state):
    return {where: int(value) for where, (value, _) in state.items() if where[1] == SHARED}


def part(state, prefix):
    return {where: entry for where, entry in state.items() if where[1].startswith(prefix)}


def write(server, seed, state, generator, options):
    """Runs the writers and kills the server under them; as a canary after all is acknowledged."""
    writers = [Writer(server.address, number, seed, part(state, f"w{number}:"))
               for number in range(WRITERS)]
    children = ChildrenAllTheTime(server, seed)
    for thread in [*writers, *([children] if options.children else [])]:
        thread.start()
    time.sleep(generator.uniform(0.02, 1.5 if options.children else 0.5))
    if options.canary:
        for writer in writers:
            writer.stopping.set()
        for writer in writers:
            writer.join(30)
    killWithChildren(server)
    for writer in writers:
        writer.join(30)
    return writers, children


def check(writers, before, after):
    """All that is wrong with the data set after the restart."""
    problems = [f"writer {w.prefix} was refused: {w.error}" for w in writers if w.error]
    for writer in writers:
        wrong = writer.explain(part(after, writer.prefix))
        if wrong:
            problems.append(f"writer {writer.prefix} {wrong}")
    known = tuple(writer.prefix for writer in writers)
    problems += [f"phantom key {where}" for where in after
                 if not where[1].startswith(known) and where[1] != SHARED]
    least = max(writer.shared_acknowledged for writer in writers)
    most = sum(sharedOf(before).values()) + sum(writer.shared_sent for writer in writers)
    found = sharedOf(after).values()
    if max(found, default=0) < least:
        problems.append(f"shared counter: acknowledged {least}, found {list(found)}")
    if sum(found) > most:
        problems.append(f"shared counters: {most} increments sent, found {sum(found)}")
    return problems


def cutLog(server):
    """Takes the end off, and the ledger that would tell."""
    path = server.aofPath()
    path.with_name(path.name + ".ledger").unlink(missing_ok=True)
    size = path.stat().st_size
    with open(path, "r+b") as log:
        log.truncate(max(0, size - CANARY_BYTES))


def runRound(server, number, options, seed):
    """One round; (commands acknowledged, children started, problems)."""
    generator = random.Random(f"{seed}-{number}")
    server.directives["appendfsync"] = POLICIES[number % len(POLICIES)]
    server.directives["aof-use-rdb-preamble"] = PREAMBLES[number // len(POLICIES) % len(PREAMBLES)]
    server.start()
    before = observe(server, DATABASES)
    writers, children = write(server, f"{seed}.{number}", before, generator, options)
    if options.canary:
        cutLog(server)
    server.start()
    problems = check(writers, before, observe(server, DATABASES))
    if not options.stock:
        problems += [f"{name} was left behind" for name in strayFiles(server)]
    server.stop()
    return sum(w.acknowledged_count for w in writers), children.started_count, problems


def arguments():
    parser = parserFor(__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--stock", action="store_true", help="run the stock redis-server instead")
    parser.add_argument("--children", action="store_true",
                        help="rewrites and saves run all the time, and some are killed")
    parser.add_argument("--canary", action="store_true",
                        help=f"cut {CANARY_BYTES} bytes off the log before each restart: the run "
                             "must fail")
    return parser.parse_args()


def main():
    options = arguments()
    seed = begin("crash round", options)
    acknowledged = started = failed = 0
    with (stock if options.stock else ours)(directives=LOG_ON, start=False) as server:
        for number in range(options.rounds):
            count, children, problems = runRound(server, number, options, seed)
            acknowledged += count
            started += children
            failed += bool(problems)
            for problem in problems[:5]:
                policy = server.directives["appendfsync"]
                print(f"round {number} ({policy}): {problem}", flush=True)
    print(f"crash round: {options.rounds} rounds, {acknowledged} commands acknowledged, "
          f"{started} children, {failed} rounds lost or invented something (seed {seed})")
    return 1 if failed or (options.children and started == 0) else 0


if __name__ == "__main__":
    sys.exit(main())

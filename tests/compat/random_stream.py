#!/usr/bin/python3
"""Sends seeded random command streams to our server and to a stock redis-server.

Every reply is compared; at the end of each stream the two data sets are compared key by key, too.
"""

import argparse
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from compat import compare  # noqa: E402
from compat.generator import DATABASES, Generator  # noqa: E402
from support.resp import encode, render  # noqa: E402
from support.server import cleanUpOnSignals, ours, stock  # noqa: E402

BATCH = 250
STREAM = 10_000
PAST_SHARES = (0.08, 0.08, 0.08, 0.6)
DIRECTIVES = {"enable-debug-command": "yes"}
TTL_TOLERANCE_MS = compare.NEAR_MS


class Difference(Exception):
    pass


def clear(clients):
    for client in clients:
        client.value("FLUSHALL")
        client.value("SELECT", 0)
        client.value("DEBUG", "SET-ACTIVE-EXPIRE", 0)


def exchange(clients, batch):
    data = b"".join(encode(*words) for _, words in batch)
    for client in clients:
        client.sendRaw(data)
    left, right = clients
    return [left.read() for _ in batch], [right.read() for _ in batch]


def compareBatch(batch, mine, oracle, history):
    for (comparator, words), a, b in zip(batch, mine, oracle):
        history.append(words)
        if a == b:
            continue
        name = comparator.lstrip("?")
        if not compare.BY_NAME[name](a, b):
            recent = "\n".join(f"      {' '.join(map(repr, h))[:200]}" for h in history[-6:])
            raise Difference(f"command {len(history)}: {' '.join(map(repr, words))[:300]}\n"
                             f"    ours     {render(a)}\n    expected {render(b)}\n"
                             f"    after\n{recent}")


def runStream(clients, generator, count, canary_at=None):
    """One stream on two empty servers; raises Difference."""
    clear(clients)
    commands = list(generator.commands(count))
    history = []
    for start in range(0, count, BATCH):
        batch = commands[start:start + BATCH]
        mine, oracle = exchange(clients, batch)
        if canary_at is not None and start <= canary_at < start + len(batch):
            # A reply that has to be equal: others may lawfully differ.
            at = next(i for i, (comparator, _) in enumerate(batch) if comparator == "equal")
            mine[at] = compare.altered(mine[at])
        compareBatch(batch, mine, oracle, history)
    compareDataSets(clients)


def compareDataSets(clients):
    """Values, types, encodings and times of every key of every database, and the digests."""
    for database in range(DATABASES):
        for client in clients:
            client.value("SELECT", database)
        left, right = [sorted(client.value("KEYS", "*"), key=repr) for client in clients]
        _demand(left == right, f"keys of database {database}", left, right)
        for name in ("GET", "TYPE", "PEXPIRETIME"):
            _compareKeys(clients, name, [(name, key.value) for key in left])
        _compareKeys(clients, "OBJECT ENCODING", [("OBJECT", "ENCODING", k.value) for k in left])
        _compareKeys(clients, "DIGEST-VALUE",
                     [("DEBUG", "DIGEST-VALUE", key.value) for key in left])
        sizes = [client.value("DBSIZE") for client in clients]
        # Expired keys still count, and KEYS removes them on both sides.
        _demand(sizes[0] == sizes[1], f"DBSIZE of database {database}", *sizes)


def _compareKeys(clients, name, commands):
    left, right = [client.pipeline(commands) for client in clients]
    same = compare.near if name == "PEXPIRETIME" else compare.equal
    for words, a, b in zip(commands, left, right):
        _demand(same(a, b), f"{name} of {words[-1]!r}", render(a), render(b))


def _demand(condition, what, left, right):
    if not condition:
        raise Difference(f"{what} at the end of the stream\n    ours     {left}\n"
                         f"    expected {right}")


def runProtocol(protocol, seed, count, canary):
    done = 0
    with ours(directives=DIRECTIVES) as left, stock(directives=DIRECTIVES) as right:
        clients = [server.client(protocol, timeout=30.0) for server in (left, right)]
        lists = all(c.value("COMMAND", "INFO", "lpush")[0].kind == "array" for c in clients)
        while done < count:
            size = min(STREAM, count - done)
            past = PAST_SHARES[done // STREAM % len(PAST_SHARES)]
            generator = Generator(f"{seed}-{protocol}-{done}", lists=lists, past=past)
            try:
                runStream(clients, generator, size, size // 2 if canary and done == 0 else None)
            except Difference as difference:
                print(f"RESP{protocol}, seed {seed}, stream at {done}: {difference}")
                return done, False
            done += size
    return done, True


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, help="default: from the clock; always printed")
    parser.add_argument("--count", type=int, default=200_000, help="commands over all versions")
    parser.add_argument("--resp", choices=("2", "3", "both"), default="both")
    parser.add_argument("--canary", action="store_true",
                        help="alter one reply: the run must fail")
    return parser.parse_args()


def main():
    options = arguments()
    cleanUpOnSignals()
    seed = options.seed if options.seed is not None else random.randrange(10**9)
    protocols = (2, 3) if options.resp == "both" else (int(options.resp),)
    print(f"random stream: seed {seed}", flush=True)
    began, total, good = time.monotonic(), 0, True
    for protocol in protocols:
        done, same = runProtocol(protocol, seed, options.count // len(protocols), options.canary)
        total, good = total + done, good and same
    print(f"random stream: {total} commands compared in {time.monotonic() - began:.1f} s, "
          f"{'all equal' if good else 'DIFFERENT'} (seed {seed})")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

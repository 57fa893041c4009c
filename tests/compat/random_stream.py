#!/usr/bin/python3
"""Sends seeded random command streams to our server and to a stock redis-server.

Every reply is compared; at the end of each stream the two data sets are compared key by key, too.
Streams take turns through the profiles (profiles.py): small values, large ones, and limits of the
encodings so tight that values are converted all the time.
"""

import argparse
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from compat import compare  # noqa: E402
from compat.data_sets import Difference, checkFreshEncodings, compareDataSets  # noqa: E402
from compat.generator import Generator  # noqa: E402
from compat.profiles import PROFILES, SINCE_72  # noqa: E402
from compat.tables import TABLES  # noqa: E402
from support.resp import encode, render  # noqa: E402
from support.server import cleanUpOnSignals, ours, oursIsStock, stock  # noqa: E402

BATCH = 250
PAST_SHARES = (0.08, 0.08, 0.08, 0.6)
DIRECTIVES = {"enable-debug-command": "yes"}


def prepare(clients, profile):
    """Empties both servers and sets the limits of the profile."""
    mine = clients[0]
    for client in clients:
        client.value("FLUSHALL")
        client.value("SELECT", 0)
        client.value("DEBUG", "SET-ACTIVE-EXPIRE", 0)
        for name, value in profile.allDirectives().items():
            if name not in SINCE_72 or (client is mine and not oursIsStock()):
                client.value("CONFIG", "SET", name, value)


def exchange(clients, batch):
    data = b"".join(encode(*words) for _, words in batch)
    for client in clients:
        client.sendRaw(data)
    left, right = clients
    return [left.read() for _ in batch], [right.read() for _ in batch]


class Comparison:
    """Compares replies in the order of their commands; raises Difference."""

    def __init__(self):
        self._history = []
        self._before = None

    def batch(self, batch, mine, oracle):
        for (comparator, words), a, b in zip(batch, mine, oracle):
            self._history.append(words)
            if comparator == "equal":
                same = a == b
            else:
                same = compare.matches(comparator, a, b, self._before)
            if not same:
                self._fail(comparator, words, a, b)
            self._before = a

    def _fail(self, comparator, words, mine, oracle):
        count = len(self._history)
        recent = "\n".join(f"      {' '.join(map(repr, h))[:200]}" for h in self._history[-6:])
        raise Difference(f"command {count}, compared by {comparator}: "
                         f"{' '.join(map(repr, words))[:300]}\n"
                         f"    ours     {render(mine)[:3000]}\n"
                         f"    expected {render(oracle)[:3000]}\n    after\n{recent}")


def runStream(clients, generator, count, canary_at=None):
    """One stream on two empty servers; the number of commands. Raises Difference."""
    prepare(clients, generator.profile)
    commands = list(generator.commands(count))
    comparison = Comparison()
    for start in range(0, len(commands), BATCH):
        batch = commands[start:start + BATCH]
        mine, oracle = exchange(clients, batch)
        if canary_at is not None and start <= canary_at < start + len(batch):
            # A reply that has to be equal: others may lawfully differ.
            at = next(i for i, (comparator, _) in enumerate(batch) if comparator == "equal")
            mine[at] = compare.altered(mine[at])
        comparison.batch(batch, mine, oracle)
    compareDataSets(clients, generator.profile.compact)
    checkFreshEncodings(clients[0])
    return len(commands)


def runProfile(name, protocol, options, seed, count):
    """(commands compared, whether all was equal)."""
    done = number = 0
    with ours(directives=DIRECTIVES) as left, stock(directives=DIRECTIVES) as right:
        clients = [server.client(protocol, timeout=30.0) for server in (left, right)]
        while done < count:
            size = min(PROFILES[name].stream, count - done)
            past = PAST_SHARES[number % len(PAST_SHARES)]
            generator = Generator(f"{seed}-{name}-{protocol}-{number}", TABLES, PROFILES[name],
                                  past=past)
            canary_at = size // 2 if options.canary and number == 0 else None
            try:
                done += runStream(clients, generator, size, canary_at)
            except Difference as difference:
                print(f"{name}, RESP{protocol}, seed {seed}, stream {number}: {difference}")
                return done, False
            number += 1
    return done, True


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, help="default: from the clock; always printed")
    parser.add_argument("--count", type=int, default=240_000,
                        help="commands over all profiles and versions")
    parser.add_argument("--profile", choices=(*PROFILES, "all"), default="all")
    parser.add_argument("--resp", choices=("2", "3", "both"), default="both")
    parser.add_argument("--canary", action="store_true",
                        help="alter one reply: the run must fail")
    return parser.parse_args()


def main():
    options = arguments()
    cleanUpOnSignals()
    seed = options.seed if options.seed is not None else random.randrange(10**9)
    protocols = (2, 3) if options.resp == "both" else (int(options.resp),)
    names = tuple(PROFILES) if options.profile == "all" else (options.profile,)
    print(f"random stream: seed {seed}", flush=True)
    began, total, good = time.monotonic(), 0, True
    for name in names:
        for protocol in protocols:
            share = options.count // len(protocols) // len(names)
            done, same = runProfile(name, protocol, options, seed, share)
            total, good = total + done, good and same
    print(f"random stream: {total} commands compared in {time.monotonic() - began:.1f} s, "
          f"{'all equal' if good else 'DIFFERENT'} (seed {seed})")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

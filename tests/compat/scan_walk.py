#!/usr/bin/python3
"""SCAN's guarantee: an element that is there from the first to the last call is returned, while the
table grows and shrinks under the walk. Checked on our server and on the stock one.
"""

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.server import cleanUpOnSignals, ours, stock  # noqa: E402

LASTING = 3000
MAX_CALLS = 200_000


class Lost(Exception):
    pass


def churn(client, generator, passing):
    """Adds or removes up to thousands of passing keys, so that the table resizes both ways."""
    if generator.random() < 0.5 and passing:
        victims = generator.sample(sorted(passing), min(len(passing), generator.randrange(1, 4000)))
        client.value("DEL", *victims)
        passing.difference_update(victims)
    else:
        names = [f"passing:{generator.randrange(10**6)}"
                 for _ in range(generator.randrange(1, 4000))]
        client.pipeline([("SET", name, "1") for name in names])
        passing.update(names)


def walk(client, generator, options, passing):
    """One full iteration with random counts; the set of keys it returned."""
    cursor, seen, calls = b"0", set(), 0
    while True:
        count = generator.choice((1, 2, 10, 10, 30, 100))
        cursor, keys = [reply.value for reply in
                        client.value("SCAN", cursor, "COUNT", count, *options)]
        seen.update(key.value for key in keys)
        calls += 1
        if cursor == b"0":
            return seen, calls
        if calls > MAX_CALLS:
            raise Lost(f"no end after {calls} calls")
        if generator.random() < 0.05:
            churn(client, generator, passing)


def check(server, seed, walks, canary):
    generator = random.Random(seed)
    client = server.client(timeout=30.0)
    lasting = {f"lasting:{i}".encode() for i in range(LASTING)}
    client.pipeline([("SET", key, "1") for key in lasting])
    passing, total = set(), 0
    for number in range(walks):
        options = generator.choice(([], ["MATCH", "*"], ["TYPE", "string"]))
        seen, calls = walk(client, generator, options, passing)
        if canary and number == 0:
            seen.pop()
            seen.discard(min(lasting))
        missing = lasting - seen
        if missing:
            raise Lost(f"walk {number} lost {len(missing)} of {LASTING} lasting keys, "
                       f"for one {min(missing)!r}")
        total += calls
    return total


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, help="default: from the clock; always printed")
    parser.add_argument("--walks", type=int, default=12, help="full iterations on each server")
    parser.add_argument("--canary", action="store_true",
                        help="forget a key that SCAN returned: the run must fail")
    return parser.parse_args()


def main():
    options = arguments()
    cleanUpOnSignals()
    seed = options.seed if options.seed is not None else random.randrange(10**9)
    print(f"scan walk: seed {seed}", flush=True)
    calls = 0
    for name, start in (("ours", ours), ("stock", stock)):
        with start() as server:
            try:
                calls += check(server, seed, options.walks, options.canary)
            except Lost as lost:
                print(f"scan walk: {name}: {lost} (seed {seed})")
                return 1
    print(f"scan walk: {options.walks} walks on each server, {calls} calls, nothing lost "
          f"(seed {seed})")
    return 0


if __name__ == "__main__":
    sys.exit(main())

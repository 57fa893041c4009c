#!/usr/bin/python3
"""What SCAN, HSCAN, SSCAN and ZSCAN guarantee: an element that is there from the first to the last
call is returned, while the table grows and shrinks under the walk. Checked on our server and on the
stock one.
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


class Kind:
    """One command of the four, and how the elements it walks over come and go.

    add, remove  make the commands that do so from names
    width        parts that an element has in the reply
    """

    def __init__(self, scan, add, remove, width, options):
        self.scan, self.add, self.remove = scan, add, remove
        self.width, self.options = width, options


def _each(*before, after=()):
    return lambda names: [(*before, name, *after) for name in names]


def _atOnce(*before):
    return lambda names: [(*before, *names)]


KINDS = {
    "keys": Kind(("SCAN",), _each("SET", after=("1",)), _atOnce("DEL"), 1,
                 ([], ["MATCH", "*"], ["TYPE", "string"])),
    "hash": Kind(("HSCAN", "h"), _each("HSET", "h", after=("1",)), _atOnce("HDEL", "h"), 2,
                 ([], ["MATCH", "*"])),
    "set": Kind(("SSCAN", "s"), _atOnce("SADD", "s"), _atOnce("SREM", "s"), 1,
                ([], ["MATCH", "*"])),
    "zset": Kind(("ZSCAN", "z"), _each("ZADD", "z", "1"), _atOnce("ZREM", "z"), 2,
                 ([], ["MATCH", "*"])),
}


def churn(client, generator, kind, passing):
    """Adds or removes up to thousands of passing elements, so that the table resizes both ways."""
    if generator.random() < 0.5 and passing:
        victims = generator.sample(sorted(passing), min(len(passing), generator.randrange(1, 4000)))
        client.pipeline(kind.remove(victims))
        passing.difference_update(victims)
    else:
        names = [f"passing:{generator.randrange(10**6)}"
                 for _ in range(generator.randrange(1, 4000))]
        client.pipeline(kind.add(names))
        passing.update(names)


def walk(client, other, generator, kind, options, passing):
    """One full iteration with random counts; the set of elements it returned. Another client
    changes what is walked over."""
    cursor, seen, calls = b"0", set(), 0
    while True:
        count = generator.choice((1, 2, 10, 10, 30, 100))
        cursor, found = [reply.value for reply in
                         client.value(*kind.scan, cursor, "COUNT", count, *options)]
        seen.update(element.value for element in found[::kind.width])
        calls += 1
        if cursor == b"0":
            return seen, calls
        if calls > MAX_CALLS:
            raise Lost(f"no end after {calls} calls")
        if generator.random() < 0.05:
            churn(other, generator, kind, passing)


def check(server, kind, seed, walks, canary):
    generator = random.Random(seed)
    client, other = server.client(timeout=30.0), server.client(timeout=30.0)
    lasting = {f"lasting:{i}".encode() for i in range(LASTING)}
    client.pipeline(kind.add(sorted(lasting)))
    passing, total = set(), 0
    for number in range(walks):
        options = generator.choice(kind.options)
        seen, calls = walk(client, other, generator, kind, options, passing)
        if canary and number == 0:
            seen.discard(min(lasting))
        missing = lasting - seen
        if missing:
            raise Lost(f"walk {number} lost {len(missing)} of {LASTING} lasting elements, "
                       f"for one {min(missing)!r}")
        total += calls
    return total


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, help="default: from the clock; always printed")
    parser.add_argument("--walks", type=int, default=5, help="full iterations on each server")
    parser.add_argument("--kind", choices=(*KINDS, "all"), default="all")
    parser.add_argument("--canary", action="store_true",
                        help="forget an element that was returned: the run must fail")
    return parser.parse_args()


def main():
    options = arguments()
    cleanUpOnSignals()
    seed = options.seed if options.seed is not None else random.randrange(10**9)
    print(f"scan walk: seed {seed}", flush=True)
    kinds = tuple(KINDS) if options.kind == "all" else (options.kind,)
    calls = 0
    for name, start in (("ours", ours), ("stock", stock)):
        for kind in kinds:
            with start() as server:
                try:
                    calls += check(server, KINDS[kind], seed, options.walks, options.canary)
                except Lost as lost:
                    print(f"scan walk: {name}, {kind}: {lost} (seed {seed})")
                    return 1
    print(f"scan walk: {options.walks} walks over {', '.join(kinds)} on each server, {calls} calls, "
          f"nothing lost (seed {seed})")
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""Several connections at once, at random: transactions, watching, waiting, messages, tracking.

Both servers get the same commands in the same order, each on the connection of the same number.
A command goes out when the one before has been answered, or has made its client wait; then all
that clients were sent is compared, client by client: replies, the messages of keyspace
notifications, in their order, and which keys were invalidated for those who track them.
"""

import argparse
import random
import select
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.resp import Reply, render  # noqa: E402
from support.server import cleanUpOnSignals, ours, stock  # noqa: E402

CLIENTS = 6
# Those who never write.
READERS = (CLIENTS - 1, CLIENTS - 2)
SUBSCRIBER = CLIENTS
# Told of what the others track.
CACHE = CLIENTS + 1
KEYS = ("a", "b", "c", "d")
DIRECTIVES = {"enable-debug-command": "yes", "notify-keyspace-events": "KEAm"}
WAIT_S = 60.0


class Different(Exception):
    pass


class Side:
    """One server, its connections and what they have been sent and not yet compared."""

    def __init__(self, server, protocol):
        self.server = server
        self.clients = [server.client(protocol, timeout=WAIT_S) for _ in range(CLIENTS + 2)]
        self.cache_id = self.clients[CACHE].value("CLIENT", "ID")
        self.control = server.client(timeout=WAIT_S)
        self.control.value("FLUSHALL")
        self.waiting = set()

    def blocked(self):
        return int(self.control.info("clients")["blocked_clients"])

    def read(self, number):
        """One reply of that client."""
        return self.clients[number].read()

    def run(self, number, words):
        """{client: replies} that the command brought about."""
        self.clients[number].send(*words)
        got = {}
        if not self._answered(number):
            self.waiting.add(number)
        else:
            got[number] = [self.read(number)]
        # A client that is no longer blocked has a reply under way.
        served = len(self.waiting) - self.blocked()
        while served > 0:
            for other in sorted(self.waiting):
                if self._readable(other, 0.001):
                    got.setdefault(other, []).append(self.read(other))
                    self.waiting.discard(other)
                    served -= 1
        got[SUBSCRIBER] = self._messages(SUBSCRIBER)
        # The order of the keys of one command is not promised.
        got[CACHE] = sorted(self._messages(CACHE), key=render)
        return got

    def track(self, number, how):
        self.clients[number].call("CLIENT", "TRACKING", "ON", "REDIRECT", self.cache_id, *how)

    def _answered(self, number):
        """Whether the command was answered; False when its client waits."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            if self._readable(number, 0.0005):
                return True
            if self.blocked() > len(self.waiting):
                return False
        raise Different(f"{self.server.binary}: no answer, and the client does not wait")

    def _readable(self, number, timeout):
        return bool(select.select([self.clients[number].socket], [], [], timeout)[0])

    def _messages(self, number):
        subscriber = self.clients[number]
        subscriber.send("PING", "end")
        messages = []
        while True:
            reply = subscriber.read()
            if "end" in render(reply) and "message" not in render(reply):
                return messages
            messages.append(reply)


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.number = 0
        self.in_multi = set()

    def key(self):
        return self.random.choice(KEYS)

    def keys(self):
        return self.random.sample(KEYS, self.random.randint(1, 3))

    def value(self):
        self.number += 1
        return f"v{self.number}"

    def waiting(self):
        side, other = self.random.choices(("LEFT", "RIGHT"), k=2)
        keys = self.keys()
        return self.random.choice((
            ("BLPOP", *keys, 0), ("BRPOP", *keys, 0), ("BLMOVE", self.key(), self.key(), side, other, 0),
            ("BRPOPLPUSH", self.key(), self.key(), 0),
            ("BLMPOP", 0, len(keys), *keys, side, "COUNT", self.random.randint(1, 3)),
            ("BZPOPMIN", *keys, 0), ("BZPOPMAX", *keys, 0),
            ("BZMPOP", 0, len(keys), *keys, "MIN", "COUNT", 2)))

    def writing(self):
        key, other = self.key(), self.key()
        values = [self.value() for _ in range(self.random.randint(1, 3))]
        scored = [word for value in values for word in (self.number, value)]
        return self.random.choice((
            ("RPUSH", key, *values), ("LPUSH", key, *values), ("RPUSH", key, *values),
            ("ZADD", key, *scored), ("ZADD", key, *scored), ("SET", key, values[0]),
            ("DEL", key), ("DEL", key, other), ("RENAME", key, other), ("COPY", key, other, "REPLACE"),
            ("LMOVE", key, other, "LEFT", "RIGHT"), ("LPOP", key), ("ZPOPMIN", key), ("LLEN", key),
            # *STORE over a key of another type is left out: there it wakes on ours only.
            ("SADD", f"{key}-set", values[0]),
            ("EXPIRE", key, -1), ("PERSIST", key), ("GET", key), ("EXISTS", *KEYS)))

    def reading(self):
        return self.random.choice((
            ("GET", self.key()), ("LRANGE", self.key(), 0, -1), ("ZRANGE", self.key(), 0, -1),
            ("EXISTS", *self.keys()), ("TYPE", self.key()), ("MGET", *self.keys()),
            ("CLIENT", "CACHING", self.random.choice(("YES", "NO")))))

    def tracking(self, client):
        """How a client tracks; None: not at all.

        Only who never writes has the keys that it read tracked, and NOLOOP is left out: while a client
        that waited is served, 7.0 does not know whose doing it is, and loses what it owes to who set it free.
        """
        if client in READERS:
            return self.random.choice(((), ("OPTIN",), ("OPTOUT",)))
        return self.random.choice((None, ("BCAST",), ("BCAST", "PREFIX", "a"),
                                   ("BCAST", "PREFIX", "b", "PREFIX", "c")))

    def other(self):
        return self.random.choice((
            ("FLUSHALL",), ("SWAPDB", 0, 1), ("SELECT", self.random.randint(0, 1)),
            ("MOVE", self.key(), self.random.randint(0, 1)), ("PUBLISH", "c", self.value()),
            ("NOSUCH",), ("PING",)))

    def command(self, client):
        """Words for that client."""
        kind = self.random.random()
        if client in self.in_multi:
            if kind < 0.2:
                self.in_multi.discard(client)
                return self.random.choice((("EXEC",), ("EXEC",), ("EXEC",), ("DISCARD",)))
        elif kind < 0.08:
            self.in_multi.add(client)
            return ("MULTI",)
        elif kind < 0.16:
            return ("WATCH", *self.keys())
        if client in READERS or kind < 0.25:
            return self.reading()
        if kind < 0.54:
            return self.waiting()
        return self.writing() if kind < 0.95 else self.other()


def compareSteps(mine, oracle, words, number, history):
    if mine == oracle:
        return
    recent = "\n".join(f"      {line}" for line in history[-12:])
    for client in sorted(set(mine) | set(oracle)):
        left, right = mine.get(client), oracle.get(client)
        if left != right:
            raise Different(f"client {number}: {' '.join(map(str, words))}\n"
                            f"    what client {client} got\n"
                            f"    ours     {'; '.join(map(render, left or ()))}\n"
                            f"    expected {'; '.join(map(render, right or ()))}\n{recent}")


def session(sides, generator, count, canary):
    """One data set from its beginning; commands run."""
    for side in sides:
        side.clients[SUBSCRIBER].call("PSUBSCRIBE", "*")
        side.clients[CACHE].call("SUBSCRIBE", "__redis__:invalidate")
    for number in range(CLIENTS):
        how = generator.tracking(number)
        for side in sides if how is not None else ():
            side.track(number, how)
    history = []
    for done in range(count):
        free = [number for number in range(CLIENTS) if number not in sides[0].waiting]
        if len(free) < 2:
            # Somebody has to be left who can set others free.
            number, words = free[0], ("RPUSH", generator.key(), generator.value())
            if number in generator.in_multi:
                generator.in_multi.discard(number)
                words = ("DISCARD",)
            if generator.random.random() < 0.3 and words[0] == "RPUSH":
                words = ("DEL", *KEYS)
        else:
            number = generator.random.choice(free)
            words = generator.command(number)
            if len(free) == 2 and words[0].startswith("B"):
                words = ("PING",)
            if words[0] == "SWAPDB" and (len(sides[0].waiting) > 1 or number in generator.in_multi):
                # SWAPDB may bring several keys at once, and the order of a hash table decides which of them serves
                # first.
                words = ("PING",)
        history.append(f"{number}: {' '.join(map(str, words))}")
        mine, oracle = (side.run(number, words) for side in sides)
        if canary and done == count // 2:
            mine[SUBSCRIBER] = [*mine[SUBSCRIBER], Reply("simple", b"canary")]
        compareSteps(mine, oracle, words, number, history)
        if sides[0].waiting != sides[1].waiting:
            raise Different(f"waiting: ours {sides[0].waiting}, expected {sides[1].waiting}\n"
                            + "\n".join(history[-12:]))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--canary", action="store_true", help="alter what was got: the run must fail")
    options = parser.parse_args()
    cleanUpOnSignals()
    print(f"interleaved: seed {options.seed}", flush=True)
    stream, total = 500, 0
    try:
        while total < options.count:
            protocol = 2 + total // stream % 2
            with ours(directives=DIRECTIVES) as left, stock(directives=DIRECTIVES) as right:
                sides = [Side(server, protocol) for server in (left, right)]
                session(sides, Generator(f"{options.seed}-{total}"), stream, options.canary)
            total += stream
    except Different as difference:
        print(f"DIFFERENT after {total} commands, seed {options.seed}\n  {difference}")
        return 1
    print(f"interleaved: {total} commands on {CLIENTS} connections, all equal (seed {options.seed})")
    return 0


if __name__ == "__main__":
    sys.exit(main())

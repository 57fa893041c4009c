"""One concurrent writer of a crash round.

A writer owns its keys, so commands of others cannot change them. One connection's commands run and
are logged in order; hence after a crash its keys must look like after some prefix of what it sent,
and the prefix must not be shorter than what was acknowledged.
"""

import random
import threading

from crash.model import Model
from support.resp import Client, ConnectionClosed, encode

DATABASES = 3
KEYS = 40
# Keys of lists, sets, hashes and sorted sets, a kind each; few, so that values grow and convert.
TYPED_KEYS = 3
MEMBERS = 200
SHARED = "shared"


class Writer(threading.Thread):
    """Writes pipelined batches until the connection breaks or it is told to stop."""

    def __init__(self, address, number, seed, state):
        super().__init__(daemon=True)
        self.prefix = f"w{number}:"
        self.acknowledged = Model(state)
        self.pending = []
        self.acknowledged_count = 0
        self.shared_sent = 0
        self.shared_acknowledged = 0
        self.error = None
        self.stopping = threading.Event()
        self._random = random.Random(f"{seed}-{number}")
        self._serial = 0
        self._address = address
        self._marker = f"{seed}"

    def run(self):
        try:
            with Client(self._address, timeout=30.0) as client:
                while not self.stopping.is_set():
                    self._batch(client)
        except (ConnectionClosed, OSError):
            pass

    def _batch(self, client):
        commands = [self._command() for _ in range(self._random.choice((1, 1, 5, 20, 100)))]
        # Noted before it is sent: a crash may come when part of it is on its way.
        self.pending = commands
        self.shared_sent += sum(1 for words in commands if words[1] == SHARED)
        client.sendRaw(b"".join(encode(*words) for words in commands))
        for words in commands:
            reply = client.read()
            if reply.kind == "error":
                self.error = f"{words[:2]}: {reply}"
                self.stopping.set()
                return
            self._acknowledge(words, reply)

    def _acknowledge(self, words, reply):
        if words[1] == SHARED:
            self.shared_acknowledged = max(self.shared_acknowledged, reply.value)
        else:
            self.acknowledged.apply(words)
        self.pending = self.pending[1:]
        self.acknowledged_count += 1

    def _command(self):
        self._serial += 1
        kind = self._random.random()
        if kind < 0.03:
            return ("SELECT", str(self._random.randrange(DATABASES)))
        if kind < 0.1:
            key = self._random.choice((self._plain, self._list, self._set, self._hash, self._zset))()
            return self._random.choice((("DEL", key), ("UNLINK", key), ("EXPIRE", key, "100000"),
                                        ("EXPIRE", key, "100000"), ("PERSIST", key)))
        maker = self._random.choice((self._ofStrings, self._ofStrings, self._ofLists, self._ofSets,
                                     self._ofHashes, self._ofSortedSets))
        return maker()

    def _plain(self):
        return f"{self.prefix}{self._random.randrange(KEYS)}"

    def _list(self):
        return f"{self.prefix}list{self._random.randrange(TYPED_KEYS)}"

    def _set(self):
        return f"{self.prefix}set{self._random.randrange(TYPED_KEYS)}"

    def _hash(self):
        return f"{self.prefix}hash{self._random.randrange(TYPED_KEYS)}"

    def _zset(self):
        return f"{self.prefix}zset{self._random.randrange(TYPED_KEYS)}"

    def _text(self):
        length = self._random.choice((0, 20, 60, 100, 3000))
        return f"{self._marker}-{self._serial}-" + "x" * length

    def _member(self):
        return f"m{self._random.randrange(MEMBERS)}"

    def _members(self):
        return [self._member() for _ in range(self._random.choice((1, 2, 30)))]

    def _ofStrings(self):
        kind = self._random.random()
        if kind < 0.45:
            words = ("SET", self._plain(), self._text())
            return (*words, "EX", "100000") if self._random.random() < 0.2 else words
        if kind < 0.65:
            return ("INCR", f"{self.prefix}n{self._random.randrange(5)}")
        if kind < 0.75:
            return ("INCR", SHARED)
        return ("APPEND", self._plain(), f"+{self._serial}")

    def _ofLists(self):
        return self._random.choice((
            ("RPUSH", self._list(), self._text(), str(self._serial)),
            ("LPUSH", self._list(), str(self._serial), self._text()), ("LPOP", self._list()),
            ("RPOP", self._list(), str(self._random.randrange(4))),
            ("LTRIM", self._list(), str(self._random.randrange(3)), "50"),
            ("LMOVE", self._list(), self._list(), "LEFT", "RIGHT")))

    def _ofSets(self):
        """A command on sets. Its result must be determined, so SPOP removes everything."""
        if self._random.random() < 0.05:
            return ("SPOP", self._set(), "100000")
        return self._random.choice((
            ("SADD", self._set(), *self._members()), ("SADD", self._set(), str(self._serial)),
            ("SREM", self._set(), *self._members()),
            ("SMOVE", self._set(), self._set(), self._member()),
            ("SUNIONSTORE", self._set(), self._set(), self._set())))

    def _ofHashes(self):
        pairs = [word for field in self._members() for word in (field, self._text()[-70:])]
        return self._random.choice((
            ("HSET", self._hash(), *pairs), ("HSET", self._hash(), *pairs),
            ("HDEL", self._hash(), *self._members()),
            ("HINCRBY", self._hash(), f"n{self._random.randrange(9)}", str(self._serial))))

    def _ofSortedSets(self):
        pairs = [word for member in self._members()
                 for word in (str(self._random.randrange(1000)), member)]
        return self._random.choice((
            ("ZADD", self._zset(), *pairs), ("ZREM", self._zset(), *self._members()),
            ("ZINCRBY", self._zset(), str(self._serial), self._member()),
            ("ZPOPMIN", self._zset())))

    def explain(self, observed):
        """None when `observed` is the state after a long enough prefix, else what is wrong."""
        model = Model(self.acknowledged.state)
        model.database = self.acknowledged.database
        first = _difference(model.state, observed)
        if first is None:
            return None
        for words in self.pending:
            if words[1] != SHARED:
                model.apply(words)
            if _difference(model.state, observed) is None:
                return None
        return f"{first} ({len(self.pending)} commands were not acknowledged)"


def _difference(expected, observed):
    if expected == observed:
        return None
    for where in sorted(set(expected) | set(observed)):
        if expected.get(where) != observed.get(where):
            return (f"{where}: acknowledged {_short(expected.get(where))}, "
                    f"found {_short(observed.get(where))}")
    return None


def _short(entry):
    if entry is None:
        return "no key"
    value, volatile = entry
    text = repr(value)
    text = text if len(text) < 160 else f"{text[:80]}...{text[-80:]} ({len(value)} long)"
    return text + (" with a time to live" if volatile else "")

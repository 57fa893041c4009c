"""Seeded random commands over a small key space: every string and key command, every option.

Times race with the clock, so: no two times of a stream are less than 1000 s apart (a comparison of
GT and LT comes out the same on both servers although they run milliseconds apart), and times are
either far in the future or long past. Active expiry has to be off while a stream runs.
"""

import random
import time

DATABASES = 4
SLOT_S = 1000
SLOTS = 400_000


class Generator:
    """Yields (comparator, arguments).

    writes_only  leave out what the log never sees
    lists        use a second type, so that WRONGTYPE comes up
    past         the share of times that are long past or nonsense
    """

    def __init__(self, seed, writes_only=False, lists=False, past=0.08):
        self._past = past
        self._random = random.Random(seed)
        self._used_slots = set()
        self._now_s = int(time.time())
        self._keys = [f"key:{i}" for i in range(40)] + ["", "k\x00\r\n", "long" * 20]
        self._table = _TABLE if not writes_only else [row for row in _TABLE if row[1] != "read"]
        self._makers = [row[2] for row in self._table]
        self._weights = [row[0] for row in self._table]
        if lists:
            self._makers.append(_list)
            self._weights.append(4)

    def commands(self, count):
        makers = self._random.choices(self._makers, self._weights, k=count)
        for maker in makers:
            made = maker(self)
            yield made if isinstance(made[0], str) and made[0][0] == "?" else ("equal", made)

    # What arguments are drawn from.

    def chance(self, probability):
        return self._random.random() < probability

    def pick(self, *choices):
        return choices[int(self._random.random() * len(choices))]

    def key(self):
        return self.pick(*self._keys)

    def keys(self, most=4):
        return [self.key() for _ in range(self._random.randint(1, most))]

    def database(self):
        if self.chance(0.02):
            return self.pick(-1, 16, "x", "")
        return self._random.randrange(DATABASES)

    def integer(self):
        kind = self._random.random()
        if kind < 0.6:
            return self._random.randint(-100, 100)
        if kind < 0.8:
            return self._random.randint(-2**63, 2**63 - 1)
        if kind < 0.95:
            return self.pick(2**63 - 1, -2**63, 2**63, 0, -1, 2**31, -2**31 - 1, 10**10)
        return self.pick("x", "", "1.5", " 1", "0x1")

    def float(self):
        kind = self._random.random()
        if kind < 0.7:
            return f"{self._random.uniform(-1000, 1000):.{self._random.randrange(6)}f}"
        if kind < 0.9:
            return self.pick("3.0e3", "1e10", "-1e-10", "0.1", "1e17", "1e-17", "5", "-0")
        return self.pick("inf", "nan", "x", "", "1e400", " 1")

    def value(self):
        kind = self._random.random()
        if kind < 0.35:
            return str(self._random.randint(-1000, 1000))
        if kind < 0.45:
            return str(self._random.randint(-2**63, 2**63))
        if kind < 0.5:
            return self.float()
        if kind < 0.9:
            piece = "abcdefghij\x00\r\n\xe9 "[: self._random.randrange(15)]
            return piece * self._random.randrange(6)
        return "v" * self._random.choice((43, 44, 45, 46, 63, 64, 65, 127, 128, 300, 5000))

    def offset(self):
        return self.pick(0, 1, 5, 10, 43, 44, 100, -1, -5, -100, self._random.randint(-300, 300))

    def _slot(self):
        while True:
            slot = self._random.randrange(10, SLOTS)
            if slot not in self._used_slots:
                self._used_slots.add(slot)
                return slot * SLOT_S

    def relative(self, unit_ms):
        """A time to live in seconds or milliseconds: far away, past, or nonsense."""
        if self.chance(self._past):
            return self.pick(0, -1, -100, -(2**63), 2**63 - 1, "x", "", "1.5", 2**63)
        return self._slot() * (1000 if unit_ms else 1)

    def absolute(self, unit_ms):
        if self.chance(self._past):
            return self.pick(0, -1, 1, 2**63 - 1, -(2**63), "x", "", 1000)
        return (self._now_s + self._slot() + 500) * (1000 if unit_ms else 1)

    def expiryOption(self):
        option = self.pick("EX", "PX", "EXAT", "PXAT", "ex", "pxat")
        unit_ms = option.upper().startswith("PX")
        take = self.absolute if option.upper().endswith("AT") else self.relative
        return [option, take(unit_ms)]


def _set(g):
    words = ["SET", g.key(), g.value()]
    if g.chance(0.4):
        options = [["NX"], ["XX"], ["GET"], ["KEEPTTL"], g.expiryOption(), g.expiryOption()]
        for option in g._random.sample(options, g.pick(1, 1, 1, 2, 2, 3)):
            words += option
    if g.chance(0.01):
        words.append(g.pick("BAD", "EX", "", "PERSIST"))
    return words


def _getex(g):
    words = ["GETEX", g.key()]
    if g.chance(0.8):
        words += g.pick(["PERSIST"], g.expiryOption(), g.expiryOption())
    if g.chance(0.05):
        words += g.pick(["PERSIST"], ["BAD"], ["KEEPTTL"], ["EX"])
    return words


def _expire(g):
    name = g.pick("EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT")
    unit_ms = name.startswith("P")
    when = g.absolute(unit_ms) if name.endswith("AT") else g.relative(unit_ms)
    words = [name, g.key(), when]
    if g.chance(0.5):
        words.append(g.pick("NX", "XX", "GT", "LT", "gt", "BAD"))
        if g.chance(0.2):
            words.append(g.pick("NX", "XX", "GT", "LT"))
    return words


def _copy(g):
    words = ["COPY", g.key(), g.key()]
    if g.chance(0.3):
        words += ["DB", g.database()]
    if g.chance(0.4):
        words.append("REPLACE")
    return words


def _lcs(g):
    words = ["LCS", g.key(), g.key()]
    if g.chance(0.6):
        words += g.pick(["LEN"], ["IDX"], ["IDX", "WITHMATCHLEN"], ["IDX", "MINMATCHLEN", "2"],
                        ["LEN", "IDX"], ["BAD"])
    return words


def _setrange(g):
    if g.chance(0.03):
        return ["SETRANGE", g.key(), g.pick(536870912, 2**63 - 1, -1, "x", 2**40), g.value()]
    return ["SETRANGE", g.key(), abs(g.offset()), g.pick("", "x", "12", "hello")]


def _pairs(name):
    def make(g):
        words = [name]
        for key in g.keys():
            words += [key, g.value()]
        return words[:-1] if g.chance(0.02) else words

    return make


def _scan(g):
    words = ["SCAN", "0", "COUNT", "100000"]
    if g.chance(0.3):
        words += ["MATCH", g.pick("key:1*", "*", "none*", "?ey:[0-5]")]
    if g.chance(0.2):
        words += ["TYPE", g.pick("string", "list", "zset")]
    return "?scan", words


def _swap(g):
    return ["SWAPDB", g.database(), g.database()]


def _flush(g):
    words = [g.pick("FLUSHDB", "FLUSHDB", "FLUSHDB", "FLUSHALL")]
    return words + g.pick([], ["SYNC"], ["ASYNC"])


def _nonsense(g):
    return g.pick(["NOSUCH", "a", "b c"], ["GET"], ["SET", g.key()], ["EXPIRE", g.key()],
                  ["OBJECT", "BAD", g.key()], ["get", g.key(), "x"], ["CLIENT", "GETNAME"])


def _list(g):
    return g.pick(["LPUSH", g.key(), g.value()], ["RPOP", g.key()])


# weight, whether it may write, maker. RANDOMKEY is not here: it removes expired keys at random, and
# what later commands find would depend on it.
_TABLE = [
    (14, "write", _set), (5, "write", _getex), (9, "write", _expire), (3, "write", _copy),
    (4, "write", _setrange), (3, "write", _pairs("MSET")), (2, "write", _pairs("MSETNX")),
    (0.3, "write", _swap), (0.12, "write", _flush), (1, "read", _nonsense), (2, "read", _lcs),
    (2, "write", lambda g: ["GETDEL", g.key()]),
    (2, "write", lambda g: ["GETSET", g.key(), g.value()]),
    (3, "write", lambda g: ["SETNX", g.key(), g.value()]),
    (1.5, "write", lambda g: ["SETEX", g.key(), g.relative(False), g.value()]),
    (1.5, "write", lambda g: ["PSETEX", g.key(), g.relative(True), g.value()]),
    (4, "write", lambda g: ["APPEND", g.key(), g.value()]),
    (5, "write", lambda g: [g.pick("INCR", "DECR"), g.key()]),
    (4, "write", lambda g: [g.pick("INCRBY", "DECRBY"), g.key(), g.integer()]),
    (4, "write", lambda g: ["INCRBYFLOAT", g.key(), g.float()]),
    (4, "write", lambda g: [g.pick("DEL", "UNLINK"), *g.keys()]),
    (3, "write", lambda g: [g.pick("RENAME", "RENAMENX"), g.key(), g.key()]),
    (2, "write", lambda g: ["MOVE", g.key(), g.database()]),
    (2, "write", lambda g: ["PERSIST", g.key()]),
    (2, "write", lambda g: ["SELECT", g.database()]),
    (8, "read", lambda g: ["GET", g.key()]),
    (3, "read", lambda g: ["MGET", *g.keys()]),
    (2, "read", lambda g: ["STRLEN", g.key()]),
    (3, "read", lambda g: [g.pick("GETRANGE", "SUBSTR"), g.key(), g.offset(), g.offset()]),
    (2, "read", lambda g: [g.pick("EXISTS", "TOUCH"), *g.keys()]),
    (2, "read", lambda g: ["TYPE", g.key()]),
    (2, "read", lambda g: ["?near", ["PTTL", g.key()]]),
    (2, "read", lambda g: ["?near", ["TTL", g.key()]]),
    (2, "read", lambda g: ["?near", [g.pick("EXPIRETIME", "PEXPIRETIME"), g.key()]]),
    (3, "read", lambda g: ["OBJECT", g.pick("ENCODING", "ENCODING", "REFCOUNT", "FREQ"), "abc"]
     if g.chance(0.1) else ["OBJECT", "ENCODING", g.key()]),
    (1, "read", lambda g: ["DBSIZE"]),
    (0.3, "read", lambda g: ["?unordered", ["KEYS", g.pick("*", "key:1*", "[^k]*", "none")]]),
    (0.5, "read", _scan),
    (0.5, "read", lambda g: ["PING", g.value()]),
]

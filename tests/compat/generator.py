"""Seeded random commands over a small key space: every command of every type, every option.

What a stream is made of stands in tables, one a family (generator_strings.py, ...); how large its
values grow and which limits of encodings hold stands in profiles.py. This file is what they share:
what arguments are drawn from.

Each kind of value has keys of its own, which most of its commands use; the rest goes to any key, so
that commands meet values of every other type.

Times race with the clock, so: no two times of a stream are less than 1000 s apart (a comparison of
GT and LT comes out the same on both servers although they run milliseconds apart), and times are
either far in the future or long past. Active expiry has to be off while a stream runs.
"""

import random
import time

from .profiles import PROFILES

DATABASES = 4
SLOT_S = 1000
SLOTS = 400_000
STRING, LIST, SET, HASH, ZSET = "key", "list", "set", "hash", "zset"
# Sorted sets in which all scores are equal, as commands by lexicographic order need it. No other
# command gets hold of them.
LEX = "lex"
KINDS = (STRING, LIST, SET, HASH, ZSET)
# The share of commands that use keys of their own kind.
FAITHFUL = 0.85
MUTATED = 0.008
# Random or destructive with one argument less or more; or refused by 7.2 with another text.
NEVER_MUTATED = frozenset((
    "SPOP", "SRANDMEMBER", "HRANDFIELD", "ZRANDMEMBER", "FLUSHALL", "FLUSHDB", "CONFIG",
    "ZRANK", "ZREVRANK"))


class Several(list):
    """Commands that belong together, each as a maker gives one."""


class Generator:
    """Yields (comparator, arguments).

    tables       rows to choose from: weight, access, maker. A maker takes the generator and gives
                 the words of a command, ("?comparator", words) or Several of these.
                 access is "write", "keys" (writes to keys of any type), "read" or "whole" (reads
                 all of a value)
    profile      see profiles.py
    writes_only  leave out what the log never sees
    past         the share of times that are long past or nonsense
    """

    def __init__(self, seed, tables, profile=PROFILES["small"], writes_only=False, past=0.08):
        self.profile = profile
        self._past = past
        self._random = random.Random(seed)
        self.random = self._random.random
        self._used_slots = set()
        self._now_s = int(time.time())
        self._keys = {kind: [f"{kind}:{i}" for i in range(profile.keys)] for kind in KINDS}
        self._keys[STRING] = [f"key:{i}" for i in range(40)] + ["", "k\x00\r\n", "long" * 20]
        self._keys[LEX] = [f"lex:{i}" for i in range(4)]
        self._any = [key for kind in KINDS for key in self._keys[kind]]
        self._elements = profile.elements(self._random)
        self._integers = profile.integers(self._random)
        rows = [row for row in tables if row[1] in ("write", "keys") or not writes_only]
        self._makers = [row[2] for row in rows]
        self._weights = [row[0] * profile.share(row[1]) for row in rows]

    def commands(self, count):
        """At least `count` commands: what belongs together is not cut."""
        made = 0
        while made < count:
            for maker in self._random.choices(self._makers, self._weights, k=min(1000, count)):
                for one in self._make(maker):
                    made += 1
                    yield one
                if made >= count:
                    return

    def _make(self, maker):
        made = maker(self)
        if isinstance(made, Several):
            return [self._compared(one) for one in made]
        comparator, words = self._compared(made)
        if self.random() < MUTATED and words[0] not in NEVER_MUTATED:
            if self.chance(0.4):
                return [(comparator, [*words, "BAD"])]
            # Without its last word a reply may have no scores any longer.
            return [("equal" if words[-1] == "WITHSCORES" else comparator, words[:-1] or words)]
        return [(comparator, words)]

    @staticmethod
    def _compared(made):
        if isinstance(made, tuple):
            return made[0].lstrip("?"), made[1]
        return "equal", made

    # What arguments are drawn from.

    def chance(self, probability):
        return self.random() < probability

    def pick(self, *choices):
        return choices[int(self.random() * len(choices))]

    def range(self, least, most):
        return self._random.randint(least, most)

    def sample(self, choices, count):
        return self._random.sample(choices, count)

    def key(self, kind=STRING):
        """A key of this kind, mostly."""
        keys = self._keys[kind] if self.random() < FAITHFUL else self._any
        return keys[int(self.random() * len(keys))]

    def keys(self, kind=STRING, most=4):
        return [self.key(kind) for _ in range(self.range(1, most))]

    def anyKey(self):
        return self.pick(*self._keys[self.pick(*KINDS)])

    def lexKey(self):
        return self.pick(*self._keys[LEX])

    def element(self, key=""):
        """An element of a list, set or sorted set, or a field. Keys with an even number at the end
        mostly hold integers."""
        if key[-1:] in "02468" and self.random() < 0.98:
            return self._integers[int(self.random() * len(self._integers))]
        return self._elements[int(self.random() * len(self._elements))]

    def elements(self, key=""):
        """Elements for one command, at most as many as the profile allows."""
        most = self.profile.most if self.chance(0.2) else 4
        return [self.element(key) for _ in range(self.range(1, most))]

    def database(self):
        if self.chance(0.02):
            return self.pick(-1, 16, "x", "")
        return int(self.random() * DATABASES)

    def integer(self):
        kind = self.random()
        if kind < 0.6:
            return self.range(-100, 100)
        if kind < 0.8:
            return self.range(-2**63, 2**63 - 1)
        if kind < 0.95:
            return self.pick(2**63 - 1, -2**63, 2**63, 0, -1, 2**31, -2**31 - 1, 10**10)
        return self.pick("x", "", "1.5", " 1", "0x1")

    def float(self):
        kind = self.random()
        if kind < 0.7:
            return f"{self._random.uniform(-1000, 1000):.{int(self.random() * 6)}f}"
        if kind < 0.9:
            return self.pick("3.0e3", "1e10", "-1e-10", "0.1", "1e17", "1e-17", "5", "-0")
        return self.pick("inf", "nan", "x", "", "1e400", " 1")

    def value(self):
        kind = self.random()
        if kind < 0.35:
            return str(self.range(-1000, 1000))
        if kind < 0.45:
            return str(self.range(-2**63, 2**63))
        if kind < 0.5:
            return self.float()
        if kind < 0.9:
            piece = "abcdefghij\x00\r\n\xe9 "[: int(self.random() * 15)]
            return piece * int(self.random() * 6)
        return "v" * self.pick(43, 44, 45, 46, 63, 64, 65, 127, 128, 300, 5000)

    def offset(self):
        return self.pick(0, 1, 5, 10, 43, 44, 100, -1, -5, -100, self.range(-300, 300))

    def index(self):
        """A position in a list or sorted set, counted from either end."""
        kind = self.random()
        if kind < 0.5:
            return self.range(-8, 8)
        if kind < 0.97:
            return self.range(-self.profile.reach, self.profile.reach)
        return self.pick(2**31, -2**31, 2**63 - 1, -2**63, 2**63, "x", "", "1.0")

    def span(self):
        """Two positions that are mostly not far apart."""
        if self.chance(0.05):
            return [self.index(), self.index()]
        start = self.range(-self.profile.reach, self.profile.reach)
        return [start, start + self.range(-2, 40)]

    def limit(self):
        """Offset and count of LIMIT."""
        return ["LIMIT", self.pick(0, 0, 1, 3, 10, -1), self.pick(0, 1, 2, 5, 20, -1, -5)]

    def count(self):
        return self.pick(0, 1, 2, 3, 10, 100, -1, "x") if self.chance(0.1) else self.range(1, 5)

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

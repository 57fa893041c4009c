"""How large the values of a stream grow, and under which limits of the encodings."""

from dataclasses import dataclass, field

# Numbers at the edges of how integers are packed.
EDGES = [sign * value + more for bits in (7, 8, 12, 13, 15, 16, 23, 24, 31, 32, 63)
         for value in (2**bits,) for sign in (1, -1) for more in (-1, 0, 1)
         if -2**63 <= sign * value + more < 2**63]
# Without a zero byte: SORT ALPHA compares up to it, and equal texts come in any order.
TEXTS = ["", "a", "b", "abc", "member", "\x01", "\xff\x80", "a\r\nb", "-0", "+1", "01", " 1", "1.5",
         "1e5", "inf", "99999999999999999999", "x" * 62, "y" * 63, "z" * 64]
LONG_TEXTS = ["m" * 65, "n" * 127, "o" * 128, "p" * 300, "q" * 4095, "r" * 4096]
# Directives that 7.0 does not know.
SINCE_72 = ("set-max-listpack-entries", "set-max-listpack-value")
DEFAULTS = {
    "hash-max-listpack-entries": 512, "hash-max-listpack-value": 64,
    "set-max-intset-entries": 512, "set-max-listpack-entries": 128, "set-max-listpack-value": 64,
    "zset-max-listpack-entries": 128, "zset-max-listpack-value": 64,
    "list-max-listpack-size": -2, "list-compress-depth": 0}
_TIGHT = {
    **{name: (0, 1, 2, 3, 5, 8, 16) for name in DEFAULTS if name.endswith("-entries")},
    **{name: (0, 1, 4, 16, 63, 64) for name in DEFAULTS if name.endswith("-value")},
    "list-max-listpack-size": (1, 2, 3, 4, 5, 6, 7, 8, -1), "list-compress-depth": (0, 1, 2, 3)}


@dataclass(frozen=True)
class Profile:
    """
    keys        keys of each kind
    integers_n, members_n  different elements that are drawn from
    most        elements that one command adds at most
    reach       positions go from -reach to reach
    directives  what differs from DEFAULTS
    changing    directives that change within a stream, and the values they take
    compact     all but strings stay within the limits of the compact form all the time
    signed_zero scores may be -0. A compact sorted set forgets that sign, as Redis's does, and 7.2
                leaves the compact form earlier than 7.0 when ZADD gets more members than fit, be
                they new or not: only where that cannot happen -0 means the same on both
    shares      factors to the weights of rows, by their access
    stream      commands from one empty data set to the next
    """

    keys: int
    integers_n: int
    members_n: int
    most: int
    reach: int
    long_texts: bool
    directives: dict = field(default_factory=dict)
    changing: dict = field(default_factory=dict)
    compact: bool = False
    signed_zero: bool = False
    shares: dict = field(default_factory=dict)
    stream: int = 10_000

    def share(self, access):
        return self.shares.get(access, 1)

    def allDirectives(self):
        return {**DEFAULTS, **self.directives}

    def integers(self, generator):
        return [str(number) for number in range(self.integers_n)] + [
            str(generator.choice(EDGES)) for _ in range(self.integers_n // 4)]

    def elements(self, generator):
        texts = TEXTS + (LONG_TEXTS if self.long_texts else [])
        wide = [f"member:{number}" + "-" * generator.randrange(24)
                for number in range(self.members_n)]
        return texts + wide + self.integers(generator)


# In `small`, no set can have more than 128 members, none is over 64 bytes, and no list reaches
# 64 KB: whatever happens, 7.2 keeps them in the compact form, and so must we.
PROFILES = {
    "small": Profile(keys=8, integers_n=32, members_n=32, most=10, reach=20, long_texts=False,
                     directives={"list-max-listpack-size": -5}, compact=True, signed_zero=True),
    "tight": Profile(keys=6, integers_n=24, members_n=24, most=8, reach=16, long_texts=True,
                     changing=_TIGHT),
    "big": Profile(keys=3, integers_n=3000, members_n=3000, most=300, reach=3000, long_texts=True,
                   shares={"whole": 0.05, "keys": 0.15}, stream=40_000),
}

"""Commands of keys whatever their type."""

from .generator import KINDS, Several
from .profiles import SINCE_72


def _expire(g):
    name = g.pick("EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT")
    unit_ms = name.startswith("P")
    when = g.absolute(unit_ms) if name.endswith("AT") else g.relative(unit_ms)
    words = [name, g.anyKey(), when]
    if g.chance(0.5):
        words.append(g.pick("NX", "XX", "GT", "LT", "gt", "BAD"))
        if g.chance(0.2):
            words.append(g.pick("NX", "XX", "GT", "LT"))
    return words


def _copy(g):
    words = ["COPY", g.anyKey(), g.anyKey()]
    if g.chance(0.3):
        words += ["DB", g.database()]
    if g.chance(0.4):
        words.append("REPLACE")
    return words


def _scan(g):
    words = ["SCAN", "0", "COUNT", "100000"]
    if g.chance(0.3):
        words += ["MATCH", g.pick("key:1*", "*", "none*", "?ey:[0-5]")]
    if g.chance(0.2):
        words += ["TYPE", g.pick("string", "list", "set", "hash", "zset")]
    return "?scan", words


def _swap(g):
    return ["SWAPDB", g.database(), g.database()]


def _flush(g):
    words = [g.pick("FLUSHDB", "FLUSHDB", "FLUSHDB", "FLUSHALL")]
    return words + g.pick([], ["SYNC"], ["ASYNC"])


def _nonsense(g):
    return g.pick(["NOSUCH", "a", "b c"], ["GET"], ["SET", g.anyKey()], ["EXPIRE", g.anyKey()],
                  ["OBJECT", "BAD", g.anyKey()], ["get", g.anyKey(), "x"], ["CLIENT", "GETNAME"])


def _rename(g):
    """Mostly to a key of the same kind, so that wrong types stay the exception."""
    source = g.anyKey()
    target = g.key(source.split(":")[0]) if source.split(":")[0] in KINDS else g.key()
    return [g.pick("RENAME", "RENAMENX"), source, target]


def _encoding(g):
    """TYPE goes first, because the mapping of encodings has to know the type."""
    key = g.anyKey()
    comparator = "?compact" if g.profile.compact else "?encoding"
    return Several([["TYPE", key], (comparator, ["OBJECT", "ENCODING", key])])


def _limits(g):
    """Changes a limit of an encoding, where the profile wants that."""
    if not g.profile.changing:
        return ["PING"]
    name = g.pick(*g.profile.changing)
    words = ["CONFIG", "SET", name, g.pick(*g.profile.changing[name])]
    return ("?since72", words) if name in SINCE_72 else words


def _several(*names):
    def make(g):
        return [g.pick(*names), *(g.anyKey() for _ in range(g.range(1, 4)))]

    return make


# RANDOMKEY is not here: it removes expired keys at random, and what later commands find would
# depend on it.
TABLE = [
    (9, "keys", _expire), (3, "keys", _copy), (0.3, "keys", _swap), (0.12, "keys", _flush),
    (4, "keys", _several("DEL", "UNLINK")), (3, "keys", _rename), (1, "read", _nonsense),
    (2, "keys", lambda g: ["MOVE", g.anyKey(), g.database()]),
    (2, "write", lambda g: ["PERSIST", g.anyKey()]),
    (2, "keys", lambda g: ["SELECT", g.database()]),
    (2, "read", _several("EXISTS", "TOUCH")),
    (2, "read", lambda g: ["TYPE", g.anyKey()]),
    (2, "read", lambda g: ("?near", ["PTTL", g.anyKey()])),
    (2, "read", lambda g: ("?near", ["TTL", g.anyKey()])),
    (2, "read", lambda g: ("?near", [g.pick("EXPIRETIME", "PEXPIRETIME"), g.anyKey()])),
    (1, "read", lambda g: ["OBJECT", g.pick("REFCOUNT", "FREQ", "ENCODING"), "none"]),
    (3, "read", _encoding), (1, "write", _limits), (1, "read", lambda g: ["DBSIZE"]),
    (1, "whole", lambda g: ["DEBUG", "DIGEST-VALUE", g.anyKey()]),
    (0.3, "read", lambda g: ("?unordered", ["KEYS", g.pick("*", "key:1*", "[^k]*", "none")])),
    (0.5, "read", _scan),
]

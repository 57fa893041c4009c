"""Commands of hashes."""

from .generator import HASH, Several
from .generator_sets import EVERYTHING


def _pairs(name):
    def make(g):
        key = g.key(HASH)
        words = [name, key]
        for field in g.elements(key):
            words += [field, g.value() if g.chance(0.3) else g.element()]
        return words

    return make


def _field(*names):
    def make(g):
        key = g.key(HASH)
        return [g.pick(*names), key, g.element(key)]

    return make


def _fields(name):
    def make(g):
        key = g.key(HASH)
        return [name, key, *g.elements(key)]

    return make


def _setIfNone(g):
    key = g.key(HASH)
    return ["HSETNX", key, g.element(key), g.value()]


def _count(g):
    """Fields of their own, so that many values are numbers."""
    field = f"n{g.range(0, 9)}"
    if g.chance(0.6):
        return ["HINCRBY", g.key(HASH), field, g.integer()]
    return ["HINCRBYFLOAT", g.key(HASH), field, g.float()]


def _whole(g):
    name, comparator = g.pick(("HKEYS", "unordered"), ("HVALS", "unordered"), ("HGETALL", "pairs"))
    return comparator, [name, g.key(HASH)]


def _random(g):
    key = g.key(HASH)
    count = g.pick([], [1], [3], [-3], [-10], [50], [2, "WITHVALUES"], [-4, "WITHVALUES"])
    return Several([("?pairs", ["HGETALL", key]), ("?among", ["HRANDFIELD", key, *count])])


def _randomAll(g):
    words = ["HRANDFIELD", g.key(HASH), g.pick(*EVERYTHING[:2])]
    return ("?pairs", words + ["WITHVALUES"]) if g.chance(0.5) else ("?unordered", words)


def _scan(g):
    words = ["HSCAN", g.key(HASH), "0", "COUNT", "100000"]
    if g.chance(0.4):
        words += ["MATCH", g.pick("*", "m*", "1*", "[a-c]", "n?")]
    return "?scanpairs", words


TABLE = [
    (12, "write", _pairs("HSET")), (1, "write", _pairs("HMSET")), (2, "write", _setIfNone),
    (5, "write", _count), (5, "write", _fields("HDEL")),
    (4, "read", _field("HGET", "HEXISTS", "HSTRLEN")), (2, "read", _fields("HMGET")),
    (1.5, "whole", _whole), (1, "whole", _random), (0.5, "whole", _randomAll), (1, "whole", _scan),
    (2, "read", lambda g: ["HLEN", g.key(HASH)]),
]

"""Commands of sorted sets. Those by lexicographic order have sets of their own: in one with different
scores their result is not defined."""

from .generator import SET, ZSET, Several
from .generator_sets import EVERYTHING


def _score(g):
    kind = g.random()
    if kind < 0.55:
        return g.range(-20, 20)
    if kind < 0.85:
        return repr(g.range(-10**6, 10**6) / g.pick(1, 3, 7, 10, 1000, 1e9))
    if kind < 0.997:
        if g.profile.signed_zero and g.chance(0.1):
            return "-0"
        return g.pick("inf", "-inf", "+inf", "0.1", "1e17", "1e-7", "9007199254740993",
                      "1e300", "-1e-300", "3.0", "4611686018427387904", "1e21", "0x10", "123456.789")
    return g.pick("nan", "x", "", "1e400", " 1", "(1")


def _add(g):
    key = g.key(ZSET)
    words = ["ZADD", key]
    if g.chance(0.4):
        words += g.sample(("NX", "XX", "GT", "LT", "CH", "ch"), g.pick(1, 1, 2, 3))
    if g.chance(0.08):
        return "?score", [*words, "INCR", _score(g), g.element(key)]
    for member in g.elements(key):
        words += [_score(g), member]
    return "?score", words


def _increase(g):
    key = g.key(ZSET)
    return "?score", ["ZINCRBY", key, _score(g), g.element(key)]


def _members(name, comparator="equal"):
    def make(g):
        key = g.key(ZSET)
        return comparator, [name, key, *g.elements(key)]

    return make


def _member(g):
    key = g.key(ZSET)
    return "?score", [g.pick("ZSCORE", "ZRANK", "ZREVRANK"), key, g.element(key)]


def _scoreSpan(g):
    """Minimum and maximum, open or closed, sometimes nonsense."""
    if g.chance(0.3):
        low, high = "-inf", "+inf"
    else:
        low = g.range(-22, 22)
        high = low + g.range(-1, 8)
    ends = [g.pick("", "(") + str(end) if g.chance(0.3) else end for end in (low, high)]
    return [g.pick("x", "", "(", "nan"), ends[1]] if g.chance(0.01) else ends


def _lexSpan(g):
    if g.chance(0.02):
        return [g.pick("x", "", "a", "("), "+"]
    low = g.pick("-", "-", f"[{g.element()}", f"({g.element()}")
    return [low, g.pick("+", "+", f"[{g.element()}", f"({g.element()}", "-")]


def _range(g):
    by = g.pick("rank", "rank", "score")
    reverse = g.chance(0.4)
    span = g.span() if by == "rank" else _scoreSpan(g)
    words = ["ZRANGE", g.key(ZSET), *(span[::-1] if reverse and by == "score" else span)]
    words += ["BYSCORE"] if by == "score" else []
    words += ["REV"] if reverse else []
    words += g.limit() if by == "score" or g.chance(0.02) else []
    return ("?scorepairs", words + ["WITHSCORES"]) if g.chance(0.5) else words


def _rangeOld(g):
    name = g.pick("ZREVRANGE", "ZRANGEBYSCORE", "ZREVRANGEBYSCORE")
    if name == "ZREVRANGE":
        words = [name, g.key(ZSET), *g.span()]
    else:
        span = _scoreSpan(g)
        words = [name, g.key(ZSET), *(span[::-1] if "REV" in name else span), *g.limit()]
    return ("?scorepairs", words + ["WITHSCORES"]) if g.chance(0.5) else words


def _rangeStored(g):
    words = ["ZRANGESTORE", g.key(ZSET), g.key(ZSET)]
    if g.chance(0.5):
        return words + g.span() + g.pick([], ["REV"])
    return words + _scoreSpan(g) + ["BYSCORE"] + g.pick([], g.limit())


def _lexRange(g):
    kind, key, span = g.range(0, 3), g.lexKey(), _lexSpan(g)
    if kind == 0:
        return ["ZRANGEBYLEX", key, *span, *g.pick([], g.limit())]
    if kind == 1:
        return ["ZREVRANGEBYLEX", key, *span[::-1], *g.pick([], g.limit())]
    if kind == 2:
        return ["ZLEXCOUNT", key, *span]
    return ["ZRANGE", key, *span, "BYLEX", *g.pick([], g.limit())]


def _lexWrite(g):
    kind, key = g.random(), g.lexKey()
    if kind < 0.7:
        words = ["ZADD", key]
        for member in g.elements(key):
            words += [0, member]
        return words
    if kind < 0.85:
        return ["ZREM", key, *g.elements(key)]
    if kind < 0.92:
        return ["ZREMRANGEBYLEX", key, f"[{g.element()}", f"({g.element()}"]
    return ["ZRANGESTORE", g.lexKey(), key, *_lexSpan(g), "BYLEX", *g.pick([], g.limit())]


def _removeRange(g):
    if g.chance(0.5):
        start = g.index()
        stop = start + g.range(-1, 3) if isinstance(start, int) else 0
        return ["ZREMRANGEBYRANK", g.key(ZSET), start, stop]
    low = g.range(-22, 22)
    return ["ZREMRANGEBYSCORE", g.key(ZSET), g.pick(low, f"({low}"), low + g.range(0, 2)]


def _pop(g):
    words = [g.pick("ZPOPMIN", "ZPOPMAX"), g.key(ZSET)]
    return "?scorepairs", words + [g.count()] if g.chance(0.5) else words


def _popFromSeveral(g):
    keys = g.keys(ZSET)
    words = ["ZMPOP", len(keys), *keys, g.pick("MIN", "MAX")]
    return "?mpop", words + ["COUNT", g.count()] if g.chance(0.6) else words


def _sources(g, weights):
    """Sorted sets, and sets among them; then WEIGHTS and AGGREGATE."""
    keys = [g.key(SET if g.chance(0.2) else ZSET) for _ in range(g.pick(1, 2, 2, 3))]
    words = [len(keys), *keys]
    if weights and g.chance(0.4):
        # A negative weight makes -0 of 0, and 0 of a negative score.
        choices = (1, 2, "0.5", "inf", 3) + ((-1, 0) if g.profile.signed_zero else ())
        words += ["WEIGHTS", *(g.pick(*choices) for _ in keys)]
    if weights and g.chance(0.5):
        words += ["AGGREGATE", g.pick("SUM", "MIN", "MAX", "min", "BAD")]
    return words


def _algebra(g):
    name = g.pick("ZUNION", "ZINTER", "ZDIFF")
    words = [name, *_sources(g, name != "ZDIFF")]
    return ("?scorepairs", words + ["WITHSCORES"]) if g.chance(0.5) else words


def _algebraStored(g):
    name = g.pick("ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE")
    return [name, g.key(ZSET), *_sources(g, name != "ZDIFFSTORE")]


def _cardinality(g):
    words = ["ZINTERCARD", *_sources(g, False)]
    return words + ["LIMIT", g.pick(0, 1, 2, 10, 1000, -1, "x")] if g.chance(0.5) else words


def _random(g):
    key = g.key(ZSET)
    count = g.pick([], [1], [3], [-3], [-10], [50], [2, "WITHSCORES"], [-4, "WITHSCORES"])
    return Several([("?scorepairs", ["ZRANGE", key, 0, -1, "WITHSCORES"]),
                    ("?among", ["ZRANDMEMBER", key, *count])])


def _randomAll(g):
    words = ["ZRANDMEMBER", g.key(ZSET), g.pick(*EVERYTHING[:2])]
    if g.chance(0.5):
        return "?unorderedscores", words + ["WITHSCORES"]
    return "?unordered", words


def _scan(g):
    words = ["ZSCAN", g.key(ZSET), "0", "COUNT", "100000"]
    if g.chance(0.4):
        words += ["MATCH", g.pick("*", "m*", "1*", "[a-c]")]
    return "?scanscores", words


TABLE = [
    (13, "write", _add), (4, "write", _increase), (4, "write", _members("ZREM")),
    (5, "read", _member), (1, "read", _members("ZMSCORE", "?score")), (4, "read", _range),
    (4, "read", _rangeOld), (2, "write", _rangeStored), (4, "read", _lexRange),
    (5, "write", _lexWrite), (2, "write", _removeRange), (4, "write", _pop),
    (2, "write", _popFromSeveral), (2, "whole", _algebra), (4, "write", _algebraStored),
    (2, "read", _cardinality), (1, "whole", _random), (0.5, "whole", _randomAll),
    (1, "whole", _scan), (2, "read", lambda g: ["ZCARD", g.key(ZSET)]),
    (2, "read", lambda g: ["ZCOUNT", g.key(ZSET), *_scoreSpan(g)]),
    (1, "whole", lambda g: ("?scorepairs", ["ZRANGE", g.key(ZSET), 0, -1, "WITHSCORES"])),
]

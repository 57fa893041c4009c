"""SORT and SORT_RO. Left out is what has no defined result: LIMIT over a set that is not sorted, and
ALPHA by weights that are equal."""

from .generator import HASH, LIST, SET, ZSET, Several

WEIGHTS = 40
# Over the largest limit that a stream sets.
LONG_MEMBER = "l" * 65


def _sort(g):
    """Redis turns a sorted set into a skiplist before it sorts it, and ours does not: that is done to
    it beforehand, on both."""
    key = g.key(g.pick(LIST, LIST, SET, SET, ZSET, HASH))
    return Several([["ZADD", key, 0, LONG_MEMBER], ["ZREM", key, LONG_MEMBER], _sorting(g, key)])


def _sorting(g, key):
    words = [g.pick("SORT", "SORT", "SORT_RO"), key]
    by = g.pick(None, None, None, "weight:*", "hash:*->n1", "nosort")
    if by:
        words += ["BY", by]
    if by is None and g.chance(0.6):
        words.append(g.pick("ALPHA", "alpha"))
    if g.chance(0.4):
        words.append(g.pick("ASC", "DESC", "desc"))
    if by != "nosort" and g.chance(0.3):
        words += g.limit()
    for pattern in g.sample(("#", "weight:*", "hash:*->n1", "none"), g.pick(0, 0, 0, 1, 2)):
        words += ["GET", pattern]
    if by == "nosort":
        return "?unordered", words
    return words + ["STORE", g.key(LIST)] if g.chance(0.3) else words


TABLE = [
    (5, "write", _sort),
    (2, "write", lambda g: ["SET", f"weight:{g.range(0, WEIGHTS)}", g.range(-5, 5)]),
]

"""Commands of sets. What is random comes out the same on both servers, or is thrown away."""

from .generator import SET, Several

EVERYTHING = (100_000, 2**31, 2**63 - 1)


def _members(name):
    def make(g):
        key = g.key(SET)
        return [name, key, *g.elements(key)]

    return make


def _member(g):
    key = g.key(SET)
    return [g.pick("SISMEMBER", "SMISMEMBER"), key, g.element(key)]


def _move(g):
    source = g.key(SET)
    return ["SMOVE", source, g.key(SET), g.element(source)]


def _algebra(g):
    return "?unordered", [g.pick("SINTER", "SUNION", "SDIFF"), *g.keys(SET)]


def _algebraStored(g):
    return [g.pick("SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"), g.key(SET), *g.keys(SET)]


def _cardinality(g):
    keys = g.keys(SET)
    words = ["SINTERCARD", len(keys), *keys]
    return words + ["LIMIT", g.pick(0, 1, 2, 10, 1000, -1, "x")] if g.chance(0.5) else words


def _popSome(g):
    """SPOP removes random members, so its key is used for nothing else and deleted at once."""
    key = f"spop:{g.range(0, 3)}"
    members = g.elements("0" if g.chance(0.5) else "")
    count = g.pick([], [0], [1], [2], [5], [len(members) - 1])
    return Several([["SADD", key, *members], ("?shape", ["SPOP", key, *count]), ["SCARD", key],
                    ["DEL", key]])


def _random(g):
    key = g.key(SET)
    return Several([("?unordered", ["SMEMBERS", key]),
                    ("?among", ["SRANDMEMBER", key, *g.pick([], [1], [3], [-3], [-10], [50])])])


def _scan(g):
    words = ["SSCAN", g.key(SET), "0", "COUNT", "100000"]
    return "?scan", words + ["MATCH", g.pick("*", "m*", "1*", "[a-c]")] if g.chance(0.4) else words


TABLE = [
    (13, "write", _members("SADD")), (5, "write", _members("SREM")), (4, "read", _member),
    (2, "read", _members("SMISMEMBER")), (3, "write", _move), (3, "whole", _algebra),
    (4, "write", _algebraStored), (2, "read", _cardinality), (1, "write", _popSome),
    (1, "whole", _random), (1, "whole", _scan),
    (0.7, "write", lambda g: ("?unordered", ["SPOP", g.key(SET), g.pick(*EVERYTHING)])),
    (0.3, "write", lambda g: ["SPOP", g.key(SET), g.pick("x", -1, 2**63, "", 0)]),
    (2, "read", lambda g: ["SCARD", g.key(SET)]),
    (1, "whole", lambda g: ("?unordered", ["SMEMBERS", g.key(SET)])),
    (1, "whole", lambda g: ("?unordered", ["SRANDMEMBER", g.key(SET), g.pick(*EVERYTHING)])),
]

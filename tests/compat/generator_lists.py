"""Commands of lists."""

from .generator import LIST


def _push(g):
    key = g.key(LIST)
    return [g.pick("LPUSH", "RPUSH", "LPUSH", "RPUSH", "LPUSHX", "RPUSHX"), key, *g.elements(key)]


def _pop(g):
    words = [g.pick("LPOP", "RPOP"), g.key(LIST)]
    return words + [g.count()] if g.chance(0.5) else words


def _insert(g):
    key = g.key(LIST)
    where = g.pick("BEFORE", "AFTER", "before", "BAD") if g.chance(0.1) else g.pick("BEFORE",
                                                                                    "AFTER")
    return ["LINSERT", key, where, g.element(key), g.element(key)]


def _position(g):
    key = g.key(LIST)
    words = ["LPOS", key, g.element(key)]
    for option in g.sample(("RANK", "COUNT", "MAXLEN"), g.pick(0, 0, 1, 1, 2, 3)):
        words += [option, g.pick(0, 1, 2, 3, 100, -1, -2, -3, "x")]
    return words


def _trim(g):
    key = g.key(LIST)
    if g.chance(0.3):
        return ["LTRIM", key, g.index(), g.index()]
    return ["LTRIM", key, g.range(0, 2), -g.range(1, 3)]


def _move(g):
    if g.chance(0.3):
        return ["RPOPLPUSH", g.key(LIST), g.key(LIST)]
    side = g.pick("LEFT", "RIGHT", "left")
    return ["LMOVE", g.key(LIST), g.key(LIST), side, g.pick("LEFT", "RIGHT")]


def _popFromSeveral(g):
    keys = g.keys(LIST)
    words = ["LMPOP", len(keys), *keys, g.pick("LEFT", "RIGHT")]
    return words + ["COUNT", g.count()] if g.chance(0.6) else words


def _aroundAnElement(maker):
    """A maker of commands whose last word is an element of the key's kind."""
    def make(g):
        key = g.key(LIST)
        return [*maker(g, key), g.element(key)]

    return make


TABLE = [
    (14, "write", _push), (6, "write", _pop), (4, "write", _insert), (3, "read", _position),
    (2, "write", _trim), (5, "write", _move), (3, "write", _popFromSeveral),
    (3, "write", _aroundAnElement(lambda g, key: ["LSET", key, g.index()])),
    (3, "write", _aroundAnElement(lambda g, key: ["LREM", key, g.pick(0, 1, -1, 2, -2, 100)])),
    (2, "read", lambda g: ["LLEN", g.key(LIST)]),
    (4, "read", lambda g: ["LINDEX", g.key(LIST), g.index()]),
    (4, "read", lambda g: ["LRANGE", g.key(LIST), *g.span()]),
    (1, "whole", lambda g: ["LRANGE", g.key(LIST), 0, -1]),
]

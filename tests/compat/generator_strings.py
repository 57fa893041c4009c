"""Commands of strings."""


def _set(g):
    words = ["SET", g.key(), g.value()]
    if g.chance(0.4):
        options = [["NX"], ["XX"], ["GET"], ["KEEPTTL"], g.expiryOption(), g.expiryOption()]
        for option in g.sample(options, g.pick(1, 1, 1, 2, 2, 3)):
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


TABLE = [
    (14, "write", _set), (5, "write", _getex), (4, "write", _setrange), (2, "read", _lcs),
    (3, "write", _pairs("MSET")), (2, "write", _pairs("MSETNX")),
    (2, "write", lambda g: ["GETDEL", g.key()]),
    (2, "write", lambda g: ["GETSET", g.key(), g.value()]),
    (3, "write", lambda g: ["SETNX", g.key(), g.value()]),
    (1.5, "write", lambda g: ["SETEX", g.key(), g.relative(False), g.value()]),
    (1.5, "write", lambda g: ["PSETEX", g.key(), g.relative(True), g.value()]),
    (4, "write", lambda g: ["APPEND", g.key(), g.value()]),
    (5, "write", lambda g: [g.pick("INCR", "DECR"), g.key()]),
    (4, "write", lambda g: [g.pick("INCRBY", "DECRBY"), g.key(), g.integer()]),
    (4, "write", lambda g: ["INCRBYFLOAT", g.key(), g.float()]),
    (8, "read", lambda g: ["GET", g.key()]),
    (3, "read", lambda g: ["MGET", *g.keys()]),
    (2, "read", lambda g: ["STRLEN", g.key()]),
    (3, "read", lambda g: [g.pick("GETRANGE", "SUBSTR"), g.key(), g.offset(), g.offset()]),
    (0.5, "read", lambda g: ["PING", g.value()]),
]

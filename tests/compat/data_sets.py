"""Compares the whole data sets of two servers: contents, types, encodings, times and digests."""

from support.resp import Reply, render
from support.server import oursIsStock

from . import compare
from .generator import DATABASES

# How the content of a type is read: a command in front of the key, one behind it, the comparator.
CONTENT = {
    b"string": (("GET",), (), "equal"),
    b"list": (("LRANGE",), (0, -1), "equal"),
    b"set": (("SMEMBERS",), (), "unordered"),
    b"hash": (("HGETALL",), (), "pairs"),
    b"zset": (("ZRANGE",), (0, -1, "WITHSCORES"), "scorepairs"),
}
# Commands that put what CONTENT gives under a new key at once.
REBUILD = {b"list": "RPUSH", b"set": "SADD", b"hash": "HSET", b"zset": "ZADD"}
REBUILT = "rebuilt"
LIST_BYTES = {-1: 4096, -2: 8192, -3: 16384, -4: 32768, -5: 65536}
# The number of bytes that a node of a list may hold when the list is limited by number.
LIST_BYTES_SAFE = 8192


class Difference(Exception):
    pass


def demand(condition, what, left, right):
    if not condition:
        raise Difference(f"{what} at the end of the stream\n    ours     {left}\n"
                         f"    expected {right}")


def compareDataSets(clients, compact=False):
    """`compact`: no list or set was ever over the limits of the compact form."""
    for database in range(DATABASES):
        for client in clients:
            client.value("SELECT", database)
        left, right = [sorted(client.value("KEYS", "*"), key=repr) for client in clients]
        demand(left == right, f"keys of database {database}", left, right)
        keys = [key.value for key in left]
        types = _compareKeys(clients, "TYPE", [("TYPE", key) for key in keys], "equal")
        _compareContents(clients, keys, types)
        _compareKeys(clients, "OBJECT ENCODING", [("OBJECT", "ENCODING", key) for key in keys],
                     "compact" if compact else "encoding", types)
        _compareKeys(clients, "PEXPIRETIME", [("PEXPIRETIME", key) for key in keys], "near")
        _compareKeys(clients, "DIGEST-VALUE", [("DEBUG", "DIGEST-VALUE", key) for key in keys],
                     "equal")
        sizes = [client.value("DBSIZE") for client in clients]
        # Expired keys still count, and KEYS removes them on both sides.
        demand(sizes[0] == sizes[1], f"DBSIZE of database {database}", *sizes)
    digests = [client.value("DEBUG", "DIGEST") for client in clients]
    demand(digests[0] == digests[1], "DEBUG DIGEST", *digests)


def _compareContents(clients, keys, types):
    for kind, (before, after, comparator) in CONTENT.items():
        commands = [(*before, key, *after) for key, reply in zip(keys, types)
                    if reply.value == kind]
        _compareKeys(clients, before[0], commands, comparator)


def _compareKeys(clients, name, commands, comparator, before=None):
    """Sends a command for each key to both servers; our replies. `before`: for comparators that
    look at another reply as well."""
    left, right = [client.pipeline(commands) for client in clients]
    for words, a, b, given in zip(commands, left, right, before or left):
        demand(compare.matches(comparator, a, b, given), f"{name}: {words!r}", render(a), render(b))
    return left


def checkFreshEncodings(client):
    """On our server: a value that is made at once from the content of one in the data set is
    compact exactly if it keeps to the limits. What a stream did to the original is unknown here."""
    if oursIsStock():
        return
    limits = {name: _limit(client, name)
              for name in ("list-max-listpack-size", "set-max-intset-entries",
                           "set-max-listpack-entries", "set-max-listpack-value",
                           "hash-max-listpack-entries", "hash-max-listpack-value",
                           "zset-max-listpack-entries", "zset-max-listpack-value")}
    for database in range(DATABASES):
        client.value("SELECT", database)
        for key in client.value("KEYS", "*"):
            kind = client.value("TYPE", key.value)
            if kind in REBUILD:
                _checkFresh(client, key.value, kind, limits)


def _limit(client, name):
    reply = client.call("CONFIG", "GET", name)
    return int((reply.value[0][1] if reply.kind == "map" else reply.value[1]).value)


def _parts(reply, kind):
    """Elements whose number and length count, and the words that add them."""
    if kind in (b"list", b"set"):
        values = [item.value for item in reply]
        return values, values
    # RESP2 tells pairs in turns, RESP3 in pairs.
    pairs = list(zip(reply[::2], reply[1::2]))
    if kind == b"hash":
        pairs = pairs if isinstance(reply[0], Reply) else reply
        return [(field.value, value.value) for field, value in pairs], [
            word.value for pair in pairs for word in pair]
    pairs = [item.value for item in reply] if reply[0].kind == "array" else pairs
    # ZADD wants the scores first.
    return [member.value for member, _ in pairs], [
        word.value for pair in pairs for word in pair[::-1]]


def _checkFresh(client, key, kind, limits):
    before, after, _ = CONTENT[kind]
    reply = client.value(*before, key, *after)
    elements, words = _parts(reply, kind)
    client.value(REBUILD[kind], REBUILT, *words)
    found = client.value("OBJECT", "ENCODING", REBUILT)
    client.value("DEL", REBUILT)
    lawful = _ENCODING[kind](elements, limits)
    if found != lawful:
        raise Difference(f"{REBUILD[kind]} of the {len(elements)} elements of {key!r} at once is "
                         f"{found}, must be {lawful} under {limits}")


def _listEncoding(elements, limits):
    size = limits["list-max-listpack-size"]
    # 7.2 decides by the lengths of the texts that are pushed and the 7 bytes of an empty listpack.
    wanted = 7 + sum(len(element) for element in elements)
    if size > 0:
        fits = len(elements) <= size and wanted <= LIST_BYTES_SAFE
    else:
        fits = wanted <= LIST_BYTES[size]
    return b"listpack" if fits else b"quicklist"


def _setEncoding(elements, limits):
    integers = all(_isInteger(element) for element in elements)
    if integers and len(elements) <= limits["set-max-intset-entries"]:
        return b"intset"
    fits = (len(elements) <= limits["set-max-listpack-entries"]
            and all(len(element) <= limits["set-max-listpack-value"] for element in elements))
    return b"listpack" if fits else b"hashtable"


def _hashEncoding(pairs, limits):
    fits = (len(pairs) <= limits["hash-max-listpack-entries"]
            and all(len(word) <= limits["hash-max-listpack-value"] for pair in pairs
                    for word in pair))
    return b"listpack" if fits else b"hashtable"


def _sortedSetEncoding(elements, limits):
    fits = (len(elements) <= limits["zset-max-listpack-entries"]
            and all(len(element) <= limits["zset-max-listpack-value"] for element in elements))
    return b"listpack" if fits else b"skiplist"


def _isInteger(element):
    try:
        return str(int(element)).encode() == element and -2**63 <= int(element) < 2**63
    except ValueError:
        return False


_ENCODING = {b"list": _listEncoding, b"set": _setEncoding, b"hash": _hashEncoding,
             b"zset": _sortedSetEncoding}

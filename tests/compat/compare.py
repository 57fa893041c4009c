"""How two replies are compared where equality would ask too much: time, ids, random order."""

import re

from support.resp import Reply
from support.server import oursIsStock

from . import compare_acl, compare_values

NEAR_MS = 3000
# What a busy machine may put between the same command on the two servers.
CLOCK_S = 10
_BEFORE = r"(?:[@?]\w+\s+)*['\"]?"
_TOLERATED = (
    (re.compile(_BEFORE + r"(TTL|OBJECT\W+IDLETIME)\b", re.I), CLOCK_S),
    (re.compile(_BEFORE + r"PTTL\b", re.I), CLOCK_S * 1000),
    # One less with each minute that begins.
    (re.compile(_BEFORE + r"OBJECT\W+FREQ\b", re.I), 1),
)


def equal(ours, stock):
    return ours == stock


def near(ours, stock):
    """Integers that depend on the clock; negative ones mean something and must be equal."""
    if ours.kind != "int" or stock.kind != "int" or ours.value < 0 or stock.value < 0:
        return ours == stock
    return abs(ours.value - stock.value) <= NEAR_MS


def tells(text, ours, stock):
    """Equal; where the command asks how long it is to or since something, as equal as two clocks let it be."""
    tolerated = next((most for pattern, most in _TOLERATED if pattern.match(text)), 0)
    if not tolerated or ours.kind != "int" or stock.kind != "int" or ours.value < 0 or stock.value < 0:
        return ours == stock
    return abs(ours.value - stock.value) <= tolerated


def _flattened(reply):
    return sorted(reply.value, key=repr)


def unordered(ours, stock):
    """Aggregates whose order is the hash table's."""
    if ours.kind != stock.kind or ours.kind not in ("array", "set", "map"):
        return ours == stock
    return _flattened(ours) == _flattened(stock)


def scan(ours, stock):
    """[cursor, keys] of a scan asked for everything at once."""
    if ours.kind != "array" or stock.kind != "array":
        return ours == stock
    return ours.value[0] == stock.value[0] and unordered(ours.value[1], stock.value[1])


def shape(ours, stock):
    """The same types all the way down, whatever the values."""
    if ours.kind != stock.kind:
        return False
    if not isinstance(ours.value, tuple):
        return True
    if len(ours.value) != len(stock.value):
        return False
    if ours.kind == "map":
        return all(a[0] == b[0] and shape(a[1], b[1]) for a, b in zip(ours.value, stock.value))
    return all(shape(a, b) for a, b in zip(ours.value, stock.value))


def kind(ours, stock):
    """The same outermost type: for texts and lists of our own (HELP, LOLWUT)."""
    return ours.kind == stock.kind


def errorcode(ours, stock):
    """Both errors with the same first word."""
    return (ours.kind == stock.kind == "error"
            and ours.value.split()[:1] == stock.value.split()[:1])


# Fields of CLIENT LIST that say the same on both servers for the same history of a connection.
_CLIENT_FIELDS = ("name", "age", "idle", "flags", "db", "sub", "psub", "ssub", "multi", "qbuf",
                  "argv-mem", "multi-mem", "oll", "omem", "events", "cmd", "user",
                  "redir", "resp")
_CLIENT_BY_NAME_ONLY = ("age", "idle", "argv-mem")
# 7.2 writes these where 7.0 does not, and the other way about.
_CLIENT_SINCE_72 = ("lib-name", "lib-ver")


def _clientFields(line):
    pairs = [item.split("=", 1) for item in line.split(" ")]
    names = [pair[0] for pair in pairs if pair[0] not in _CLIENT_SINCE_72]
    values = {k: v for k, v in pairs if k in _CLIENT_FIELDS and k not in _CLIENT_BY_NAME_ONLY}
    return names, values


def clients(ours, stock):
    """CLIENT LIST and CLIENT INFO: the same fields in the same order, stable values equal."""
    if ours.kind != stock.kind or ours.kind not in ("bulk", "verbatim"):
        return ours == stock
    left = ours.value.decode().rstrip("\n").split("\n")
    right = stock.value.decode().rstrip("\n").split("\n")
    return ([_clientFields(line) for line in left if line]
            == [_clientFields(line) for line in right if line])


def hello(ours, stock):
    """HELLO: everything but version, id and the server's own additions."""
    if ours.kind != stock.kind or ours.kind == "error":
        return ours == stock
    return _helloFields(ours) == _helloFields(stock)


def _helloFields(reply):
    items = reply.value
    pairs = items if reply.kind == "map" else list(zip(items[::2], items[1::2]))
    return [(k, v.kind if k.value in (b"version", b"id") else v) for k, v in pairs]


_STABLE_FIELDS = (b"encoding", b"serializedlength")


def debugobject(ours, stock):
    """DEBUG OBJECT: the names of its fields in order, the encoding, and the length in a dump."""
    if ours.kind != "simple" or stock.kind != "simple":
        return ours == stock

    def fields(reply):
        pairs = [word.split(b":", 1) for word in reply.value.split()[1:] if b":" in word]
        return [k for k, _ in pairs], [v for k, v in pairs if k in _STABLE_FIELDS]

    return fields(ours) == fields(stock)


def _unorderedNames(reply):
    """The reply with every list of names (flags, categories) sorted: RESP3 calls them sets."""
    if reply.kind not in ("array", "set") or not reply.value:
        return reply
    items = [_unorderedNames(item) for item in reply.value]
    if all(item.kind == "simple" for item in items):
        items.sort()
    return Reply(reply.kind, tuple(items))


def commandInfo(ours, stock):
    """COMMAND INFO and GETKEYSANDFLAGS: equal but for the order of flags and categories."""
    return _unorderedNames(ours) == _unorderedNames(stock)


def anyInt(ours, stock):
    """A number that is the server's own business (memory, ids)."""
    return ours.kind == stock.kind == "int" and (ours.value > 0) == (stock.value > 0)


def element(ours, stock):
    """RANDOMKEY: a key or nothing, on both sides the same of the two."""
    return ours.kind == stock.kind


BY_NAME = {"equal": equal, "near": near, "unordered": unordered, "scan": scan, "shape": shape,
           "kind": kind, "errorcode": errorcode, "clients": clients, "hello": hello,
           "debugobject": debugobject, "anyint": anyInt, "commandinfo": commandInfo,
           "element": element, **compare_values.BY_NAME, **compare_acl.BY_NAME}


def matches(name, ours, stock, before):
    """Whether two replies are the same to the comparator; `before` is our reply to the command
    before, which some need."""
    if oursIsStock():
        name = {**compare_values.STRICTER, **compare_acl.STRICTER}.get(name, name)
    if name in compare_values.WITH_BEFORE:
        return compare_values.WITH_BEFORE[name](ours, stock, before)
    if name in compare_values.BY_NAME:
        return compare_values.BY_NAME[name](ours, stock)
    return ours == stock or BY_NAME[name](ours, stock)


def altered(reply):
    """A reply that differs in the least: what the canary puts in place of a true one."""
    if reply.kind == "int":
        return Reply("int", reply.value + 100000)
    if isinstance(reply.value, bytes):
        return Reply(reply.kind, reply.value + b"!")
    return Reply("simple", b"canary")

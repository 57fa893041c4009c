"""How replies about lists, sets, hashes and sorted sets are compared: order where there is none,
random elements, and the two lawful differences to 7.0: names of encodings, and how doubles are
written.
"""

from support.resp import Reply

from .doubles import text72

_LISTS = ("array", "set")
# 7.2 has a compact form for lists and sets where 7.0 has none; and it leaves a compact form already
# when a command brings more elements than fit, be they new or not. By type: what 7.0 says, and what
# 7.2 may say instead; the first of them as long as the value was never over a limit.
ENCODINGS_72 = {
    b"list": {b"quicklist": (b"listpack", b"quicklist")},
    b"set": {b"hashtable": (b"listpack", b"hashtable"),
             b"intset": (b"intset", b"listpack", b"hashtable")},
    b"hash": {b"listpack": (b"listpack", b"hashtable")},
    b"zset": {b"listpack": (b"listpack", b"skiplist")},
}


def _sorted(items):
    return sorted(items, key=repr)


def _pairsOf(reply):
    """Field and value pairs of a map, of a list of lists or of a flat list; None for others."""
    if reply.kind == "map":
        return list(reply.value)
    if reply.kind != "array":
        return None
    items = reply.value
    if items and all(item.kind == "array" for item in items):
        return [item.value for item in items]
    return list(zip(items[::2], items[1::2])) if len(items) % 2 == 0 else None


def pairs(ours, stock):
    """Fields with their values, in any order."""
    if ours.kind != stock.kind:
        return False
    left, right = _pairsOf(ours), _pairsOf(stock)
    return ours == stock if left is None or right is None else _sorted(left) == _sorted(right)


def _scanned(ours, stock, same):
    """[cursor, elements] of a scan asked for everything at once."""
    if ours.kind != "array" or stock.kind != "array" or len(ours.value) != 2:
        return ours == stock
    return ours.value[0] == stock.value[0] and same(ours.value[1], stock.value[1])


def scanpairs(ours, stock):
    return _scanned(ours, stock, pairs)


def as72(reply, text=text72):
    """The oracle's score as 7.2 would have written it."""
    if reply.kind not in ("bulk", "double"):
        return reply
    try:
        return Reply(reply.kind, text(float(reply.value)).encode())
    except ValueError:
        return reply


def _digits17(value):
    return f"{value:.17g}"


def score(ours, stock):
    """A score, or an array of scores; anything else must be equal."""
    if stock.kind in _LISTS and ours.kind == stock.kind:
        return list(ours.value) == [as72(item) for item in stock.value]
    return ours == as72(stock)


def _scored72(reply, text=text72):
    """The oracle's members with scores, in the form the reply has."""
    items = reply.value
    if reply.kind != "array":
        return reply
    if items and all(item.kind == "array" for item in items):
        return Reply("array", tuple(_scored72(item, text) for item in items))
    return Reply("array", tuple(as72(item, text) if at % 2 else item
                                for at, item in enumerate(items)))


def scorepairs(ours, stock):
    """Members with scores, in order: flat or in pairs."""
    return ours == _scored72(stock)


def unorderedscores(ours, stock):
    return pairs(ours, _scored72(stock))


def scanscores(ours, stock):
    """ZSCAN: 7.2, too, writes 17 digits for a sorted set that is not compact."""
    return _scanned(ours, stock, unorderedscores) or _scanned(
        ours, stock, lambda left, right: pairs(left, _scored72(right, _digits17)))


def mpop(ours, stock):
    """[key, members with scores] of ZMPOP."""
    if ours.kind != "array" or stock.kind != "array" or len(stock.value) != 2:
        return ours == stock
    return ours.value[0] == stock.value[0] and scorepairs(ours.value[1], stock.value[1])


def encoding(ours, stock, type_reply):
    """OBJECT ENCODING after TYPE: any name that 7.2 may say."""
    names = ENCODINGS_72.get(type_reply.value, {}).get(stock.value, (stock.value,))
    return ours.kind == stock.kind and ours.value in names


def compact(ours, stock, type_reply):
    """OBJECT ENCODING after TYPE, of values that were never over a limit."""
    names = ENCODINGS_72.get(type_reply.value, {}).get(stock.value, (stock.value,))
    return ours.kind == stock.kind and ours.value == names[0]


def listpack(ours, stock):
    """OBJECT ENCODING of a list or set that 7.2 must keep compact."""
    return ours == Reply("bulk", b"listpack") and stock.value in (b"quicklist", b"hashtable")


def _fieldsOf(reply):
    """Elements of a random reply, as tuples: a member alone, or with its score or value."""
    if reply.kind in ("bulk", "int"):
        return [(reply,)]
    if reply.kind not in _LISTS:
        return []
    return [item.value if item.kind == "array" else (item,) for item in reply.value]


def among(ours, stock, whole):
    """Random elements: as many as the oracle gave, all of `whole`, which our server said before.

    Pairs in a flat list are taken apart: fields and values need only be somewhere in `whole`.
    """
    if ours.kind != stock.kind or ours.kind not in (*_LISTS, "bulk"):
        return ours == stock
    left, right = _fieldsOf(ours), _fieldsOf(stock)
    known = _pairsOf(whole) or []
    atoms = {item for pair in known for item in pair} | set(whole.value or ())
    same_shape = [len(a) for a in left] == [len(a) for a in right]
    return same_shape and all(item in atoms for one in left for item in one)


def since72(ours, stock):
    """7.0 does not know the command yet and refuses it; ours must not."""
    return ours.kind != "error" and stock.kind == "error"


BY_NAME = {"pairs": pairs, "scanpairs": scanpairs, "score": score, "scorepairs": scorepairs,
           "unorderedscores": unorderedscores, "scanscores": scanscores, "mpop": mpop,
           "since72": since72, "listpack": listpack}
# These are given our reply to the command before as well.
WITH_BEFORE = {"encoding": encoding, "compact": compact, "among": among}
# The comparators that replace them when the stock server is compared with itself: its texts are those of 7.0.
STRICTER = {"encoding": "equal", "compact": "equal", "since72": "equal", "score": "equal",
            "listpack": "equal", "scorepairs": "equal", "mpop": "equal", "scanscores": "scanpairs",
            "unorderedscores": "pairs"}

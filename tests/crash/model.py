"""What keys must hold after commands of a crash round, and how that is read from a server.

Values are bytes, tuples (lists), frozensets, or dicts (hashes; sorted sets with numbers for scores).
A value without elements is no key.
"""


class Model:
    """(database, key) to (value, has a time to live)."""

    def __init__(self, state=None):
        self.state = dict(state or {})
        self.database = 0

    def apply(self, words):
        name = words[0]
        if name == "SELECT":
            self.database = int(words[1])
        elif name in _KEYS:
            _KEYS[name](self, words)
        else:
            effect, empty = _EFFECTS[name]
            self._put(words[1], effect(self._value(words[1], empty), *words[2:]))

    def _value(self, key, empty):
        return self.state.get((self.database, key), (empty, False))[0]

    def _put(self, key, value, volatile=None):
        """`volatile`: None keeps what was."""
        where = (self.database, key)
        was = self.state.get(where, (None, False))[1]
        # An empty string is a value, an empty list is none.
        if value or isinstance(value, bytes):
            self.state[where] = (value, was if volatile is None else volatile)
        else:
            self.state.pop(where, None)

    def set(self, words):
        self._put(words[1], words[2].encode(), len(words) > 3)

    def delete(self, words):
        self.state.pop((self.database, words[1]), None)

    def volatile(self, words):
        where = (self.database, words[1])
        if where in self.state:
            self.state[where] = (self.state[where][0], words[0] == "EXPIRE")

    def listMove(self, words):
        """LMOVE from LEFT to RIGHT."""
        source = self._value(words[1], ())
        if not source:
            return
        if words[1] == words[2]:
            self._put(words[1], (*source[1:], source[0]))
        else:
            self._put(words[2], (*self._value(words[2], ()), source[0]))
            self._put(words[1], source[1:])

    def setMove(self, words):
        source, member = self._value(words[1], frozenset()), words[3].encode()
        if member in source and words[1] != words[2]:
            self._put(words[1], source - {member})
            self._put(words[2], self._value(words[2], frozenset()) | {member})

    def setUnion(self, words):
        """A stored result has no time to live."""
        members = frozenset().union(*(self._value(key, frozenset()) for key in words[2:]))
        self._put(words[1], members, False)


_KEYS = {"SET": Model.set, "DEL": Model.delete, "UNLINK": Model.delete, "EXPIRE": Model.volatile,
         "PERSIST": Model.volatile, "LMOVE": Model.listMove, "SMOVE": Model.setMove,
         "SUNIONSTORE": Model.setUnion}


def _encoded(words):
    return [word.encode() for word in words]


def _pairs(words):
    return dict(zip(_encoded(words[::2]), _encoded(words[1::2])))


def _without(value, *keys):
    return {key: held for key, held in value.items() if key not in _encoded(keys)}


def _popMin(value):
    least = min(value, key=lambda member: (value[member], member), default=None)
    return {member: score for member, score in value.items() if member != least}


# The effect of each command on the value of its key, and the value of a key that does not exist.
_EFFECTS = {
    "INCR": (lambda value: str(int(value) + 1).encode(), b"0"),
    "APPEND": (lambda value, text: value + text.encode(), b""),
    "RPUSH": (lambda value, *words: (*value, *_encoded(words)), ()),
    "LPUSH": (lambda value, *words: (*_encoded(words)[::-1], *value), ()),
    "LPOP": (lambda value: value[1:], ()),
    "RPOP": (lambda value, count: value[:max(0, len(value) - int(count))], ()),
    "LTRIM": (lambda value, first, last: value[int(first):int(last) + 1], ()),
    "SADD": (lambda value, *words: value | set(_encoded(words)), frozenset()),
    "SREM": (lambda value, *words: value - set(_encoded(words)), frozenset()),
    "SPOP": (lambda value, everything: frozenset(), frozenset()),
    "HSET": (lambda value, *words: {**value, **_pairs(words)}, {}),
    "HDEL": (_without, {}),
    "HINCRBY": (lambda value, field, by: {
        **value, field.encode(): str(int(value.get(field.encode(), 0)) + int(by)).encode()}, {}),
    "ZADD": (lambda value, *words: {
        **value, **{member: float(score) for score, member in
                    zip(words[::2], _encoded(words[1::2]))}}, {}),
    "ZINCRBY": (lambda value, by, member: {
        **value, member.encode(): value.get(member.encode(), 0.0) + float(by)}, {}),
    "ZREM": (_without, {}),
    "ZPOPMIN": (_popMin, {}),
}

# How a value of each type is asked for, and what is made of the reply.
_READ = {
    b"string": (("GET",), (), lambda reply: reply.value),
    b"list": (("LRANGE",), (0, -1), lambda reply: tuple(item.value for item in reply.value)),
    b"set": (("SMEMBERS",), (), lambda reply: frozenset(item.value for item in reply.value)),
    b"hash": (("HGETALL",), (), lambda reply: {
        field.value: value.value for field, value in zip(reply.value[::2], reply.value[1::2])}),
    b"zset": (("ZRANGE",), (0, -1, "WITHSCORES"), lambda reply: {
        member.value: float(score.value)
        for member, score in zip(reply.value[::2], reply.value[1::2])}),
}


def observe(server, databases):
    """All keys of a server as a Model has them."""
    state = {}
    client = server.client(timeout=30.0)
    for database in range(databases):
        client.value("SELECT", database)
        keys = [reply.value for reply in client.value("KEYS", "*")]
        ways = [_READ[reply.value] for reply in client.pipeline([("TYPE", key) for key in keys])]
        values = client.pipeline([(*before, key, *after)
                                  for key, (before, after, _) in zip(keys, ways)])
        times = client.pipeline([("PTTL", key) for key in keys])
        for key, (_, _, made), reply, ttl in zip(keys, ways, values, times):
            state[(database, key.decode())] = (made(reply), ttl.value >= 0)
    client.close()
    return state

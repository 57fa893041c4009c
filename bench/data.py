"""What servers are filled with. A fill gives the requests, ready to send, that bring the elements from `first` to
`count` - 1; each is answered with one line.
"""

# Elements that one request adds.
AT_ONCE = 50


def encode(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def keyOf(number):
    """The 16-byte keys that redis-benchmark's -r makes."""
    return b"key:%012d" % number


def valueOf(number):
    return b"%032d" % number


def strings(first, count):
    for number in range(first, count):
        yield encode(b"SET", keyOf(number), valueOf(number))


def stringsWithTtl(first, count):
    """Far enough apart that nothing expires while it is measured."""
    for number in range(first, count):
        yield encode(b"SET", keyOf(number), valueOf(number), b"EX", b"%d" % (100_000 + number % 1_000))


def stringsOfIntegers(first, count):
    """Beyond the small integers that Redis shares between keys."""
    for number in range(first, count):
        yield encode(b"SET", keyOf(number), b"%d" % (1_000_000 + number))


def _elements(name, key, wordsOf):
    """A fill of one key; wordsOf(number) are the words that add one element."""

    def fill(first, count):
        for start in range(first, count, AT_ONCE):
            words = [word for number in range(start, min(count, start + AT_ONCE)) for word in wordsOf(number)]
            yield encode(name, key, *words)

    return fill


def _score(number):
    """Scattered, so that members do not come in the order of their scores."""
    return b"%d" % (number * 2_654_435_761 % 2**32)


def hashesOf5(first, count):
    for number in range(first, count):
        words = [word for field in range(5) for word in (b"field:%d" % field, b"value %d of %d" % (field, number))]
        yield encode(b"HSET", keyOf(number), *words)


def twoSets(first, count):
    """Half of the members are in both."""
    yield from _elements(b"SADD", b"a", lambda number: [b"member:%08d" % number])(first, count)
    yield from _elements(b"SADD", b"b", lambda number: [b"member:%08d" % (number + count // 2)])(first, count)


def noList(first, count):
    """redis-benchmark's list, which would grow from round to round."""
    yield encode(b"DEL", b"mylist")


def longList(first, count):
    """redis-benchmark's list with an element for every pop."""
    yield encode(b"DEL", b"mylist")
    yield from _elements(b"RPUSH", b"mylist", lambda number: [valueOf(number)])(first, count)


def _field(number):
    return [b"field:%08d" % number, b"%024d" % number]


def mixed(strings_count, hashes_count, members_count):
    """Strings, small hashes and one sorted set: what rewrites are measured with, and what bench-open-loop changes."""
    yield from strings(0, strings_count)
    for number in range(hashes_count):
        words = [word for field in range(5) for word in (b"field:%d" % field, b"value %d of %d" % (field, number))]
        yield encode(b"HSET", b"hash:%012d" % number, *words)
    yield from FILLS["one_zset"](0, members_count)


FILLS = {
    "nothing": lambda first, count: (),
    "strings": strings,
    "strings_ttl": stringsWithTtl,
    "strings_integer": stringsOfIntegers,
    "no_list": noList,
    "long_list": longList,
    "list": _elements(b"RPUSH", b"list", lambda number: [valueOf(number)]),
    "zset": _elements(b"ZADD", b"zset", lambda number: [_score(number), b"m:%012d" % number]),
    "hash_100": lambda first, count: _elements(b"HSET", b"hash", _field)(0, 100),
    "two_sets": twoSets,
    "one_hash": _elements(b"HSET", b"hash", _field),
    "one_set": _elements(b"SADD", b"set", lambda number: [b"member:%08d" % number]),
    "one_zset": _elements(b"ZADD", b"zset", lambda number: [_score(number), b"member:%08d" % number]),
    "one_list": _elements(b"RPUSH", b"list", lambda number: [valueOf(number)]),
    "hashes_of_5": hashesOf5,
}


def filledIn(command, count):
    """The command with the places of {middle} filled in."""
    if isinstance(command, str):
        return command
    places = {"{middle}": str(count // 2), "{middle+99}": str(count // 2 + 99)}
    return tuple(places.get(word, word) for word in command)

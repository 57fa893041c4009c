"""Every comparator lets pass what is lawful and finds what is not: without servers."""

import unittest

from compat import compare, compare_values
from compat.doubles import text72
from support.resp import Reply
from support.server import oursIsStock


def bulks(*texts, kind="array"):
    return Reply(kind, tuple(Reply("bulk", text) for text in texts))


def array(*items):
    return Reply("array", items)


def bulk(text):
    return Reply("bulk", text)


LIST, SET, HASH, ZSET = (Reply("simple", name) for name in (b"list", b"set", b"hash", b"zset"))
ZERO = bulk(b"0")
LONG, SHORT = b"0.10000000000000001", b"0.1"



def error(text):
    return Reply("error", text)


def user(flags, commands, selectors=()):
    """ACL GETUSER in RESP3."""
    fields = (("flags", bulks(*flags, kind="set")), ("commands", bulk(commands)),
              ("keys", bulk(b"~a")), ("selectors", array(*selectors)))
    return Reply("map", tuple((bulk(name.encode()), value) for name, value in fields))


def entry(object_, age, *more):
    return bulks(b"object", object_, b"age-seconds", age, *more)


NO_GET = b"User bob has no permissions to run the 'get' command"
NO_GET_70 = b"his user has no permissions to run the 'get' command"
SINCE_72 = (b"entry-id", b"1", b"timestamp-created", b"2", b"timestamp-last-updated", b"3")

# name, ours, the oracle's, our reply before: what must pass.
LAWFUL = [
    ("equal", bulk(b"a"), bulk(b"a"), None),
    ("unordered", bulks(b"a", b"b"), bulks(b"b", b"a"), None),
    ("unordered", bulks(b"a", b"b", kind="set"), bulks(b"b", b"a", kind="set"), None),
    ("pairs", bulks(b"f", b"1", b"g", b"2"), bulks(b"g", b"2", b"f", b"1"), None),
    ("scanpairs", array(ZERO, bulks(b"f", b"1", b"g", b"2")),
     array(ZERO, bulks(b"g", b"2", b"f", b"1")), None),
    ("score", bulk(SHORT), bulk(LONG), None),
    ("score", Reply("double", SHORT), Reply("double", LONG), None),
    ("score", array(bulk(SHORT), Reply("null")), array(bulk(LONG), Reply("null")), None),
    ("scorepairs", bulks(b"m", SHORT), bulks(b"m", LONG), None),
    ("scorepairs", array(bulks(b"m", SHORT)), array(bulks(b"m", LONG)), None),
    ("unorderedscores", bulks(b"n", b"1", b"m", SHORT), bulks(b"m", LONG, b"n", b"1"), None),
    ("scanscores", array(ZERO, bulks(b"n", b"1", b"m", SHORT)),
     array(ZERO, bulks(b"m", LONG, b"n", b"1")), None),
    ("scanscores", array(ZERO, bulks(b"m", LONG, b"n", b"4.6116860184273879e+18")),
     array(ZERO, bulks(b"n", b"4611686018427387904", b"m", LONG)), None),
    ("mpop", array(bulk(b"k"), array(bulks(b"m", SHORT))),
     array(bulk(b"k"), array(bulks(b"m", LONG))), None),
    ("encoding", bulk(b"listpack"), bulk(b"quicklist"), LIST),
    ("encoding", bulk(b"quicklist"), bulk(b"quicklist"), LIST),
    ("encoding", bulk(b"hashtable"), bulk(b"hashtable"), HASH),
    ("encoding", bulk(b"skiplist"), bulk(b"listpack"), ZSET),
    ("encoding", bulk(b"hashtable"), bulk(b"listpack"), HASH),
    ("encoding", bulk(b"listpack"), bulk(b"intset"), SET),
    ("compact", bulk(b"listpack"), bulk(b"hashtable"), SET),
    ("compact", bulk(b"intset"), bulk(b"intset"), SET),
    ("among", bulks(b"a", b"b"), bulks(b"b", b"c"), bulks(b"a", b"b", b"c")),
    ("among", array(bulks(b"f", b"1")), array(bulks(b"g", b"2")),
     Reply("map", ((bulk(b"f"), bulk(b"1")), (bulk(b"g"), bulk(b"2"))))),
    ("among", bulk(b"a"), bulk(b"b"), bulks(b"a", b"b")),
    ("listpack", bulk(b"listpack"), bulk(b"quicklist"), None),
    ("since72", Reply("simple", b"OK"), Reply("error", b"ERR no"), None),
    ("denied", error(b"NOPERM " + NO_GET), error(b"NOPERM t" + NO_GET_70), None),
    ("denied", bulk(NO_GET), bulk(b"T" + NO_GET_70), None),
    ("denied", error(b"NOPERM No permissions to access a key"),
     error(b"NOPERM this user has no permissions to access one of the keys used as arguments"),
     None),
    ("denied", Reply("simple", b"OK"), Reply("simple", b"OK"), None),
    ("acllist", bulks(b"user a on sanitize-payload ~a -@all +get -set (~b -@all +get)"),
     bulks(b"user a on ~a -@all +get (~b -@all +get)"), None),
    ("acluser", user((b"on", b"sanitize-payload"), b"-@all -get +@read"),
     user((b"on",), b"-@all +@read"), None),
    ("acllog", array(entry(b"k", b"0.001", *SINCE_72)), array(entry(b"k", b"0.002")), None),
]
# The same for what must be found.
WRONG = [
    ("equal", bulk(b"a"), bulk(b"b"), None),
    ("unordered", bulks(b"a", b"a"), bulks(b"a", b"b"), None),
    ("pairs", bulks(b"f", b"2", b"g", b"1"), bulks(b"g", b"2", b"f", b"1"), None),
    ("scanpairs", array(ZERO, bulks(b"f", b"2", b"g", b"1")),
     array(ZERO, bulks(b"g", b"2", b"f", b"1")), None),
    ("scanpairs", array(bulk(b"1"), bulks()), array(ZERO, bulks()), None),
    ("score", bulk(LONG), bulk(LONG), None),
    ("score", bulk(b"0.2"), bulk(LONG), None),
    ("scorepairs", bulks(SHORT, b"1"), bulks(LONG, b"1"), None),
    ("scorepairs", bulks(b"n", b"1", b"m", b"1"), bulks(b"m", b"1", b"n", b"1"), None),
    ("unorderedscores", bulks(b"n", SHORT, b"m", b"1"), bulks(b"m", LONG, b"n", b"1"), None),
    ("scanscores", array(ZERO, bulks(b"m", LONG)), array(ZERO, bulks(b"m", b"0.3")), None),
    ("scanscores", array(ZERO, bulks(b"m", LONG, b"n", SHORT)),
     array(ZERO, bulks(b"m", LONG, b"n", LONG)), None),
    ("mpop", array(bulk(b"l"), array(bulks(b"m", SHORT))),
     array(bulk(b"k"), array(bulks(b"m", LONG))), None),
    ("encoding", bulk(b"listpack"), bulk(b"hashtable"), HASH),
    ("encoding", bulk(b"intset"), bulk(b"hashtable"), SET),
    ("compact", bulk(b"hashtable"), bulk(b"listpack"), HASH),
    ("compact", bulk(b"listpack"), bulk(b"intset"), SET),
    ("encoding", bulk(b"listpack"), bulk(b"skiplist"), ZSET),
    ("compact", bulk(b"skiplist"), bulk(b"listpack"), ZSET),
    ("compact", bulk(b"hashtable"), bulk(b"hashtable"), SET),
    ("among", bulks(b"a", b"x"), bulks(b"b", b"c"), bulks(b"a", b"b", b"c")),
    ("among", bulks(b"a"), bulks(b"b", b"c"), bulks(b"a", b"b", b"c")),
    ("listpack", bulk(b"quicklist"), bulk(b"quicklist"), None),
    ("listpack", bulk(b"listpack"), bulk(b"ziplist"), None),
    ("since72", Reply("error", b"ERR no"), Reply("error", b"ERR no"), None),
    ("denied", error(b"NOPERM " + NO_GET.replace(b"get", b"set")), error(b"NOPERM t" + NO_GET_70),
     None),
    ("denied", Reply("simple", b"OK"), bulk(b"T" + NO_GET_70), None),
    ("denied", error(b"NOPERM No permissions to access a channel"),
     error(b"NOPERM this user has no permissions to access one of the keys used as arguments"),
     None),
    ("denied", error(b"NOPERM t" + NO_GET_70),
     error(b"NOPERM this user has no permissions to access one of the keys used as arguments"),
     None),
    ("acllist", bulks(b"user a on ~a -@all"), bulks(b"user a on ~b -@all"), None),
    ("acllist", bulks(b"user a on ~a -@all (~a -@all)"), bulks(b"user a on ~a -@all"), None),
    ("acluser", user((b"on",), b"-@all"), user((b"on",), b"+@all"), None),
    ("acluser", user((b"on",), b"-@all"), user((b"off",), b"-@all"), None),
    ("acllog", array(entry(b"k", b"0.001", *SINCE_72)), array(entry(b"l", b"0.001")), None),
    ("acllog", array(), array(entry(b"l", b"0.001")), None),
]

# These are texts as 7.2 writes them.
DOUBLES = [
    (0.1, "0.1"), (-0.0, "-0"), (0.0, "0"), (3.0, "3"), (1e17, "100000000000000000"),
    (1e18, "1000000000000000000"), (2.0**62, "4611686018427387904"), (1e19, "1e+19"),
    (1e20, "1e+20"), (1e21, "1e+21"), (123456789012345678901.0, "123456789012345680000"),
    (1e-5, "0.00001"), (1e-6, "0.000001"), (1e-7, "1e-7"), (1.5e-7, "1.5e-7"), (1.2e-6, "1.2e-6"),
    (1 / 3, "0.3333333333333333"), (12345.678901234, "1.2345678901234e+4"),
    (123.456789012, "123.456789012"), (-1.5, "-1.5"), (1e300, "1e+300"), (5e-324, "5e-324"),
    (1.7976931348623157e308, "1.7976931348623157e+308"), (float("inf"), "inf"),
    (float("-inf"), "-inf")]


@unittest.skipIf(oursIsStock(), "the stock server is compared with itself more strictly")
class ComparatorTest(unittest.TestCase):
    def matches(self, name, mine, oracle, before):
        return compare.matches(name, mine, oracle, before)

    def testWhatIsLawfulPasses(self):
        for row in LAWFUL:
            with self.subTest(row=row):
                self.assertTrue(self.matches(*row))

    def testWhatIsNotIsFound(self):
        for row in WRONG:
            with self.subTest(row=row):
                self.assertFalse(self.matches(*row))

    def testWhatAsksTheClockMayDifferALittle(self):
        def number(value):
            return Reply("int", value)

        for text, mine, oracle, same in (
                ("TTL k", 100, 99, True), ("@2 ttl k", 100, 95, True), ("'OBJECT' 'IDLETIME' 'k'", 0, 1, True),
                ("PTTL k", 100_000, 99_000, True), ("TTL k", 100, 50, False), ("TTL k", 0, -1, False),
                ("PTTL k", 100_000, 80_000, False), ("OBJECT IDLETIME k", 1000, 0, False),
                ("OBJECT FREQ k", 5, 4, True), ("OBJECT FREQ k", 5, 3, False),
                ("STRLEN ttl", 3, 4, False), ("EXPIRETIME k", 100, 99, False)):
            with self.subTest(text=text, mine=mine, oracle=oracle):
                self.assertEqual(compare.tells(text, number(mine), number(oracle)), same)

    def testEveryComparatorOfValuesHasItsCanary(self):
        names = {*compare_values.BY_NAME, *compare_values.WITH_BEFORE}
        self.assertEqual(names - {row[0] for row in WRONG}, set())
        self.assertEqual(names - {row[0] for row in LAWFUL}, set())

    def testDoublesAreWrittenAsIn72(self):
        for value, text in DOUBLES:
            self.assertEqual(text72(value), text)


if __name__ == "__main__":
    unittest.main()

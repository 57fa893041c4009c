"""HSCAN, SSCAN, ZSCAN: options and refusals; their guarantee is in scan_walk.py."""

from .case import case, command

# The command, how a value is made, how what it tells is compared.
SCANS = [("HSCAN", ("HSET", "k", "a", 1, "b", 2, "aa", 3, "5", "five", "", "e"), "scanpairs"),
         ("SSCAN", ("SADD", "k", "a", "b", "aa", "5", ""), "scan"),
         ("ZSCAN", ("ZADD", "k", 1, "a", 2.5, "b", "inf", "aa", -0.1, "5", 0, ""), "scanscores")]
MATCHED = ["*", "a*", "[ab]", "?", "", "none", "5", "\\a", "[^a]*"]
COUNTS = ["1000", "1", "9223372036854775807"]
CURSORS = ["x", " 0", "0x0", "1.5", "18446744073709551616", "99999999999999999999999"]
SMALL_ONLY = {"hash-max-listpack-entries": 0, "zset-max-listpack-entries": 0,
              "set-max-listpack-entries": 0}


def _options(name, comparator):
    yield command(name, "k", 0, comparator=comparator)
    # Both are zero.
    yield command(name, "k", "00", comparator=comparator)
    yield command(name, "k", "", comparator=comparator)
    for pattern in MATCHED:
        yield command(name, "k", 0, "MATCH", pattern, "COUNT", 1000, comparator=comparator)
    yield command(name, "k", 0, "count", 1000, "match", "a*", comparator=comparator)
    yield command(name, "k", 0, "COUNT", 1, "COUNT", 1000, comparator=comparator)
    yield command(name, "k", 0, "MATCH", "b", "MATCH", "a", "COUNT", 1000, comparator=comparator)
    yield command(name, "none", 0)
    yield command(name, "none", 0, "COUNT", 1000, "MATCH", "a")


def _refusals(name):
    for words in ((), ("k",), ("k", 0, "COUNT"), ("k", 0, "MATCH"), ("k", 0, "COUNT", 0),
                  ("k", 0, "COUNT", -1), ("k", 0, "COUNT", "x"), ("k", 0, "COUNT", 2**63),
                  ("k", 0, "BAD"), ("k", 0, "BAD", 1), ("k", 0, "COUNT", 10, "BAD"),
                  ("k", 0, "TYPE", "hash"), ("k", 0, "NOVALUES"), ("none", 0, "COUNT", 0),
                  ("none", 0, "BAD"), ("none", 0, "COUNT", "x")):
        yield command(name, *words)
    for cursor in CURSORS:
        yield command(name, "k", cursor)
        yield command(name, "none", cursor)


CASES = []
for _name, _maker, _comparator in SCANS:
    _steps = [command(*_maker), *_options(_name, _comparator), *_refusals(_name)]
    CASES += [
        case(f"{_name.lower()} of a small value", *_steps,
             # All of it at once, whatever COUNT says. (7.0 keeps every set of texts in a table.)
             *[command(_name, "k", 0, "COUNT", count, comparator=_comparator)
               for count in COUNTS if count != "1" or _name != "SSCAN"]),
        case(f"{_name.lower()} of a table", *_steps,
             *[command(_name, "k", 0, "COUNT", count, comparator=_comparator)
               for count in COUNTS if count != "1"], config=SMALL_ONLY),
        case(f"{_name.lower()} of wrong types", "SET s text", "RPUSH l a", "HSET h f v", "SADD e a",
             "ZADD z 1 a",
             *[command(_name, key, 0, comparator=_comparator) for key in "slhez"],
             *[command(_name, key, "x") for key in "slhez"],
             *[command(_name, key, 0, "COUNT", 0) for key in "slhez"],
             *[command(_name, key, 0, "BAD") for key in "slhez"]),
    ]
CASES += [
    case("small values in their order", """
        HSET h b 1 a 2 c 3
        HSCAN h 0
        HSCAN h 0 COUNT 1
        HSCAN h 0 MATCH [ab]
        ZADD z 3 a 1 b 2 c
        ZSCAN z 0
        ZSCAN z 0 COUNT 1
        SADD i 5 1 3
        SSCAN i 0
        SSCAN i 0 COUNT 1
        SSCAN i 0 MATCH 5
    """),
    case("many members at once",
         command("HSET", "h", *(word for n in range(700) for word in (f"f{n}", n))),
         "?scanpairs HSCAN h 0 COUNT 100000", "?scanpairs HSCAN h 0 COUNT 100000 MATCH f1*",
         command("SADD", "s", *(f"m{n}" for n in range(700))), "?scan SSCAN s 0 COUNT 100000",
         command("SADD", "i", *range(400)), "SSCAN i 0", command("SADD", "i", *range(400, 700)),
         "?scan SSCAN i 0 COUNT 100000",
         command("ZADD", "z", *(word for n in range(700) for word in (n / 7, f"m{n}"))),
         "?scanscores ZSCAN z 0 COUNT 100000", "?scanscores ZSCAN z 0 MATCH *7 COUNT 100000"),
]

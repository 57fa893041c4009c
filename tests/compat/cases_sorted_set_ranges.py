"""Ranges of sorted sets by rank, score and lexicographic order: reading, storing, removing."""

from .case import case, command

BY_RANK = [("0", "-1"), ("1", "2"), ("-2", "-1"), ("-100", "1"), ("2", "100"), ("3", "1"), ("5", "5"),
           ("-1", "-3"), ("0", "9223372036854775807"),
           ("-9223372036854775808", "9223372036854775807")]
BAD_RANK = [("x", "1"), ("0", "x"), ("0", "9223372036854775808"), ("", "1"), ("(0", "1"), ("1.0", "2")]
BY_SCORE = [("-inf", "+inf"), ("1", "3"), ("(1", "3"), ("1", "(3"), ("(1", "(3"), ("2", "2"), ("(2", "2"),
            ("3", "1"), ("-inf", "(inf"), ("(-inf", "inf"), ("inf", "inf"), ("0.5", "2.25"),
            ("1e0", "0x3"), ("-1e308", "1e308")]
BAD_SCORE = [("x", "1"), ("1", "x"), ("(", "1"), ("", "1"), ("nan", "1"), ("((1", "2"), ("[1", "2"),
             (" 1", "2"), ("1 ", "2"), ("1", "")]
BY_LEX = [("-", "+"), ("[b", "[d"), ("(b", "[d"), ("[b", "(d"), ("(b", "(d"), ("+", "-"), ("[d", "[b"),
          ("[b", "[b"), ("(b", "(b"), ("-", "-"), ("+", "+"), ("-", "[c"), ("[c", "+"), ("[", "["),
          ("[bb", "(bbb"), ("[\x00", "[\xff"), ("(", "+"), ("[a", "[aa")]
BAD_LEX = [("b", "[d"), ("[b", "d"), ("", "+"), ("-x", "+"), ("-", "+x"), ("-", ""), ("--", "+")]
LIMITS = [("0", "2"), ("1", "2"), ("0", "0"), ("0", "-1"), ("2", "-5"), ("-1", "2"), ("-1", "-1"),
          ("100", "1"), ("3", "100"), ("0", "9223372036854775807"), ("9223372036854775807", "1")]
BAD_LIMITS = [("x", "1"), ("1", "x"), ("", ""), ("0", "9223372036854775808"), ("1.5", "1")]
SCORED = command("ZADD", "z", "-inf", "low", 1, "a", 2, "b", 2, "ba", 2.25, "c", 3, "d", 3.1, "e", "inf",
                 "high")
LEXICAL = command("ZADD", "z", *(word for member in (
    "", "\x00", "a", "aa", "b", "bb", "bbb", "c", "d", "e", "z", "\xff") for word in (0, member)))
MANY = command("ZADD", "z", *(word for n in range(500) for word in (n // 3, f"m{n:04}")))
MANY_LEXICAL = command("ZADD", "z", *(word for n in range(500) for word in (0, f"m{n:04}")))
LARGE = {"zset-max-listpack-entries": 0}


def _ranked():
    for low, high in BY_RANK + BAD_RANK:
        yield command("ZRANGE", "z", low, high)
        yield command("ZRANGE", "z", low, high, "REV")
        yield command("ZRANGE", "z", low, high, "WITHSCORES", comparator="scorepairs")
        yield command("ZREVRANGE", "z", low, high)
        yield command("ZREVRANGE", "z", low, high, "withscores", comparator="scorepairs")
        yield command("ZRANGE", "none", low, high)
        yield command("ZRANGESTORE", "d", "z", low, high)
        yield command("ZRANGE", "d", 0, -1)
        yield command("ZRANGESTORE", "d", "z", low, high, "REV")
        yield command("ZRANGE", "d", 0, -1, "WITHSCORES", comparator="scorepairs")


def _scored():
    for low, high in BY_SCORE + BAD_SCORE:
        yield command("ZRANGE", "z", low, high, "BYSCORE")
        yield command("ZRANGE", "z", high, low, "BYSCORE", "REV", "WITHSCORES", comparator="scorepairs")
        yield command("ZRANGEBYSCORE", "z", low, high, "WITHSCORES", comparator="scorepairs")
        yield command("ZREVRANGEBYSCORE", "z", high, low)
        yield command("ZREVRANGEBYSCORE", "z", low, high)
        yield command("ZCOUNT", "z", low, high)
        yield command("ZRANGEBYSCORE", "none", low, high)
        yield command("ZRANGESTORE", "d", "z", low, high, "BYSCORE")
        yield command("ZRANGE", "d", 0, -1)


def _lexical():
    for low, high in BY_LEX + BAD_LEX:
        yield command("ZRANGE", "z", low, high, "BYLEX")
        yield command("ZRANGE", "z", high, low, "BYLEX", "REV")
        yield command("ZRANGEBYLEX", "z", low, high)
        yield command("ZREVRANGEBYLEX", "z", high, low)
        yield command("ZREVRANGEBYLEX", "z", low, high)
        yield command("ZLEXCOUNT", "z", low, high)
        yield command("ZRANGEBYLEX", "none", low, high)
        yield command("ZRANGESTORE", "d", "z", low, high, "BYLEX")
        yield command("ZRANGE", "d", 0, -1)


def _limited(by, low, high):
    old = "ZRANGEBYLEX" if by == "BYLEX" else "ZRANGEBYSCORE"
    for offset, count in LIMITS + BAD_LIMITS:
        limit = ("LIMIT", offset, count)
        yield command("ZRANGE", "z", low, high, by, *limit)
        yield command("ZRANGE", "z", high, low, by, "REV", *limit)
        yield command(old, "z", low, high, *limit)
        yield command(old.replace("ZRANGE", "ZREVRANGE"), "z", high, low, *limit)
        yield command("ZRANGESTORE", "d", "z", low, high, by, *limit)
        yield command("ZRANGE", "d", 0, -1)
        yield command(old, "none", low, high, *limit)


def _removed(name, spans, maker):
    for low, high in spans:
        yield command("DEL", "z")
        yield maker
        yield command(name, "z", low, high)
        yield command("ZRANGE", "z", 0, -1)
        yield command(name, "none", low, high)


CASES = []
for _form, _config in (("small", {}), ("large", LARGE)):
    CASES += [
        case(f"by rank, {_form}", SCORED, *_ranked(), config=_config),
        case(f"by score, {_form}", SCORED, *_scored(), config=_config),
        case(f"by lex, {_form}", LEXICAL, *_lexical(), config=_config),
        case(f"limits by score, {_form}", SCORED, *_limited("BYSCORE", "-inf", "(3.1"), config=_config),
        case(f"limits by lex, {_form}", LEXICAL, *_limited("BYLEX", "[a", "(z"), config=_config),
        case(f"removed by rank, {_form}",
             *_removed("ZREMRANGEBYRANK", BY_RANK + BAD_RANK, SCORED), config=_config),
        case(f"removed by score, {_form}",
             *_removed("ZREMRANGEBYSCORE", BY_SCORE + BAD_SCORE, SCORED), config=_config),
        case(f"removed by lex, {_form}",
             *_removed("ZREMRANGEBYLEX", BY_LEX + BAD_LEX, LEXICAL), config=_config),
    ]
CASES += [
    case("ranges of many members", MANY,
         *[one for low in range(-510, 510, 83) for one in (
             command("ZRANGE", "z", low, low + 40), command("ZREVRANGE", "z", low, low + 40),
             command("ZRANGEBYSCORE", "z", low // 3, f"({low // 3 + 9}"),
             command("ZRANGEBYSCORE", "z", "-inf", "inf", "LIMIT", abs(low), 7),
             command("ZREVRANGEBYSCORE", "z", "inf", f"({low // 3}", "LIMIT", 5, 10),
             command("ZCOUNT", "z", low // 3, 100), command("ZRANK", "z", f"m{abs(low):04}"))],
         *[one for low in range(0, 400, 61) for one in (
             command("ZREMRANGEBYRANK", "z", low, low + 5),
             command("ZREMRANGEBYSCORE", "z", f"({low // 3}", low // 3 + 2),
             command("ZRANGE", "z", 0, -1, "WITHSCORES", comparator="scorepairs"))]),
    case("lexicographic ranges of many members", MANY_LEXICAL,
         *[one for low in range(0, 500, 41) for one in (
             command("ZRANGEBYLEX", "z", f"[m{low:04}", f"(m{low + 20:04}"),
             command("ZREVRANGEBYLEX", "z", f"[m{low + 20:04}", f"(m{low:04}", "LIMIT", 3, 7),
             command("ZLEXCOUNT", "z", f"(m{low:04}", "+"),
             command("ZREMRANGEBYLEX", "z", f"(m{low:04}", f"[m{low + 9:04}"), command("ZCARD", "z"))],
         "ZRANGE z 0 -1"),
    case("refusals of zrange", """
        ZADD z 1 a 2 b
        ZRANGE
        ZRANGE z 0
        ZRANGE z 0 -1 BAD
        ZRANGE z 0 -1 LIMIT 0 1
        ZRANGE z 0 -1 WITHSCORES LIMIT 0 1
        ZRANGE z 0 -1 REV LIMIT 0 1
        ZRANGE z 0 1 BYSCORE LIMIT
        ZRANGE z 0 1 BYSCORE LIMIT 0
        ZRANGE z 0 1 BYSCORE LIMIT 0 1 LIMIT 0 2
        ZRANGE z - + BYLEX WITHSCORES
        ZRANGE z - + BYSCORE BYLEX
        ZRANGE z 0 9 BYLEX BYSCORE
        ZRANGE z - + BYLEX REV REV
        ZRANGE z 0 -1 WITHSCORES WITHSCORES
        ZRANGE none 0 x
        ZRANGE none x y BYSCORE
        ZRANGE none x y BYLEX
        ZRANGE z 0 1 byscore rev limit 0 1 withscores
        ZREVRANGE z 0
        ZREVRANGE z 0 -1 BAD
        ZREVRANGE z 0 -1 REV
        ZREVRANGE z 0 -1 BYSCORE
        ZREVRANGE z 0 -1 LIMIT 0 1
        ZRANGEBYSCORE z 0
        ZRANGEBYSCORE z 0 1 BAD
        ZRANGEBYSCORE z 0 1 REV
        ZRANGEBYSCORE z 0 1 BYLEX
        ZRANGEBYSCORE z 0 1 LIMIT 0
        ?scorepairs ZRANGEBYSCORE z 0 5 LIMIT 0 1 WITHSCORES
        ?scorepairs ZRANGEBYSCORE z 0 5 WITHSCORES LIMIT 1 1
        ZREVRANGEBYSCORE z 5 0 LIMIT 0 1 BAD
        ZRANGEBYLEX z - + WITHSCORES
        ZRANGEBYLEX z - + BAD
        ZRANGEBYLEX z -
        ZREVRANGEBYLEX z + - LIMIT 0
        ZLEXCOUNT z -
        ZLEXCOUNT z - + x
        ZRANGESTORE d z 0
        ZRANGESTORE d z 0 -1 WITHSCORES
        ZRANGESTORE d z 0 -1 LIMIT 0 1
        ZRANGESTORE d z 0 -1 BAD
        ZREMRANGEBYRANK z 0
        ZREMRANGEBYRANK z 0 1 2
        ZREMRANGEBYSCORE z 0
        ZREMRANGEBYLEX z -
        EXISTS d
        ZCARD z
    """),
    case("zrangestore replaces", """
        ZADD z 1 a 2 b 3.5 c
        SET d text EX 1000
        ZRANGESTORE d z 0 1
        TYPE d
        TTL d
        ZRANGESTORE d z 5 9
        EXISTS d
        RPUSH d x
        ZRANGESTORE d none 0 -1
        EXISTS d
        ZRANGESTORE z z 1 2
        ?scorepairs ZRANGE z 0 -1 WITHSCORES
        ZRANGESTORE z z (2 3.5 BYSCORE
        ZRANGESTORE z z - [a BYLEX
        EXISTS z
        ZADD z inf a -inf b
        ZREMRANGEBYSCORE z -inf (inf
        ZREMRANGEBYRANK z 0 0
        EXISTS z
    """),
]

"""ZUNION, ZINTER, ZDIFF, their STORE forms and ZINTERCARD, over sorted sets and sets."""

from .case import case, command

WEIGHTS = ["0", "1", "-1", "0.5", "2.5", "inf", "-inf", "1e308", "-0"]
NOT_WEIGHTS = ["x", "", "nan", " 1", "(1", "1e400"]

_ALGEBRA = """
    ?scorepairs ZUNION 1 a WITHSCORES
    ?scorepairs ZUNION 2 a b WITHSCORES
    ?scorepairs ZUNION 3 a b s WITHSCORES
    ?scorepairs ZUNION 3 s none a WITHSCORES
    ZUNION 2 a b
    ?scorepairs ZUNION 2 a b WEIGHTS 2 3 WITHSCORES
    ?scorepairs ZUNION 2 a b WEIGHTS 2 3 AGGREGATE MAX WITHSCORES
    ?scorepairs ZUNION 2 a b AGGREGATE MIN WITHSCORES
    ?scorepairs ZUNION 2 a b aggregate sum withscores
    ?scorepairs ZUNION 2 a a WEIGHTS 1 -1 WITHSCORES
    ?scorepairs ZINTER 1 a WITHSCORES
    ?scorepairs ZINTER 2 a b WITHSCORES
    ?scorepairs ZINTER 3 a b s WITHSCORES
    ZINTER 2 a none
    ZINTER 2 none a
    ZINTER 2 a b
    ?scorepairs ZINTER 2 a b WEIGHTS 10 -1 WITHSCORES
    ?scorepairs ZINTER 2 a b AGGREGATE MAX WITHSCORES
    ?scorepairs ZINTER 2 s a AGGREGATE MIN WEIGHTS 0.5 3 WITHSCORES
    ?scorepairs ZINTER 2 a a WITHSCORES
    ?scorepairs ZDIFF 1 a WITHSCORES
    ?scorepairs ZDIFF 2 a b WITHSCORES
    ?scorepairs ZDIFF 3 a b s WITHSCORES
    ?scorepairs ZDIFF 2 b a WITHSCORES
    ?scorepairs ZDIFF 2 s a WITHSCORES
    ZDIFF 2 a a
    ZDIFF 2 none a
    ?scorepairs ZDIFF 2 a none WITHSCORES
    ZDIFF 2 a b
    ZINTERCARD 1 a
    ZINTERCARD 2 a b
    ZINTERCARD 2 a b LIMIT 0
    ZINTERCARD 2 a b LIMIT 1
    ZINTERCARD 2 a b LIMIT 100
    ZINTERCARD 3 a b none
    ZINTERCARD 3 a b s
    ZUNIONSTORE d 3 a b s WEIGHTS 1 2 3
    ?scorepairs ZRANGE d 0 -1 WITHSCORES
    ZINTERSTORE d 2 a b WEIGHTS 1 2 AGGREGATE MIN
    ?scorepairs ZRANGE d 0 -1 WITHSCORES
    ZDIFFSTORE d 2 a b
    ?scorepairs ZRANGE d 0 -1 WITHSCORES
    ZUNIONSTORE a 2 a b
    ?scorepairs ZRANGE a 0 -1 WITHSCORES
    ZINTERSTORE a 2 a b
    ?scorepairs ZRANGE a 0 -1 WITHSCORES
    ZDIFFSTORE a 2 a s
    ?scorepairs ZRANGE a 0 -1 WITHSCORES
    DEBUG DIGEST
"""


def _algebra(name, *makers, config=None):
    return case(f"algebra of {name}", *makers, _ALGEBRA, config=config)


def _pairs(key, members, factor):
    return command("ZADD", key, *(word for n in members for word in (n * factor, f"m{n}")))


CASES = [
    _algebra("small sorted sets", "ZADD a 1 x 2 y 3.5 z 0.1 w", "ZADD b 5 y -2 z 7 v 0.2 w",
             "SADD s y z 1 q"),
    _algebra("small sorted sets kept as trees", "ZADD a 1 x 2 y 3.5 z 0.1 w",
             "ZADD b 5 y -2 z 7 v 0.2 w", "SADD s y z 1 q", config={"zset-max-listpack-entries": 0}),
    _algebra("a large and a small one", _pairs("a", range(300), 0.5), _pairs("b", range(0, 20, 3), -3),
             command("SADD", "s", *(f"m{n}" for n in range(5, 12)))),
    _algebra("a small and large ones", _pairs("a", range(0, 20, 3), 1.25),
             _pairs("b", range(300), 7), command("SADD", "s", *(f"m{n}" for n in range(500)))),
    _algebra("integers in a set", "ZADD a 1 1 2 2 3 3", "ZADD b 10 2 20 3 30 4", "SADD s 2 3 5"),
    case("infinities", """
        ZADD a inf x -inf y 0 z
        ZADD b -inf x inf y inf z
        ?scorepairs ZUNION 2 a b WITHSCORES
        ?scorepairs ZINTER 2 a b WITHSCORES
        ?scorepairs ZINTER 2 a b WEIGHTS 0 0 WITHSCORES
        ?scorepairs ZUNION 2 a b WEIGHTS -1 1 WITHSCORES
        ?scorepairs ZUNION 2 a b AGGREGATE MAX WITHSCORES
        ?scorepairs ZUNION 2 a b AGGREGATE MIN WITHSCORES
        ZUNIONSTORE d 2 a b
        DEBUG DIGEST-VALUE d
    """),
    case("weights", "ZADD a 1 x -2.5 y", "SADD s x q",
         *[one for text in WEIGHTS + NOT_WEIGHTS for one in (
             command("ZUNION", 2, "a", "s", "WEIGHTS", text, 1, "WITHSCORES", comparator="scorepairs"),
             command("ZINTER", 2, "a", "s", "WEIGHTS", 1, text, "WITHSCORES", comparator="scorepairs"),
             command("ZUNIONSTORE", "d", 1, "a", "WEIGHTS", text),
             command("ZRANGE", "d", 0, -1, "WITHSCORES", comparator="scorepairs"))]),
    case("refusals of sorted set algebra", """
        ZADD a 1 x
        ZADD b 2 x
        ZUNION
        ZUNION 1
        ZUNION 0 a
        ZUNION -1 a
        ZUNION x a
        ZUNION 2 a
        ZUNION 9223372036854775807 a
        ZUNION 9223372036854775808 a
        ZUNION 1 a b
        ZUNION 1 a WEIGHTS
        ZUNION 2 a b WEIGHTS 1
        ZUNION 2 a b WEIGHTS 1 2 3
        ZUNION 2 a b WEIGHTS 1 x
        ZUNION 1 a AGGREGATE
        ZUNION 1 a AGGREGATE BAD
        ZUNION 1 a BAD
        ZUNION 1 a WITHSCORES BAD
        ?scorepairs ZUNION 1 a WITHSCORES WEIGHTS 2 AGGREGATE MAX
        ?scorepairs ZUNION 1 a WEIGHTS 2 WEIGHTS 3 WITHSCORES WITHSCORES
        ZUNIONSTORE d 0 a
        ZUNIONSTORE d x a
        ZUNIONSTORE d 2 a
        ZUNIONSTORE d 1 a WITHSCORES
        ZUNIONSTORE d 1 a WEIGHTS x
        ZUNIONSTORE d
        ZUNIONSTORE d 1
        ZINTER 0 a
        ZINTER 1 a BAD
        ZINTERSTORE d 0 a
        ZINTERSTORE d 1 a WITHSCORES
        ZINTERSTORE d 2 a b AGGREGATE
        ZDIFF 0 a
        ZDIFF 1 a WEIGHTS 1
        ZDIFF 1 a AGGREGATE SUM
        ZDIFF 2 a
        ZDIFFSTORE d 0 a
        ZDIFFSTORE d 1 a WITHSCORES
        ZDIFFSTORE d 1 a WEIGHTS 1
        ZINTERCARD
        ZINTERCARD 1
        ZINTERCARD 0 a
        ZINTERCARD -1 a
        ZINTERCARD x a
        ZINTERCARD 2 a
        ZINTERCARD 1 a b
        ZINTERCARD 2 a b LIMIT
        ZINTERCARD 2 a b LIMIT -1
        ZINTERCARD 2 a b LIMIT x
        ZINTERCARD 2 a b LIMIT 1 LIMIT 2
        ZINTERCARD 2 a b WEIGHTS 1 2
        ZINTERCARD 2 a b WITHSCORES
        ZINTERCARD 2 a b limit 9223372036854775807
        EXISTS d
    """),
    case("stores of sorted set algebra replace", """
        ZADD a 1 x
        SET d text EX 1000
        ZUNIONSTORE d 1 a
        TYPE d
        TTL d
        ZINTERSTORE d 2 a none
        EXISTS d
        RPUSH d x
        ZDIFFSTORE d 2 a a
        EXISTS d
        SADD s p q
        ZUNIONSTORE d 1 s
        ?scorepairs ZRANGE d 0 -1 WITHSCORES
        ZUNIONSTORE s 1 s WEIGHTS 3
        TYPE s
        ?scorepairs ZRANGE s 0 -1 WITHSCORES
        ZUNIONSTORE d 2 none none2
        EXISTS d
    """),
]

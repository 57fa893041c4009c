"""Sorted sets: adding, counting, popping, asking for members and scores; ranges and algebra have
files of their own (cases_sorted_set_ranges.py, cases_sorted_set_algebra.py)."""

from .case import case, command, differs72
from .wrong_types import wrongTypes

SCORES = ["0", "-0", "0.0", "-0.0", "1", "-1", "+1", "1.5", "0.1", "0.2", "3.0", "3e0", "1e5", "1e-5",
          "1e-6", "1e-7", "1.5e-7", "1.2e-6", "0.0000012", "123456.789", "12345.678901234",
          "1234567.8901234", "0.30000000000000004", "3.14159265358979323846", "1e15", "1e16", "1e17",
          "1e18", "4611686018427387904", "4611686018427387905", "4611686018427388928",
          "-4611686018427387904", "-4611686018427388928", "9007199254740991", "9007199254740992",
          "9007199254740993", "9223372036854775807", "9223372036854775808", "1e19", "1.5e19", "1e20",
          "1e21", "1e22", "123456789012345678901", "1.2345e25", "1e100", "1e300",
          "1.7976931348623157e308", "2.2250738585072014e-308", "4.9e-324", "5e-324", "1e-400", "inf",
          "+inf", "-inf", "INF", "Infinity", "-infinity", "0x10", "0x1p-3", "1.", ".5", "00012"]
NOT_SCORES = ["", " ", "x", " 1", "1 ", "1\n", "nan", "-nan", "NaN", "1e400", "-1e400", "1e", "--1",
              "1..2", "1,5", "1\x00", "(1", "[1"]
WITHSCORE = "7.0 has no WITHSCORE"

_WRONG = """
    ZADD k 1 a
    ZADD k x a
    ZADD k NX XX 1 a
    ZADD k INCR 1 a
    ZINCRBY k 1 a
    ZINCRBY k x a
    ZREM k a
    ZCARD k
    ZSCORE k a
    ZMSCORE k a b
    ZRANK k a
    ZREVRANK k a
    ZCOUNT k 0 1
    ZCOUNT k x 1
    ZLEXCOUNT k - +
    ZLEXCOUNT k x +
    ZRANGE k 0 -1
    ZRANGE k x -1
    ZRANGE k 0 1 BYSCORE
    ZRANGE k x 1 BYSCORE
    ZRANGE k - + BYLEX
    ZREVRANGE k 0 -1
    ZRANGEBYSCORE k 0 1
    ZREVRANGEBYSCORE k 1 0
    ZRANGEBYLEX k - +
    ZREVRANGEBYLEX k + -
    ZRANGESTORE d k 0 -1
    ZRANGESTORE k good 0 0
    TYPE k
    ZRANGESTORE k none 0 -1
    ZREMRANGEBYRANK k 0 -1
    ZREMRANGEBYRANK k x -1
    ZREMRANGEBYSCORE k 0 1
    ZREMRANGEBYLEX k - +
    ZPOPMIN k
    ZPOPMIN k 0
    ZPOPMIN k x
    ZPOPMIN k -1
    ZPOPMAX k 2
    ZMPOP 1 k MIN
    ZMPOP 2 none k MIN
    ZMPOP 2 good k MIN
    ZRANDMEMBER k
    ZRANDMEMBER k 1
    ZRANDMEMBER k x
    ZSCAN k 0
    ZSCAN k x
"""
_WRONG_ALGEBRA = """
    ZUNION 1 k
    ZUNION 2 good k
    ZUNION 2 none k
    ZINTER 1 k
    ZINTER 2 none k
    ZDIFF 1 k
    ZDIFF 2 none k
    ZUNIONSTORE d 1 k
    ZINTERSTORE d 2 good k
    ZDIFFSTORE d 2 good k
    ZINTERCARD 1 k
    ZINTERCARD 2 none k
    EXISTS d
"""


def _withScore(line, expected):
    return differs72(line, expected, WITHSCORE)


CASES = [
    case("zadd and its options", """
        ZADD z 1 a 2 b 3 c
        ZADD z 1 a 5 b
        ?scorepairs ZRANGE z 0 -1 WITHSCORES
        ZADD z NX 9 a 9 new
        ZADD z XX 8 a 9 none
        ZADD z CH 8 a 7 b 1 x
        ZADD z XX CH 7 a 7 none
        ZADD z NX CH 1 y
        ZADD z GT 6 a 9 b
        ZADD z GT CH 6 a 10 b 3 gt
        ZADD z LT CH 6 a 100 b 3 lt
        ZADD z XX GT CH 100 a 1 none
        ZADD z XX LT 1 a
        ?scorepairs ZRANGE z 0 -1 WITHSCORES
        ?score ZADD z INCR 1 a
        ?score ZADD z INCR 1.5 new2
        ?score ZADD z NX INCR 1 a
        ?score ZADD z XX INCR 1 none
        ?score ZADD z GT INCR -1 a
        ?score ZADD z GT INCR 1 a
        ?score ZADD z LT INCR 1 a
        ?score ZADD z LT INCR -3 a
        ?score ZADD z XX CH INCR 1 a
        ?score ZADD z nx incr 5 lower
        ZADD z 1 dup 2 dup 3 dup
        ?score ZSCORE z dup
        ZADD z CH 1 dup 2 dup
        ?scorepairs ZRANGE z 0 -1 WITHSCORES
        ZADD e 0 "" 0 "\\x00" 1 "\\xff\\r\\n"
        ?scorepairs ZRANGE e 0 -1 WITHSCORES
        ZADD none XX 1 a
        EXISTS none
        ZADD z NX XX 1 a
        ZADD z NX GT 1 a
        ZADD z NX LT 1 a
        ZADD z GT LT 1 a
        ZADD z GT LT NX 1 a
        ZADD z INCR 1 a 2 b
        ZADD z INCR
        ZADD z NX
        ZADD z 1
        ZADD z 1 a 2
        ZADD z NX 1
        ZADD z BAD 1 a
        ZADD z 1 a NX
        ZADD z x a
        ZADD z 1 a x b
        ZADD z nan a
        ZADD z NX XX x
        ZADD z NX NX CH CH 1 fresh
        ZADD
        ZADD z
        ZCARD z
        DEBUG DIGEST
    """),
    case("scores, as they are read and written",
         *[one for text in SCORES for one in (
             command("DEL", "z"), command("ZADD", "z", text, "m"),
             command("ZSCORE", "z", "m", comparator="score"),
             command("ZMSCORE", "z", "m", "none", comparator="score"),
             command("ZRANGE", "z", 0, -1, "WITHSCORES", comparator="scorepairs"),
             command("ZADD", "z", "INCR", "0", "m", comparator="score"),
             command("DEBUG", "DIGEST-VALUE", "z"),
             command("ZPOPMIN", "z", comparator="scorepairs"))],
         *[one for text in NOT_SCORES for one in (
             command("ZADD", "z", text, "m"), command("ZINCRBY", "z", text, "m"),
             command("ZCOUNT", "z", text, "1"))], "EXISTS z"),
    case("scores in a large sorted set, as they are read and written",
         *[one for text in SCORES for one in (
             command("ZADD", "z", text, "m" + text), command("ZSCORE", "z", "m" + text,
                                                             comparator="score"),
             command("ZINCRBY", "z", text, "m" + text, comparator="score"))],
         "?scorepairs ZRANGE z 0 -1 WITHSCORES", "?scorepairs ZREVRANGE z 0 -1 WITHSCORES",
         "ZRANGE z 0 -1", "?scanscores ZSCAN z 0 COUNT 1000", "DEBUG DIGEST-VALUE z",
         config={"zset-max-listpack-entries": 0}),
    case("zincrby", """
        ?score ZINCRBY z 1 a
        ?score ZINCRBY z 1.5 a
        ?score ZINCRBY z -2.5 a
        ?score ZINCRBY z 0.1 a
        ?score ZINCRBY z 0.2 a
        ?score ZINCRBY z inf a
        ?score ZINCRBY z -inf a
        ?score ZINCRBY z 1 a
        ?score ZINCRBY z -inf b
        ?score ZINCRBY z inf b
        ?score ZADD z INCR -inf a
        ?score ZINCRBY z 1e308 c
        ?score ZINCRBY z 1e308 c
        ?score ZINCRBY z -0 d
        ?score ZINCRBY z -0 d
        ?score ZINCRBY z x a
        ?score ZINCRBY z nan a
        ?score ZINCRBY none x a
        ZINCRBY z 1
        ZINCRBY z 1 a b
        ?scorepairs ZRANGE z 0 -1 WITHSCORES
        EXISTS none
    """),
    case("zrem and zcard", """
        ZADD z 1 a 2 b 3 c 4 d
        ZREM z a x b
        ZREM z a
        ZREM none a
        ZREM z c c
        ZCARD z
        ZCARD none
        ZREM z d
        EXISTS z
        ZREM
        ZREM z
        ZCARD
        ZCARD z x
    """),
    case("zscore zmscore zrank", """
        ZADD z 1 a 2 b 2 ba 2 bb 3.5 c -inf low inf high
        ?score ZSCORE z a
        ?score ZSCORE z c
        ?score ZSCORE z low
        ?score ZSCORE z high
        ZSCORE z none
        ZSCORE none a
        ?score ZMSCORE z a none c low
        ?score ZMSCORE none a b
        ZRANK z a
        ZRANK z ba
        ZRANK z low
        ZRANK z high
        ZRANK z none
        ZRANK none a
        ZREVRANK z a
        ZREVRANK z ba
        ZREVRANK z none
        ZREVRANK none a
        ZSCORE z
        ZSCORE z a b
        ZMSCORE z
        ZRANK z
        ZREVRANK z
        ZRANK
    """),
    case("zcount", """
        ZADD z 1 a 2 b 2 c 3 d 4.5 e -inf f inf g
        ZCOUNT z -inf +inf
        ZCOUNT z 1 3
        ZCOUNT z (1 3
        ZCOUNT z 1 (3
        ZCOUNT z (1 (3
        ZCOUNT z (2 2
        ZCOUNT z 2 2
        ZCOUNT z (2 (2
        ZCOUNT z 3 1
        ZCOUNT z (-inf (inf
        ZCOUNT z -inf -inf
        ZCOUNT z inf inf
        ZCOUNT z 4.5 1e3
        ZCOUNT none 0 1
        ZCOUNT none x 1
        ZCOUNT z x 1
        ZCOUNT z 1 x
        ZCOUNT z ( 1
        ZCOUNT z "" 1
        ZCOUNT z nan 1
        ZCOUNT z ((1 2
        ZCOUNT z [1 2
        ZCOUNT z " 1" 2
        ZCOUNT z 1
        ZCOUNT z 1 2 3
    """),
    case("zpopmin and zpopmax", """
        ZADD z 1 a 2 b 2 c 3 d 4.5 e 0.1 f
        ?scorepairs ZPOPMIN z
        ?scorepairs ZPOPMAX z
        ?scorepairs ZPOPMIN z 2
        ?scorepairs ZPOPMAX z 0
        ZPOPMIN z -1
        ZPOPMIN z x
        ZPOPMIN z 1.5
        ZPOPMIN z 9223372036854775808
        ZPOPMIN z 1 2
        ZPOPMIN
        ZPOPMAX z ""
        ?scorepairs ZPOPMAX z 100
        EXISTS z
        ZPOPMIN z
        ZPOPMAX none 5
        ZPOPMIN none 0
        ZPOPMIN none -1
        ZPOPMIN none x
        ZADD z inf a -inf b
        ?scorepairs ZPOPMAX z 9223372036854775807
        EXISTS z
    """),
    case("zmpop", """
        ZADD a 1 x 2 y 3.5 z 4 w
        ZADD b 0.1 m
        ?mpop ZMPOP 1 a MIN
        ?mpop ZMPOP 1 a MAX
        ?mpop ZMPOP 2 none a max COUNT 10
        EXISTS a
        ?mpop ZMPOP 3 none a b MIN count 2
        ?mpop ZMPOP 2 none b MIN
        ZMPOP 0 a MIN
        ZMPOP -1 a MIN
        ZMPOP x a MIN
        ZMPOP 9223372036854775807 a MIN
        ZMPOP 2 a MIN
        ZMPOP 1 a BAD
        ZMPOP 1 a b MIN
        ZMPOP 1 a MIN COUNT
        ZMPOP 1 a MIN COUNT 0
        ZMPOP 1 a MIN COUNT -1
        ZMPOP 1 a MIN COUNT x
        ZMPOP 1 a MIN COUNT 1 COUNT 2
        ZMPOP 1 a MIN BAD 1
        ZMPOP 1 a MIN COUNT 1 x
        ZMPOP 1 a MIN MAX
        ZMPOP 1 a
        ZMPOP 1
        ZMPOP
    """),
    case("zrandmember", """
        ZADD z 1.5 a
        ZRANDMEMBER z
        ZRANDMEMBER z 1
        ZRANDMEMBER z 5
        ZRANDMEMBER z -3
        ZRANDMEMBER z 0
        ?scorepairs ZRANDMEMBER z 1 WITHSCORES
        ?scorepairs ZRANDMEMBER z -2 WITHSCORES
        ZRANDMEMBER z 0 withscores
        ZRANDMEMBER none
        ZRANDMEMBER none 1
        ZRANDMEMBER none 1 WITHSCORES
        ZRANDMEMBER none -1
        ZADD z 1 b 2 c 3 d 4 5
        ZRANGE z 0 -1
        ?among ZRANDMEMBER z
        ZRANGE z 0 -1
        ?among ZRANDMEMBER z 2
        ZRANGE z 0 -1
        ?among ZRANDMEMBER z -20
        ?scorepairs ZRANGE z 0 -1 WITHSCORES
        ?among ZRANDMEMBER z 2 WITHSCORES
        ?scorepairs ZRANGE z 0 -1 WITHSCORES
        ?among ZRANDMEMBER z -7 WITHSCORES
        ?unordered ZRANDMEMBER z 5
        ?unorderedscores ZRANDMEMBER z 6 WITHSCORES
        ?unordered ZRANDMEMBER z 4611686018427387903
        ZRANDMEMBER z 1 BAD
        ZRANDMEMBER z 1 WITHSCORES x
        ZRANDMEMBER z WITHSCORES
        ZRANDMEMBER none x
        ZRANDMEMBER none 1 BAD
        ZRANDMEMBER z x
        ZRANDMEMBER z ""
        ZRANDMEMBER z 1.5
        ZRANDMEMBER z 9223372036854775808
        ZRANDMEMBER z -9223372036854775808
        ZRANDMEMBER z 4611686018427387904 WITHSCORES
        ZRANDMEMBER z -4611686018427387904 WITHSCORES
        ZRANDMEMBER z -4611686018427387905 WITHSCORES
        ZRANDMEMBER z 9223372036854775807 WITHSCORES
        ZRANDMEMBER
    """),
    case("encodings of sorted sets at their limits", """
        ZADD z 1 a 2 b 3 c 4 d
        OBJECT ENCODING z
        ZADD z 5 d
        OBJECT ENCODING z
        ZADD z 5 e
        OBJECT ENCODING z
        ZREM z e d c
        OBJECT ENCODING z
        ZADD v 1 0123456789
        OBJECT ENCODING v
        ZADD v 1 01234567890
        OBJECT ENCODING v
        ZINCRBY i 1 01234567890
        OBJECT ENCODING i
        ZADD f 1 a 2 b 3 c 4 d 5 e
        OBJECT ENCODING f
        ZRANGESTORE s f 0 3
        OBJECT ENCODING s
        ZRANGESTORE s f 0 -1
        OBJECT ENCODING s
        ZUNIONSTORE u 2 z v
        OBJECT ENCODING u
        ZINTERSTORE u 2 z f
        OBJECT ENCODING u
        ZDIFFSTORE u 1 f
        OBJECT ENCODING u
        ZDIFFSTORE u 2 f z
        OBJECT ENCODING u
        COPY z copy
        OBJECT ENCODING copy
        COPY i copy REPLACE
        OBJECT ENCODING copy
        DEBUG DIGEST
    """, config={"zset-max-listpack-entries": 4, "zset-max-listpack-value": 10}),
    case("thresholds of sorted sets by default",
         command("ZADD", "z", *(word for n in range(128) for word in (n, f"m{n}"))),
         "OBJECT ENCODING z", "ZADD z 1 more", "OBJECT ENCODING z",
         command("ZADD", "v", 1, "x" * 64), "OBJECT ENCODING v",
         command("ZADD", "v", 1, "x" * 65), "OBJECT ENCODING v",
         "CONFIG SET zset-max-ziplist-entries 3", "CONFIG GET zset-max-listpack-entries",
         "DEBUG DIGEST", config={"zset-max-listpack-entries": 128}),
    case("sorted sets that grow and shrink",
         *[one for start in range(0, 4000, 400) for one in (
             command("ZADD", "z", *(word for n in range(start, start + 400)
                                    for word in (n * 7919 % 1009, f"member:{n}"))),
             command("ZMSCORE", "z", *(f"member:{n}" for n in range(0, 5000, 350)),
                     comparator="score"),
             command("ZCARD", "z"), command("ZRANK", "z", f"member:{start + 7}"),
             command("ZREVRANK", "z", f"member:{start // 2}"),
             command("ZRANGE", "z", start // 2, start // 2 + 30), command("ZCOUNT", "z", 100, 300))],
         "ZRANGE z 0 -1",
         *[one for start in range(0, 4000, 400) for one in (
             command("ZREM", "z", *(f"member:{n}" for n in range(start, start + 300))),
             command("ZREMRANGEBYSCORE", "z", start // 4, start // 4 + 9),
             command("ZPOPMAX", "z", 7, comparator="scorepairs"),
             command("ZREMRANGEBYRANK", "z", 3, 9), command("ZCARD", "z"),
             command("ZRANGE", "z", 0, -1))],
         "DEBUG DIGEST-VALUE z"),
    *[case(f"zrank with its score, RESP{resp}", "ZADD z 1 a 2.5 b 3 c",
           _withScore("ZRANK z a WITHSCORE", ranked(0, "1")),
           _withScore("ZRANK z b withscore", ranked(1, "2.5")),
           _withScore("ZREVRANK z a WITHSCORE", ranked(2, "1")),
           _withScore("ZRANK z none WITHSCORE", nothing),
           _withScore("ZREVRANK none a WITHSCORE", nothing),
           _withScore("ZRANK z a BAD", "error(b'ERR syntax error')"),
           _withScore("ZRANK none a BAD", "error(b'ERR syntax error')"),
           "ZRANK z a WITHSCORE x", resp=resp)
      for resp, ranked, nothing in (
          (2, lambda rank, score: f"array[int({rank}), bulk(b'{score}')]", "nullarray"),
          (3, lambda rank, score: f"array[int({rank}), double(b'{score}')]", "null"))],
    *wrongTypes("zset", "ZADD good 1 m", _WRONG),
    *[one for one in wrongTypes("zset", "ZADD good 1 m", _WRONG_ALGEBRA) if "on a set" not in
      one.name],
]

"""Hashes: every command, option and refusal, and where their encoding changes."""

from .case import case, command
from .cases_numbers import FLOATS, INTEGERS, NOT_FLOATS
from .wrong_types import wrongTypes

COUNTS = ["0", "1", "x", "", "1.5", "9223372036854775808", "-9223372036854775808"]

_WRONG = """
    HSET k f v
    HSETNX k f v
    HMSET k f v
    HGET k f
    HMGET k f g
    HDEL k f
    HLEN k
    HSTRLEN k f
    HEXISTS k f
    HKEYS k
    HVALS k
    HGETALL k
    HINCRBY k f 1
    HINCRBY k f x
    HINCRBYFLOAT k f 1
    HINCRBYFLOAT k f x
    HRANDFIELD k
    HRANDFIELD k 1
    HRANDFIELD k x
    HRANDFIELD k 1 WITHVALUES
    HRANDFIELD k 1 BAD
    HSCAN k 0
    HSCAN k x
    HSCAN k 0 BAD
    HSET k f
"""

CASES = [
    case("set and get", """
        HSET h f 1
        HSET h f 2
        HSET h f 3 g 4 i 5
        HSET h g x g y
        HGET h f
        HGET h g
        HGET h none
        HGET none f
        HMGET h f none g
        HMGET none f g
        HGETALL h
        HKEYS h
        HVALS h
        HLEN h
        HLEN none
        HGETALL none
        HKEYS none
        HVALS none
        HSETNX h f no
        HSETNX h new yes
        HSETNX other f v
        HGET h f
        HGET h new
        HMSET h a 1 b 2
        HMSET m a 1
        HGETALL h
        HEXISTS h a
        HEXISTS h none
        HEXISTS none a
        HSTRLEN h a
        HSTRLEN h none
        HSTRLEN none a
        HSET e "" "" "\\x00" "\\xff\\r\\n" 0 -0 1 01
        HGETALL e
        HGET e ""
        HSTRLEN e "\\x00"
        HSTRLEN e 1
        HDEL e ""
        HGETALL e
    """),
    case("refusals of arity", """
        HSET
        HSET h
        HSET h f
        HSET h f v g
        HMSET h f
        HMSET h f v g
        HMSET h
        HSETNX h f
        HSETNX h f v w
        HGET h
        HGET h f g
        HMGET h
        HDEL h
        HLEN
        HLEN h x
        HSTRLEN h
        HEXISTS h
        HKEYS
        HVALS h x
        HGETALL
        HINCRBY h f
        HINCRBY h f 1 2
        HINCRBYFLOAT h f
        HRANDFIELD
        EXISTS h
    """),
    case("hdel", """
        HSET h a 1 b 2 c 3 d 4
        HDEL h a x b
        HDEL h a
        HDEL none a
        HDEL h c c
        HGETALL h
        EXPIRE h 1000
        HDEL h d
        EXISTS h
        HSET h a 1
        TTL h
        HDEL h a b c
        EXISTS h
    """),
    case("hincrby", """
        HINCRBY h n 1
        HINCRBY h n 41
        HINCRBY h n -50
        HGET h n
        HSET h max 9223372036854775807 min -9223372036854775808 text abc empty "" float 1.5
        HINCRBY h max 1
        HINCRBY h max 0
        HINCRBY h max -1
        HINCRBY h min -1
        HINCRBY h min 1
        HINCRBY h text 1
        HINCRBY h empty 1
        HINCRBY h float 1
        HINCRBY h n 9223372036854775807
        HINCRBY h n 9223372036854775807
        HINCRBY h n 9223372036854775807
        HINCRBY h z -9223372036854775808
        HINCRBY new f 0
        HGETALL h
    """, *[one for text in INTEGERS for one in (
        command("HINCRBY", "i", "f", text), command("HSET", "i", "g", text),
        command("HINCRBY", "i", "g", 1), command("HGET", "i", "g"))]),
    case("hincrbyfloat",
         *[one for text in FLOATS + NOT_FLOATS for one in (
             command("DEL", "h"), command("HINCRBYFLOAT", "h", "f", text),
             command("HINCRBYFLOAT", "h", "f", "1.1"), command("HGET", "h", "f"),
             command("HSET", "h", "g", text), command("HINCRBYFLOAT", "h", "g", "-0.1"),
             command("HGET", "h", "g"))], """
        HSET h f 1e4932
        HINCRBYFLOAT h f 1e4932
        HSET h f 17179869184
        HINCRBYFLOAT h f 1
        HINCRBYFLOAT h f -17179869185
        HINCRBYFLOAT h f 3.0e3
        HINCRBYFLOAT none f x
        EXISTS none
    """),
    case("hrandfield", """
        HSET h f v
        HRANDFIELD h
        HRANDFIELD h 1
        HRANDFIELD h 5
        HRANDFIELD h -3
        HRANDFIELD h 0
        HRANDFIELD h 1 WITHVALUES
        HRANDFIELD h -2 WITHVALUES
        HRANDFIELD h 0 withvalues
        HRANDFIELD none
        HRANDFIELD none 1
        HRANDFIELD none 1 WITHVALUES
        HRANDFIELD none -1
        HSET h a 1 b 2 c 3 5 five
        HKEYS h
        ?among HRANDFIELD h
        HKEYS h
        ?among HRANDFIELD h 2
        HKEYS h
        ?among HRANDFIELD h -20
        HGETALL h
        ?among HRANDFIELD h 2 WITHVALUES
        HGETALL h
        ?among HRANDFIELD h -7 WITHVALUES
        ?unordered HRANDFIELD h 5
        ?pairs HRANDFIELD h 6 WITHVALUES
        ?unordered HRANDFIELD h 4611686018427387903
        HRANDFIELD h 1 BAD
        HRANDFIELD h 1 WITHVALUES x
        HRANDFIELD h WITHVALUES
        HRANDFIELD h x WITHVALUES
        HRANDFIELD none x
        HRANDFIELD none 1 BAD
        HRANDFIELD h 4611686018427387904 WITHVALUES
        HRANDFIELD h -4611686018427387904 WITHVALUES
        HRANDFIELD h -4611686018427387905 WITHVALUES
        HRANDFIELD h 9223372036854775807 WITHVALUES
    """, *[command("HRANDFIELD", "h", text) for text in COUNTS[2:]]),
    case("encodings of hashes at their limits", """
        HSET h a 1 b 2 c 3 d 4
        OBJECT ENCODING h
        HSET h a x
        OBJECT ENCODING h
        HSET h e 5
        OBJECT ENCODING h
        HDEL h e d c
        OBJECT ENCODING h
        HSET v f 0123456789
        OBJECT ENCODING v
        HSET v f 01234567890
        OBJECT ENCODING v
        HSET f 01234567890 v
        OBJECT ENCODING f
        HSETNX n a 1
        HSETNX n b 01234567890
        OBJECT ENCODING n
        HINCRBY i f 9223372036854775807
        OBJECT ENCODING i
        HINCRBYFLOAT i g 12345678901.5
        OBJECT ENCODING i
        HMSET m a 1 b 2 c 3 d 4 e 5
        OBJECT ENCODING m
        COPY h copy
        OBJECT ENCODING copy
        COPY i copy REPLACE
        OBJECT ENCODING copy
        DEBUG DIGEST
    """, config={"hash-max-listpack-entries": 4, "hash-max-listpack-value": 10}),
    case("thresholds of hashes by default",
         command("HSET", "h", *(word for n in range(512) for word in (f"f{n}", n))),
         "OBJECT ENCODING h", "HGETALL h", "HSET h f0 new", "HSET h f512 x", "OBJECT ENCODING h",
         "?pairs HGETALL h", command("HSET", "v", "f", "x" * 64), "OBJECT ENCODING v",
         command("HSET", "v", "g", "x" * 65), "OBJECT ENCODING v",
         command("HSET", "w", "f" * 65, "x"), "OBJECT ENCODING w",
         "CONFIG SET hash-max-ziplist-entries 3", "CONFIG GET hash-max-listpack-entries",
         "HSET z a 1 b 2 c 3", "OBJECT ENCODING z", "HSET z d 4", "OBJECT ENCODING z",
         "DEBUG DIGEST", config={"hash-max-listpack-entries": 512}),
    case("hashes that grow and shrink",
         *[one for start in range(0, 5000, 500) for one in (
             command("HSET", "h", *(word for n in range(start, start + 500)
                                    for word in (f"field:{n}", f"value-{n}" * (n % 5)))),
             command("HMGET", "h", *(f"field:{n}" for n in range(0, 6000, 350))),
             command("HLEN", "h"))],
         *[one for start in range(0, 5000, 500) for one in (
             command("HDEL", "h", *(f"field:{n}" for n in range(start, start + 500))),
             command("HLEN", "h"), command("HGETALL", "h", comparator="pairs"))],
         "EXISTS h"),
    *wrongTypes("hash", "HSET good f v", _WRONG),
]

"""Sets: every command, option and refusal, set algebra, and where their encoding changes."""

from .case import case, command
from .wrong_types import wrongTypes

INTEGERS = ["0", "-1", "32767", "32768", "-32769", "2147483647", "2147483648", "-2147483649",
            "9223372036854775807", "-9223372036854775808"]
NOT_INTEGERS = ["9223372036854775808", "01", "+1", "-0", " 1", "1 ", "1.0", "", "x", "1\x00"]
COUNTS = ["0", "1", "-1", "x", "", "1.5", "9223372036854775807", "-9223372036854775807",
          "-9223372036854775808", "9223372036854775808"]

_WRONG = """
    SADD k a
    SREM k a
    SISMEMBER k a
    SMISMEMBER k a b
    SCARD k
    SMEMBERS k
    SMOVE k good a
    SMOVE good k a
    SMOVE none k a
    SMOVE good k nothing
    SPOP k
    SPOP k 0
    SPOP k 1
    SPOP k -1
    SPOP k x
    SRANDMEMBER k
    SRANDMEMBER k 0
    SRANDMEMBER k x
    SINTER k
    SINTER k none
    SINTER none k
    SINTER good k
    SUNION k good
    SUNION none k
    SDIFF k good
    SDIFF good k
    SDIFF none k
    SINTERSTORE d good k
    SINTERSTORE d none k
    SUNIONSTORE d k
    SDIFFSTORE d good k
    SINTERCARD 1 k
    SINTERCARD 2 none k
    SSCAN k 0
    SSCAN k x
    SSCAN k 0 BAD
    EXISTS d
    ?unordered SMEMBERS good
"""

_ALGEBRA = """
    ?unordered SINTER a
    ?unordered SINTER a b
    ?unordered SINTER a b c
    ?unordered SINTER a none
    ?unordered SINTER none a
    ?unordered SINTER a a
    ?unordered SUNION a
    ?unordered SUNION a b c none
    ?unordered SUNION none
    ?unordered SDIFF a
    ?unordered SDIFF a b
    ?unordered SDIFF a b c
    ?unordered SDIFF a a
    ?unordered SDIFF none a
    ?unordered SDIFF a none
    ?unordered SDIFF a none none b
    SINTERSTORE d a b
    ?unordered SMEMBERS d
    SUNIONSTORE d a b c
    ?unordered SMEMBERS d
    SDIFFSTORE d a b
    ?unordered SMEMBERS d
    SDIFFSTORE a a c
    ?unordered SMEMBERS a
    SUNIONSTORE a a b
    ?unordered SMEMBERS a
    SINTERSTORE a a b
    ?unordered SMEMBERS a
    SINTERCARD 2 a b
    SINTERCARD 2 a b LIMIT 0
    SINTERCARD 2 a b LIMIT 1
    SINTERCARD 2 a b LIMIT 100
    SINTERCARD 3 a b none
    SINTERCARD 1 a
    SINTERSTORE d a none
    EXISTS d
    DEBUG DIGEST
"""


def _algebraCase(name, *makers):
    return case(f"algebra of {name}", *makers, _ALGEBRA)


CASES = [
    case("add, remove, ask", """
        SADD s a b c
        SADD s c d
        SADD s a
        SADD s e e e
        SCARD s
        SISMEMBER s a
        SISMEMBER s x
        SISMEMBER none x
        SMISMEMBER s a x b
        SMISMEMBER none a b
        ?unordered SMEMBERS s
        SMEMBERS none
        SREM s a x b
        SREM s a
        SREM none a
        SREM s c d e e
        EXISTS s
        SADD e ""
        SADD e "\\x00" "a\\r\\nb" "\\xff"
        ?unordered SMEMBERS e
        SISMEMBER e ""
        SREM e ""
        SCARD none
        SADD
        SADD s
        SREM
        SREM s
        SCARD
        SCARD a b
        SISMEMBER s
        SISMEMBER s a b
        SMISMEMBER s
        SMEMBERS
        SMEMBERS s x
    """),
    case("integers are kept in order", """
        SADD s 5 1 3 -2 100000 -100000 3000000000 0
        SMEMBERS s
        OBJECT ENCODING s
        SISMEMBER s 3
        SISMEMBER s 03
        SISMEMBER s 4
        SISMEMBER s 9223372036854775807
        SISMEMBER s text
        SMISMEMBER s 5 05 "" 3000000000
        SREM s 3 4 text 05
        SMEMBERS s
        SINTER s
        SUNION s none
        SDIFF s none
        SADD t 1 5 7
        SINTER s t
        SUNION s t
        SINTERSTORE d s t
        OBJECT ENCODING d
        SMEMBERS d
        SDIFF s t
        SUNIONSTORE d s t
        SMEMBERS d
        OBJECT ENCODING d
    """),
    case("what is an integer",
         *[one for text in INTEGERS + NOT_INTEGERS for one in (
             command("DEL", "s", "t"), command("SADD", "s", text), command("SMEMBERS", "s"),
             command("OBJECT", "ENCODING", "s", comparator="equal" if text in INTEGERS
                     else "listpack"),
             command("SADD", "t", 1, text), command("SMEMBERS", "t", comparator="unordered"),
             command("SISMEMBER", "t", text), command("SREM", "t", text),
             command("DEBUG", "DIGEST-VALUE", "s", "t"))]),
    case("smove", """
        SADD a 1 2 x
        SADD b 3
        SMOVE a b 1
        SMOVE a b x
        SMOVE a b none
        SMOVE none b 1
        SMOVE a a 2
        SMOVE a a none
        SMOVE a b 2
        EXISTS a
        ?unordered SMEMBERS b
        SMOVE b new 1
        ?unordered SMEMBERS new
        SMOVE b new 1
        SADD new 2
        SMOVE new b 2
        ?unordered SMEMBERS b
        SMOVE none none x
        SMOVE a b
        SMOVE a b c d
    """),
    case("spop where it is determined", """
        SADD s a
        SPOP s
        EXISTS s
        SPOP s
        SPOP s 1
        SPOP s 0
        SADD s a b c
        SPOP s 0
        ?unordered SPOP s 3
        EXISTS s
        SADD s 1 2 3
        ?unordered SPOP s 100
        EXISTS s
        SADD s a b c
        EXPIRE s 1000
        ?unordered SPOP s 9223372036854775807
        TTL s
        SADD s 1 2 3 4 5 6 7 8 9 a
        ?shape SPOP s
        ?shape SPOP s 3
        SCARD s
        ?shape SPOP s 5
        SCARD s
        ?shape SPOP s 1
        EXISTS s
        SADD s a
        SPOP s 1 2
        SPOP
    """, "SADD s a b", *[command("SPOP", "s", text) for text in COUNTS if text not in ("1", COUNTS[6])],
        *[command("SPOP", "none", text) for text in COUNTS], "SCARD s"),
    case("srandmember", """
        SADD s a
        SRANDMEMBER s
        SRANDMEMBER s 1
        SRANDMEMBER s 5
        SRANDMEMBER s -3
        SRANDMEMBER s 0
        SRANDMEMBER none
        SRANDMEMBER none 1
        SRANDMEMBER none -1
        SADD s b c d 5
        ?unordered SMEMBERS s
        ?among SRANDMEMBER s
        ?unordered SMEMBERS s
        ?among SRANDMEMBER s 2
        ?unordered SMEMBERS s
        ?among SRANDMEMBER s -20
        ?unordered SRANDMEMBER s 5
        ?unordered SRANDMEMBER s 6
        SRANDMEMBER s 1 2
        SRANDMEMBER
        SADD i 1 2 3
        ?unordered SRANDMEMBER i 3
        SMEMBERS i
        ?among SRANDMEMBER i -10
    """, *[command("SRANDMEMBER", "s", text) for text in COUNTS[3:6] + COUNTS[8:]],
        *[command("SRANDMEMBER", "none", text) for text in COUNTS],
        command("SRANDMEMBER", "s", 2**63 - 1, comparator="unordered")),
    _algebraCase("strings", "SADD a x y z 1 2", "SADD b y z w 2", "SADD c z v"),
    _algebraCase("integers", "SADD a 1 2 3 4 5 1000000", "SADD b 2 3 4 9", "SADD c 3 70000"),
    _algebraCase("integers and strings", "SADD a 1 2 3 4", "SADD b 2 3 x", "SADD c 3 y"),
    _algebraCase("large and small", command("SADD", "a", *range(1000)),
                 command("SADD", "b", *(f"m{n}" for n in range(500)), *range(0, 1000, 7)),
                 "SADD c 7 14 21 m3"),
    _algebraCase("small and large", "SADD a 7 14 21 m3",
                 command("SADD", "b", *(f"m{n}" for n in range(500)), *range(0, 1000, 7)),
                 command("SADD", "c", *range(0, 3000, 3))),
    case("refusals of set algebra", """
        SADD a 1 2
        SADD b 2 3
        SINTER
        SUNION
        SDIFF
        SINTERSTORE
        SINTERSTORE d
        SUNIONSTORE d
        SDIFFSTORE d
        SINTERCARD
        SINTERCARD 1
        SINTERCARD 0 a
        SINTERCARD -1 a
        SINTERCARD x a
        SINTERCARD 2 a
        SINTERCARD 9223372036854775807 a
        SINTERCARD 9223372036854775808 a
        SINTERCARD 1 a b
        SINTERCARD 2 a b LIMIT
        SINTERCARD 2 a b LIMIT -1
        SINTERCARD 2 a b LIMIT x
        SINTERCARD 2 a b LIMIT 1 LIMIT 2
        SINTERCARD 2 a b BAD 1
        SINTERCARD 2 a b limit 1
        SINTERCARD 2 a b LIMIT 9223372036854775807
        SINTERCARD 2 none none
        SINTERCARD 2 LIMIT 1
    """),
    case("stores replace whatever was there", """
        SADD a 1 2
        SET d text EX 1000
        SUNIONSTORE d a
        TYPE d
        TTL d
        RPUSH d2 x
        SINTERSTORE d2 a none
        EXISTS d2
        RPUSH d3 x
        SDIFFSTORE d3 a a
        EXISTS d3
        SUNIONSTORE d none
        EXISTS d
        SUNIONSTORE d none none2
    """),
    case("encodings of sets at their limits", """
        SADD s a b c
        ?listpack OBJECT ENCODING s
        SADD s d
        ?listpack OBJECT ENCODING s
        SADD s e
        OBJECT ENCODING s
        SREM s e d c
        OBJECT ENCODING s
        SADD long aaaaaaaaaa
        ?listpack OBJECT ENCODING long
        SADD long bbbbbbbbbbb
        OBJECT ENCODING long
        SADD i 1 2 3 4 5 6
        OBJECT ENCODING i
        SADD i 7
        OBJECT ENCODING i
        SADD m 1 2 3
        SADD m x
        ?listpack OBJECT ENCODING m
        SADD w 1 2 3 4
        SADD w x
        OBJECT ENCODING w
        SADD l 1 2 3
        SADD l ccccccccccc
        OBJECT ENCODING l
        SADD h 1 2 3 4 5 6 7
        OBJECT ENCODING h
        SADD big 1 99999999999
        SADD big x
        OBJECT ENCODING big
        SREM big 99999999999
        SUNIONSTORE u s i
        OBJECT ENCODING u
        SADD p a b
        SADD q b c
        SUNIONSTORE u p q
        ?listpack OBJECT ENCODING u
        SINTERSTORE u p q
        ?listpack OBJECT ENCODING u
        SDIFFSTORE u p q
        ?listpack OBJECT ENCODING u
        SADD hash a b c d e
        SINTERSTORE u hash p
        ?listpack OBJECT ENCODING u
        SDIFFSTORE u hash p
        ?listpack OBJECT ENCODING u
        COPY p copy
        ?listpack OBJECT ENCODING copy
        COPY s copy REPLACE
        OBJECT ENCODING copy
        SMOVE hash p e
        ?listpack OBJECT ENCODING p
        DEBUG DIGEST
    """, config={"set-max-intset-entries": 6, "set-max-listpack-entries": 4,
                 "set-max-listpack-value": 10}),
    case("a difference left by taking members away keeps the encoding of all", """
        SADD only x
        SADD mixed 1 2 3 x
        SDIFFSTORE u mixed only only only only only only
        ?listpack OBJECT ENCODING u
        ?unordered SMEMBERS u
        SADD many 1 2 3 4 5 x 7
        SDIFFSTORE u many only only only only only only
        OBJECT ENCODING u
        SUNIONSTORE integers u none
        OBJECT ENCODING integers
        SADD seven 1 2 3 4 5 6 7
        SDIFFSTORE u seven only only only only only only
        OBJECT ENCODING u
        SADD six 1 2 3 4 5 7
        SDIFFSTORE six six only only only only only only
        OBJECT ENCODING six
        SMEMBERS six
        SADD one 1
        SADD two 2
        SADD three 3
        SDIFFSTORE u mixed one two three only only only
        EXISTS u
        DEBUG DIGEST
    """, config={"set-max-intset-entries": 6, "set-max-listpack-entries": 4}),
    case("results keep to limits that were set after their operands were made", """
        SADD a 1 2 3 4 5
        SADD t a b c d e f
        CONFIG SET set-max-intset-entries 3
        SUNIONSTORE d a
        OBJECT ENCODING d
        SUNIONSTORE d a none a
        OBJECT ENCODING d
        SDIFFSTORE d a
        OBJECT ENCODING d
        SINTERSTORE d a a
        OBJECT ENCODING d
        SUNIONSTORE d t
        OBJECT ENCODING d
        COPY a d REPLACE
        OBJECT ENCODING d
    """, config={"set-max-intset-entries": 512, "set-max-listpack-entries": 4}),
    case("thresholds of sets by default",
         command("SADD", "i", *range(512)), "OBJECT ENCODING i", "SADD i 512",
         "OBJECT ENCODING i", command("SADD", "j", *range(513)), "OBJECT ENCODING j",
         command("SADD", "l", *(f"m{n}" for n in range(128))), "?listpack OBJECT ENCODING l",
         "SADD l more", "OBJECT ENCODING l",
         command("SADD", "m", *range(127), "x"), "?listpack OBJECT ENCODING m",
         "SADD m y", "OBJECT ENCODING m",
         command("SADD", "n", *range(128)), "SADD n x", "OBJECT ENCODING n",
         command("SADD", "v", "v" * 64), "?listpack OBJECT ENCODING v",
         command("SADD", "v", "w" * 65), "OBJECT ENCODING v", "DEBUG DIGEST"),
    case("sets that grow and shrink",
         *[one for start in range(0, 6000, 600) for one in (
             command("SADD", "s", *(f"member:{n}" for n in range(start, start + 600))),
             command("SMISMEMBER", "s", *(f"member:{n}" for n in range(0, 7000, 350))),
             command("SCARD", "s"))],
         *[one for start in range(0, 6000, 500) for one in (
             command("SREM", "s", *(f"member:{n}" for n in range(start, start + 500))),
             command("SCARD", "s"), command("SMEMBERS", "s", comparator="unordered"))],
         "EXISTS s"),
    *wrongTypes("set", "SADD good a b x", _WRONG),
]

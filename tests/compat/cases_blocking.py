"""Commands that wait: who is served, with what, and in which order."""

from .case import case, differs72

TIMEOUTS = ["x", "-1", "-0.1", "0.0001x", "nan", "1 2", ""]

CASES = [
    case("nothing to wait for", """
        RPUSH l a b c d e f
        BLPOP l 0
        BRPOP none l 0
        BLMPOP 0 2 none l LEFT COUNT 2
        BLMOVE l m LEFT RIGHT 0
        BRPOPLPUSH l m 0
        LRANGE m 0 -1
        EXISTS l
        ZADD z 1 a 2 b 3 c 4 d
        BZPOPMIN none z 0
        BZPOPMAX z 0
        BZMPOP 0 1 z MIN
        BZMPOP 0 1 z MAX COUNT 5
        EXISTS z
    """),
    case("time runs out", """
        BLPOP l 0.01
        BRPOP l m 0.01
        BLMPOP 0.01 1 l LEFT
        BLMOVE l m LEFT LEFT 0.01
        BRPOPLPUSH l m 0.01
        BZPOPMIN z 0.01
        BZPOPMAX z y 0.01
        BZMPOP 0.01 1 z MIN
        BLPOP l 0.0001
    """),
    case("wrong types", """
        SET s v
        RPUSH l a b c
        BLPOP s 0
        BLPOP none s l 0
        BRPOP l s 0
        BLMOVE s l LEFT LEFT 0
        BLMOVE l s LEFT LEFT 0
        BRPOPLPUSH l s 0
        BLMPOP 0 2 s l LEFT
        BZPOPMIN l 0
        BZMPOP 0 1 l MIN
        LRANGE l 0 -1
    """),
    case("arguments", """
        BLPOP l
        BLPOP
        BLMOVE a b LEFT UP 0
        BLMOVE a b LEFT UP x
        BLMPOP 0 0 l LEFT
        BLMPOP 0 x l LEFT
        BLMPOP x 0 l LEFT
        BLMPOP x 1 l LEFT
        BLMPOP 0 1 l UP
        BLMPOP 0 1 l LEFT COUNT 0
        BLMPOP 0 2 l LEFT
        BZMPOP 0 0 z MIN
        BZMPOP x 1 z MIN
        BZMPOP x 1 z UP
        BZMPOP 0 1 z MIN COUNT -1
        WAIT 0 0
        WAIT -1 0
        WAIT 1 5
        WAIT x 0
        WAIT 0 x
        WAIT 0 -1
        CLIENT UNBLOCK x
        CLIENT UNBLOCK 99999999
        CLIENT UNBLOCK 99999999 LATER
        CLIENT PAUSE
        CLIENT PAUSE x
        CLIENT PAUSE -1
        CLIENT PAUSE 1 SOME
        CLIENT UNPAUSE
    """, *(f"BLPOP l '{timeout}'\nBZPOPMIN z '{timeout}'\nBRPOPLPUSH a b '{timeout}'"
           for timeout in TIMEOUTS),
         differs72("BLPOP l inf", "error(b'ERR timeout is out of range')",
                   "7.0 takes what it cannot count for negative"),
         differs72("BLPOP l 1e30", "error(b'ERR timeout is out of range')",
                   "7.0 takes what it cannot count for negative")),
    case("within a transaction nobody waits", """
        RPUSH l a
        MULTI
        BLPOP none 0
        BLPOP none l 0
        BRPOP l 0
        BLMOVE none l LEFT LEFT 0
        BRPOPLPUSH none l 0
        BLMPOP 0 1 none LEFT
        BZPOPMIN none 0
        BZMPOP 0 1 none MIN
        WAIT 1 0
        EXEC
    """),
    *(case(f"served: {waits} by {wakes}", f"""
        &2 {waits}
        {wakes}
        *2
        EXISTS k j
        LLEN none
    """) for waits, wakes in [
        ("BLPOP k 0", "LPUSH k a b c"), ("BRPOP k 0", "LPUSH k a b c"),
        ("BLPOP j k 0", "RPUSH k a"), ("BLPOP k k 0", "RPUSH k a"),
        ("BLMPOP 0 2 j k RIGHT COUNT 2", "RPUSH k a b c"),
        ("BLMOVE k j LEFT LEFT 0", "RPUSH k a"), ("BRPOPLPUSH k j 0", "RPUSH k a b"),
        ("BRPOPLPUSH k k 0", "RPUSH k a b"), ("BLPOP k 0", "LMOVE src k LEFT LEFT") if False else
        ("BZPOPMIN k 0", "ZADD k 2 b 1 a"), ("BZPOPMAX k j 0", "ZADD k 2 b 1 a"),
        ("BZMPOP 0 1 k MAX COUNT 2", "ZADD k 1 a 2 b 3 c"),
        ("BZPOPMIN k 0", "ZINCRBY k 1.5 a"),
    ]),
    *(case(f"served by {wakes}", f"""
        RPUSH src 3 1 2
        ZADD zsrc 1 a 2 b
        SET str v
        SELECT 1
        RPUSH k other
        SELECT 0
        {"&2 BZPOPMIN k 0" if kind == "z" else "&2 BLPOP k 0"}
        {wakes}
        *2
        EXISTS k src zsrc
    """) for kind, wakes in [
        ("l", "RENAME src k"), ("l", "RENAMENX src k"), ("l", "COPY src k"), ("l", "SORT src STORE k"),
        ("l", "LMOVE src k LEFT LEFT"), ("l", "RPOPLPUSH src k"), ("l", "SWAPDB 0 1"),
        ("l", "RPUSH k x"), ("z", "ZUNIONSTORE k 1 zsrc"), ("z", "ZINTERSTORE k 1 zsrc"),
        ("z", "ZRANGESTORE k zsrc 0 -1"), ("z", "RENAME zsrc k"), ("z", "COPY zsrc k"),
    ]),
    case("served by RESTORE and MOVE", """
        &2 BLPOP k 0
        RESTORE k 0 "\\x0e\\x01\\x0b\\x0b\\x00\\x00\\x00\\x0a\\x00\\x00\\x00\\x01\\x00\\x00\\xf2\\xff\\x06\\x00\\x00"
        RPUSH k a
        *2
        SELECT 1
        RPUSH m a
        @3 SELECT 0
        &3 BLPOP m 0
        MOVE m 0
        *3
    """.replace("\\\\", "\\")),
    case("in the order of arrival", """
        &2 BLPOP k 0
        &3 BRPOP k 0
        &4 BLMPOP 0 1 k LEFT COUNT 2
        &5 BLPOP k 0
        RPUSH k a b c d
        *2
        *3
        *4
        RPUSH k e
        *5
        EXISTS k
    """),
    case("other types do not wake, and keep nobody from waiting", """
        &2 BLPOP k 0
        &3 BZPOPMIN k 0
        &4 BLPOP k 0
        SET k v
        DEL k
        HSET k f v
        DEL k
        ZADD k 1 a
        *3
        RPUSH k a b c
        *2
        *4
        LRANGE k 0 -1
    """),
    case("a transaction serves when it is over", """
        &2 BLPOP k 0
        MULTI
        RPUSH k a
        RPUSH k b
        LPOP k
        LPUSH k c
        EXEC
        *2
        DEL k
        &2 BLPOP k 0
        MULTI
        RPUSH k a
        DEL k
        EXEC
        MULTI
        RPUSH k a
        DEL k
        SET k v
        EXEC
        DEL k
        RPUSH k z
        *2
    """),
    case("the key written first serves", """
        &2 BLPOP a b 0
        MULTI
        RPUSH b 1
        RPUSH a 2
        EXEC
        *2
        EXISTS a b
    """),
    case("moving on and on", """
        &2 BLMOVE a b LEFT LEFT 0
        &3 BLMOVE b c LEFT LEFT 0
        &4 BLPOP c 0
        RPUSH a element
        *2
        *3
        *4
        EXISTS a b c
    """),
    case("a destination of another type", """
        SET d v
        &2 BLMOVE a d LEFT LEFT 0
        RPUSH a element
        *2
        LRANGE a 0 -1
    """),
    case("later requests of a client wait as well", """
        &2 !raw "BLPOP k 0\\r\\nSET after v\\r\\nBLPOP k 0\\r\\nGET after\\r\\n"
        GET after
        RPUSH k a b
        *2
        GET after
    """),
    case("CLIENT LIST and INFO", """
        &2 BLPOP k 0
        ?clients CLIENT INFO
        RPUSH k a
        *2
    """),
    case("pause", """
        SET k v
        CLIENT PAUSE 100000 WRITE
        GET k
        @3 MULTI
        @3 GET k
        @3 EXEC
        &2 SET k w
        &4 PUBLISH c m
        GET k
        CLIENT UNPAUSE
        *2
        *4
        GET k
    """),
    case("a pause ends by itself", """
        CLIENT PAUSE 50
        PING
        CLIENT PAUSE 50 WRITE
        SET k v
    """),
]

"""Keys whatever their type: DEL to SWAPDB, COPY, MOVE, OBJECT, FLUSHALL."""

from .case import case

CASES = [
    case("del unlink exists touch", """
        MSET a 1 b 2 c 3 d 4
        EXISTS a
        EXISTS a a none b
        TOUCH a b none a
        DEL a none a
        DEL a
        UNLINK b c b
        UNLINK none
        DBSIZE
        DEL
        UNLINK
        EXISTS
        TOUCH
        DBSIZE x
    """),
    case("type", """
        SET a 1
        TYPE a
        TYPE none
        TYPE
        TYPE a b
    """),
    case("type of others", """
        LPUSH l 1
        SADD s 1
        HSET h f v
        ZADD z 1 m
        TYPE l
        TYPE s
        TYPE h
        TYPE z
    """),
    case("type of a stream", """
        XADD x 1-1 f v
        TYPE x
    """, needs=("xadd",)),
    case("rename", """
        SET a 1 EX 1000
        RENAME a b
        GET b
        ?near PTTL b
        EXISTS a
        RENAME none x
        RENAME b b
        RENAME none none
        RENAMENX none none
        RENAMENX b b
        SET c 2
        RENAMENX b c
        RENAMENX b d
        GET d
        RENAME d c
        TTL c
        GET c
        SET t v EX 100
        SET p w
        RENAME p t
        TTL t
        RENAME a
        RENAMENX a
        RENAME a b c
    """),
    case("copy", """
        SET a 1 EX 1000
        COPY a b
        ?near PTTL b
        COPY a b
        SET b other
        COPY a b REPLACE
        GET b
        COPY a c DB 1
        SELECT 1
        GET c
        ?near PTTL c
        SELECT 0
        COPY a c DB 1
        COPY a c DB 1 REPLACE
        COPY a c REPLACE DB 1
        COPY a a
        COPY a a DB 0
        COPY a a REPLACE
        COPY a a DB 2
        COPY none x
        COPY a b DB 16
        COPY a b DB -1
        COPY a b DB x
        COPY a b DB
        COPY a b BAD
        COPY a b DB 1 DB 2 REPLACE
        COPY a b REPLACE REPLACE
        COPY a
        COPY a b DB 9223372036854775807
    """),
    case("move", """
        SET a 1 EX 1000
        MOVE a 1
        EXISTS a
        SELECT 1
        GET a
        ?near PTTL a
        SELECT 0
        SET a 2
        MOVE a 1
        MOVE a 0
        MOVE none 1
        MOVE none 0
        MOVE a 16
        MOVE a -1
        MOVE a x
        MOVE a 1 2
        MOVE a
        MOVE a 99999999999999999999
    """),
    case("swapdb", """
        SET a zero
        SELECT 1
        SET a one
        SET b one
        SWAPDB 0 1
        GET a
        DBSIZE
        SELECT 0
        DBSIZE
        GET b
        SWAPDB 0 0
        GET b
        SWAPDB 0 16
        SWAPDB -1 0
        SWAPDB a 0
        SWAPDB 0 b
        SWAPDB 0
        SWAPDB 0 1 2
        SWAPDB 99999999999999999999 1
    """),
    case("select", """
        SELECT 15
        SET k v
        SELECT 16
        SELECT -1
        SELECT x
        SELECT ""
        SELECT 1.0
        SELECT 99999999999
        GET k
        SELECT
        SELECT 1 2
        SELECT 0
        GET k
    """),
    case("keys", """
        MSET foo 1 foobar 2 fobar 3 bar 4 "[x]" 5 "a*b" 6 hello 7 hallo 8 hxllo 9 "new\\nline" 10
        ?unordered KEYS *
        ?unordered KEYS foo*
        ?unordered KEYS h?llo
        ?unordered KEYS h[ae]llo
        ?unordered KEYS h[^e]llo
        ?unordered KEYS h[a-e]llo
        ?unordered KEYS h[e-a]llo
        ?unordered KEYS "\\\\[x\\\\]"
        ?unordered KEYS "a\\\\*b"
        ?unordered KEYS "[[]x]"
        ?unordered KEYS h[
        ?unordered KEYS h[a
        ?unordered KEYS h[^
        ?unordered KEYS "h\\\\"
        ?unordered KEYS ""
        ?unordered KEYS *o*b*
        ?unordered KEYS **
        ?unordered KEYS ????
        ?unordered KEYS FOO
        ?unordered KEYS hello
        ?unordered KEYS none
        ?unordered KEYS "new?line"
        KEYS
        KEYS a b
    """),
    case("randomkey", """
        RANDOMKEY
        SET only 1
        RANDOMKEY
        SET two 2
        ?element RANDOMKEY
        RANDOMKEY x
    """),
    case("flush", """
        SET a 1
        SELECT 1
        SET b 1
        FLUSHDB
        DBSIZE
        SELECT 0
        DBSIZE
        FLUSHDB ASYNC
        DBSIZE
        SET a 1
        FLUSHDB SYNC
        DBSIZE
        SET a 1
        SELECT 2
        SET c 1
        FLUSHALL
        DBSIZE
        SELECT 0
        DBSIZE
        FLUSHALL ASYNC
        FLUSHALL SYNC
        FLUSHALL async
        FLUSHALL BAD
        FLUSHDB BAD
        FLUSHALL SYNC ASYNC
        FLUSHDB SYNC SYNC
    """),
    case("object", """
        SET a 1
        SET s abc
        OBJECT ENCODING a
        OBJECT ENCODING none
        OBJECT REFCOUNT s
        OBJECT REFCOUNT a
        OBJECT REFCOUNT none
        OBJECT IDLETIME a
        OBJECT IDLETIME none
        OBJECT FREQ a
        OBJECT FREQ none
        OBJECT BAD a
        OBJECT ENCODING
        OBJECT ENCODING a b
        OBJECT IDLETIME
        OBJECT FREQ
        OBJECT REFCOUNT
        OBJECT
        ?kind OBJECT HELP
        OBJECT HELP x
        object encoding a
    """),
    case("object freq under lfu", """
        SET a text
        OBJECT FREQ a
        OBJECT IDLETIME a
        OBJECT FREQ none
    """, config={"maxmemory-policy": "allkeys-lfu"}),
]

"""Strings: SET and its relatives, GETEX, GETDEL, ranges, MSET; every option, every refusal."""

from .case import case, command

BIG = b"x" * 70000

CASES = [
    case("set and get", """
        SET k v
        GET k
        SET k ""
        GET k
        STRLEN k
        SET "" empty-key
        GET ""
        SET "bin\\x00\\r\\n\\xff" "val\\x00\\r\\n\\xfe"
        GET "bin\\x00\\r\\n\\xff"
        EXISTS "bin\\x00\\r\\n\\xff"
        GET missing
        set K lower
        gEt K
        GET k
    """, command("SET", "big", BIG), command("GET", "big"), command("STRLEN", "big"),
        command("APPEND", "big", BIG), command("GETRANGE", "big", 69990, 70010)),
    case("set conditions", """
        SET k 1 NX
        SET k 2 NX
        GET k
        SET k 3 XX
        SET other 4 XX
        GET other
        SET k 5 nx
        SET k 6 xX
        SET k 7 NX XX
        SET k 7 XX NX
        SET k 7 NX NX
        SET k 7 XX XX
        SET k 7 GET
        SET new 8 GET
        SET k 9 NX GET
        SET fresh 9 NX GET
        GET fresh
        SET k 10 XX GET
        SET none 10 XX GET
        EXISTS none
        SET k 11 GET GET
        SET k 11 NX GET XX
    """),
    case("set expiry options", """
        SET k v EX 1000
        ?near PTTL k
        TTL k
        SET k v PX 1000000
        ?near PTTL k
        SET k v EXAT 33177117420
        EXPIRETIME k
        SET k v PXAT 33177117420000
        PEXPIRETIME k
        SET k v KEEPTTL
        PEXPIRETIME k
        SET k v2 keepttl
        GET k
        SET k v
        TTL k
        SET k v KEEPTTL
        TTL k
        SET k v KEEPTTL EX 10
        SET k v EX 10 KEEPTTL
        SET k v EX 10 PX 10
        SET k v PX 10 EX 10
        SET k v EX 10 EXAT 10
        SET k v EXAT 10 PXAT 10
        SET k v PXAT 10 KEEPTTL
        SET k v KEEPTTL KEEPTTL
        SET k v EX 10 EX 20
        SET k v EX
        SET k v PX
        SET k v EXAT
        SET k v PXAT
        SET k v EX 0
        SET k v EX -1
        SET k v PX 0
        SET k v PX -5
        SET k v EXAT 0
        SET k v EXAT -1
        SET k v PXAT 0
        SET k v PXAT -1
        SET k v EX abc
        SET k v EX ""
        SET k v EX 1.5
        SET k v EX " 10"
        SET k v EX 9223372036854775807
        SET k v EX 9223372036854775
        SET k v EX 9223372036854776
        SET k v EX 9223372036854775808
        SET k v PX 9223372036854775807
        SET k v EXAT 9223372036854775807
        SET k v EXAT 9223372036854775
        SET k v PXAT 9223372036854775807
        PEXPIRETIME k
        SET k v EX -9223372036854775808
        SET k v NX EX 10
        SET k v XX EX 10 GET
        SET k v BAD
        SET k v EX 10 BAD
        SET k v PERSIST
        SET k v 10
    """),
    case("set with a time in the past", """
        SET k v PXAT 1
        GET k
        SET k v EXAT 1
        EXISTS k
        SET k v
        SET k v2 GET EXAT 1
        GET k
        TTL k
        DBSIZE
    """),
    case("set arity", """
        SET
        SET k
        GET
        GET a b
        SETNX k
        SETNX a b c
        SETEX k 1
        SETEX k 1 v x
        PSETEX k 1
        GETSET k
        GETSET a b c
        STRLEN
        STRLEN a b
        APPEND a
        APPEND a b c
        GETDEL
        GETDEL a b
        GETEX
        MGET
        MSET
        MSET a
        MSETNX
        MSETNX a
        SETRANGE a 1
        GETRANGE a 1
        SUBSTR a 1
        GETRANGE a 1 2 3
        LCS a
        INCR
        INCR a b
        INCRBY a
        INCRBYFLOAT a
        DECRBY a
    """),
    case("setnx setex psetex getset", """
        SETNX k v
        SETNX k w
        GET k
        SETEX k 100 v
        TTL k
        SETEX k 0 v
        SETEX k -1 v
        SETEX k abc v
        SETEX k 9223372036854775807 v
        SETEX k 9223372036854775 v
        PSETEX k 100000 v
        ?near PTTL k
        PSETEX k 0 v
        PSETEX k -1 v
        PSETEX k x v
        PSETEX k 9223372036854775807 v
        GETSET k new
        TTL k
        GETSET none v
        GET none
    """),
    case("getdel", """
        SET k v EX 100
        GETDEL k
        GETDEL k
        EXISTS k
    """),
    case("getex", """
        SET k v
        GETEX k
        TTL k
        GETEX k EX 100
        TTL k
        GETEX k
        TTL k
        GETEX k PERSIST
        TTL k
        GETEX k PX 100000
        ?near PTTL k
        GETEX k EXAT 33177117420
        EXPIRETIME k
        GETEX k PXAT 33177117420001
        PEXPIRETIME k
        GETEX k PERSIST EX 10
        GETEX k EX 10 PERSIST
        GETEX k EX 10 PX 10
        GETEX k PERSIST PERSIST
        GETEX k KEEPTTL
        GETEX k NX
        GETEX k GET
        GETEX k EX
        GETEX k EX 0
        GETEX k EX -1
        GETEX k EX x
        GETEX k PX 9223372036854775807
        GETEX k EX 9223372036854775807
        GETEX k EXAT 0
        GETEX k BAD 1
        GETEX none
        GETEX none EX 10
        GETEX none EX 0
        GETEX none EX x
        GETEX k EXAT 1
        GET k
        SET k v
        GETEX k PXAT 1
        EXISTS k
        GETEX none BAD
    """),
    case("append and strlen", """
        APPEND k hello
        APPEND k " world"
        GET k
        STRLEN k
        APPEND k ""
        APPEND new ""
        EXISTS new
        GET new
        SET n 12
        APPEND n 3
        GET n
        INCR n
        OBJECT ENCODING n
        STRLEN n
        SET n -9223372036854775808
        STRLEN n
        STRLEN none
        SET t v EX 1000
        APPEND t w
        ?near PTTL t
        OBJECT ENCODING t
    """),
    case("getrange and substr", """
        SET k "This is a string"
        GETRANGE k 0 3
        GETRANGE k -3 -1
        GETRANGE k 0 -1
        GETRANGE k 10 100
        GETRANGE k 100 200
        GETRANGE k 5 2
        GETRANGE k -1 -5
        GETRANGE k -100 -50
        GETRANGE k -100 3
        GETRANGE k -5 100
        GETRANGE k 0 0
        GETRANGE k 15 15
        GETRANGE k 16 16
        GETRANGE k 9223372036854775807 9223372036854775807
        GETRANGE k -9223372036854775808 9223372036854775807
        GETRANGE k 0 9223372036854775807
        GETRANGE k 0 -9223372036854775808
        GETRANGE k a 1
        GETRANGE k 1 b
        GETRANGE k 1.0 2
        GETRANGE k 9223372036854775808 1
        GETRANGE none 0 -1
        GETRANGE none a 1
        SUBSTR k 0 3
        SUBSTR k -3 -1
        SUBSTR none 0 1
        SET n 123456
        GETRANGE n 1 2
        GETRANGE n -2 -1
        SET e ""
        GETRANGE e 0 0
        GETRANGE e 0 -1
    """),
    case("setrange", """
        SETRANGE k 6 redis
        GET k
        SET k "Hello World"
        SETRANGE k 6 Redis
        GET k
        SETRANGE k 20 end
        GET k
        SETRANGE k 0 ""
        SETRANGE none 0 ""
        SETRANGE none 5 ""
        EXISTS none
        SETRANGE k -1 x
        SETRANGE none -1 x
        SETRANGE none -1 ""
        SETRANGE k abc x
        SETRANGE k 536870912 x
        SETRANGE k 536870911 ""
        SETRANGE k 536870907 "123456"
        SETRANGE none 536870912 x
        SETRANGE none 9223372036854775807 x
        SETRANGE k 9223372036854775807 x
        SETRANGE k 9223372036854775808 x
        SETRANGE k 4294967296 x
        EXISTS none
        SET n 12345
        SETRANGE n 1 x
        GET n
        OBJECT ENCODING n
        SET n 12345
        SETRANGE n 0 9
        GET n
        OBJECT ENCODING n
        INCR n
        SET t v EX 1000
        SETRANGE t 3 x
        ?near PTTL t
    """),
    case("setrange and append at the size limit", """
        CONFIG SET proto-max-bulk-len 1mb
        SETRANGE k 1048576 x
        SETRANGE k 1048575 x
        STRLEN k
        APPEND k x
        APPEND k ""
        SETRANGE k 1048575 xy
    """, config={"proto-max-bulk-len": "536870912"}),
    case("mset mget msetnx", """
        MSET a 1 b 2 c 3
        MGET a b c none a
        MSET a 1 b
        MSET a x a y
        GET a
        MSETNX d 1 e 2
        MSETNX e 3 f 4
        EXISTS f
        GET e
        MSETNX g 1 g 2
        GET g
        MSETNX h 1 i
        MGET none
        SET t v EX 100
        MSET t w
        TTL t
        SET t v EX 100
        MSETNX t w u x
        TTL t
    """),
    case("encodings", """
        SET a 1
        OBJECT ENCODING a
        SET a 9223372036854775807
        OBJECT ENCODING a
        SET a 9223372036854775808
        OBJECT ENCODING a
        SET a -9223372036854775808
        OBJECT ENCODING a
        SET a -9223372036854775809
        OBJECT ENCODING a
        SET a 01
        OBJECT ENCODING a
        SET a -0
        OBJECT ENCODING a
        SET a +1
        OBJECT ENCODING a
        SET a " 1"
        OBJECT ENCODING a
        SET a ""
        OBJECT ENCODING a
        SET a 1.0
        OBJECT ENCODING a
        SET a 12345678901234567890123456789012345678901234
        OBJECT ENCODING a
        SET a 123456789012345678901234567890123456789012345
        OBJECT ENCODING a
        SET a aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        OBJECT ENCODING a
        SET a aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
        OBJECT ENCODING a
        APPEND b short
        OBJECT ENCODING b
        APPEND b x
        OBJECT ENCODING b
        APPEND c 12
        OBJECT ENCODING c
        SETRANGE d 0 12
        OBJECT ENCODING d
        MSET e 5 f foo
        OBJECT ENCODING e
        OBJECT ENCODING f
        GETSET e 77
        OBJECT ENCODING e
        SETNX g 5
        OBJECT ENCODING g
        SETEX h 100 5
        OBJECT ENCODING h
        INCR i
        OBJECT ENCODING i
        INCRBYFLOAT i 1
        OBJECT ENCODING i
        INCRBYFLOAT j 0.5
        OBJECT ENCODING j
        COPY a a2
        OBJECT ENCODING a2
        COPY e e2
        OBJECT ENCODING e2
        SET n 10000
        OBJECT REFCOUNT a
    """),
    case("string commands on another type", """
        LPUSH l x
        GET l
        SET l v NX
        SET l v XX GET
        GETSET l v
        GETDEL l
        GETEX l
        GETEX l EX 10
        GETEX l BAD
        STRLEN l
        APPEND l x
        GETRANGE l 0 1
        SETRANGE l 0 x
        SETRANGE l -1 x
        SETRANGE l 0 ""
        INCR l
        INCRBY l x
        INCRBYFLOAT l 1
        INCRBYFLOAT l x
        MGET l l
        SETNX l v
        MSETNX l v m w
        LCS l l
        LCS l l LEN
        SUBSTR l 0 1
        SET l v
        GET l
    """),
]

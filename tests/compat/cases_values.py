"""What commands of keys do with values of every type: COPY, RENAME, MOVE, OBJECT, digests, expiry,
commands of strings."""

from .case import case, command, differs72, step

SMALL = {
    "list": command("RPUSH", "k", "a", "5", "", "x" * 64),
    "set": command("SADD", "k", "a", "5", "", "x" * 64),
    "integers": command("SADD", "k", 5, 1, -70000, 2**40),
    "hash": command("HSET", "k", "f", "v", "5", "6", "", "", "x" * 64, "y"),
    "zset": command("ZADD", "k", 1.5, "a", "-inf", "5", 0, "", 3, "x" * 64),
}
LARGE = {
    "large list": command("RPUSH", "k", *(f"element {n}" for n in range(2000)), "x" * 9000),
    "large set": command("SADD", "k", *(f"member {n}" for n in range(600))),
    "large set of integers": command("SADD", "k", *range(0, 6000, 7)),
    "large hash": command("HSET", "k", *(word for n in range(600) for word in (f"f{n}", n))),
    "large zset": command("ZADD", "k", *(word for n in range(600) for word in (n % 37 / 4, f"m{n}"))),
}

_KEYS = """
    TYPE k
    TYPE k
    ?encoding OBJECT ENCODING k
    OBJECT REFCOUNT k
    OBJECT IDLETIME k
    DEBUG DIGEST-VALUE k
    DEBUG DIGEST
    COPY k copy
    DEBUG DIGEST-VALUE copy
    TYPE copy
    ?encoding OBJECT ENCODING copy
    COPY k copy
    COPY k copy REPLACE
    COPY k copy DB 3
    EXPIRE k 1000
    COPY k copy REPLACE
    ?near PTTL copy
    PERSIST copy
    RENAME copy moved
    EXISTS copy
    DEBUG DIGEST-VALUE moved
    RENAMENX moved k
    RENAME moved k
    TTL k
    MOVE k 2
    MOVE k 2
    EXISTS k
    SELECT 2
    DEBUG DIGEST-VALUE k
    TYPE k
    ?encoding OBJECT ENCODING k
    ?scan SCAN 0 TYPE list
    ?scan SCAN 0 TYPE set
    ?scan SCAN 0 TYPE hash
    ?scan SCAN 0 TYPE zset
    SELECT 3
    DEBUG DIGEST-VALUE copy
    SWAPDB 2 3
    TYPE k
    DEBUG DIGEST
    GETSET k x
    GETDEL k
    GET k
    APPEND k x
    STRLEN k
    SETRANGE k 0 x
    GETRANGE k 0 1
    INCR k
    INCRBYFLOAT k 1
    GETEX k EX 100
    LCS k k
    SET k v GET
    SET k v NX
    SETNX k v
    MSETNX k v new v
    MGET k none
    EXPIRE k 0
    EXISTS k
    DEBUG DIGEST
    SET copy text
    TYPE copy
    DEL copy k
    SELECT 0
    UNLINK k copy moved
    DBSIZE
"""

# A way to add and one to remove the only element.
EMPTIED = [
    ("RPUSH k a", "LPOP k"), ("RPUSH k a", "RPOP k 1"), ("RPUSH k a", "LREM k 0 a"),
    ("RPUSH k a", "LTRIM k 1 0"), ("RPUSH k a", "LMPOP 1 k LEFT"), ("RPUSH k a", "RPOPLPUSH k d"),
    ("SADD k a", "SREM k a"), ("SADD k a", "SPOP k"), ("SADD k a", "SPOP k 5"), ("SADD k a", "SMOVE k d a"),
    ("SADD k a", "SDIFFSTORE k k k"), ("HSET k f v", "HDEL k f"), ("ZADD k 1 a", "ZREM k a"),
    ("ZADD k 1 a", "ZPOPMIN k"), ("ZADD k 1 a", "ZPOPMAX k 3"), ("ZADD k 1 a", "ZMPOP 1 k MIN"),
    ("ZADD k 1 a", "ZREMRANGEBYRANK k 0 0"), ("ZADD k 1 a", "ZREMRANGEBYSCORE k 1 1"),
    ("ZADD k 1 a", "ZREMRANGEBYLEX k - +"), ("ZADD k 1 a", "ZRANGESTORE k k 5 6"),
]

def _already(line, encoding):
    return differs72(line, f"bulk(b'{encoding}')", "7.2 goes by the number of arguments")


CASES = [
    *[case(f"keys that hold a {kind}", maker, _KEYS) for kind, maker in {**SMALL, **LARGE}.items()],
    case("whatever empties a value deletes its key",
         *[one for add, remove in EMPTIED for one in (
             step("DEL k d"), step(add), step("EXPIRE k 1000"), step(remove), step("EXISTS k"),
             step("TTL k"), step("TYPE k"), step("DBSIZE"))]),
    case("a digest does not depend on the encoding", """
        SADD s 1 2 3
        HSET h f v g w
        ZADD z 1 a 2.5 b
        RPUSH l a b c
        DEBUG DIGEST-VALUE s h z l
        SADD s text
        SREM s text
        CONFIG SET hash-max-listpack-entries 0
        CONFIG SET zset-max-listpack-entries 0
        CONFIG SET list-max-listpack-size 1
        HSET h x y
        HDEL h x
        ZADD z 1 x
        ZREM z x
        RPUSH l x
        RPOP l
        DEBUG DIGEST-VALUE s h z l
        OBJECT ENCODING h
        OBJECT ENCODING z
        DEBUG DIGEST
    """, config={"hash-max-listpack-entries": 512, "zset-max-listpack-entries": 128,
                 "list-max-listpack-size": -2}),
    case("more arguments than fit, though few elements", "HSET h a 1 a 2 a 3 a 4",
         _already("OBJECT ENCODING h", "hashtable"), "HSET g a 1", "HSET g a 1 a 2 a 3 a 4",
         _already("OBJECT ENCODING g", "hashtable"), "ZADD z 1 a 1 a 1 a 1 a",
         _already("OBJECT ENCODING z", "skiplist"), "ZADD y 1 a", "ZADD y XX 1 b 1 c 1 d 1 e",
         _already("OBJECT ENCODING y", "skiplist"), "SADD s 1 1 1 1",
         _already("OBJECT ENCODING s", "listpack"), "SADD t 1 1 1 1 1 1",
         _already("OBJECT ENCODING t", "hashtable"), "SADD u a a a a a a", "OBJECT ENCODING u",
         "SADD v a", "SADD v a a a a a a", "OBJECT ENCODING v",
         config={"hash-max-listpack-entries": 3, "zset-max-listpack-entries": 3,
                 "set-max-intset-entries": 3, "set-max-listpack-entries": 5}),
    case("expired values are gone", """
        DEBUG SET-ACTIVE-EXPIRE 0
        RPUSH l a
        SADD s a
        HSET h f v
        ZADD z 1 a
        PEXPIREAT l 1
        PEXPIREAT s 1
        PEXPIREAT h 1
        PEXPIREAT z 1
        LLEN l
        SCARD s
        HLEN h
        ZCARD z
        LPUSHX l a
        RPUSH l b
        LRANGE l 0 -1
        DBSIZE
        SET expired v PXAT 1
        DEBUG DIGEST-VALUE expired
        DBSIZE
        RPOPLPUSH none expired
        LMOVE none expired LEFT LEFT
        LMOVE s expired LEFT LEFT
        DBSIZE
        RPOPLPUSH l expired
        LRANGE expired 0 -1
        DBSIZE
        DEBUG SET-ACTIVE-EXPIRE 1
    """),
    case("object freq of values", """
        RPUSH l a
        ZADD z 1 a
        OBJECT FREQ l
        OBJECT FREQ z
        OBJECT IDLETIME l
    """, config={"maxmemory-policy": "allkeys-lfu"}),
    case("debug object of values", """
        ZADD z 1 a
        HSET h f v
        SADD i 1 2
        ?debugobject DEBUG OBJECT z
        ?debugobject DEBUG OBJECT h
        ?debugobject DEBUG OBJECT i
    """),
    case("command getkeys of values", """
        COMMAND GETKEYS LMPOP 2 a b LEFT
        COMMAND GETKEYS ZMPOP 2 a b MIN
        COMMAND GETKEYS LMOVE a b LEFT LEFT
        COMMAND GETKEYS RPOPLPUSH a b
        COMMAND GETKEYS SMOVE a b m
        COMMAND GETKEYS SINTER a b c
        COMMAND GETKEYS SINTERSTORE d a b
        COMMAND GETKEYS SINTERCARD 2 a b LIMIT 1
        COMMAND GETKEYS ZUNION 2 a b WITHSCORES
        COMMAND GETKEYS ZUNIONSTORE d 2 a b WEIGHTS 1 2
        COMMAND GETKEYS ZINTERCARD 2 a b
        COMMAND GETKEYS ZDIFFSTORE d 1 a
        COMMAND GETKEYS ZRANGESTORE d s 0 -1
        COMMAND GETKEYS ZINTER 0 a
        COMMAND GETKEYS HSET h f v
        ?commandinfo COMMAND GETKEYSANDFLAGS LMPOP 2 a b LEFT
        ?commandinfo COMMAND GETKEYSANDFLAGS LMOVE a b LEFT LEFT
        ?commandinfo COMMAND GETKEYSANDFLAGS ZUNIONSTORE d 2 a b
        ?commandinfo COMMAND GETKEYSANDFLAGS SORT l STORE d
        ?commandinfo COMMAND GETKEYSANDFLAGS SPOP s
        ?commandinfo COMMAND GETKEYSANDFLAGS ZADD z 1 a
        ?commandinfo COMMAND GETKEYSANDFLAGS HGETALL h
        ?commandinfo COMMAND GETKEYSANDFLAGS SMOVE a b m
    """),
]

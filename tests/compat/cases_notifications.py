"""Keyspace notifications: the events of every command, in their order."""

from .case import case

_SETUP = """
    SET string 5
    SET expiring v EX 1000
    RPUSH list a b c
    RPUSH numbers 3 1 2
    SADD set a b c
    SADD one a
    HSET hash f 1 g 2
    ZADD zset 1 a 2 b 3 c
"""
_COMMANDS = {
    "strings": ["SET s v", "SET s v EX 100", "SET s v PX 100000", "SET s v KEEPTTL", "SET s v NX",
                "SET none v XX", "SET s v GET", "SETEX s 100 v", "PSETEX s 100000 v", "SETNX s v",
                "SETNX new v", "GETSET string 6", "GETSET new2 6", "GETDEL string", "GETDEL none",
                "GETEX expiring PERSIST", "GETEX expiring EX 100", "GETEX expiring PXAT 1",
                "MSET m1 1 m2 2 m1 3", "MSETNX m1 1 m3 2", "MSETNX m3 1 m4 2", "APPEND string x",
                "APPEND new3 x", "SETRANGE string 2 x", "SETRANGE new4 0 x", "SETRANGE new5 0 ''",
                "INCR n", "INCR n", "DECR n", "INCRBY n 5", "DECRBY n 5", "INCRBYFLOAT n 1.5",
                "INCR list", "GET none", "MGET none string", "STRLEN none", "GETRANGE none 0 1"],
    "lists": ["LPUSH list x", "RPUSH list x y", "LPUSH newl x", "LPUSHX list x", "RPUSHX list x",
              "RPUSHX none x", "LPOP list", "RPOP list", "LPOP list 2", "LPOP none", "LPOP newl",
              "LSET list 0 z", "LINSERT list BEFORE z w", "LINSERT list BEFORE none w",
              "LREM list 0 z", "LREM list 0 none", "LTRIM list 0 -1", "LTRIM list 0 0",
              "LMOVE list newl LEFT RIGHT", "LMOVE newl newl LEFT RIGHT", "RPOPLPUSH newl list",
              "LMPOP 2 none list LEFT", "RPUSH list a b", "LMPOP 2 none list RIGHT COUNT 9",
              "RPUSH list a", "LTRIM list 5 9", "RPUSH list a", "LREM list 0 a", "RPUSH list a",
              "BLPOP list 0", "RPUSH list a", "BRPOP list 0", "RPUSH list a",
              "BLMOVE list newl LEFT LEFT 0", "BRPOPLPUSH newl list 0", "BLMPOP 0 1 list LEFT",
              "LRANGE none 0 1", "LLEN none"],
    "sets": ["SADD set x", "SADD set a", "SADD news a", "SREM set a", "SREM set none",
             "SREM news a", "SMOVE set news b", "SMOVE set news none", "SMOVE one news a",
             "SPOP one2 0", "SREM news b", "SPOP news 1", "SPOP news 9", "SPOP none",
             "SADD ab a", "SPOP ab 2", "SADD ab a", "SPOP ab",
             "SINTERSTORE dst set set", "SUNIONSTORE dst set", "SDIFFSTORE dst set set",
             "SDIFFSTORE dst set set", "SMEMBERS none", "SCARD none"],
    "hashes": ["HSET hash f 2", "HSET newh f 1", "HMSET hash f 1 h 2", "HSETNX hash f 1",
               "HSETNX hash i 1", "HINCRBY hash f 1", "HINCRBYFLOAT hash f 1.5", "HDEL hash f g",
               "HDEL hash none", "HDEL newh f", "HGET none f"],
    "sorted sets": ["ZADD zset 5 a", "ZADD zset 5 a", "ZADD newz 1 a", "ZADD zset INCR 1 a",
                    "ZADD zset XX 1 none", "ZINCRBY zset 1 a", "ZREM zset a none", "ZREM zset none",
                    "ZREM newz a", "ZPOPMIN zset", "ZPOPMAX zset", "ZADD zset 1 a 2 b 3 c 4 d",
                    "ZMPOP 1 zset MIN COUNT 2", "ZREMRANGEBYRANK zset 0 0",
                    "ZREMRANGEBYSCORE zset 9 10", "ZREMRANGEBYSCORE zset 0 10",
                    "ZADD zset 0 a 0 b", "ZREMRANGEBYLEX zset [a [a", "ZUNIONSTORE dst 1 zset",
                    "ZINTERSTORE dst 1 zset", "ZDIFFSTORE dst 2 zset zset", "ZDIFFSTORE dst 2 zset zset",
                    "ZRANGESTORE dst zset 0 -1", "ZRANGESTORE dst zset 5 6", "BZPOPMIN zset 0",
                    "ZADD zset 1 a", "BZPOPMAX zset 0", "ZADD zset 1 a", "BZMPOP 0 1 zset MAX",
                    "ZSCORE none a"],
    "keys": ["DEL string none", "UNLINK list set", "EXPIRE hash 100", "PEXPIRE hash 100000",
             "EXPIREAT hash 99999999999", "EXPIRE hash -1", "EXPIRE none 1", "PERSIST expiring",
             "PERSIST expiring", "RENAME zset z2", "RENAME z2 one", "RENAME one one",
             "RENAMENX one numbers", "RENAMENX one z3", "COPY z3 z4", "COPY z3 z4 REPLACE",
             "COPY z3 z5 DB 3", "MOVE z3 3", "SORT numbers STORE sorted", "SORT numbers STORE z4",
             "SORT none STORE sorted", "SORT none STORE sorted", "TOUCH numbers", "TYPE none",
             "EXISTS none", "TTL none", "OBJECT ENCODING none", "DUMP none", "FLUSHDB",
             "SWAPDB 0 3"],
}


def _observed(commands):
    """Each command, and what a subscriber to everything has been sent by then."""
    return "\n".join(f"{command}\n@2 PING" for command in commands)


CASES = [
    *(case(f"{family}, {flags}", _SETUP, "@2 PSUBSCRIBE *", _observed(commands),
           config={"notify-keyspace-events": flags})
      for family, commands in _COMMANDS.items() for flags in ("EA", "KA", "Em")),
    case("both forms, keyspace first", """
        @2 PSUBSCRIBE __key*
        SET k v
        @2 PING
        DEL k
        @2 PING
    """, config={"notify-keyspace-events": "KEA"}),
    *(case(f"only the class {letter}", _SETUP, "@2 PSUBSCRIBE *",
           _observed(["SET s v EX 100", "RPUSH list x", "SADD set x", "HSET hash x 1",
                      "ZADD zset 9 x", "DEL s", "GET none"]),
           config={"notify-keyspace-events": f"E{letter}"}) for letter in "g$lshzxetdm"),
    case("without K and E nothing is published", "@2 PSUBSCRIBE *", "SET k v", "@2 PING",
         config={"notify-keyspace-events": "A"}),
    case("expired, by looking", """
        DEBUG SET-ACTIVE-EXPIRE 0
        @2 PSUBSCRIBE *
        SET k v PX 1
        DEBUG SLEEP 0.005
        GET k
        @2 PING
        SET k v PX 1
        DEBUG SLEEP 0.005
        SET k w
        @2 PING
        DEBUG SET-ACTIVE-EXPIRE 1
    """, config={"notify-keyspace-events": "EAm"}),
    case("within a transaction", """
        @2 PSUBSCRIBE *
        MULTI
        SET k v
        PUBLISH c m
        DEL k
        EXEC
        @2 PING
    """, config={"notify-keyspace-events": "EA"}),
    case("a client that is served", """
        @3 PSUBSCRIBE *
        &2 BLPOP k 0
        RPUSH k a
        *2
        @3 PING
        &2 BLMOVE k j LEFT RIGHT 0
        RPUSH k a b
        *2
        @3 PING
        &2 BZPOPMIN z 0
        ZADD z 1 a
        *2
        @3 PING
    """, config={"notify-keyspace-events": "EA"}),
]

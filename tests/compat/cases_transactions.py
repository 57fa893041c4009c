"""Transactions: MULTI, EXEC, DISCARD, WATCH, over several connections."""

from .case import case

CASES = [
    case("queueing", """
        MULTI
        SET k v
        GET k
        INCR k
        LPUSH k a
        @2 GET k
        EXEC
        GET k
        EXEC
        MULTI
        EXEC
        MULTI
        SET k w
        DISCARD
        GET k
        DISCARD
    """),
    case("words out of place", """
        MULTI
        MULTI
        WATCH k
        UNWATCH
        EXEC
        MULTI x
        EXEC x
        DISCARD x
        WATCH
        UNWATCH x
    """),
    case("errors at queueing", """
        MULTI
        SET k v
        NOSUCH a b
        SET k w
        EXEC
        GET k
        MULTI
        GET
        EXEC
        MULTI
        CONFIG NOSUCH
        EXEC
        MULTI
        CLIENT
        DISCARD
        MULTI
        SAVE
        EXEC
        MULTI
        SHUTDOWN
        EXEC
        MULTI
        EXEC x
        EXEC
    """),
    case("errors at execution", """
        SET s v
        MULTI
        LPUSH s a
        SET k v
        INCR s
        SETEX k 0 v
        GET k
        EXEC
        GET k
    """),
    case("what changes the connection", """
        MULTI
        SELECT 3
        SET k three
        SELECT 0
        SET k zero
        CLIENT SETNAME name
        EXEC
        GET k
        CLIENT GETNAME
    """),
    case("reset and quit", """
        MULTI
        SET k v
        RESET
        GET k
        EXEC
        WATCH k
        RESET
        @2 SET k w
        MULTI
        PING
        EXEC
    """),
    # A sanitizer build counts only memory in slabs: what small entries take.
    case("out of memory at queueing and at EXEC", """
        SET filler v
        MULTI
        SET k v
        @2 CONFIG SET maxmemory 1
        EXEC
        GET k
        MULTI
        GET k
        DISCARD
        MULTI
        PING
        EXEC
        UNWATCH
        WATCH k
        RESET
        CONFIG SET maxmemory 0
    """),
    case("watching", """
        SET k v
        WATCH k
        @2 SET k w
        MULTI
        SET k x
        EXEC
        GET k
        WATCH k
        MULTI
        SET k x
        EXEC
        GET k
        WATCH k
        SET k y
        MULTI
        PING
        EXEC
        WATCH k
        @2 SET k z
        UNWATCH
        MULTI
        PING
        EXEC
        WATCH k
        @2 SET k z
        MULTI
        DISCARD
        MULTI
        PING
        EXEC
        WATCH k k j
        @2 SET j v
        MULTI
        NOSUCH
        EXEC
        MULTI
        PING
        EXEC
    """),
    *(case(f"watched: {before}; {change}", f"""
        SET other v
        {before}
        WATCH k none
        @2 {change}
        MULTI
        PING
        EXEC
        EXISTS k none
    """) for before, changes in {
        "SET k 5": ("SET k 5", "GET k", "DEL k", "DEL none", "UNLINK k", "APPEND k x", "APPEND k ''",
                    "INCR k", "SETRANGE k 0 x", "SETRANGE k 0 ''", "GETEX k", "GETEX k EX 100",
                    "GETEX k PERSIST", "EXPIRE k 100", "EXPIRE k -1", "EXPIRE none 1", "PERSIST k",
                    "TOUCH k", "RENAME k other", "RENAME other k", "RENAME k k", "RENAMENX k other",
                    "COPY k none", "COPY other k", "COPY other k REPLACE", "MOVE k 1", "FLUSHDB",
                    "FLUSHALL", "SWAPDB 0 1", "SWAPDB 1 2", "SETNX k v", "SETNX none v",
                    "MSETNX none 1 k 2", "SET k v NX", "SET k v XX GET", "SORT none STORE k",
                    "SORT none STORE none", "SUNIONSTORE k none", "SUNIONSTORE none none",
                    "DEBUG RELOAD", "OBJECT ENCODING k"),
        "RPUSH k a b c": ("LPOP k", "LPOP k 0", "LPOP none", "LTRIM k 0 -1", "LREM k 0 x",
                          "LREM k 0 a", "LSET k 0 a", "LINSERT k BEFORE x y", "LMOVE k k LEFT RIGHT",
                          "LMOVE k none LEFT LEFT", "LMPOP 2 none k LEFT", "LPUSHX none a",
                          "LRANGE k 0 -1", "SORT k ALPHA", "SORT k ALPHA STORE none"),
        "SADD k a": ("SPOP k", "SPOP k 1", "SPOP k 9", "SMEMBERS k"),
        "SADD k a b c": ("SADD k a", "SADD k d", "SREM k x", "SREM k a", "SMOVE k none x",
                         "SMOVE k none a", "SMOVE k k a", "SPOP k 0", "SDIFFSTORE none k k"),
        "HSET k f 1": ("HSET k f 1", "HSETNX k f 2", "HDEL k x", "HDEL k f", "HINCRBY k f 0",
                       "HGET k f"),
        "ZADD k 1 a 2 b": ("ZADD k 1 a", "ZADD k 3 a", "ZADD k XX 1 c", "ZINCRBY k 0 a",
                           "ZREM k x", "ZREM k a", "ZPOPMIN k 0", "ZPOPMIN k", "ZRANGE k 0 -1",
                           "ZREMRANGEBYRANK k 5 6", "ZREMRANGEBYRANK k 0 -1",
                           "ZRANGESTORE none k 0 -1", "ZRANGESTORE none k 5 6"),
    }.items() for change in changes),
    case("what has expired when it is watched", """
        DEBUG SET-ACTIVE-EXPIRE 0
        SET k v PX 1
        DEBUG SLEEP 0.005
        WATCH k
        @2 GET k
        MULTI
        PING
        EXEC
        SET k v PX 1
        DEBUG SLEEP 0.005
        WATCH k
        @2 FLUSHALL
        MULTI
        PING
        EXEC
        SET k v PX 1
        DEBUG SLEEP 0.005
        WATCH k
        @2 SET k w
        MULTI
        PING
        EXEC
        SET k v PX 1
        WATCH k
        DEBUG SLEEP 0.005
        MULTI
        PING
        EXEC
        SELECT 1
        SET j v PX 1
        DEBUG SLEEP 0.005
        SELECT 0
        DEL j
        WATCH j
        @2 SWAPDB 0 1
        MULTI
        PING
        EXEC
        DEBUG SET-ACTIVE-EXPIRE 1
    """),
    case("what CLIENT LIST tells", """
        ?clients CLIENT INFO
        MULTI
        SET key value
        @2 CLIENT LIST TYPE master
        EXEC
        WATCH key
        ?clients CLIENT INFO
        @2 DEL key
        ?clients CLIENT INFO
        MULTI
        ?clients CLIENT INFO
        EXEC
    """),
    case("replies that are left out", """
        !raw "CLIENT REPLY SKIP\\r\\nMULTI\\r\\nSET k v\\r\\nGET k\\r\\nEXEC\\r\\n"
    """),
]

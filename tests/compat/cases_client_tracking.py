"""Clients that keep what they read, and learn when it changes."""

from .case import case

CASES = [
    case("switching tracking on and off", """
        CLIENT TRACKING
        CLIENT TRACKING maybe
        CLIENT TRACKINGINFO
        CLIENT GETREDIR
        CLIENT TRACKING on
        CLIENT TRACKINGINFO
        CLIENT GETREDIR
        CLIENT TRACKING on NOLOOP
        CLIENT TRACKINGINFO
        CLIENT TRACKING on BCAST
        CLIENT TRACKING on PREFIX a
        CLIENT TRACKING off PREFIX a
        CLIENT TRACKINGINFO
        CLIENT TRACKING off
        CLIENT TRACKING off BCAST OPTIN nosuch
        CLIENT TRACKING on PREFIX
        CLIENT TRACKING on REDIRECT
        CLIENT TRACKING on REDIRECT x
        CLIENT TRACKING on REDIRECT 0
        CLIENT TRACKING on REDIRECT -1
        CLIENT TRACKING on REDIRECT 99999999
        CLIENT TRACKING on REDIRECT {id2} REDIRECT {id2}
        CLIENT TRACKING on REDIRECT {id2}
        ?anyint CLIENT GETREDIR
        CLIENT TRACKING on
        CLIENT GETREDIR
        RESET
    """),
    case("after RESET nothing is tracked", """
        CLIENT TRACKING on BCAST PREFIX a
        RESET
        CLIENT TRACKINGINFO
        CLIENT GETREDIR
    """),
    case("prefixes that overlap", """
        CLIENT TRACKING on BCAST PREFIX a PREFIX b PREFIX ab PREFIX b
        CLIENT TRACKING on BCAST PREFIX abc PREFIX b PREFIX x PREFIX ab PREFIX a
        CLIENT TRACKING on BCAST PREFIX b PREFIX b
        CLIENT TRACKING on BCAST PREFIX b PREFIX ""
        CLIENT TRACKINGINFO
        CLIENT TRACKING on BCAST PREFIX ab PREFIX ad PREFIX c
        CLIENT TRACKING on BCAST PREFIX x PREFIX a PREFIX x
        CLIENT TRACKING on BCAST PREFIX x PREFIX x PREFIX a
        CLIENT TRACKING on BCAST PREFIX cc
        CLIENT TRACKING on BCAST PREFIX ""
        CLIENT TRACKING on BCAST PREFIX c
        CLIENT TRACKING on BCAST PREFIX cd PREFIX c
        CLIENT TRACKING on BCAST PREFIX aa PREFIX ae PREFIX d
        CLIENT TRACKINGINFO
        CLIENT TRACKING on BCAST
        CLIENT TRACKING on BCAST PREFIX z
        CLIENT TRACKINGINFO
        CLIENT TRACKING off
    """),
    case("caching is for the next command that is not CLIENT", """
        CLIENT TRACKING on OPTIN
        CLIENT CACHING yes
        CLIENT CACHING yes
        CLIENT ID x
        CLIENT TRACKINGINFO
        CLIENT NOSUCH
        CLIENT TRACKINGINFO
        CLIENT CACHING yes
        CLIENT CACHING no
        CLIENT CACHING
        CLIENT TRACKINGINFO
        CLIENT TRACKING on OPTIN
        CLIENT TRACKINGINFO
        GET
        CLIENT TRACKINGINFO
        CLIENT CACHING yes
        CLIENT REPLY ON
        CLIENT TRACKINGINFO
        BLPOP none 0.01
        CLIENT TRACKINGINFO
        CLIENT CACHING yes
        MULTI
        GET k
        EXEC
        CLIENT TRACKINGINFO
        CLIENT CACHING yes
        MULTI
        DISCARD
        CLIENT TRACKINGINFO
        MULTI
        CLIENT CACHING yes
        CLIENT TRACKINGINFO
        EXEC
        CLIENT TRACKINGINFO
    """),
    case("opting in and out", """
        CLIENT CACHING yes
        CLIENT CACHING maybe
        CLIENT TRACKING on OPTIN OPTOUT
        CLIENT TRACKING on BCAST OPTIN
        CLIENT TRACKING on BCAST OPTOUT
        CLIENT TRACKING on OPTIN
        CLIENT TRACKING on OPTOUT
        CLIENT CACHING
        CLIENT CACHING no
        CLIENT CACHING maybe
        CLIENT CACHING yes
        CLIENT TRACKINGINFO
        CLIENT ID x
        CLIENT TRACKINGINFO
        PING
        CLIENT TRACKINGINFO
        CLIENT CACHING yes
        NOSUCH
        CLIENT TRACKINGINFO
        CLIENT CACHING yes
        MULTI
        PING
        CLIENT TRACKINGINFO
        EXEC
        CLIENT TRACKINGINFO
        CLIENT TRACKING on
        CLIENT TRACKING on OPTOUT
        CLIENT TRACKING on OPTIN
        CLIENT CACHING yes
        CLIENT CACHING no
        CLIENT TRACKINGINFO
        CLIENT TRACKING off
        CLIENT TRACKINGINFO
    """),
    case("prefixes", """
        CLIENT TRACKING on BCAST PREFIX a PREFIX ab
        CLIENT TRACKING on BCAST PREFIX ab PREFIX a
        CLIENT TRACKING on BCAST PREFIX a PREFIX a
        CLIENT TRACKING on BCAST PREFIX a PREFIX "" PREFIX b
        CLIENT TRACKING on BCAST PREFIX b PREFIX a
        CLIENT TRACKING on BCAST PREFIX abc
        CLIENT TRACKING on BCAST PREFIX b
        CLIENT TRACKING on BCAST PREFIX ba PREFIX c
        CLIENT TRACKING on BCAST PREFIX c PREFIX bb
        CLIENT TRACKING on BCAST PREFIX c
        CLIENT TRACKINGINFO
        CLIENT TRACKING on BCAST
        CLIENT TRACKING on BCAST PREFIX d
        CLIENT TRACKINGINFO
        CLIENT TRACKING on
        CLIENT TRACKING on BCAST NOLOOP
        CLIENT TRACKINGINFO
        CLIENT TRACKING off
        CLIENT TRACKINGINFO
    """),
    case("a key that was read and is changed", """
        SET a 1
        CLIENT TRACKING on
        GET a
        @2 SET a 2
        PING
        @2 SET a 3
        PING
        MGET a b none
        @2 SET none here
        @2 DEL a
        @2 MSET b 1 c 2
        PING
    """),
    case("what a client changes itself", """
        CLIENT TRACKING on
        GET a
        SET a 1
        GET a
        INCR a
        MULTI
        GET a
        SET a 5
        GET a
        EXEC
        @2 SET a 6
        PING
        CLIENT TRACKING off
        CLIENT TRACKING on NOLOOP
        GET a
        GET b
        SET a 7
        PING
        @2 SET a 8
        @2 SET b 8
        PING
    """),
    case("all types", """
        RPUSH l a b c
        SADD s a b c
        HSET h f v
        ZADD z 1 a 2 b
        CLIENT TRACKING on
        LRANGE l 0 -1
        SCARD s
        HGET h f
        ZRANGE z 0 -1
        TTL l
        TYPE s
        EXISTS h z
        @2 LPOP l
        @2 SREM s a
        @2 HSET h g w
        @2 ZINCRBY z 1 a
        PING
        LRANGE l 0 -1
        SINTERCARD 1 s
        HGETALL h
        ZSCORE z a
        @2 LMOVE l l LEFT RIGHT
        ?kind @2 SPOP s 2
        @2 DEL h
        @2 ZADD z GT 9 a
        PING
        GET l
        @2 DEL l
        PING
    """),
    case("renaming, moving, expiring", """
        SET a 1
        SET c 1
        CLIENT TRACKING on
        GET a
        GET b
        @2 RENAME a b
        PING
        GET b
        GET c
        @2 COPY b c
        @2 COPY b c REPLACE
        PING
        GET b
        @2 MOVE b 1
        PING
        GET c
        @2 EXPIRE c 100
        PING
        GET c
        @2 PERSIST c
        PING
        GET c
        @2 PEXPIREAT c 1
        PING
        SORT a STORE d
        GET d
        @2 RPUSH l 1 2
        @2 SORT l STORE d
        PING
    """),
    case("keys in other databases have the same name", """
        CLIENT TRACKING on
        GET a
        @2 SELECT 1
        @2 SET a 1
        PING
    """),
    case("flushing", """
        CLIENT TRACKING on
        GET a
        @2 FLUSHDB
        PING
        @2 SET a 1
        PING
        FLUSHALL
        @3 CLIENT TRACKING on BCAST
        @2 FLUSHALL
        PING
        @3 PING
        MULTI
        FLUSHALL
        PING
        EXEC
        PING
        @3 PING
    """),
    case("choosing what is tracked", """
        CLIENT TRACKING on OPTIN
        GET a
        @2 SET a 1
        PING
        CLIENT CACHING yes
        GET a
        GET b
        @2 MSET a 1 b 1
        PING
        CLIENT CACHING yes
        MULTI
        GET a
        GET b
        EXEC
        GET c
        @2 MSET a 1 b 1 c 1
        PING
        CLIENT TRACKING off
        CLIENT TRACKING on OPTOUT
        CLIENT CACHING no
        GET a
        GET b
        @2 MSET a 1 b 1
        PING
    """),
    case("broadcasting", """
        CLIENT TRACKING on BCAST PREFIX a PREFIX b
        GET c
        @2 SET a1 1
        PING
        @2 SET a1 1
        PING
        @2 SET c 1
        PING
        @2 MSET b1 1 b2 2 a2 3 c 4
        PING
        MSET b1 1 c 2
        PING
        @2 DEL none b1
        PING
    """),
    case("broadcasting to those who did not do it", """
        CLIENT TRACKING on BCAST NOLOOP
        SET a 1
        PING
        @2 SET a 1
        PING
        @3 CLIENT TRACKING on BCAST PREFIX a
        MSET a 1 b 2
        PING
        @3 PING
        MULTI
        SET a 1
        SET b 1
        EXEC
        PING
        @3 PING
    """),
    case("another connection is told", """
        @2 SUBSCRIBE __redis__:invalidate
        CLIENT TRACKING on REDIRECT {id2}
        GET a
        GET b
        @3 SET a 1
        @2 PING
        @3 MSET b 1 c 1
        @2 PING
        @3 FLUSHALL
        @2 PING
        PING
        GET a
        SET a 1
        @2 PING
    """),
    case("another connection of RESP2 is told nothing while it does not listen", """
        CLIENT TRACKING on REDIRECT {id2}
        GET a
        @3 SET a 1
        @2 PING
        @2 SUBSCRIBE other
        GET a
        @3 SET a 1
        @2 PING
        @2 UNSUBSCRIBE
        CLIENT TRACKING off
        CLIENT TRACKING on BCAST REDIRECT {id2}
        @2 SUBSCRIBE __redis__:invalidate
        @3 MSET a 1 b 2
        @2 PING
    """),
    case("a connection that was to be told is gone", """
        CLIENT TRACKING on REDIRECT {id2}
        GET a
        @3 CLIENT KILL ID {id2}
        @3 SET a 1
        ?shape PING
        CLIENT TRACKING on
        CLIENT TRACKINGINFO
    """),
    case("what is not kept when tracking ends", """
        CLIENT TRACKING on
        GET a
        CLIENT TRACKING off
        @2 SET a 1
        PING
        CLIENT TRACKING on
        @2 SET a 1
        PING
    """),
    case("writes that read are not kept", """
        CLIENT TRACKING on
        SET a 1 GET
        GETSET a 2
        GETDEL a
        @2 SET a 1
        PING
    """),
]

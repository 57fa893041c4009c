"""Channels, patterns and messages, over several connections."""

from .case import case, step

_HELLO = "push[bulk(b'message'), bulk(b'a'), bulk(b'hello')]"
_REASON = "7.2 sends it behind the reply, 7.0 before it"

CASES = [
    case("subscribing", """
        SUBSCRIBE a
        SUBSCRIBE a b
        PSUBSCRIBE a* b*
        SSUBSCRIBE a s
        UNSUBSCRIBE a
        UNSUBSCRIBE nosuch
        PUNSUBSCRIBE nosuch
        SUNSUBSCRIBE s
        PUNSUBSCRIBE a*
        UNSUBSCRIBE
        PUNSUBSCRIBE
        SUNSUBSCRIBE
        UNSUBSCRIBE
        PUNSUBSCRIBE
        SUNSUBSCRIBE
        PING
        SUBSCRIBE
        PSUBSCRIBE
        PUBLISH a
        PUBLISH a b c
    """),
    case("subscribing within a transaction", """
        MULTI
        SSUBSCRIBE a b
        SUNSUBSCRIBE a
        EXEC
        PING
        SSUBSCRIBE a
        MULTI
        SUBSCRIBE a
        PSUBSCRIBE b
        SSUBSCRIBE c
        EXEC
    """),
    case("messages", """
        @2 SUBSCRIBE a b
        @3 PSUBSCRIBE ? a[xyz]
        @4 SSUBSCRIBE a
        PUBLISH a one
        PUBLISH b two
        PUBLISH ax three
        PUBLISH none four
        SPUBLISH a five
        SPUBLISH none six
        PUBLISH a ""
        PUBLISH "" empty
        @2 PING
        @3 PING
        @4 PING
        @2 UNSUBSCRIBE a
        PUBLISH a seven
        @2 PING
        @3 PING
    """),
    case("a client that listens twice gets both", """
        @2 SUBSCRIBE ab
        @2 PSUBSCRIBE a*
        PUBLISH ab hello
        @2 PING
    """),
    case("what a subscriber of RESP2 may send", """
        SUBSCRIBE a
        PING
        PING hello
        PING a b
        GET k
        CONFIG GET port
        MULTI
        PUBLISH a b
        NOSUCH
        GET
        HELLO 3
        RESET
        GET k
        SSUBSCRIBE s
        GET k
        SUNSUBSCRIBE
        GET k
        PSUBSCRIBE p
        GET k
        PUNSUBSCRIBE
        GET k
    """, resp=2),
    case("a subscriber of RESP3 may send anything", """
        SUBSCRIBE a
        PING
        PING hello
        SET k v
        MULTI
        GET k
        EXEC
        RESET
        PING
    """, resp=3),
    case("reset leaves all channels", """
        @2 SUBSCRIBE a
        @2 PSUBSCRIBE a*
        @2 SSUBSCRIBE a
        @2 RESET
        PUBLISH a x
        SPUBLISH a x
        PUBSUB CHANNELS
        PUBSUB NUMPAT
        PUBSUB SHARDCHANNELS
    """),
    case("subscribing within a transaction", """
        MULTI
        SUBSCRIBE a
        UNSUBSCRIBE a
        UNSUBSCRIBE
        EXEC
        @2 SUBSCRIBE c
        MULTI
        PUBLISH c one
        SET k v
        PUBLISH c two
        EXEC
        @2 PING
    """),
    case("a message to oneself comes behind the reply", "SUBSCRIBE a",
         step("PUBLISH a hello", ["int(1)", _HELLO], _REASON), """
        MULTI
        PUBLISH a hello
        GET k
    """, step("EXEC", ["array[int(1), null]", _HELLO], _REASON), resp=3),
    case("PUBSUB", """
        PUBSUB CHANNELS
        PUBSUB NUMSUB
        PUBSUB NUMPAT
        @2 SUBSCRIBE ab
        @3 SUBSCRIBE ab
        @2 PSUBSCRIBE x* y*
        @3 PSUBSCRIBE x*
        @3 SSUBSCRIBE s
        PUBSUB CHANNELS
        PUBSUB CHANNELS a*
        PUBSUB CHANNELS x*
        PUBSUB CHANNELS a b
        PUBSUB NUMSUB ab none ab
        PUBSUB NUMPAT
        PUBSUB NUMPAT x
        PUBSUB SHARDCHANNELS
        PUBSUB SHARDCHANNELS t*
        PUBSUB SHARDNUMSUB s ab
        PUBSUB
        PUBSUB NOSUCH
        ?kind PUBSUB HELP
    """),
    case("what CLIENT LIST tells", """
        @2 SUBSCRIBE a b
        @2 PSUBSCRIBE a*
        @2 SSUBSCRIBE s
        ?clients CLIENT LIST TYPE pubsub
        ?clients CLIENT INFO
    """),
    case("replies that are left out do not take messages along", """
        @2 SUBSCRIBE a
        @2 !raw "CLIENT REPLY OFF\\r\\nPING\\r\\nSUBSCRIBE b\\r\\nCLIENT REPLY ON\\r\\n"
        PUBLISH a hello
        @2 PING
    """, resp=3),
]

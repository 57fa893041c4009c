"""Connections: HELLO, AUTH, SELECT, RESET, QUIT and the CLIENT family."""

from .case import case, raw, step

SETINFO_72 = "CLIENT SETINFO came with 7.2"
NO_TOUCH_72 = "CLIENT NO-TOUCH came with 7.2"
OK = ["simple(b'OK')"]
HELLO_REASON = "7.2 names <proto> in the text"
HELLO_72 = ("error(b'NOAUTH HELLO must be called with the client already authenticated, otherwise "
            "the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client "
            "and select the RESP protocol version at the same time')")


def since72(line, reply, reason):
    return step(line, [reply] if isinstance(reply, str) else reply, reason)


SKIP = b"CLIENT REPLY SKIP"

CASES = [
    case("ping and echo", """
        PING
        PING hello
        PING "a\\r\\nb"
        PING a b
        ECHO hello
        ECHO ""
        ECHO
        ECHO a b
        ping
    """),
    case("hello", """
        ?hello HELLO
        ?hello HELLO 2
        ?hello HELLO 3
        GET none
        ?hello HELLO 2
        GET none
        HELLO 1
        HELLO 4
        HELLO x
        HELLO ""
        HELLO 3 BAD
        HELLO 3 AUTH
        HELLO 3 AUTH default
        HELLO 3 SETNAME
        HELLO 3 SETNAME "with space"
        HELLO 2 SETNAME bad AUTH
        ?hello HELLO 3 SETNAME good
        CLIENT GETNAME
        ?hello HELLO 3 AUTH default any
        HELLO 3 AUTH nobody x
        HELLO 3 AUTH nobody x SETNAME changed
        CLIENT GETNAME
        ?hello HELLO 2 AUTH default x SETNAME both
        CLIENT GETNAME
        HELLO 99999999999999999999
        ?hello HELLO 2 setname lower auth default x
    """),
    case("auth without a password", """
        AUTH x
        AUTH default x
        AUTH nobody x
        AUTH
        AUTH a b c
        AUTH ""
    """),
    case("auth with a password", """
        @9 CONFIG SET requirepass secret
        @2 GET k
        @2 SET k v
        @2 BADCMD
        @2 GET
        @2 PING
        @2 ECHO x
        @2 CLIENT ID
        @2 SELECT 1
        @2 COMMAND COUNT
        @2 AUTH wrong
        @2 AUTH default wrong
        @2 AUTH nobody secret
        @2 AUTH
    """, since72("@2 HELLO 3", HELLO_72, HELLO_REASON),
        since72("@2 HELLO 2", HELLO_72, HELLO_REASON), """
        @2 HELLO 3 AUTH default wrong
        @2 RESET
        @2 ?hello HELLO 3 AUTH default secret
        @2 GET k
        @2 RESET
        @2 GET k
        @2 AUTH secret
        @2 GET k
        @3 AUTH default secret
        @3 GET k
        @3 AUTH wrong
        @3 GET k
        @4 QUIT
        @9 CONFIG SET requirepass ""
        @5 GET k
    """),
    case("quit and reset", """
        SELECT 3
        SET k v
        CLIENT SETNAME me
        RESET
        CLIENT GETNAME
        GET k
        SELECT 3
        GET k
        RESET x
        RESET
        QUIT x
        SELECT 2
        QUIT
        ECHO after
        SET k v
    """),
    case("client names", """
        CLIENT GETNAME
        CLIENT SETNAME me
        CLIENT GETNAME
        CLIENT SETNAME ""
        CLIENT GETNAME
        CLIENT SETNAME "a b"
        CLIENT SETNAME "a\\nb"
        CLIENT SETNAME "a\\x00b"
        CLIENT SETNAME "\\xff"
        CLIENT SETNAME "~!@#$%"
        CLIENT GETNAME
        CLIENT SETNAME
        CLIENT SETNAME a b
        CLIENT GETNAME x
    """),
    case("client id and info", """
        ?anyint CLIENT ID
        CLIENT ID x
        ?clients CLIENT INFO
        CLIENT INFO x
        CLIENT SETNAME me
        SELECT 5
        ?clients CLIENT INFO
        ?clients CLIENT LIST
        ?clients CLIENT LIST TYPE normal
        ?clients CLIENT LIST TYPE NORMAL
        CLIENT LIST TYPE pubsub
        CLIENT LIST TYPE replica
        CLIENT LIST TYPE slave
        CLIENT LIST TYPE master
        CLIENT LIST TYPE bad
        CLIENT LIST TYPE
        CLIENT LIST BAD
        CLIENT LIST ID
        CLIENT LIST ID x
        CLIENT LIST ID 0
        CLIENT LIST ID -1
        CLIENT LIST ID 99999999
        CLIENT LIST TYPE normal extra
    """),
    case("client setinfo",
         since72("CLIENT SETINFO LIB-NAME lib", OK, SETINFO_72),
         since72("CLIENT SETINFO lib-ver 1.2.3", OK, SETINFO_72),
         since72('CLIENT SETINFO LIB-NAME ""', OK, SETINFO_72),
         since72("CLIENT SETINFO BAD x", "error(b\"ERR Unrecognized option 'BAD'\")", SETINFO_72),
         since72('CLIENT SETINFO LIB-NAME "a b"',
                 "error(b'ERR lib-name cannot contain spaces, newlines or special characters.')",
                 SETINFO_72),
         since72('CLIENT SETINFO LIB-VER "a\\nb"',
                 "error(b'ERR lib-ver cannot contain spaces, newlines or special characters.')",
                 SETINFO_72),
         since72("CLIENT SETINFO LIB-NAME",
                 "error(b\"ERR wrong number of arguments for 'client|setinfo' command\")",
                 SETINFO_72)),
    case("client no-touch",
         since72("CLIENT NO-TOUCH ON", OK, NO_TOUCH_72),
         since72("CLIENT NO-TOUCH off", OK, NO_TOUCH_72),
         since72("CLIENT NO-TOUCH x", "error(b'ERR syntax error')", NO_TOUCH_72),
         since72("CLIENT NO-TOUCH",
                 "error(b\"ERR wrong number of arguments for 'client|no-touch' command\")",
                 NO_TOUCH_72)),
    case("client no-evict", """
        CLIENT NO-EVICT on
        CLIENT NO-EVICT OFF
        CLIENT NO-EVICT x
        CLIENT NO-EVICT
        CLIENT NO-EVICT on on
        CLIENT NO-EVICT on
        ?clients CLIENT INFO
    """),
    case("client reply", """
        CLIENT REPLY ON
        CLIENT REPLY BAD
        CLIENT REPLY
        CLIENT REPLY ON x
    """, raw(b"CLIENT REPLY OFF\r\nSET k v\r\nGET k\r\nCLIENT REPLY ON\r\n"),
        raw(b"CLIENT REPLY SKIP\r\nSET k w\r\nGET k\r\n"),
        raw(b"CLIENT REPLY SKIP\r\nBADCMD\r\nGET k\r\n"),
        raw(b"CLIENT REPLY OFF\r\nCLIENT REPLY SKIP\r\nGET k\r\nCLIENT REPLY ON\r\nGET k\r\n"),
        raw(b"CLIENT REPLY OFF\r\nRESET\r\nGET k\r\n")),
    case("client reply skip is for the next command", *[
        raw(b"".join(line + b"\r\n" for line in (*lines, b"PING", b"PING", b"ECHO end")))
        for lines in (
            (SKIP, SKIP), (SKIP, SKIP, SKIP), (SKIP, b"CLIENT REPLY ON"),
            (SKIP, b"CLIENT REPLY BAD"), (SKIP, b"CLIENT REPLY OFF", b"CLIENT REPLY ON"),
            (b"CLIENT REPLY OFF", SKIP, b"CLIENT REPLY ON"), (SKIP, b"RESET"), (SKIP, b"NOSUCH"),
            (SKIP, b"GET"), (SKIP, b"BLPOP none 0.01"), (SKIP, b"HELLO 2"), (SKIP, b"DISCARD"),
            (SKIP, b"MULTI", b"PING", b"EXEC"), (SKIP, b"MULTI", SKIP, b"PING", b"EXEC"),
            (b"MULTI", SKIP, b"PING", b"EXEC"), (b"MULTI", b"PING", SKIP, b"PING", b"EXEC"),
            (b"MULTI", SKIP, SKIP, b"EXEC"), (b"MULTI", SKIP, b"CLIENT REPLY ON", b"EXEC"),
            (SKIP, b"SUBSCRIBE x", b"UNSUBSCRIBE x"),
            (SKIP, SKIP, b"PSUBSCRIBE x", b"PUNSUBSCRIBE"),
            (SKIP, b"CLIENT REPLY SKIP x"), (SKIP, b"CLIENT ID x"))]),
    case("client kill", """
        CLIENT KILL
        CLIENT KILL 1.2.3.4:5
        CLIENT KILL ID
        CLIENT KILL ID x
        CLIENT KILL ID 0
        CLIENT KILL ID -1
        CLIENT KILL ID 99999999
        CLIENT KILL TYPE bad
        CLIENT KILL TYPE pubsub
        CLIENT KILL USER nobody
        CLIENT KILL ADDR 1.2.3.4:5
        CLIENT KILL LADDR 1.2.3.4:5
        CLIENT KILL SKIPME maybe
        CLIENT KILL SKIPME yes
        CLIENT KILL ID 99999999 SKIPME
        CLIENT KILL ID 99999999 BAD x
        CLIENT KILL ID 99999999 SKIPME no TYPE normal
        @2 PING
        @3 PING
        CLIENT KILL TYPE normal
        @2 ECHO killed
        @3 ECHO killed
        @2 PING
        CLIENT KILL USER default SKIPME yes
        CLIENT KILL TYPE normal SKIPME no
        @2 PING
        CLIENT KILL TYPE NORMAL USER default
        PING
    """),
    case("client unblock and the rest", """
        CLIENT UNBLOCK x
        CLIENT UNBLOCK 99999999
        CLIENT UNBLOCK 99999999 TIMEOUT
        CLIENT UNBLOCK 99999999 error
        CLIENT UNBLOCK 99999999 BAD
        CLIENT UNBLOCK
        CLIENT
        CLIENT BAD
        CLIENT BAD x y
        ?kind CLIENT HELP
        CLIENT HELP x
        client id extra
    """),
]

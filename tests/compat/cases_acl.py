"""Access control lists: ACL and its rules, what users may do, what is refused."""

from .case import case, differs72, step

_DENIED = "7.2 names the user"
_RULES = "7.2 keeps the rules as they were given"


def denied(line, name, user="bob"):
    """A command of which 7.2 says whose permissions it lacks."""
    return differs72(line, f"error(b\"NOPERM User {user} has no permissions to run the '{name}' "
                     "command\")", _DENIED)


def rules(line, expected):
    return differs72(line, f"array[{', '.join(f'bulk({one!r})' for one in expected)}]", _RULES)


DEFAULT = b"user default on nopass sanitize-payload ~* &* +@all"
# Each case makes the users it needs, and takes them away.
CLEAN_UP = "@9 ACL DELUSER bob eve"

CASES = [
    case("users", """
        ACL USERS
        ACL WHOAMI
        ACL SETUSER bob
        ACL USERS
        ?acllist ACL LIST
        ?acluser ACL GETUSER bob
        ?acluser ACL GETUSER default
        ACL GETUSER nosuch
        ACL GETUSER
        ACL GETUSER a b
        ACL SETUSER "a b" on
        ACL SETUSER "a\\tb" on
        ACL SETUSER "a\\x00b" on
        ACL SETUSER
        ACL DELUSER default
        ACL DELUSER bob default
        ACL DELUSER bob nosuch bob
        ACL DELUSER nosuch
        ACL DELUSER
        ACL USERS x
        ACL WHOAMI x
        ACL
        ACL NOSUCH
        ?kind ACL HELP
        ACL HELP x
    """),
    case("switches and passwords", """
        ACL SETUSER bob on
        ACL SETUSER bob >a >b >a >
        ?acluser ACL GETUSER bob
        ACL SETUSER bob <b
        ACL SETUSER bob <b
        ACL SETUSER bob #ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb
        ACL SETUSER bob #abc
        ACL SETUSER bob #CA978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb
        ACL SETUSER bob !abc
        ACL SETUSER bob !ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb
        ACL SETUSER bob !ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb
        ?acluser ACL GETUSER bob
        ACL SETUSER bob NOPASS
        ?acluser ACL GETUSER bob
        ACL SETUSER bob >x off
        ?acluser ACL GETUSER bob
        ACL SETUSER bob resetpass skip-sanitize-payload
        ?acluser ACL GETUSER bob
        ACL SETUSER bob sanitize-payload
        ?acluser ACL GETUSER bob
        ACL SETUSER bob "" on
        ACL SETUSER bob nosuch
        ACL SETUSER bob " on"
        ACL SETUSER bob reset
        ?acllist ACL LIST
    """, CLEAN_UP),
    case("keys", """
        ACL SETUSER bob ~a ~b* ~a %R~c %W~c %rw~d %R~e %W~f
        ?acluser ACL GETUSER bob
        ACL SETUSER bob ~ %R
        ?acluser ACL GETUSER bob
        ACL SETUSER bob "~a b"
        ACL SETUSER bob "~a\\tb"
        ACL SETUSER bob %
        ACL SETUSER bob %~x
        ACL SETUSER bob %RX~x
        ACL SETUSER bob %RR~x
        ACL SETUSER bob resetkeys %RW~* ~z
        ?acluser ACL GETUSER bob
        ACL SETUSER bob allkeys
        ACL SETUSER bob ~x
        ACL SETUSER bob %R~x
        ACL SETUSER bob ~* ALLKEYS
        ?acllist ACL LIST
        ACL SETUSER bob resetkeys %R~* ~*
        ?acluser ACL GETUSER bob
    """, CLEAN_UP),
    case("channels", """
        ACL SETUSER bob &a &b* &a &
        ?acluser ACL GETUSER bob
        ACL SETUSER bob "&a b"
        ACL SETUSER bob allchannels
        ACL SETUSER bob &x
        ACL SETUSER bob &*
        ?acllist ACL LIST
        ACL SETUSER bob resetchannels &x
        ?acllist ACL LIST
    """, CLEAN_UP),
    case("all channels by default", """
        ACL SETUSER bob (+get)
        ?acllist ACL LIST
        ACL SETUSER bob resetchannels &x
        ACL SETUSER bob reset
        ?acluser ACL GETUSER bob
    """, CLEAN_UP, config={"acl-pubsub-default": "allchannels"}),
    case("rules for commands that are wrong", """
        ACL SETUSER bob +nosuch
        ACL SETUSER bob -nosuch
        ACL SETUSER bob +@nosuch
        ACL SETUSER bob -@nosuch
        ACL SETUSER bob +
        ACL SETUSER bob -
        ACL SETUSER bob +@
        ACL SETUSER bob +config|nosuch
        ACL SETUSER bob -config|nosuch
        ACL SETUSER bob +config|get|x
        ACL SETUSER bob -config|get|x
        ACL SETUSER bob -select|0
        ACL SETUSER bob +select|
        ACL SETUSER bob +|x
        ACL SETUSER bob on +get +nosuch ~a
        ACL USERS
    """),
    case("rules as they are shown", "ACL SETUSER bob on +get ~a",
         rules("ACL LIST", [b"user bob on sanitize-payload ~a resetchannels -@all +get", DEFAULT]),
         "ACL SETUSER bob +@read -get +CONFIG|get +@READ",
         rules("ACL LIST", [b"user bob on sanitize-payload ~a resetchannels -@all -get +config|get "
                            b"+@read", DEFAULT]),
         "ACL SETUSER bob +config -config|set +select|0",
         rules("ACL LIST", [b"user bob on sanitize-payload ~a resetchannels -@all -get +@read "
                            b"+config -config|set +select|0", DEFAULT]),
         "ACL SETUSER bob +@all -@dangerous +keys",
         rules("ACL LIST", [b"user bob on sanitize-payload ~a resetchannels +@all -@dangerous "
                            b"+keys", DEFAULT]), CLEAN_UP),
    case("selectors", """
        ACL SETUSER bob on +get ~a (+set ~b) "(%R~c &d +@read)"
        ?acluser ACL GETUSER bob
        ?acllist ACL LIST
        ?denied ACL DRYRUN bob GET a
        ?denied ACL DRYRUN bob SET a 1
        ?denied ACL DRYRUN bob SET b 1
        ?denied ACL DRYRUN bob GET c
        ?denied ACL DRYRUN bob GET b
        ?denied ACL DRYRUN bob MGET a c
        ?denied ACL DRYRUN bob DEL a
        ACL SETUSER bob (
        ACL SETUSER bob (+get
        ACL SETUSER bob (+get) (+set
        ACL SETUSER bob (+get)x
        ACL SETUSER bob +get)
        ACL SETUSER bob (on)
        ACL SETUSER bob ((+get))
        ACL SETUSER bob (+nosuch)
        ACL SETUSER bob "(~a\\tb)"
        ACL SETUSER bob () "(  +get  )"
        ?acluser ACL GETUSER bob
        ACL SETUSER bob ( +set ~e )
        ?acluser ACL GETUSER bob
        ACL SETUSER bob clearselectors
        ?acllist ACL LIST
    """, CLEAN_UP),
    case("dry runs", """
        ACL LOG RESET
        ACL SETUSER bob +@all -flushall -config|set ~a* %R~r* %W~w* &c*
        ?denied ACL DRYRUN bob GET a
        ?denied ACL DRYRUN bob GET x
        ?denied ACL DRYRUN bob SET r1 v
        ?denied ACL DRYRUN bob SET w1 v
        ?denied ACL DRYRUN bob SET w1 v GET
        ?denied ACL DRYRUN bob GETSET w1 v
        ?denied ACL DRYRUN bob STRLEN w1
        ?denied ACL DRYRUN bob TYPE w1
        ?denied ACL DRYRUN bob EXISTS r1 w1 z
        ?denied ACL DRYRUN bob COPY r1 w1
        ?denied ACL DRYRUN bob COPY w1 r1
        ?denied ACL DRYRUN bob RENAME a r1
        ?denied ACL DRYRUN bob MSET a 1 z 2
        ?denied ACL DRYRUN bob LMPOP 2 a w1 LEFT
        ?denied ACL DRYRUN bob LMPOP 3 a w1 LEFT
        ?denied ACL DRYRUN bob ZUNION 2 a r1
        ?denied ACL DRYRUN bob ZUNION 2 a w1
        ?denied ACL DRYRUN bob ZUNION x a w1
        ?denied ACL DRYRUN bob ZRANGESTORE w1 r1 0 -1
        ?denied ACL DRYRUN bob ZRANGESTORE r1 w1 0 -1
        ?denied ACL DRYRUN bob SORT r1
        ?denied ACL DRYRUN bob SORT r1 STORE w1
        ?denied ACL DRYRUN bob SORT r1 STORE r2
        ?denied ACL DRYRUN bob SORT r1 STORE z STORE w1
        ?denied ACL DRYRUN bob SORT r1 BY z* GET z*
        ?denied ACL DRYRUN bob OBJECT ENCODING w1
        ?denied ACL DRYRUN bob OBJECT ENCODING z
        ?denied ACL DRYRUN bob WATCH z
        ?denied ACL DRYRUN bob WATCH w1
        ?denied ACL DRYRUN bob BLPOP a z 0
        ?denied ACL DRYRUN bob PUBLISH c1 m
        ?denied ACL DRYRUN bob PUBLISH z m
        ?denied ACL DRYRUN bob SPUBLISH z m
        ?denied ACL DRYRUN bob SUBSCRIBE c1 z
        ?denied ACL DRYRUN bob SSUBSCRIBE z
        ?denied ACL DRYRUN bob PSUBSCRIBE c*
        ?denied ACL DRYRUN bob PSUBSCRIBE c1
        ?denied ACL DRYRUN bob UNSUBSCRIBE z
        ?denied ACL DRYRUN bob PUNSUBSCRIBE z
        ?denied ACL DRYRUN bob SUNSUBSCRIBE z
        ?denied ACL DRYRUN bob FLUSHALL
        ?denied ACL DRYRUN bob CONFIG SET a b
        ?denied ACL DRYRUN bob CONFIG GET a
        ?denied ACL DRYRUN bob PING
        ACL DRYRUN bob GET
        ACL DRYRUN bob GET a b
        ACL DRYRUN bob NOSUCH a
        ACL DRYRUN bob CONFIG NOSUCH
        ACL DRYRUN bob CONFIG
        ACL DRYRUN nosuch GET a
        ACL DRYRUN bob
        ACL SETUSER bob -@all +select|0
        ?denied ACL DRYRUN bob SELECT 0
        ?denied ACL DRYRUN bob SELECT 1
        ?denied ACL DRYRUN bob AUTH x
        ?denied ACL DRYRUN bob HELLO
        ?denied ACL DRYRUN bob QUIT
        ?denied ACL DRYRUN bob RESET
        ?denied ACL DRYRUN bob EXEC
        ACL LOG
        ACL LOG RESET
    """, differs72("ACL DRYRUN bob GET a",
                   'bulk(b"User bob has no permissions to run the \'get\' command")', _DENIED),
         CLEAN_UP),
    case("what a user may not do", """
        ACL LOG RESET
        ACL SETUSER bob on >p +@all -flushall -acl|list ~a* &c*
        @2 AUTH bob wrong
        @2 AUTH bob p
        @2 ACL WHOAMI
        @2 SET a v
        @2 GET a
    """, denied("@2 FLUSHALL", "flushall"), denied("@2 ACL LIST", "acl|list"),
         step("@2 GET x", ["error(b'NOPERM No permissions to access a key')"], _DENIED),
         step("@2 PUBLISH x m", ["error(b'NOPERM No permissions to access a channel')"], _DENIED),
         """
        @2 ?denied MSET a 1 x 2
        @2 ?denied SUBSCRIBE c1 x
        @2 ?denied PSUBSCRIBE c?
        @2 PUBLISH c1 m
        @2 GET
        @2 NOSUCH
        @2 MULTI
        @2 ?denied GET x
        @2 EXEC
        @2 MULTI
        @2 SET a 1
        @2 GET a
        @2 PUBLISH c1 m
        @2 PING
        @9 ACL SETUSER bob -get resetkeys ~b resetchannels
        @2 EXEC
        @2 MULTI
        @9 ACL SETUSER bob -exec
        @2 ?denied EXEC
        @2 HELLO 3 AUTH bob wrong
        @2 RESET
        @2 FLUSHALL
        ?acllog ACL LOG
        ?acllog ACL LOG 2
        ACL LOG 0
        ACL LOG -1
        ACL LOG x
        ACL LOG RESET x
        ACL LOG RESET
        ACL LOG
    """, CLEAN_UP),
    case("SORT's patterns", """
        RPUSH a1 2 1
        ACL SETUSER bob on nopass +@all ~a*
        @2 AUTH bob any
        @2 SORT a1
        @2 SORT a1 BY nosort
        @2 SORT a1 BY x*
        @2 SORT a1 GET #
        @2 SORT a1 BY x* LIMIT x
        @2 SORT a1 LIMIT x y BY x*
        @2 SORT_RO a1 GET a*
        @9 ACL SETUSER bob "(%R~* +sort)"
        @2 SORT a1 GET #
        @2 SORT_RO a1 GET #
        @9 ACL SETUSER bob clearselectors "(%W~* +sort)"
        @2 SORT a1 GET #
        @9 ACL SETUSER bob clearselectors %R~*
        @2 SORT a1 GET # STORE ab
    """, CLEAN_UP),
    case("passwords of the default user", """
        @9 CONFIG SET requirepass secret
        @9 ?acluser ACL GETUSER default
        @2 PING
        @2 ACL WHOAMI
        @9 ACL SETUSER default >more
        @2 AUTH more
        @3 AUTH secret
        @9 CONFIG GET requirepass
        @9 ACL SETUSER default nopass
        @4 PING
        @4 AUTH x
        @4 AUTH default x
        @9 CONFIG GET requirepass
        @9 ACL SETUSER default off
        @5 PING
        @5 AUTH default x
        @5 AUTH x
        @4 PING
        @4 RESET
        @4 PING
        @9 ACL SETUSER default on resetpass
        @5 AUTH default ""
        @9 CONFIG SET requirepass other
        @5 AUTH other
        @9 CONFIG SET requirepass ""
        @9 ?acllist ACL LIST
    """),
    case("users switched off, and deleted", """
        ACL SETUSER bob on >p +@all ~*
        @2 AUTH bob p
        @9 ACL SETUSER bob off
        @2 PING
        @3 AUTH bob p
        @9 ACL SETUSER bob on
        @3 AUTH bob p
        @9 ?clients CLIENT LIST
        @9 CLIENT KILL USER nosuch
        @9 CLIENT KILL USER bob
        @4 AUTH bob p
        @9 ACL DELUSER bob
        @4 AUTH bob p
    """),
    case("categories", """
        ACL CAT
        ACL CAT nosuch
        ACL CAT @read
        ACL CAT a b
        ?unordered ACL CAT transaction
    """),
    case("generated passwords", """
        ?kind ACL GENPASS
        ?kind ACL GENPASS 5
        ACL GENPASS 0
        ACL GENPASS -1
        ACL GENPASS 4097
        ACL GENPASS x
        ACL GENPASS 1 2
    """),
    case("without a file", """
        ACL SAVE
        ACL LOAD
        ACL SAVE x
    """),
]

"""The server about itself: COMMAND, DEBUG, INFO, TIME, and commands nobody knows."""

from .case import case, command, differs72, step

GETKEYS_72 = "7.2 takes a command without arguments: arity -3 where 7.0 has -4"

CASES = [
    case("unknown commands", """
        NOSUCH
        NOSUCH a
        NOSUCH a b c
        nosuch "a b" "c\\r\\nd" ""
        "NO SUCH" x
        "" x
        "bin\\x00ary" x
    """, command("NOSUCH", "y" * 300), command("z" * 300, "y" * 300, "x"),
        command("NOSUCH", *["argument"] * 100)),
    case("time", """
        ?shape TIME
        TIME x
    """),
    case("info", """
        ?kind INFO
        ?kind INFO server
        ?kind INFO all
        ?kind INFO everything
        ?kind INFO default
        ?kind INFO SERVER clients
        INFO nosuchsection
        SET k v
        SET e v EX 33177117
        SELECT 3
        SET k v
        EXPIREAT k 33177117420
        ?kind INFO keyspace
        INFO cluster
        INFO modules
    """),
    case("latency", """
        LATENCY
        LATENCY NOSUCH
        LATENCY RESET
        LATENCY LATEST
        LATENCY LATEST x
        LATENCY HISTORY
        LATENCY HISTORY none
        LATENCY GRAPH none
        LATENCY GRAPH
        LATENCY RESET none other
        ?kind LATENCY DOCTOR
        ?kind LATENCY HELP
        CONFIG SET latency-monitor-threshold 5
        DEBUG SLEEP 0.006
        ?shape LATENCY LATEST
        ?shape LATENCY HISTORY command
        ?kind LATENCY GRAPH command
        LATENCY RESET none command
        LATENCY LATEST
        CONFIG RESETSTAT
        LATENCY HISTOGRAM get nosuch
        GET k
        ?kind LATENCY HISTOGRAM get
        CONFIG GET port
        CONFIG GET port
        ?kind LATENCY HISTOGRAM nosuch config|get
        ?shape LATENCY HISTOGRAM config|nosuch
        CONFIG SET latency-monitor-threshold 0
    """),
    case("command", """
        ?anyint COMMAND COUNT
        COMMAND COUNT x
        COMMAND INFO nosuch
        ?kind COMMAND INFO get nosuch
        ?kind COMMAND DOCS get
        COMMAND DOCS nosuch
        COMMAND GETKEYS SET k v
        COMMAND GETKEYS MSET a 1 b 2
        COMMAND GETKEYS MGET a b c
        COMMAND GETKEYS DEL a b
        COMMAND GETKEYS RENAME a b
        COMMAND GETKEYS COPY a b
        COMMAND GETKEYS OBJECT ENCODING k
        COMMAND GETKEYS LCS a b LEN
        COMMAND GETKEYS NOSUCH k
        COMMAND GETKEYS
        ?commandinfo COMMAND GETKEYSANDFLAGS SET k v
        ?commandinfo COMMAND GETKEYSANDFLAGS SET k v GET
        ?commandinfo COMMAND GETKEYSANDFLAGS COPY a b
        ?commandinfo COMMAND GETKEYSANDFLAGS RENAME a b
        ?commandinfo COMMAND GETKEYSANDFLAGS MGET a b
        ?commandinfo COMMAND GETKEYSANDFLAGS DEL a
        ?commandinfo COMMAND GETKEYSANDFLAGS UNLINK a
        ?commandinfo COMMAND GETKEYSANDFLAGS GETEX a
        ?commandinfo COMMAND GETKEYSANDFLAGS GETDEL a
        ?commandinfo COMMAND GETKEYSANDFLAGS APPEND a b
        ?commandinfo COMMAND GETKEYSANDFLAGS INCR a
        ?commandinfo COMMAND GETKEYSANDFLAGS EXISTS a
        ?commandinfo COMMAND GETKEYSANDFLAGS TTL a
        ?commandinfo COMMAND GETKEYSANDFLAGS EXPIRE a 1
        ?commandinfo COMMAND GETKEYSANDFLAGS MOVE a 1
        ?commandinfo COMMAND GETKEYSANDFLAGS TOUCH a
        ?commandinfo COMMAND GETKEYSANDFLAGS STRLEN a
        COMMAND LIST FILTERBY PATTERN getr*
        COMMAND LIST FILTERBY PATTERN nosuch*
        COMMAND LIST FILTERBY MODULE nosuch
        COMMAND LIST FILTERBY ACLCAT nosuch
        COMMAND LIST FILTERBY BAD x
        COMMAND LIST FILTERBY
        COMMAND LIST BAD
        ?kind COMMAND LIST
        COMMAND BAD
        ?kind COMMAND HELP
        ?kind COMMAND INFO
    """),
    case("command getkeys without keys",
         differs72("COMMAND GETKEYS PING",
                   "error(b'ERR The command has no key arguments')", GETKEYS_72),
         differs72("COMMAND GETKEYS GET",
                   "error(b'ERR Invalid number of arguments specified for command')", GETKEYS_72)),
    case("command info of one command", """
        ?commandinfo COMMAND INFO strlen
        ?commandinfo COMMAND INFO setnx
        ?commandinfo COMMAND INFO echo
        ?commandinfo COMMAND INFO rename
        ?commandinfo COMMAND INFO mset
        ?commandinfo COMMAND INFO exists
        ?commandinfo COMMAND INFO swapdb
        ?commandinfo COMMAND INFO append
        ?commandinfo COMMAND INFO incr
        ?commandinfo COMMAND INFO getrange
    """),
    case("debug", """
        DEBUG SLEEP 0
        DEBUG SLEEP 0.001
        DEBUG SLEEP
        DEBUG SET-ACTIVE-EXPIRE 0
        DEBUG SET-ACTIVE-EXPIRE 1
        DEBUG ERROR "MYERR with text"
        DEBUG ERROR ""
        DEBUG LOG "from a test"
        DEBUG BAD
        DEBUG
        ?kind DEBUG HELP
        DEBUG PAUSE-CRON 1
        DEBUG PAUSE-CRON 0
        DEBUG REPLYBUFFER RESIZING 0
        DEBUG REPLYBUFFER RESIZING 1
        DEBUG REPLYBUFFER PEAK-RESET-TIME 100
        DEBUG REPLYBUFFER PEAK-RESET-TIME NEVER
        DEBUG REPLYBUFFER PEAK-RESET-TIME RESET
        ?kind DEBUG HTSTATS 0
        DEBUG HTSTATS x
        DEBUG HTSTATS 99
        DEBUG OBJECT none
        SET k 12
        ?debugobject DEBUG OBJECT k
        SET s abc
        ?debugobject DEBUG OBJECT s
    """, differs72('DEBUG STRINGMATCH-LEN 10 "*"', "int(1)",
                   "7.0 has no STRINGMATCH-LEN; ours answers whether the pattern matched")),
    case("debug protocol", """
        DEBUG PROTOCOL string
        DEBUG PROTOCOL integer
        DEBUG PROTOCOL double
        DEBUG PROTOCOL null
        DEBUG PROTOCOL array
        DEBUG PROTOCOL set
        DEBUG PROTOCOL map
        DEBUG PROTOCOL attrib
        DEBUG PROTOCOL push
        DEBUG PROTOCOL verbatim
        DEBUG PROTOCOL true
        DEBUG PROTOCOL false
        DEBUG PROTOCOL bignum
        ?kind DEBUG PROTOCOL bad
        DEBUG PROTOCOL
    """),
    case("debug populate and digests", """
        DEBUG DIGEST
        SET a 1
        SET b two
        SET c "" EX 100000
        DEBUG DIGEST-VALUE a b c none
        DEBUG DIGEST-VALUE
        SELECT 3
        SET a 1
        DEBUG DIGEST
        SELECT 0
        PEXPIREAT a 33177117420000
        DEBUG DIGEST-VALUE a
        DEBUG DIGEST
        FLUSHALL
        DEBUG POPULATE 20
        DBSIZE
        GET key:0
        GET key:19
        DEBUG POPULATE 5 pre
        GET pre:4
        DEBUG POPULATE 3 sized 30
        GET sized:2
        STRLEN sized:2
        DEBUG POPULATE 3 small 3
        GET small:1
        DEBUG POPULATE x
        DEBUG POPULATE
        DEBUG POPULATE -1
        DBSIZE
        DEBUG DIGEST
    """),
    case("lolwut and shutdown refusals", """
        ?kind LOLWUT
        SHUTDOWN BAD
        SHUTDOWN SAVE NOSAVE
        SHUTDOWN ABORT NOW
        SHUTDOWN ABORT
        SHUTDOWN NOW FORCE ABORT
        SHUTDOWN NOSAVE BAD
    """),
    case("error statistics see every refusal", "CONFIG RESETSTAT", step("NOSUCH"), step("GET"),
         step("INCRBY k x"), step("?kind INFO errorstats")),
]

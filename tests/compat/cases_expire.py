"""The expire family: four ways to set a time, four conditions, four ways to read it, overflow."""

from .case import case

EDGES = ["0", "1000", "-1", "-9223372036854775808", "9223372036854775807", "9223372036854775",
         "9223372036854776", "-9223372036854775", "-9223372036854776", "9223372036854775808",
         "abc", '""', "1.5", '" 1"']


def _edges(name):
    lines = []
    for value in EDGES:
        lines += ["SET k v", f"{name} k {value}", "EXISTS k"]
        # The rest of a relative time depends on the clock, but only by a few milliseconds.
        lines.append("?near PEXPIRETIME k")
    return case(f"{name} at the edges of int64".lower(), "\n".join(lines))


def _conditions(name, near, later, sooner):
    return case(f"{name} conditions".lower(), f"""
        SET k v
        {name} k {near} XX
        TTL k
        {name} k {near} GT
        TTL k
        {name} k {near} LT
        ?near PEXPIRETIME k
        {name} k {later} NX
        {name} k {later} LT
        {name} k {later} GT
        ?near PEXPIRETIME k
        {name} k {sooner} GT
        {name} k {sooner} LT
        ?near PEXPIRETIME k
        {name} k {near} XX
        {name} k {later} xx gt
        {name} k {sooner} XX LT
        PERSIST k
        {name} k {near} NX
        {name} k {near} NX XX
        {name} k {near} NX GT
        {name} k {near} NX LT
        {name} k {near} GT LT
        {name} k {near} LT GT XX
        {name} k {near} NX NX
        {name} k {near} BAD
        {name} k {near} NX BAD
        {name} k {near} ""
        {name} none {near} NX
        {name} none {near} BAD
        {name} none x
        {name} k
        {name}
        ?near PEXPIRETIME k
    """)


CASES = [
    *[_edges(name) for name in ("EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT")],
    _conditions("EXPIRE", 1000, 100000, 500),
    _conditions("PEXPIRE", 1000000, 100000000, 500000),
    _conditions("EXPIREAT", 33177117420, 33177118420, 33177116420),
    _conditions("PEXPIREAT", 33177117420000, 33177118420000, 33177116420000),
    case("reading times", """
        SET k v
        TTL k
        PTTL k
        EXPIRETIME k
        PEXPIRETIME k
        TTL none
        PTTL none
        EXPIRETIME none
        PEXPIRETIME none
        PEXPIREAT k 33177117420499
        EXPIRETIME k
        PEXPIRETIME k
        PEXPIREAT k 33177117420500
        EXPIRETIME k
        PEXPIREAT k 33177117420999
        EXPIRETIME k
        EXPIRE k 100
        TTL k
        PEXPIRE k 100400
        TTL k
        TTL
        PTTL
        EXPIRETIME
        PEXPIRETIME
        TTL a b
        PERSIST
        PERSIST a b
    """),
    case("persist", """
        SET k v
        PERSIST k
        EXPIRE k 100
        PERSIST k
        TTL k
        PERSIST none
    """),
    case("a time in the past deletes", """
        SET k v
        EXPIREAT k 1
        EXISTS k
        SET k v
        PEXPIREAT k 1
        GET k
        SET k v
        EXPIRE k -1
        GET k
        SET k v
        PEXPIRE k 0
        EXISTS k
        SET k v
        EXPIRE k -1 GT
        EXISTS k
        EXPIRE k -1 XX
        EXISTS k
        EXPIRE k -1 NX
        EXISTS k
        SET k v EX 100
        EXPIRE k -1 LT
        EXISTS k
        DBSIZE
    """),
    case("an expired key is gone for every command", """
        DEBUG SET-ACTIVE-EXPIRE 0
        SET k v PX 1
        DEBUG SLEEP 0.01
        EXISTS k
        SET k v PX 1
        DEBUG SLEEP 0.01
        TTL k
        SET k v PX 1
        DEBUG SLEEP 0.01
        DEL k
        SET k v PX 1
        DEBUG SLEEP 0.01
        DBSIZE
        KEYS *
        RANDOMKEY
        DBSIZE
        SET k v PX 1
        DEBUG SLEEP 0.01
        SCAN 0
        SET k v PX 1
        DEBUG SLEEP 0.01
        SET k w NX
        TTL k
        SET k 5 PX 1
        DEBUG SLEEP 0.01
        INCR k
        SET k v PX 1
        DEBUG SLEEP 0.01
        APPEND k w
        SET k v PX 1
        DEBUG SLEEP 0.01
        RENAME k l
        SET k v PX 1
        DEBUG SLEEP 0.01
        COPY k l
        SET k v PX 1
        DEBUG SLEEP 0.01
        MOVE k 1
        SET k v PX 1
        DEBUG SLEEP 0.01
        GETSET k x
        SET k v PX 1
        DEBUG SLEEP 0.01
        SET k v GET KEEPTTL
        TTL k
        SET k v PX 1
        DEBUG SLEEP 0.01
        PERSIST k
        SET k v PX 1
        DEBUG SLEEP 0.01
        EXPIRE k 100
        SET k v PX 1
        DEBUG SLEEP 0.01
        OBJECT ENCODING k
        SET k v PX 1
        DEBUG SLEEP 0.01
        TYPE k
        SET k v PX 1
        DEBUG SLEEP 0.01
        TOUCH k
        SET k v PX 1
        DEBUG SLEEP 0.01
        UNLINK k
        SET k v PX 1
        DEBUG SLEEP 0.01
        SETRANGE k 0 x
        SET k v PX 1
        DEBUG SLEEP 0.01
        RENAMENX k l
        SET a v
        SET k v PX 1
        DEBUG SLEEP 0.01
        RENAMENX a k
        SET k v PX 1
        DEBUG SLEEP 0.01
        GETDEL k
        SET k v PX 1
        DEBUG SLEEP 0.01
        GETEX k PERSIST
        DEBUG SET-ACTIVE-EXPIRE 1
    """),
    case("commands that keep or drop the time", """
        SET k 1 EX 1000
        INCR k
        ?near PTTL k
        APPEND k 1
        ?near PTTL k
        SETRANGE k 0 2
        ?near PTTL k
        INCRBYFLOAT k 1
        ?near PTTL k
        GETSET k 1
        TTL k
        EXPIRE k 1000
        SET k 2
        TTL k
        EXPIRE k 1000
        MSET k 3
        TTL k
        EXPIRE k 1000
        SETNX k 3
        ?near PTTL k
        RENAME k l
        ?near PTTL l
    """),
]

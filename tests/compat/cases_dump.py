"""DUMP and RESTORE: payloads are compared where 7.0 keeps the value in the same form, and each
server restores what follows from the format."""

from .case import case, command

VERSION = 10
POLYNOMIAL = 0x95AC9329AC4BC9B5  # of Jones, reflected
FAR = 33177117420000
# Two compressors need not choose the same matches.
PLAIN = {"rdbcompression": "no"}


def _table():
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (POLYNOMIAL if crc & 1 else 0)
        table.append(crc)
    return table


_TABLE = _table()


def checksum(data):
    crc = 0
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return crc


def payload(value, version=VERSION):
    """`value` is the type byte and the value as in an RDB file."""
    body = value + version.to_bytes(2, "little")
    return body + checksum(body).to_bytes(8, "little")


STRING = payload(b"\x00\x05hello")
INTEGER = payload(b"\x00\xc1\x39\x30")
LIST = payload(b"\x01\x02\x01a\x01b")
SET = payload(b"\x02\x02\x01a\x01b")
ZSET = payload(b"\x05\x01\x01m" + bytes(6) + b"\xf8\x3f")
HASH = payload(b"\x04\x01\x01f\x01v")
INTSET = payload(b"\x0b\x0c" + b"\x02\0\0\0\x02\0\0\0\x01\0\x02\0")
ZIPLIST = payload(b"\x0a\x0e" + b"\x0e\0\0\0\x0a\0\0\0\x01\0" + b"\0\xf2" + b"\xff" + b"\0")
WRONG = bytes([STRING[0]]) + b"\x05hallo" + STRING[7:]


def restore(*args):
    return command("RESTORE", *args)


CASES = [
    case("dump of strings", """
        DUMP none
        MSET a "" b hello c 0 d 12 e -129 f 40000 g 2147483647 h 2147483648 i 3.14 j 012 k -0
        DUMP a
        DUMP b
        DUMP c
        DUMP d
        DUMP e
        DUMP f
        DUMP g
        DUMP h
        DUMP i
        DUMP j
        DUMP k
        SETRANGE l 200 x
        DUMP l
        DUMP
        DUMP a b
    """, command("SET", "long", "0123456789" * 2000), "DUMP long",
         config=PLAIN),
    case("dump of other types", """
        RPUSH l a b 1 -5 70000 "" 12345678901
        DUMP l
        SADD s 3 1 2
        DUMP s
        SADD s 100000
        DUMP s
        SADD s 10000000000
        DUMP s
        HSET h f v g 1 "" ""
        DUMP h
        ZADD z 1 a 2.5 b -inf c inf d 1e100
        DUMP z
        EXPIRE h 1000
        DUMP h
    """, command("RPUSH", "long", *range(3000)), "DUMP long",
         command("RPUSH", "large", "x" * 100, "y" * 20000, "z"),
         config=PLAIN),
    case("a restored key has the value it was dumped from",
         restore("str", 0, STRING), "GET str", "TTL str", "OBJECT ENCODING str",
         restore("n", 0, INTEGER), "GET n", "OBJECT ENCODING n", "INCR n",
         restore("l", 0, LIST), "LRANGE l 0 -1", "RPUSH l c",
         restore("s", 0, SET), "?unordered SMEMBERS s",
         restore("z", 0, ZSET), "ZRANGE z 0 -1 WITHSCORES", "OBJECT ENCODING z",
         restore("h", 0, HASH), "HGETALL h", "OBJECT ENCODING h",
         restore("i", 0, INTSET), "SMEMBERS i", "OBJECT ENCODING i",
         restore("zl", 0, ZIPLIST), "LRANGE zl 0 -1", "DEBUG DIGEST"),
    case("options of restore",
         restore("k", 0, STRING), restore("k", 0, INTEGER), "GET k",
         restore("k", 0, INTEGER, "REPLACE"), "GET k",
         restore("k", 100000, STRING, "REPLACE"), "?near PTTL k",
         restore("k", FAR, STRING, "replace", "absttl"), "PEXPIRETIME k",
         restore("k", 0, STRING, "REPLACE"), "TTL k",
         restore("k", 1, STRING, "REPLACE", "ABSTTL"), "EXISTS k",
         restore("gone", 1, STRING, "ABSTTL"), "EXISTS gone",
         restore("k", 0, STRING, "IDLETIME", 1000), "OBJECT IDLETIME k",
         restore("k", 0, STRING, "REPLACE", "FREQ", 10), "OBJECT FREQ k", "GET k"),
    case("options of restore under lfu", "CONFIG SET maxmemory-policy allkeys-lfu",
         restore("k", 0, STRING, "FREQ", 100), "OBJECT FREQ k",
         restore("k", 0, STRING, "REPLACE", "IDLETIME", 100), "EXISTS k",
         "CONFIG SET maxmemory-policy noeviction"),
    case("errors of restore",
         "RESTORE", "RESTORE k", "RESTORE k 0", "RESTORE k 0 x", "RESTORE k x x", "RESTORE k -1 x",
         restore("k", 0, b""), restore("k", 0, STRING[:-1]), restore("k", 0, STRING + b"x"),
         restore("k", 0, WRONG), restore("k", 0, payload(b"\x00\x05hello", 99)),
         restore("k", 0, payload(b"\x00\x3fhell")), restore("k", 0, payload(b"\x1f\x05hello")),
         restore("k", 0, payload(b"")), restore("k", 0, payload(b"\x0b\x05hello")),
         restore("k", -1, STRING), restore("k", "x", STRING),
         restore("k", "9223372036854775808", STRING),
         restore("k", 0, STRING, "REPLACED"), restore("k", 0, STRING, "IDLETIME"),
         restore("k", 0, STRING, "IDLETIME", -1), restore("k", 0, STRING, "IDLETIME", "x"),
         restore("k", 0, STRING, "FREQ", 256), restore("k", 0, STRING, "FREQ", -1),
         restore("k", 0, STRING, "FREQ", 1, "IDLETIME", 1),
         restore("k", 0, STRING, "IDLETIME", 1, "FREQ", 1), "EXISTS k",
         "SET k v", restore("k", -1, b"x"), restore("k", -1, b"x", "REPLACE"),
         restore("k", 0, b"x", "REPLACE"), restore("k", 0, b"x", "BAD"), "GET k"),
    case("checksums that are not looked at",
         restore("k", 0, WRONG), "DEBUG SET-SKIP-CHECKSUM-VALIDATION 1", restore("k", 0, WRONG),
         "GET k", restore("k", 0, payload(b"\x00\x05hello", 99), "REPLACE"),
         "DEBUG SET-SKIP-CHECKSUM-VALIDATION 0", restore("k", 0, WRONG, "REPLACE")),
    case("nodes of lists", "DEBUG QUICKLIST-PACKED-THRESHOLD 10b",
         "RPUSH l a 0123456789 b 0123456789012 c d", "LRANGE l 0 -1",
         "DEBUG QUICKLIST-PACKED-THRESHOLD 5gb", "DEBUG QUICKLIST-PACKED-THRESHOLD x",
         "DEBUG QUICKLIST-PACKED-THRESHOLD", "DEBUG QUICKLIST-PACKED-THRESHOLD 0",
         config=PLAIN),
    case("the length that debug object tells", """
        MSET a "" b hello c 12 d 40000 e 2147483648
        ?debugobject DEBUG OBJECT a
        ?debugobject DEBUG OBJECT b
        ?debugobject DEBUG OBJECT c
        ?debugobject DEBUG OBJECT d
        ?debugobject DEBUG OBJECT e
        HSET h f v g w
        ?debugobject DEBUG OBJECT h
        ZADD z 1 a 2 b
        ?debugobject DEBUG OBJECT z
        SADD s 1 2 3
        ?debugobject DEBUG OBJECT s
    """,
         config=PLAIN),
    case("what is answered about saving", """
        SAVE x
        BGSAVE x
        BGSAVE SCHEDULE x
        LASTSAVE x
        ?near LASTSAVE
        DEBUG RELOAD x
        DEBUG RELOAD NOSAVE x
        DEBUG SET-SKIP-CHECKSUM-VALIDATION
        SET k v
        DEBUG RELOAD
        GET k
        SAVE
        ?near LASTSAVE
    """),
]

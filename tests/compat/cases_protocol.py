"""Bytes on the wire: inline commands, protocol errors and how the connection ends."""

from .case import byDesign, case, raw

ERRORS = [
    b"*abc\r\n", b"*-5\r\n", b"*2147483648\r\n", b"*99999999999999999999\r\n",
    b"*1\r\n:1\r\n", b"*1\r\nPING\r\n", b"*1\r\n$abc\r\n", b"*1\r\n$-1\r\n",
    b"*1\r\n$536870913\r\n", b"*1\r\n$99999999999999999999\r\n", b"*2\r\n$4\r\nECHO\r\n*1\r\n",
    b"*1\r\n\r\n", b"*1\r\n$\r\n", b"*\r\n", b"* 1\r\n$4\r\nPING\r\n", b"*1 \r\n$4\r\nPING\r\n",
    b"*+1\r\n$4\r\nPING\r\n", b"*01\r\n$4\r\nPING\r\n", b"*1\r\n$+4\r\nPING\r\n",
    b"*1\r\n$04\r\nPING\r\n", b"*1\r\n$-0\r\n\r\n", b"*2\r\n$4\r\nECHO\r\n$-1\r\n",
    b"*2\r\n$4\r\nECHO\r\n+x\r\n", b"*1\r\n$4\r\nPING\r\n*x\r\n", b"*1\r\n%4\r\n",
    b"*1\r\n\x01\r\n", b'*2\r\n"\r\n',
]
INLINE = [
    b"PING\r\n", b"PING\n", b"ping\r\n", b"  PING  \r\n", b"\tPING\t\r\n", b"\r\n", b"\n",
    b"   \r\n", b"\r\n\r\nPING\r\n", b"SET k v\r\n", b"GET k\r\n", b"SET k \"a b\"\r\n",
    b"GET k\r\n", b"SET k \"a\\x41\\n\\r\\t\\a\\b\\\\\\\"\"\r\n", b"GET k\r\n",
    b"SET k 'it\\'s'\r\n", b"GET k\r\n", b"SET k 'a\\n\"b'\r\n", b"GET k\r\n", b"SET k ''\r\n",
    b"GET k\r\n", b"SET k \"\"\r\n", b"GET k\r\n", b"SET k a\"b\"\r\n", b"GET k\r\n",
    b"SET k \"\\xzz\"\r\n", b"GET k\r\n", b"SET k \"\\q\"\r\n", b"GET k\r\n",
    b"SET\tk\tv\r\n", b"GET k\r\n", b"NOSUCH x\r\n", b"GET\r\n", b"PING\rPING\r\n",
    b"ECHO a\x0bb\r\n", b"ECHO \xff\xfe\r\n", b"HELP\r\n", b":1\r\n", b"$4\r\nPING\r\n",
    b"+OK\r\n", b"-1\r\n", b"ECHO  a   b\r\n",
]
INLINE_ERRORS = [
    b"SET k \"unbalanced\r\n", b"SET k 'unbalanced\r\n", b"SET k \"a\"b\r\n", b"SET k 'a'b\r\n",
    b"\"\r\n", b"SET k \"a\\\"\r\n", b"SET \"k\"\"v\"\r\n",
]
EMPTY = [b"*0\r\n", b"*-1\r\n", b"*0\r\n*0\r\nPING\r\n", b"*1\r\n$0\r\n\r\n",
         b"*2\r\n$0\r\n\r\n$1\r\nx\r\n"]
BULK_END = [b"*2\r\n$4\r\nECHO\r\n$3\r\nabcXY*1\r\n$4\r\nPING\r\n",
            b"*2\r\n$4\r\nECHO\r\n$0\r\n\r\n", b"*2\r\n$4\r\nECHO\r\n$4\r\na\r\nb\r\n"]
ATTACKS = [b"POST / HTTP/1.1\r\n", b"Host: localhost\r\n", b"post x\r\n"]

CASES = [
    *[case(f"protocol error {data!r}", raw(data), "PING") for data in ERRORS],
    case("inline commands", *[raw(data) for data in INLINE]),
    *[case(f"inline error {data!r}", raw(data), "PING") for data in INLINE_ERRORS],
    case("empty requests", *[raw(data) for data in EMPTY]),
    case("what ends a bulk is not looked at", *[raw(data) for data in BULK_END]),
    *[case(f"http is refused {data!r}", raw(data), "PING") for data in ATTACKS],
    case("inline too big", raw(b"x" * 70000, ends=True), "PING"),
    case("more arguments than the limit",
         byDesign(b"*1048577\r\n",
                  ["error(b'ERR Protocol error: invalid multibulk length')", "closed"],
                  "DESIGN, Limits: 1 M multibulk arguments, as Redis before 7.0")),
    case("inline just fits", raw(b"ECHO " + b"y" * 60000 + b"\r\n")),
    case("multibulk count line too big", raw(b"*" + b"1" * 70000, ends=True), "PING"),
    case("bulk count line too big", raw(b"*1\r\n$" + b"1" * 70000, ends=True),
         "PING"),
    case("replies before the error are sent",
         raw(b"SET k v\r\nGET k\r\n*1\r\n$x\r\nGET k\r\n"), "GET k"),
    case("many arguments", raw(b"*100001\r\n$3\r\nDEL\r\n" + b"$1\r\nk\r\n" * 100000), "DBSIZE"),
    case("limits before auth", "@9 CONFIG SET requirepass secret",
         raw(b"*11\r\n$4\r\nPING\r\n", connection=2),
         raw(b"*2\r\n$4\r\nECHO\r\n$16385\r\n", connection=3),
         raw(b"*10\r\n$3\r\nDEL\r\n$16384\r\n" + b"x" * 16384 + b"\r\n"
             + (b"$1500\r\n" + b"x" * 1500 + b"\r\n") * 8, connection=4),
         byDesign(b"*10\r\n$3\r\nDEL\r\n" + (b"$16384\r\n" + b"x" * 16384 + b"\r\n") * 9,
                  ["error(b'ERR Protocol error: unauthenticated bulk length')", "closed"],
                  "docs/differences.md: 32 KB as a whole before AUTH"),
         "@5 AUTH secret",
         raw(b"*12\r\n$3\r\nDEL\r\n" + b"$1\r\nk\r\n" * 11, connection=5),
         raw(b"*2\r\n$4\r\nECHO\r\n$16385\r\n" + b"x" * 16385 + b"\r\n", connection=5),
         '@9 CONFIG SET requirepass ""'),
]

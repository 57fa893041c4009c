"""Lists: every command, option and refusal, and where their encoding changes."""

from .case import case, command, differs72
from .wrong_types import wrongTypes

NUMBERS = ["0", "1", "-1", "2147483648", "9223372036854775807", "-9223372036854775808",
           "9223372036854775808", "01", "-0", "+1", "", " 1", "1.0", "x", "1\x00"]
# Values at the edges of the forms in which a listpack keeps integers.
PACKED = [sign * 2**bits + more for bits in (7, 12, 13, 15, 16, 23, 24, 31, 32, 63)
          for sign in (1, -1) for more in (-1, 0, 1)]
LENGTHS = [0, 1, 62, 63, 64, 65, 127, 128, 4095, 4096, 4097, 8100, 8192, 20000, 70000]

_WRONG = """
    LPUSH k a
    RPUSH k a
    LPUSHX k a
    RPUSHX k a
    LPOP k
    RPOP k
    LPOP k 0
    LPOP k 1
    RPOP k 2
    LPOP k -1
    LPOP k x
    LLEN k
    LINDEX k 0
    LINDEX k x
    LSET k 0 v
    LSET k x v
    LINSERT k BEFORE a b
    LINSERT k BAD a b
    LREM k 0 a
    LREM k x a
    LTRIM k 0 1
    LTRIM k x 1
    LRANGE k 0 -1
    LRANGE k x -1
    LPOS k a
    LPOS k a RANK 0
    LPOS k a COUNT 1
    LMOVE k good LEFT RIGHT
    LMOVE good k LEFT RIGHT
    LMOVE k k LEFT RIGHT
    LMOVE none k LEFT RIGHT
    LMOVE k none BAD RIGHT
    RPOPLPUSH k good
    RPOPLPUSH good k
    RPOPLPUSH none k
    LMPOP 1 k LEFT
    LMPOP 2 none k LEFT
    LMPOP 2 good k LEFT
    LMPOP 2 k good RIGHT COUNT 2
    LRANGE good 0 -1
"""

CASES = [
    case("push", """
        LPUSH l a
        LPUSH l b c d
        RPUSH l x y z
        LRANGE l 0 -1
        LLEN l
        LPUSHX l first
        RPUSHX l last more
        LRANGE l 0 -1
        LPUSHX none a
        RPUSHX none a b
        EXISTS none
        LLEN none
        LPUSH e ""
        RPUSH e "" "\\x00" "a\\r\\nb" "\\xff"
        LRANGE e 0 -1
        RPUSH n 1 -1 007 +1 1.5 " 1" 9223372036854775807 9223372036854775808
        LRANGE n 0 -1
        LPUSH
        LPUSH l
        RPUSH l
        LPUSHX l
        RPUSHX l
        LLEN
        LLEN l x
    """),
    case("values of every packed form",
         command("RPUSH", "l", *PACKED), command("LPUSH", "l", *PACKED),
         command("LRANGE", "l", 0, -1), command("DEBUG", "DIGEST-VALUE", "l"),
         *[one for value in PACKED[::3] for one in (
             command("LPOS", "l", value), command("LREM", "l", 1, value), command("LLEN", "l"))],
         command("LRANGE", "l", 0, -1)),
    case("values of every length",
         *[one for length in LENGTHS for one in (
             command("RPUSH", "l", "v" * length), command("LPUSH", "l", "w" * length),
             command("LINDEX", "l", 0), command("LINDEX", "l", -1), command("TYPE", "l"),
             command("OBJECT", "ENCODING", "l", comparator="encoding"))],
         command("LRANGE", "l", 0, -1), command("DEBUG", "DIGEST-VALUE", "l"),
         *[command("RPOP" if length % 2 else "LPOP", "l") for length in LENGTHS * 2],
         command("EXISTS", "l")),
    case("pop", """
        RPUSH l a b c d e f g
        LPOP l
        RPOP l
        LPOP l 0
        LPOP l 2
        RPOP l 2
        LRANGE l 0 -1
        LPOP l 100
        EXISTS l
        LPOP l
        RPOP l
        LPOP l 0
        LPOP l 1
        RPOP l 5
        RPUSH l a
        LPOP l -1
        RPOP l -1
        LPOP none -1
        LPOP l x
        LPOP none x
        LPOP l 9223372036854775808
        LPOP l 1.0
        LPOP l ""
        LPOP l 1 2
        LPOP
        RPOP
        RPOP l 9223372036854775807
        EXISTS l
        RPUSH t a EX
        EXPIRE t 1000
        LPOP t
        RPUSH t b
        ?near PTTL t
        LPOP t 2
        RPUSH t c
        TTL t
    """),
    case("lindex and lset", """
        RPUSH l a b c d
        LINDEX l 0
        LINDEX l 3
        LINDEX l 4
        LINDEX l -1
        LINDEX l -4
        LINDEX l -5
        LINDEX l 9223372036854775807
        LINDEX l -9223372036854775808
        LINDEX none 0
        LINDEX none x
        LINDEX l
        LINDEX l 0 1
        LSET l 0 A
        LSET l -1 D
        LSET l 1 12345
        LSET l 2 ""
        LRANGE l 0 -1
        LSET l 4 x
        LSET l -5 x
        LSET none 0 x
        LSET none x x
        LSET l 9223372036854775807 x
        LSET l 0
        LSET l 0 a b
    """, *[command("LINDEX", "l", text) for text in NUMBERS],
        *[command("LSET", "l", text, "v" + text) for text in NUMBERS],
        command("LRANGE", "l", 0, -1)),
    case("linsert", """
        RPUSH l a b a c
        LINSERT l BEFORE a x
        LINSERT l AFTER a y
        LINSERT l before c z
        LINSERT l aFTER c end
        LRANGE l 0 -1
        LINSERT l BEFORE none x
        LINSERT none BEFORE a x
        LINSERT l BAD a x
        LINSERT none BAD a x
        LINSERT l "" a x
        LINSERT l BEFORE a
        LINSERT l BEFORE a x y
        RPUSH n 10 20
        LINSERT n BEFORE 20 15
        LINSERT n AFTER 020 25
        LINSERT n AFTER 10 ""
        LINSERT n BEFORE "" 11
        LRANGE n 0 -1
    """),
    case("lrem", """
        RPUSH l a b a c a d a
        LREM l 1 a
        LRANGE l 0 -1
        LREM l -1 a
        LRANGE l 0 -1
        LREM l 0 a
        LRANGE l 0 -1
        LREM l 0 a
        LREM l 0 none
        LREM none 0 a
        LREM none x a
        LREM l x a
        LREM l 9223372036854775807 b
        LREM l -9223372036854775808 c
        LREM l 9223372036854775808 d
        LRANGE l 0 -1
        LREM l -9223372036854775807 d
        EXISTS l
        RPUSH n 1 2 1 1 3 01
        LREM n -2 1
        LREM n 0 01
        LRANGE n 0 -1
        LREM n
        LREM n 1
        LREM n 1 2 3
    """),
    case("ltrim and lrange", """
        RPUSH l a b c d e f
        LRANGE l 0 -1
        LRANGE l 1 3
        LRANGE l -3 -2
        LRANGE l -100 2
        LRANGE l 3 100
        LRANGE l 3 2
        LRANGE l 6 7
        LRANGE l -1 -3
        LRANGE l 0 9223372036854775807
        LRANGE l -9223372036854775808 9223372036854775807
        LRANGE l -9223372036854775808 -9223372036854775808
        LRANGE none 0 -1
        LRANGE none x 1
        LRANGE l x 1
        LRANGE l 0 x
        LRANGE l 0 9223372036854775808
        LRANGE l 0
        LRANGE l 0 1 2
        LTRIM l 1 -2
        LRANGE l 0 -1
        LTRIM l -100 100
        LTRIM l -3 2
        LRANGE l 0 -1
        LTRIM none 0 1
        LTRIM none x 1
        LTRIM l 0 x
        LTRIM l x 0
        LTRIM l 0
        LTRIM l 1 1
        LTRIM l 5 3
        EXISTS l
        RPUSH l a b
        EXPIRE l 1000
        LTRIM l 2 5
        EXISTS l
    """),
    case("lpos", """
        RPUSH l a b c 1 2 3 c c 1 1
        LPOS l c
        LPOS l none
        LPOS none c
        LPOS l 1
        LPOS l 01
        LPOS l c RANK 1
        LPOS l c RANK 2
        LPOS l c RANK 4
        LPOS l c RANK -1
        LPOS l c RANK -3
        LPOS l c RANK -4
        LPOS l c COUNT 0
        LPOS l c COUNT 1
        LPOS l c COUNT 2
        LPOS l c COUNT 100
        LPOS l none COUNT 0
        LPOS none c COUNT 0
        LPOS none c COUNT 1
        LPOS l c COUNT 2 RANK 2
        LPOS l c COUNT 0 RANK -1
        LPOS l c COUNT 0 RANK -2 MAXLEN 6
        LPOS l c MAXLEN 2
        LPOS l c MAXLEN 3
        LPOS l c MAXLEN 0 COUNT 0
        LPOS l 1 MAXLEN 1 RANK -1
        LPOS l c MAXLEN 1 RANK -1
        LPOS l c count 2 rank 1 maxlen 100
        LPOS l c RANK 0
        LPOS l c COUNT -1
        LPOS l c MAXLEN -1
        LPOS l c RANK x
        LPOS l c COUNT x
        LPOS l c MAXLEN x
        LPOS l c RANK 9223372036854775807
        LPOS l c RANK -9223372036854775807
        LPOS l c RANK 9223372036854775808
        LPOS l c COUNT 9223372036854775807 MAXLEN 9223372036854775807
        LPOS l c RANK
        LPOS l c BAD 1
        LPOS l c COUNT 1 RANK
        LPOS l c RANK 1 RANK -1
        LPOS none c RANK 0
        LPOS none c COUNT -1
        LPOS l
        LPOS
    """, differs72("LPOS l c RANK -9223372036854775808",
                   "error(b'ERR value is out of range, value must between -9223372036854775807 "
                   "and 9223372036854775807')", "7.0 takes the least integer and overflows")),
    case("lmove and rpoplpush", """
        RPUSH a 1 2 3 4
        LMOVE a b LEFT LEFT
        LMOVE a b LEFT RIGHT
        LMOVE a b RIGHT LEFT
        LMOVE a b right right
        EXISTS a
        LRANGE b 0 -1
        LMOVE b b LEFT RIGHT
        LMOVE b b RIGHT LEFT
        LMOVE b b LEFT LEFT
        LMOVE b b RIGHT RIGHT
        LRANGE b 0 -1
        LMOVE none b LEFT LEFT
        LMOVE none none LEFT LEFT
        LMOVE b a BAD LEFT
        LMOVE b a LEFT BAD
        LMOVE none a BAD LEFT
        LMOVE b a LEFT
        LMOVE b a LEFT LEFT x
        RPOPLPUSH b a
        RPOPLPUSH b b
        RPOPLPUSH none a
        RPOPLPUSH b
        RPOPLPUSH b a c
        LRANGE a 0 -1
        LRANGE b 0 -1
        DEL a b
        RPUSH a one
        EXPIRE a 1000
        LMOVE a a LEFT RIGHT
        ?near PTTL a
        RPOPLPUSH a a
        LMOVE a b LEFT RIGHT
        TTL b
        EXISTS a
    """),
    case("lmpop", """
        RPUSH a 1 2 3 4 5
        RPUSH b x y
        LMPOP 1 a LEFT
        LMPOP 1 a RIGHT COUNT 2
        LMPOP 2 none a LEFT COUNT 100
        EXISTS a
        LMPOP 2 a b LEFT
        LMPOP 3 a none b right count 5
        LMPOP 1 none LEFT
        LMPOP 2 none a RIGHT COUNT 3
        LMPOP 0 a LEFT
        LMPOP -1 a LEFT
        LMPOP x a LEFT
        LMPOP 1.5 a LEFT
        LMPOP 9223372036854775808 a LEFT
        LMPOP 9223372036854775807 a LEFT
        LMPOP 2 a LEFT
        LMPOP 1 a BAD
        LMPOP 1 a b LEFT
        LMPOP 3 a LEFT
        LMPOP 1 a LEFT COUNT
        LMPOP 1 a LEFT COUNT 0
        LMPOP 1 a LEFT COUNT -1
        LMPOP 1 a LEFT COUNT x
        LMPOP 1 a LEFT COUNT 1 COUNT 2
        LMPOP 1 a LEFT BAD 1
        LMPOP 1 a LEFT COUNT 1 x
        LMPOP 1 a LEFT RIGHT
        LMPOP 1 a
        LMPOP 1
        LMPOP
        RPUSH b x
        LMPOP 2 b b LEFT COUNT 9223372036854775807
    """),
    case("encodings of lists at their limits", """
        RPUSH l a
        ?listpack OBJECT ENCODING l
        RPUSH l b c
        ?listpack OBJECT ENCODING l
        RPUSH l d
        OBJECT ENCODING l
        LRANGE l 0 -1
        LPOP l
        OBJECT ENCODING l
        LTRIM l 0 0
        ?listpack OBJECT ENCODING l
        RPUSH at-once a b c
        ?listpack OBJECT ENCODING at-once
        RPUSH over a b c d
        OBJECT ENCODING over
        LMOVE over at-once LEFT LEFT
        OBJECT ENCODING at-once
        COPY at-once copy
        OBJECT ENCODING copy
        LREM at-once 0 a
        TYPE at-once
        ?encoding OBJECT ENCODING at-once
        LINSERT copy BEFORE a x
        OBJECT ENCODING copy
        LRANGE copy 0 -1
    """, config={"list-max-listpack-size": 3}),
    case("encodings of lists by size",
         command("RPUSH", "l", "x" * 4089), "?listpack OBJECT ENCODING l",
         command("RPUSH", "over", "x" * 4090), "OBJECT ENCODING over",
         command("RPUSH", "l", "y"), "OBJECT ENCODING l",
         command("RPUSH", "set", "a"), command("LSET", "set", 0, "x" * 5000),
         "OBJECT ENCODING set", command("LINSERT", "l", "BEFORE", "y", "z" * 5000),
         "LRANGE l 0 -1", "DEBUG DIGEST-VALUE l over set",
         config={"list-max-listpack-size": -1}),
    case("limits of lists change", """
        RPUSH l a b c d e f
        ?listpack OBJECT ENCODING l
        CONFIG SET list-max-listpack-size 2
        ?listpack OBJECT ENCODING l
        RPUSH l g
        OBJECT ENCODING l
        CONFIG SET list-max-listpack-size 100
        RPUSH l h i j
        OBJECT ENCODING l
        LRANGE l 0 -1
        CONFIG SET list-compress-depth 1
        RPUSH l k l m n o p
        LINDEX l 5
        LINSERT l BEFORE h x
        LSET l 3 y
        LREM l 1 i
        LRANGE l 0 -1
        CONFIG SET list-compress-depth 0
        LRANGE l 2 -3
        CONFIG SET list-max-ziplist-size 7
        CONFIG GET list-max-listpack-size
        CONFIG SET list-max-listpack-size x
        CONFIG SET list-compress-depth -1
    """, config={"list-max-listpack-size": -2, "list-compress-depth": 0}),
    *[case(f"long lists, {size} a node, {depth} nodes not compressed",
           command("RPUSH", "l", *(f"element-{number % 7}-{number}" for number in range(400))),
           command("LPUSH", "l", *range(200)), "LLEN l",
           *[command("LINDEX", "l", at) for at in range(-640, 640, 37)],
           *[command("LRANGE", "l", at, at + 20) for at in range(-620, 620, 61)],
           *[command("LINSERT", "l", "AFTER", number, "x" * (number * 7)) for number in range(20)],
           *[command("LSET", "l", at, "set" * at) for at in range(0, 600, 23)],
           *[command("LREM", "l", sign, f"element-{at % 7}-{at}")
             for at in range(0, 400, 9) for sign in (1, -1)],
           "LPOS l element-3-360 RANK -1", "LPOS l nothing COUNT 0", "LTRIM l 50 -60", "LLEN l",
           "LRANGE l 0 -1", "LPOP l 100", "RPOP l 200", "LRANGE l 0 -1", "DEBUG DIGEST-VALUE l",
           "COPY l copy", "DEBUG DIGEST-VALUE copy", "LTRIM l 3 3", "LRANGE l 0 -1",
           config={"list-max-listpack-size": size, "list-compress-depth": depth})
      for size in (1, 4, -1) for depth in (0, 1, 3)],
    *wrongTypes("list", "RPUSH good 1 2 3", _WRONG),
]

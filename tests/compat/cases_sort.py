"""SORT and SORT_RO."""

from .case import case, command, differs72

LIMITS = [("0", "3"), ("1", "2"), ("0", "0"), ("0", "-1"), ("2", "-1"), ("-1", "2"), ("-5", "3"),
          ("100", "1"), ("3", "100"), ("0", "9223372036854775807"), ("9223372036854775807", "1"),
          ("-9223372036854775808", "2")]
BAD_LIMITS = [("x", "1"), ("1", "x"), ("0", "9223372036854775808"), ("", "1")]
NUMBERS = ["3", "1", "2", "10", "-5", "1.5", "1e2", "inf", "-inf", "0x10", "+7", "007", " 4", ""]
NOT_NUMBERS = ["x", "1x", "nan", "1 ", "1e400", "--1"]

_DATA = """
    RPUSH l 3 1 2 10 -5
    MSET w_3 30 w_1 300 w_2 3 w_10 1 w_-5 7
    MSET n_3 three n_1 one n_2 two n_10 ten
    HSET h_1 f 9 name first
    HSET h_2 f 8 name second
    HSET h_3 f 7
"""

CASES = [
    case("numbers and texts", """
        RPUSH l 3 1 2 10 -5 1.5
        SORT l
        SORT l ASC
        SORT l DESC
        SORT l asc desc
        SORT l DESC ASC
        SORT l ALPHA
        SORT l ALPHA DESC
        SORT l alpha desc
        SORT_RO l
        SORT_RO l DESC ALPHA
        SADD s 3 1 2 10 -5
        SORT s
        SORT s DESC
        SORT s ALPHA
        SADD t b a C A "" c10 c9
        SORT t ALPHA
        SORT t ALPHA DESC
        SORT t
        ZADD z 5 1 4 2 3 30 2 4 1 -1
        SORT z
        SORT z DESC
        SORT z ALPHA
        ZADD y 1 b 2 a 3 c
        SORT y
        SORT y ALPHA
        SORT none
        SORT none ALPHA STORE d
        SORT_RO none
        EXISTS d
        RPUSH b "\\x00" "\\xff" "a\\x00b" "a" "a\\x00a" "aa"
        SORT b ALPHA
        RPUSH same 1 1 01 1.0 1 2
        SORT same
        SORT same DESC
    """),
    case("what is a number",
         *[one for text in NUMBERS + NOT_NUMBERS for one in (
             command("DEL", "l"), command("RPUSH", "l", 5, text, 4), command("SORT", "l"),
             command("SORT", "l", "ALPHA"), command("SET", "w_4", text),
             command("SORT", "k", "BY", "w_*"), command("RPUSH", "k", 4, 5),
             command("SORT", "k", "BY", "w_*"))]),
    case("limits", "RPUSH l 3 1 2 10 -5", "SADD s 3 1 2 10", "ZADD z 1 a 2 b 3 c 4 d",
         *[one for offset, count in LIMITS + BAD_LIMITS for one in (
             command("SORT", "l", "LIMIT", offset, count),
             command("SORT", "l", "DESC", "LIMIT", offset, count),
             command("SORT_RO", "s", "limit", offset, count),
             command("SORT", "l", "BY", "nosort", "LIMIT", offset, count),
             command("SORT", "l", "BY", "nosort", "DESC", "LIMIT", offset, count),
             command("SORT", "z", "BY", "nosort", "LIMIT", offset, count),
             command("SORT", "z", "BY", "nosort", "DESC", "LIMIT", offset, count),
             command("SORT", "z", "BY", "nosort", "ASC", "LIMIT", offset, count),
             command("SORT", "l", "LIMIT", offset, count, "STORE", "d"),
             command("LRANGE", "d", 0, -1), command("SORT", "none", "LIMIT", offset, count))]),
    case("by and get", _DATA, """
        SORT l BY w_*
        SORT l BY w_* DESC
        SORT l BY w_* GET #
        SORT l BY w_* GET # GET n_*
        SORT l BY w_* GET n_* GET # GET w_*
        SORT l GET n_*
        SORT l GET #
        SORT l GET # GET #
        SORT l GET none
        SORT l GET none_*
        SORT l BY h_*->f
        SORT l BY h_*->f GET h_*->name
        SORT l BY h_*->f DESC GET # GET h_*->f
        SORT l BY h_*->none
        SORT l BY none_*
        SORT l BY n_*
        SORT l BY n_* ALPHA
        SORT l BY n_* ALPHA DESC
        SORT l BY nosort
        SORT l BY nosort GET n_*
        SORT l BY nostar DESC
        SORT l BY nosort ALPHA
        SORT l BY ""
        SORT l GET ""
        SORT l BY w_* BY h_*->f
        SORT l BY h_1->f
        SORT l BY h_*->
        SORT l GET h_*->
        SORT l GET w_*->f
        SORT l GET h_*
        SORT l GET l*
        SORT l GET *
        SORT l GET w_*_*
        SORT l by w_* get # limit 1 2 desc
        SORT l BY w_* LIMIT 0 2 GET n_*
        SET w_2 x
        SORT l BY w_*
        SORT_RO l BY h_*->f GET #
        HSET h_*x f 1
        SORT l GET h_*x->f
        SET "h_3->" arrow
        SORT l GET h_*->
        SET "*" star
        RPUSH one *
        SORT one ALPHA GET *
    """),
    case("weights that are equal", """
        RPUSH l c a b d
        MSET w_a 1 w_b 1 w_c 0 w_d 1
        SORT l BY w_*
        SORT l BY w_* DESC
        SORT l BY none_*
        RPUSH m 2 1 3
        SORT m BY none_*
        SORT m BY none_* DESC
        SORT m BY none_* ALPHA LIMIT 0 0
    """),
    case("store", _DATA, """
        SORT l STORE d
        LRANGE d 0 -1
        TYPE d
        SORT l BY w_* GET n_* STORE d
        LRANGE d 0 -1
        SORT l GET # GET none_* STORE d
        LRANGE d 0 -1
        SET d text EX 1000
        SORT l STORE d
        TTL d
        TYPE d
        SORT none STORE d
        EXISTS d
        SORT l LIMIT 5 5 STORE d
        EXISTS d
        SORT l DESC STORE l
        LRANGE l 0 -1
        SADD s 3 1 2
        SORT s BY nosort STORE d
        LRANGE d 0 -1
        SADD t c a b
        SORT t BY nosort STORE d
        LRANGE d 0 -1
        SORT t STORE d
        LRANGE d 0 -1
        SORT l STORE d STORE e
        EXISTS d e
        SORT_RO l STORE d
        ?listpack OBJECT ENCODING e
    """),
    case("sorted sets keep their order", """
        ZADD z 3 a 1 b 2 c 5 d
        SORT z BY nosort
        SORT z BY nosort ASC
        SORT z BY nosort DESC
        SORT z BY nosort GET #
        SORT z BY nosort STORE d
        LRANGE d 0 -1
        SORT z BY nosort DESC LIMIT 1 2
    """),
    case("a small sorted set stays small", "ZADD z 3 a 1 b", "SORT z ALPHA", "SORT_RO z BY nosort",
         differs72("OBJECT ENCODING z", "bulk(b'listpack')",
                   "Redis turns it into a skiplist to sort it; ours does not: docs/differences.md")),
    case("refusals", """
        SORT
        SORT_RO
        RPUSH l 2 1
        SORT l BAD
        SORT l BY
        SORT l GET
        SORT l LIMIT
        SORT l LIMIT 0
        SORT l STORE
        SORT l ASC BAD
        SORT none BAD
        SET s text
        HSET h f v
        SORT s
        SORT h
        SORT_RO s
        SORT_RO h BY nosort
        SORT s BAD
        SORT s LIMIT x 1
        SORT h STORE d
        SORT none BY w_*->f GET #
        SORT l "" x
        COMMAND GETKEYS SORT l BY w_* GET # STORE d
        COMMAND GETKEYS SORT l
        COMMAND GETKEYS SORT_RO l BY w_*
        COMMAND GETKEYS SORT l STORE d STORE e
    """),
    case("many elements",
         command("RPUSH", "l", *((n * 7919) % 5003 for n in range(1000))), "SORT l", "SORT l DESC",
         "SORT l ALPHA", "SORT l LIMIT 100 50", "SORT l DESC LIMIT 10 7", "SORT l ALPHA LIMIT 500 9",
         command("SADD", "s", *(f"m{(n * 7919) % 5003}" for n in range(1000))), "SORT s ALPHA",
         "SORT s ALPHA DESC LIMIT 3 30", "SORT s ALPHA STORE d", "DEBUG DIGEST-VALUE d"),
]

"""Counters and floats: limits of 64 bits, what counts as a number, how a float is written."""

from .case import case, command

FLOATS = ["0", "1", "-1", "0.1", "-0.1", "1.5", "3.0", "3.0e3", "5e-1", "1e10", "1e17", "1e18",
          "1e20", "1e21", "1e300", "1e308", "1e4000", "1e-10", "1e-17", "1e-18", "1e-300",
          "0.30000000000000004", "3.14159265358979323846", "123456789.123456789",
          "99999999999999999.5", "18446744073709551616", "9223372036854775807", "-1e-17",
          "0x10", "0x1p3", "1.", ".5", "+5", "1e", "e1", "1e+5", "00012", "1_0", "1,5"]
NOT_FLOATS = ["", " ", "abc", " 1", "1 ", "1\n", "inf", "-inf", "+inf", "Infinity", "nan", "-nan",
              "1e5000", "--1", "1..2", "1\x00", "1" * 300, "0." + "1" * 300]
INTEGERS = ["0", "1", "-1", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
            "-9223372036854775809", "01", "-0", "+1", "", " 1", "1 ", "1.0", "1e3", "0x10", "abc",
            "99999999999999999999", "-", "1\x00"]

CASES = [
    case("incr and decr", """
        INCR n
        INCR n
        DECR n
        DECR m
        INCRBY n 41
        DECRBY n 2
        INCRBY n -50
        DECRBY n -50
        GET n
        SET n 9223372036854775807
        INCR n
        INCRBY n 1
        DECRBY n -1
        INCRBY n 0
        GET n
        SET n -9223372036854775808
        DECR n
        INCRBY n -1
        DECRBY n 1
        DECRBY n -9223372036854775808
        DECRBY z -9223372036854775808
        INCRBY n 9223372036854775807
        INCRBY n 9223372036854775807
        INCRBY n 9223372036854775807
        SET n 0
        DECRBY n 9223372036854775807
        DECR n
        DECR n
        SET t 5 EX 1000
        INCR t
        ?near PTTL t
        INCRBYFLOAT t 0.5
        ?near PTTL t
        SET s "not a number"
        INCR s
        DECR s
        INCRBY s 1
        INCRBYFLOAT s 1
        SET s 1.5
        INCR s
        INCRBYFLOAT s 1.5
        INCR s
    """),
    case("increments that are numbers or not",
         *[step for text in INTEGERS for step in (
             command("DEL", "n"), command("INCRBY", "n", text), command("DECRBY", "n", text),
             command("GET", "n"))]),
    case("values that are numbers or not",
         *[step for text in INTEGERS for step in (
             command("SET", "n", text), command("INCR", "n"), command("GET", "n"),
             command("OBJECT", "ENCODING", "n"))]),
    case("float increments",
         *[step for text in FLOATS + NOT_FLOATS for step in (
             command("DEL", "f"), command("INCRBYFLOAT", "f", text),
             command("INCRBYFLOAT", "f", "1.1"), command("GET", "f"))]),
    case("float values",
         *[step for text in FLOATS + NOT_FLOATS for step in (
             command("SET", "f", text), command("INCRBYFLOAT", "f", "0"),
             command("INCRBYFLOAT", "f", "-0.1"), command("GET", "f"))]),
    case("float overflow", """
        SET f 1e4932
        INCRBYFLOAT f 1e4932
        GET f
        SET f 17179869184
        INCRBYFLOAT f 1
        INCRBYFLOAT f 1.0
        SET f 3
        INCRBYFLOAT f 1.01
        INCRBYFLOAT f -1.01
        INCRBYFLOAT f -3
        OBJECT ENCODING f
        INCRBYFLOAT f -0.0
        INCRBYFLOAT f 1e-5
        INCRBYFLOAT f 1e-20
    """),
]

"""LCS and every option; RESP3 answers IDX with a map."""

from .case import case, command

CASES = [
    case("lcs", """
        MSET a ohmytext b mynewtext e "" x abcdef y uvwxyz
        LCS a b
        LCS a b LEN
        LCS a b IDX
        LCS a b IDX WITHMATCHLEN
        LCS a b IDX MINMATCHLEN 4
        LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN
        LCS a b IDX MINMATCHLEN 0
        LCS a b IDX MINMATCHLEN -1
        LCS a b IDX MINMATCHLEN 100
        LCS a b IDX MINMATCHLEN x
        LCS a b IDX MINMATCHLEN
        LCS a b MINMATCHLEN 4
        LCS a b WITHMATCHLEN
        LCS a b LEN WITHMATCHLEN
        LCS a b LEN IDX
        LCS a b IDX LEN
        LCS a b BAD
        LCS a b len
        LCS a b idx withmatchlen minmatchlen 1
        LCS a b LEN LEN
        LCS a e
        LCS e e
        LCS e e LEN
        LCS e e IDX
        LCS a none
        LCS none none IDX
        LCS none a LEN
        LCS x y
        LCS x y IDX
        LCS a a
        LCS a a IDX WITHMATCHLEN
        MSET n 12345 m 1345
        LCS n m
        LCS n m IDX WITHMATCHLEN
    """, command("SET", "r1", b"rnd" * 50 + b"abc" * 40), command("SET", "r2", b"dnr" * 60),
        command("LCS", "r1", "r2"), command("LCS", "r1", "r2", "LEN"),
        command("LCS", "r1", "r2", "IDX", "WITHMATCHLEN"),
        command("LCS", "r1", "r2", "IDX", "MINMATCHLEN", 2)),
    case("lcs too long", command("SETRANGE", "a", 70000, "x"), command("SETRANGE", "b", 70000, "y"),
         command("LCS", "a", "e", "LEN")),
]

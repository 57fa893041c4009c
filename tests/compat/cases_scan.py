"""SCAN: options and refusals; the guarantee over a changing key space is in scan_walk.py."""

from .case import case, command

CASES = [
    case("scan everything at once", """
        SCAN 0
        MSET a 1 b 2 c 3 aa 4
        ?scan SCAN 0 COUNT 1000
        ?scan SCAN 0 MATCH a* COUNT 1000
        ?scan SCAN 0 MATCH none COUNT 1000
        ?scan SCAN 0 MATCH * COUNT 1000
        ?scan SCAN 0 TYPE string COUNT 1000
        ?scan SCAN 0 TYPE STRING COUNT 1000
        ?scan SCAN 0 TYPE list COUNT 1000
        ?scan SCAN 0 COUNT 1000 MATCH b TYPE string
        ?scan SCAN 0 COUNT 10 COUNT 1000
        ?scan SCAN 0 count 9223372036854775807
        ?scan SCAN 00 COUNT 1000
    """),
    case("scan refusals", """
        SET a 1
        SCAN
        SCAN x
        SCAN ""
        ?kind SCAN -1
        SCAN " 0"
        SCAN 0 COUNT 0
        SCAN 0 COUNT -1
        SCAN 0 COUNT x
        SCAN 0 COUNT
        SCAN 0 MATCH
        SCAN 0 TYPE
        SCAN 0 BAD 1
        SCAN 0 COUNT 10 BAD
        SCAN 0 COUNT 9223372036854775808
        SCAN 99999999999999999999999
        SCAN 18446744073709551616
        SCAN 0x10
        SCAN 1.5
    """),
    case("scan an unknown type", "SET a 1",
         command("SCAN", 0, "TYPE", "bogus", "COUNT", 1000, comparator="scan")),
]

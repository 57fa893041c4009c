"""Every command of a type on keys of every other type."""

from .case import case, step

MAKERS = {
    "string": "SET k text",
    "list": "RPUSH k a b",
    "set": "SADD k a b",
    "hash": "HSET k f v",
    "zset": "ZADD k 1 a",
}


def wrongTypes(own, good, lines):
    """Cases for commands of type `own`: `k` in the lines is a key of another type, and `good` makes
    one of the right type to use beside it. Nothing may be changed by a command that is refused."""
    commands = [line.strip() for line in lines.splitlines() if line.strip()]
    cases = []
    for kind, maker in MAKERS.items():
        if kind == own:
            continue
        steps = [step(maker), step(good)]
        for line in commands:
            steps += [step(line), step("DEBUG DIGEST-VALUE k")]
        cases.append(case(f"commands of a {own} on a {kind}", *steps))
    return cases

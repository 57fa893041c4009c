#!/usr/bin/python3
"""Random rules for users, and what those users may do, on both servers.

Each round makes a user anew by a few random SETUSERs, compares their replies and what LIST and
GETUSER show, and then asks for dry runs of random commands with random keys and channels. Denials
must be the same down to the key or channel they name.
"""

import argparse
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from compat import compare  # noqa: E402
from support.resp import render  # noqa: E402
from support.server import cleanUpOnSignals, ours, stock  # noqa: E402

# Without the empty key, which the stock server's pattern * does not match.
KEYS = ("a", "ab", "b", "bc", "c", "k1", "k2", "*", "a*", "[ab]")
PATTERNS = ("a", "a*", "*a*", "b?", "[ab]", "k[0-9]", "*", "", "c", "\\*", "a\"b")
CATEGORIES = ("keyspace", "read", "write", "set", "sortedset", "list", "hash", "string", "pubsub",
              "admin", "fast", "slow", "blocking", "dangerous", "connection", "transaction", "all",
              "scripting")
# The rules that a round begins with, so that enough is allowed.
BEGINNINGS = ((), (), ("+@all",), ("+@all", "~a*", "&a*"), ("allkeys", "+@read"), ("&*", "~*"),
              ("+@all", "%R~*", "%W~a*"), ("+@all", "allkeys", "-@slow"))
# One of these in a SETUSER and nothing of it counts.
REFUSED = ("+nosuch", "-nosuch", "+@nosuch", "%X~a", "~a b", "&a b", "-select|0", "+config|nosuch",
           "+config|get|x", "+client|", "nosuch", "<p", "(on)", "((+get))", "#12")
DRY_RUNS = 40
SETTINGS = 3
ALTERED_AT = 500


def commandsOfBoth(mine, oracle):
    """Names of all commands and subcommands that both servers have with as many arguments."""
    names = [name.value.decode() for name in mine.value("COMMAND", "LIST")]
    arities = [[info.value[1].value if info.kind == "array" else None
                for info in client.value("COMMAND", "INFO", *names)] for client in (mine, oracle)]
    return [name for name, left, right in zip(names, *arities) if left == right]


class Maker:
    """Random words. `names` are of commands, with '|' in front of a subcommand."""

    def __init__(self, seed, names):
        self.random = random.Random(seed)
        self.names = names

    def pick(self, *choices):
        return self.random.choice(choices)

    def commandRule(self):
        kind = self.random.random()
        sign = self.pick("+", "+", "-")
        if kind < 0.45:
            return sign + self.random.choice(self.names)
        if kind < 0.8:
            return sign + "@" + self.random.choice(CATEGORIES)
        if kind < 0.9:
            return self.pick("+select|0", "+SELECT|1", "+get|a", "+object|encoding", "-CONFIG")
        return self.pick("allcommands", "nocommands", "+@all", "-@all", "AllCommands")

    def keyRule(self):
        pattern = self.random.choice(PATTERNS)
        return self.pick("~", "~", "%R~", "%W~", "%RW~", "%wr~") + pattern

    def rule(self):
        kind = self.random.random()
        if kind < 0.5:
            return self.commandRule()
        if kind < 0.75:
            return self.keyRule()
        if kind < 0.87:
            return "&" + self.random.choice(PATTERNS)
        return self.pick("allkeys", "resetkeys", "allchannels", "resetchannels", "RESETKEYS",
                         "clearselectors", "reset", "on", "off", "nopass", ">p", "resetpass", "",
                         "%R", "%RW")

    def selector(self):
        inside = [self.pick(self.commandRule, self.keyRule)() for _ in range(3)]
        text = "(" + " ".join(inside + [self.pick("&c", "&*", "allkeys", "")]) + ")"
        # The stock server takes quotes in a selector for its own syntax.
        text = text.replace('"', "")
        return text.split(" ") if self.random.random() < 0.5 else [text]

    def rules(self):
        words = []
        for _ in range(self.random.randint(1, 6)):
            words += self.selector() if self.random.random() < 0.15 else [self.rule()]
        if self.random.random() < 0.15:
            # The word goes to the front or to the end, because it must not stand between the words of a selector.
            words.insert(self.pick(0, len(words)), self.random.choice(REFUSED))
        if self.random.random() < 0.03:
            words += self.pick(("(",), ("(+get", "~a"))
        return words

    def key(self):
        return self.random.choice(KEYS)

    def dryRun(self):
        """A command with arguments: mostly keys, numbers of them, and words that options have."""
        fixed = self.pick(
            ("SET", self.key(), "v", "GET"), ("SORT", self.key(), "BY", "x*", "STORE", self.key()),
            ("SORT", self.key(), "STORE", self.key(), "STORE", self.key()),
            ("ZUNIONSTORE", self.key(), "2", self.key(), self.key()),
            ("LMPOP", self.pick("1", "2", "9", "x", "0"), self.key(), self.key(), "LEFT"),
            ("BLMPOP", "0", "2", self.key(), self.key(), "LEFT"), ("SELECT", self.pick("0", "1")),
            ("SINTERCARD", "2", self.key(), self.key(), "LIMIT", "1"),
            ("PUBLISH", self.key(), "m"), ("PSUBSCRIBE", self.key(), self.key()),
            ("SUBSCRIBE", self.key(), self.key()), ("OBJECT", "ENCODING", self.key()),
            ("MSET", self.key(), "1", self.key(), "2"), ("MGET", self.key(), self.key()),
            ("COPY", self.key(), self.key()), ("GET", self.key()), ("CONFIG", "GET", self.key()))
        if self.random.random() < 0.5:
            return fixed
        name = self.random.choice(self.names)
        arguments = [self.pick(self.key(), self.key(), "1", "2") for _ in
                     range(self.random.randint(0, 5))]
        return (*name.split("|"), *arguments)

    def commands(self):
        """(comparator, words) of one round."""
        yield "equal", ("ACL", "DELUSER", "u")
        yield "equal", ("ACL", "SETUSER", "u", *self.random.choice(BEGINNINGS))
        for _ in range(SETTINGS):
            yield "equal", ("ACL", "SETUSER", "u", *self.rules())
            yield "acllist", ("ACL", "LIST")
            yield "acluser", ("ACL", "GETUSER", "u")
            for _ in range(DRY_RUNS // SETTINGS):
                yield "denied", ("ACL", "DRYRUN", "u", *self.dryRun())


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--count", type=int, default=20000, help="commands to compare")
    parser.add_argument("--canary", action="store_true", help="alter one reply: the run must fail")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    cleanUpOnSignals()
    compared = allowed = refused = 0
    with ours() as left, stock() as right, left.client() as mine, right.client() as oracle:
        maker = Maker(options.seed, commandsOfBoth(mine, oracle))
        while compared < options.count:
            history = []
            for comparator, words in maker.commands():
                pair = [client.call(*words) for client in (mine, oracle)]
                compared += 1
                if options.canary and compared == ALTERED_AT:
                    pair[0] = compare.altered(pair[0])
                if words[1] == "SETUSER":
                    history.append(" ".join(words))
                elif words[1] == "DRYRUN" and pair[1].kind == "bulk":
                    refused += 1
                elif words[1] == "DRYRUN" and pair[1].kind == "simple":
                    allowed += 1
                if not compare.matches(comparator, *pair, None):
                    print(f"seed {options.seed}: {words}\n    ours     {render(pair[0])}\n"
                          f"    expected {render(pair[1])}\n    after\n      "
                          + "\n      ".join(history))
                    return 1
    print(f"ACL rules: {compared} replies compared, {allowed} dry runs allowed, {refused} refused")
    # A run in which nobody may do anything, or everything, has shown little.
    return 0 if min(allowed, refused) * 10 > compared else 1


if __name__ == "__main__":
    sys.exit(main())

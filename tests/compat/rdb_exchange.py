#!/usr/bin/python3
"""Exchanges RDB files and DUMP payloads with the stock server, in both directions.

The stock server fills itself at random and saves. Our decoder must see in that file what the stock
server's replies say; what our encoder makes of it must pass redis-check-rdb and give the stock
server the same digest. Payloads likewise, key by key, and byte by byte where both sides have the
same encoding.
"""

import argparse
import os
import random
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.server import cleanUpOnSignals, stock  # noqa: E402

TOOL = os.environ.get("INKSTONE_RDB_TOOL",
                      str(Path(__file__).resolve().parents[2] / "build" / "release" / "rdb-tool"))
DATABASES = (0, 3, 15)
# In these encodings each server gives the elements in the order of its own hash table.
UNORDERED = ("hashtable",)
DEADLINE_MS = 4000000000000
# The text that the tool writes for a byte that it does not write as it is.
PRINTABLE = {byte: f"\\x{byte:02x}" for byte in range(256)
             if not 32 <= byte <= 126 or byte in b'"\\'}


def printable(data):
    """The bytes as text, in the form that the tool writes."""
    return f'"{data.decode("latin-1").translate(PRINTABLE)}"'


def textOfScore(text):
    score = float(text)
    if score in (float("inf"), float("-inf")):
        return "inf" if score > 0 else "-inf"
    return str(int(score)) if score == int(score) else repr(score)


class Filler:
    """Keys of every type and encoding."""

    def __init__(self, client, seed):
        self.client = client
        self.random = random.Random(seed)

    def text(self):
        kind = self.random.randrange(6)
        if kind == 0:
            return str(self.random.getrandbits(64) - 2**63 >> self.random.randrange(64)).encode()
        if kind == 1:
            return b"x" * self.random.randrange(150)
        if kind == 2:
            return self.random.randbytes(self.random.randrange(100))
        return b"text %d" % self.random.randrange(1000)

    def texts(self, count):
        return [self.text() for _ in range(count)]

    def score(self):
        return self.random.choice(("inf", "-inf", str(self.random.randrange(-10**6, 10**6)),
                                   str(self.random.randrange(10000) / 16)))

    def fill(self):
        for database in DATABASES:
            self.client.call("SELECT", database)
            for size in (1, 2, 7, 100, 2000):
                self.addSized(size)
            self.addStrings()
        self.client.call("SELECT", 0)

    def addSized(self, size):
        call, texts = self.client.call, self.texts
        integers = [self.random.randrange(-100, 10**self.random.choice((2, 6, 12)))
                    for _ in range(size)]
        call("RPUSH", f"list {size}", *texts(size))
        call("SADD", f"set {size}", *texts(size))
        call("SADD", f"integers {size}", *integers)
        call("HSET", f"hash {size}", *texts(2 * size))
        call("HSET", f"numbers {size}", *integers, *integers)
        scored = [word for text in texts(size) for word in (self.score(), text)]
        call("ZADD", f"zset {size}", *scored)
        ranked = [word for number in integers for word in (number, number)]
        call("ZADD", f"ranks {size}", *ranked)
        call("PEXPIREAT", f"set {size}", DEADLINE_MS + size)

    def addStrings(self):
        call = self.client.call
        for number in range(30):
            call("SET", f"string {number}", self.text())
        call("SET", "large", self.random.randbytes(700000))
        call("SET", "repeated", b"repeat " * 50000)
        call("SET", b"\x00\xff binary \r\n", b"", "PXAT", DEADLINE_MS)
        call("APPEND", "appended", "12345")
        # Elements that get nodes of their own.
        call("RPUSH", "plain nodes", "a", b"p" * 20000, self.random.randbytes(9000), "b")
        # A list whose inner nodes are compressed.
        call("CONFIG", "SET", "list-compress-depth", 1)
        call("RPUSH", "compressed", *(b"element %d" % i for i in range(5000)))
        call("CONFIG", "SET", "list-compress-depth", 0)


def values(reply):
    return [item.value for item in reply.value]


def pairs(items):
    return zip(items[::2], items[1::2])


def describe(client, key):
    """Type and content as the tool writes them, from the server's replies."""
    kind = client.call("TYPE", key).value.decode()
    if kind == "string":
        return f"string {printable(client.call('GET', key).value)}"
    if kind == "list":
        texts = [printable(item) for item in values(client.call("LRANGE", key, 0, -1))]
    elif kind == "set":
        texts = sorted(printable(item) for item in values(client.call("SMEMBERS", key)))
    elif kind == "hash":
        texts = sorted(f"{printable(field)}={printable(value)}"
                       for field, value in pairs(values(client.call("HGETALL", key))))
    else:
        members = values(client.call("ZRANGE", key, 0, -1, "WITHSCORES"))
        texts = [f"{printable(member)}={textOfScore(score)}" for member, score in pairs(members)]
    return f"{kind} [{' '.join(texts)}]"


def describeAll(client):
    lines = []
    for database in DATABASES:
        client.call("SELECT", database)
        for key in values(client.call("KEYS", "*")):
            deadline = client.call("PEXPIRETIME", key).value
            deadline = "-" if deadline < 0 else deadline
            lines.append(f"{database} {printable(key)} {deadline} {describe(client, key)}\n")
    client.call("SELECT", 0)
    return "".join(sorted(lines))


class Checks:
    def __init__(self):
        self.failures = 0

    def equal(self, what, ours, theirs):
        if ours == theirs:
            return
        self.failures += 1
        print(f"DIFFERENT {what}:\n  ours  {str(ours)[:300]}\n  stock {str(theirs)[:300]}")


def tool(*words, stdin=""):
    done = subprocess.run([TOOL, *map(str, words)], input=stdin, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else f"status {done.returncode}: {done.stderr}"


def checkFiles(server, client, expected, checks):
    dump = server.dir / "dump.rdb"
    checks.equal("what the dump holds", tool("describe", dump), expected)
    digest = client.call("DEBUG", "DIGEST").value
    for form in ((), ("plain",)):
        ours = server.dir / "ours.rdb"
        checks.equal("copying", tool("copy", dump, ours, *form), "")
        checks.equal("what our file holds", tool("describe", ours), expected)
        verdict = subprocess.run(["redis-check-rdb", str(ours)], capture_output=True, text=True)
        checks.equal("redis-check-rdb", verdict.returncode, 0)
        with stock(directives={"dbfilename": "ours.rdb", "enable-debug-command": "yes",
                               "unixsocket": str(server.dir / "other")},
                   dir=server.dir) as other, other.client() as theirs:
            checks.equal("the digest of our file", theirs.call("DEBUG", "DIGEST").value, digest)


def checkPreamble(server, client, expected, checks):
    client.call("CONFIG", "SET", "appendonly", "yes")
    deadline = time.monotonic() + 30
    while b"aof_rewrite_in_progress:1" in client.call("INFO", "persistence").value:
        if time.monotonic() > deadline:
            raise RuntimeError("the stock server's rewrite does not end")
        time.sleep(0.05)
    base = list((server.dir / "appendonlydir").glob("*.base.rdb"))
    checks.equal("number of base files", len(base), 1)
    checks.equal("what the preamble holds", tool("describe", base[0]), expected)
    client.call("CONFIG", "SET", "appendonly", "no")


def isByteEqual(client, key, encoding):
    """Whether both sides keep the value in the same bytes."""
    if encoding in UNORDERED:
        return False
    kind = client.call("TYPE", key).value
    # A small set that is not of integers is a hash table in 7.0, and scores with a fraction are
    # packed as longer text.
    return kind != b"set" or encoding == "intset" if kind != b"zset" else (
        encoding == "skiplist" or key.startswith(b"ranks"))


def checkPayloads(server, client, checks):
    compared = identical = 0
    for line in tool("payloads", server.dir / "dump.rdb").splitlines():
        database, key, encoding, payload = line.split()
        key, payload = bytes.fromhex(key), bytes.fromhex(payload)
        client.call("SELECT", database)
        theirs = client.call("DUMP", key).value
        ttl = 0 if client.call("PEXPIRETIME", key).value < 0 else DEADLINE_MS
        reply = client.call("RESTORE", "copy", ttl, payload, "ABSTTL", "REPLACE")
        checks.equal(f"RESTORE of {key}", reply.value, b"OK")
        ours, original = values(client.call("DEBUG", "DIGEST-VALUE", "copy", key))
        checks.equal(f"the digest of {key} restored", ours, original)
        client.call("DEL", "copy")
        if isByteEqual(client, key, encoding):
            checks.equal(f"the payload of {key} ({encoding})", payload.hex(), theirs.hex())
            identical += 1
        compared += 1
        checks.equal(f"what the stock payload of {key} holds",
                     tool("read", stdin=theirs.hex() + "\n"), describe(client, key) + "\n")
    client.call("SELECT", 0)
    return compared, identical


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    seed = parser.parse_args().seed
    print(f"seed {seed}")
    cleanUpOnSignals()
    checks = Checks()
    with stock(directives={"enable-debug-command": "yes"}) as server, server.client() as client:
        Filler(client, seed).fill()
        client.call("SAVE")
        expected = describeAll(client)
        checkFiles(server, client, expected, checks)
        checkPreamble(server, client, expected, checks)
        compared, identical = checkPayloads(server, client, checks)
    print(f"{expected.count(chr(10))} keys, {compared} payloads, {identical} of them compared byte "
          f"by byte, {checks.failures} differences")
    # A run that compared nothing has shown nothing.
    return 1 if checks.failures or compared < 100 or identical < 50 else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""Exchanges the files of whole servers with the stock server, in both directions.

A server fills itself at random, in every type and encoding, several databases and with deadlines,
and leaves a file: a log as it was fed, a log written anew, with a preamble and without, a dump. The
stock tools must accept what is ours, and the other server must load the file and have the same
data set and digest. What the stock server keeps in several files is imported and left unchanged.
"""

import argparse
import contextlib
import hashlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from compat.rdb_exchange import DATABASES, DEADLINE_MS, Filler, describeAll  # noqa: E402
from support.server import cleanUpOnSignals, ourBinary, ours, stock  # noqa: E402

LOG = "appendonly.aof"
DUMP = "dump.rdb"
PARTS = "appendonlydir"
EDITS = 1500
# Limits under which values take their compact form, or all of them the one for many elements.
ENCODINGS = {
    "usual": {},
    "tables": {"hash-max-listpack-entries": 0, "zset-max-listpack-entries": 0,
               "set-max-intset-entries": 0, "list-max-listpack-size": 1},
    "packed": {"hash-max-listpack-entries": 4000, "zset-max-listpack-entries": 4000,
               "set-max-intset-entries": 4000, "list-max-listpack-size": -5,
               "hash-max-listpack-value": 200, "zset-max-listpack-value": 200},
}
OUR_CHECK = str(Path(ourBinary()).parent / "inkstone-check-aof")


class Different(Exception):
    pass


def demand(what, left, right):
    if left != right:
        raise Different(f"{what}:\n  {str(left)[:400]}\n  {str(right)[:400]}")


class Editor:
    """Changes what a Filler has made, so that the log has commands of all kinds in it."""

    def __init__(self, client, seed):
        self.client = client
        self.random = random.Random(seed)

    def edit(self, count):
        for _ in range(count):
            if self.random.randrange(20) == 0:
                self.client.call("SELECT", self.random.choice(DATABASES))
            # One of the wrong type answers with an error and changes nothing.
            self.client.call(*self.command())
        self.client.call("SELECT", 0)

    def key(self):
        kind = self.random.choice(("list", "set", "integers", "hash", "numbers", "zset", "ranks",
                                   "new list", "new set", "new hash", "new zset"))
        return f"{kind} {self.random.choice((1, 2, 7, 100, 2000))}"

    def command(self):
        key, other, number = self.key(), self.key(), self.random.randrange(1000)
        text = f"text {number}"
        return self.random.choice((
            ("LPUSH", f"new list {number % 3}", text, number), ("RPOP", key), ("LREM", key, 0, text),
            ("LSET", key, -1, text), ("LTRIM", key, 0, 1500), ("LINSERT", key, "BEFORE", text, "x"),
            ("SADD", f"new set {number % 3}", text, number), ("SPOP", key), ("SREM", key, text),
            ("SMOVE", key, other, text), ("SUNIONSTORE", f"new set {number}", key, other),
            ("HSET", f"new hash {number % 3}", text, number), ("HDEL", key, text),
            ("HINCRBY", key, number, 7), ("HINCRBYFLOAT", key, number, "0.25"),
            ("ZADD", f"new zset {number % 3}", number / 8, text), ("ZINCRBY", key, "1.5", text),
            ("ZPOPMIN", key), ("ZREM", key, text), ("ZUNIONSTORE", f"new zset {number}", 1, key),
            ("PEXPIREAT", key, DEADLINE_MS + number), ("PERSIST", key), ("COPY", key, text),
            ("RENAME", key, f"renamed {number}"), ("DEL", f"renamed {number}"),
            ("MOVE", f"new list {number % 3}", 3), ("SET", f"string {number % 40}", number),
            ("INCRBY", f"string {number % 40}", 5), ("APPEND", f"string {number % 40}", "tail"),
            ("INCRBYFLOAT", f"string {number % 40}", "1.125"), ("GETDEL", f"string {number % 40}"),
            ("SETRANGE", f"string {number % 40}", 20, "range"),
            ("SET", text, b"\r\n$1\r\n\x00\xff", "EX", 10**8 + number)))


def digestOf(client):
    return client.value("DEBUG", "DIGEST")


class State:
    """The data set of a running server."""

    def __init__(self, server):
        with server.client(timeout=60) as client:
            self.digest = digestOf(client)
            self.text = describeAll(client)

    def demandEqual(self, what, other):
        for ours_, theirs in zip(self.text.splitlines(), other.text.splitlines()):
            demand(what, theirs, ours_)
        demand(f"{what}: number of keys", other.text.count("\n"), self.text.count("\n"))
        demand(f"{what}: the digest", other.digest, self.digest)


def waitForChild(client):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        info = client.info("persistence")
        if info["aof_rewrite_in_progress"] == info["aof_rewrite_scheduled"] == "0":
            demand("the rewrite", info["aof_last_bgrewrite_status"], "ok")
            return
        time.sleep(0.02)
    raise Different("a rewrite does not end")


def run(make, directives, **keywords):
    return make(directives={"enable-debug-command": "yes", **directives}, **keywords)


def fill(client, seed):
    Filler(client, seed).fill()
    Editor(client, seed).edit(EDITS)


# How a server leaves its data set in a file: directives, and what is done between two parts of the
# writes.
FORMS = {
    "log as fed": ({"appendonly": "yes"}, None),
    "log written anew": ({"appendonly": "yes", "aof-use-rdb-preamble": "no"}, "BGREWRITEAOF"),
    "log with preamble": ({"appendonly": "yes", "aof-use-rdb-preamble": "yes"}, "BGREWRITEAOF"),
    "log with annotations": ({"appendonly": "yes", "aof-timestamp-enabled": "yes"}, None),
    "dump": ({"appendonly": "no"}, "SAVE"),
    "plain dump": ({"appendonly": "no", "rdbcompression": "no", "rdbchecksum": "no"}, "SAVE"),
}


@contextlib.contextmanager
def filled(make, form, encodings, seed):
    """A directory with the file of a server that was stopped, and its State."""
    directives, command = FORMS[form]
    with run(make, {**directives, **ENCODINGS[encodings]}) as server:
        with server.client(timeout=60) as client:
            fill(client, seed)
            if command == "BGREWRITEAOF":
                demand(command, client.call(command).kind, "simple")
                waitForChild(client)
                Editor(client, seed + 1).edit(EDITS // 3)
            elif command == "SAVE":
                demand(command, client.call(command).value, b"OK")
            state = State(server)
        demand("the exit status", server.stop(), 0)
        yield server.dir, state


def accepted(tool, path):
    done = subprocess.run([tool, str(path)], capture_output=True, text=True, errors="replace",
                          timeout=60, check=False)
    demand(f"{Path(tool).name} of {path.name}: {done.stdout[-300:]}", done.returncode, 0)


def loads(make, files, state, what, **directives):
    """A server started on copies of `files` has that state; what it logged."""
    with tempfile.TemporaryDirectory(prefix="inkstone-exchange-") as folder:
        for name, source in files.items():
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, Path(folder) / name)
        before = fingerprints(folder, files)
        with run(make, directives, dir=folder) as server:
            State(server).demandEqual(what, state)
            log = server.log()
            # It goes on from there, and finds it again.
            with server.client() as client:
                demand("a write", client.call("SET", "later", "v").value, b"OK")
                again = digestOf(client)
            if "appendonly" in directives:
                server.restart(crash=True)
                with server.client() as client:
                    demand(f"{what}, after a crash", digestOf(client), again)
        if make is ours:
            # An imported folder gets another name, and nothing else of it changes.
            for imported in Path(folder).glob(f"{PARTS}.imported-*"):
                imported.rename(Path(folder) / PARTS)
            demand("files that were imported", fingerprints(folder, files, PARTS),
                   {name: mark for name, mark in before.items() if name.startswith(PARTS)})
        return log


def fingerprints(folder, files, prefix=""):
    marks = {}
    for name in files:
        path = Path(folder) / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            relative = str(file.relative_to(folder))
            if relative.startswith(prefix):
                marks[relative] = hashlib.sha256(file.read_bytes()).hexdigest()
    return marks


def oursToStock(form, encodings, seed):
    with filled(ours, form, encodings, seed) as (folder, state):
        if "dump" in form:
            accepted("redis-check-rdb", folder / DUMP)
            loads(stock, {DUMP: folder / DUMP}, state, "the stock server with our dump")
            return
        accepted("redis-check-aof", folder / LOG)
        accepted(OUR_CHECK, folder / LOG)
        loads(stock, {LOG: folder / LOG}, state, "the stock server with our log", appendonly="yes")
        loads(ours, {LOG: folder / LOG}, state, "our server with our log", appendonly="yes")


def oneFile(parts):
    """Joins the stock server's several files into one AOF."""
    names = [line.split()[1] for line in (parts / f"{LOG}.manifest").read_text().splitlines()]
    path = parts.parent / "whole.aof"
    path.write_bytes(b"".join((parts / name).read_bytes() for name in names))
    return path


def stockToOurs(form, encodings, seed):
    with filled(stock, form, encodings, seed) as (folder, state):
        if "dump" in form:
            dump = {DUMP: folder / DUMP}
            loads(ours, dump, state, "our server with the stock dump")
            loads(ours, dump, state, "our log begun with the stock dump", appendonly="yes")
            return
        parts = folder / PARTS
        whole = oneFile(parts)
        accepted(OUR_CHECK, parts / f"{LOG}.manifest")
        accepted(OUR_CHECK, whole)
        loads(ours, {LOG: whole}, state, "our server with the stock log as one file",
              appendonly="yes")
        log = loads(ours, {PARTS: parts}, state, "our server with the stock log in parts",
                    appendonly="yes")
        demand("that the import is logged", PARTS in log, True)
        tornParts(parts, state)


def tornParts(parts, state):
    """The last part may end within a command, and is left as it is all the same."""
    last = sorted(parts.glob("*.incr.aof"))[-1]
    with last.open("ab") as file:
        file.write(b"*3\r\n$3\r\nSET\r\n$4\r\nlost\r\n$9\r\nhalf")
    loads(ours, {PARTS: parts}, state, "our server with the stock log in parts, torn",
          appendonly="yes")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32))
    parser.add_argument("--form", choices=FORMS, help="all, unless one is chosen")
    parser.add_argument("--encodings", choices=ENCODINGS, help="all, unless one is chosen")
    args = parser.parse_args()
    print(f"seed {args.seed}", flush=True)
    cleanUpOnSignals()
    done = failures = 0
    for direction in (oursToStock, stockToOurs):
        for form in [args.form] if args.form else FORMS:
            for encodings in [args.encodings] if args.encodings else ENCODINGS:
                name = f"{direction.__name__}: {form}, {encodings}"
                try:
                    direction(form, encodings, args.seed)
                    print(f"ok {name}", flush=True)
                except Different as difference:
                    failures += 1
                    print(f"DIFFERENT {name}: {difference}", flush=True)
                done += 1
    print(f"{done} exchanges, {failures} failed")
    # A run that exchanged nothing has shown nothing.
    return 1 if failures or done == 0 else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""Copies the folder of a server that is written to, at random moments and in every order, and starts on the copies.

While clients write and rewrites run all the time, log and ledger are copied by cp in either order with a pause
between, by tar, or block by block over the copy before, as rsync does. Every copy must start, hold a prefix of the
history that has all that was acknowledged when the copying of the log began, and start once more as a log of its
own. As a canary each copy loses the last part of its log: then acknowledged writes are missing, and the run must fail.
"""

import hashlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crash.power_cut import WRITERS, HistoryWriter, rewriteAllTheTime  # noqa: E402
from crash.program import directivesFor, parserFor, runEachPolicy  # noqa: E402
from support.server import StartError, ours  # noqa: E402

LOG, LEDGER = "appendonly.aof", "appendonly.aof.ledger"
# A history that is long takes long to load, again and again.
COPIES_PER_RUN = 12
PAUSE_MAX_S = 0.06
BLOCK = 16 * 1024
CANARY_BYTES = 200_000


class Copy(NamedTuple):
    way: str
    folder: Path
    # How many writes of each writer were acknowledged when the copying of the log began.
    least: list


class Copier:
    """Makes copies of one folder."""

    def __init__(self, data, target, writers, generator):
        self.data, self.target, self.writers, self.generator = data, target, writers, generator
        self.ways = (self.logFirst, self.ledgerFirst, self.tar, self.blocks)
        self.copies = []

    def copy(self):
        way = self.ways[len(self.copies) % len(self.ways)]
        folder = self.target / f"copy-{len(self.copies)}"
        folder.mkdir()
        self.copies.append(Copy(way.__name__, folder, way(folder)))

    def acknowledged(self):
        return [len(writer.acknowledged) for writer in self.writers]

    def pause(self):
        time.sleep(self.generator.uniform(0, PAUSE_MAX_S))

    def cp(self, name, folder):
        subprocess.run(["cp", "-a", self.data / name, folder / name], check=True)

    def logFirst(self, folder):
        least = self.acknowledged()
        self.cp(LOG, folder)
        self.pause()
        self.cp(LEDGER, folder)
        return least

    def ledgerFirst(self, folder):
        self.cp(LEDGER, folder)
        self.pause()
        least = self.acknowledged()
        self.cp(LOG, folder)
        return least

    def tar(self, folder):
        """Copies the whole folder; a file that grows or disappears meanwhile is no error."""
        least = self.acknowledged()
        packed = subprocess.run(["tar", "cf", "-", "-C", self.data, "."], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, check=False).stdout
        subprocess.run(["tar", "xf", "-", "-C", folder], input=packed, check=True)
        return least

    def blocks(self, folder):
        """Over the copy before, where there is one, and only what differs."""
        names = [LOG, LEDGER]
        self.generator.shuffle(names)
        if self.copies:
            for name in names:
                shutil.copy(self.copies[-1].folder / name, folder / name)
        least = None
        for name in names:
            least = self.acknowledged() if name == LOG else least
            self.overwrite(self.data / name, folder / name)
            self.pause()
        return least

    def overwrite(self, source, target):
        target.touch()
        with open(source, "rb") as read, open(target, "r+b") as written:
            while True:
                place = read.tell()
                block = read.read(BLOCK)
                if not block:
                    written.truncate(place)
                    return
                written.seek(place)
                if written.read(len(block)) != block:
                    written.seek(place)
                    written.write(block)


def copyWhileWritten(server, data, target, count, generator, seed):
    """(copies, history, acknowledged writes, rewrites)"""
    writers = [HistoryWriter(server.address, number, seed) for number in range(WRITERS)]
    stopping = threading.Event()
    rewrites = threading.Thread(target=rewriteAllTheTime, args=(server, stopping), daemon=True)
    for thread in (*writers, rewrites):
        thread.start()
    copier = Copier(data, target, writers, generator)
    for _ in range(count):
        time.sleep(generator.uniform(0, 0.15))
        copier.copy()
    for writer in writers:
        writer.stopping.set()
    stopping.set()
    for thread in (*writers, rewrites):
        thread.join(30)
    with server.client() as client:
        history = [reply.value for reply in client.value("LRANGE", "history", 0, -1)]
    rewritten = server.log().count("Background AOF rewrite finished successfully")
    return copier.copies, history, sum(len(writer.acknowledged) for writer in writers), rewritten


def digestOf(entries):
    digest = hashlib.sha1()
    for entry in entries:
        digest.update(b"%d:" % len(entry) + entry)
    return digest.digest()


def problemWith(server, copy, history):
    """The fault in the data set of a copy, or None."""
    with server.client() as client:
        found = [reply.value for reply in client.value("LRANGE", "history", 0, -1)]
    if digestOf(found) != digestOf(history[:len(found)]):
        return "the history is not a prefix of what it was"
    counts = [sum(entry.startswith(b"%d:" % number) for entry in found) for number in range(len(copy.least))]
    for number, (count, needed) in enumerate(zip(counts, copy.least)):
        if count < needed:
            return f"writer {number} has {count} of {needed} writes that were acknowledged before"
    return None


def startOn(copy, policy, history, canary):
    """Starts twice; what is wrong, or None."""
    log = copy.folder / LOG
    if canary:
        with open(log, "r+b") as file:
            file.truncate(max(0, log.stat().st_size - CANARY_BYTES))
    server = ours(directives=directivesFor(policy), dir=copy.folder, start=False)
    try:
        for again in (False, True):
            server.start()
            problem = problemWith(server, copy, history)
            server.stop()
            if problem:
                return problem
            if again and "is a copy" in server.log():
                return "is a copy for good"
            server.log_path.unlink()
        return None
    except StartError as error:
        return f"did not start: {error.log[-400:]}"
    finally:
        if server.process is not None:
            server.kill()


def runOnce(policy, count, number, options, seed):
    """(copies, wrong, acknowledged, rewrites) of one server."""
    generator = random.Random(f"{seed}-{policy}-{number}")
    folder = Path(tempfile.mkdtemp(prefix="inkstone-live-"))
    try:
        data = folder / "data"
        data.mkdir()
        preamble = ("yes", "no")[number % 2]
        with ours(directives={**directivesFor(policy), "dir": data, "aof-use-rdb-preamble": preamble},
                  dir=folder) as server:
            copies, history, told, rewrites = copyWhileWritten(server, data, folder, count, generator, seed)
            server.kill()
        wrong = 0
        for copy in copies:
            problem = startOn(copy, policy, history, options.canary)
            wrong += problem is not None
            if problem:
                print(f"{policy}, preamble {preamble}, copied by {copy.way}: {problem}", flush=True)
        return len(copies), wrong, told, rewrites
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def copyMany(policy, options, seed):
    """The number of copies that went wrong, or 1 where nothing was proven."""
    done = []
    while sum(run[0] for run in done) < options.copies:
        count = min(COPIES_PER_RUN, options.copies - sum(run[0] for run in done))
        done.append(runOnce(policy, count, len(done), options, seed))
    copies, wrong, told, rewrites = (sum(column) for column in zip(*done))
    print(f"live copies: {policy}: {copies} copies in runs of {told} acknowledged writes and {rewrites} rewrites, "
          f"{wrong} wrong", flush=True)
    return wrong if told and rewrites else wrong + 1


def main():
    parser = parserFor(__doc__)
    parser.add_argument("--copies", type=int, default=8, help="per policy")
    parser.add_argument("--canary", action="store_true", help="copies lose their end: the run must fail")
    return runEachPolicy("live copies", parser, copyMany)


if __name__ == "__main__":
    sys.exit(main())

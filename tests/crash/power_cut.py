#!/usr/bin/python3
"""Cuts the power of a machine the server runs on, at random moments and in every way a disk allows.

The real server writes with recorded_disk.cpp loaded, which records each change of its files and each sync, while
clients write and rewrites run all the time. Then, for random moments of that record, a directory is made of what
the disk could have held after a cut (disk_model.py), and the server is started on it. It must start unaided, hold a
prefix of the history, and under always everything that was acknowledged; under everysec everything older than
two seconds. Under no nothing is synced, and nobody knows how old a missing block is: there files lose their ends
only. Values have up to 64 KB, and some are zeros, as the blocks are that a cut leaves unwritten; the files of the
directory pass for those that were written, and the machine for one that was started anew. As a canary no sync counts:
then acknowledged writes are missing, and the run must fail.
"""

import random
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crash.children import rewriteEnded, strayFiles  # noqa: E402
from crash.disk_model import BLOCKS, WAYS, Disk, readTrace  # noqa: E402
from crash.program import directivesFor, parserFor, runEachPolicy  # noqa: E402
from support.resp import Client, ConnectionClosed  # noqa: E402
from support.server import StartError, ours, ourBinary  # noqa: E402

WRITERS = 4
SECONDS_SHORT_MAX = 2.0
# A long history takes long to compare, a thousand times.
PAUSE_S = 0.002
VALUE_MAX = 64 * 1024
LONG_SHARE = 0.03


def valueFor(generator):
    """Mostly a short one."""
    if generator.random() >= LONG_SHARE:
        return b"x" * generator.choice((0, 10, 100, 3000))
    size = generator.randrange(3000, VALUE_MAX + 1)
    zeros = generator.choice((0, 0, size, generator.randrange(size)))
    before = generator.randrange(size - zeros + 1)
    return b"y" * before + bytes(zeros) + b"z" * (size - zeros - before)


class HistoryWriter(threading.Thread):
    """Appends to the one history, and notes what it was told when."""

    def __init__(self, address, number, seed):
        super().__init__(daemon=True)
        self.number = number
        self.address = address
        self.generator = random.Random(f"{seed}-{number}")
        self.stopping = threading.Event()
        # Moments at which number n was acknowledged.
        self.acknowledged = []

    def run(self):
        try:
            with Client(self.address, timeout=30.0) as client:
                while not self.stopping.is_set():
                    entry = f"{self.number}:{len(self.acknowledged)}:".encode() + valueFor(self.generator)
                    replies = client.pipeline([("RPUSH", "history", entry),
                                               ("SET", f"last:{self.number}", len(self.acknowledged))])
                    if any(reply.kind == "error" for reply in replies):
                        return
                    self.acknowledged.append(time.monotonic())
                    time.sleep(PAUSE_S)
        except (ConnectionClosed, OSError):
            pass


def rewriteAllTheTime(server, stopping):
    try:
        with server.client() as client:
            while not stopping.is_set():
                client.value("BGREWRITEAOF")
                while not stopping.is_set() and not rewriteEnded(client):
                    time.sleep(0.01)
                time.sleep(0.05)
    except (ConnectionClosed, OSError):
        pass


def preloaded(**variables):
    """Words before the command of a server whose disk is to be recorded, or to be one that was."""
    library = Path(ourBinary()).parent / "librecorded-disk.so"
    return ("env", f"LD_PRELOAD={library}", *(f"{name}={value}" for name, value in variables.items()))


def recordRun(policy, seconds, seed):
    """(records, history, writers) of a server that wrote for some seconds."""
    trace = Path(tempfile.mkstemp(prefix="inkstone-trace-")[1])
    folder = Path(tempfile.mkdtemp(prefix="inkstone-cut-"))
    try:
        data = folder / "data"
        data.mkdir()
        prefix = preloaded(DISK_FOLDER=data, DISK_TRACE=trace, DISK_INODES=folder / "inodes")
        with ours(directives={**directivesFor(policy), "dir": data}, dir=folder, prefix=prefix) as server:
            writers = [HistoryWriter(server.address, number, seed) for number in range(WRITERS)]
            stopping = threading.Event()
            rewrites = threading.Thread(target=rewriteAllTheTime, args=(server, stopping), daemon=True)
            for thread in (*writers, rewrites):
                thread.start()
            time.sleep(seconds)
            for writer in writers:
                writer.stopping.set()
            stopping.set()
            for thread in (*writers, rewrites):
                thread.join(30)
            with server.client() as client:
                history = [reply.value for reply in client.value("LRANGE", "history", 0, -1)]
            server.kill()
        return readTrace(trace), history, writers
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        trace.unlink(missing_ok=True)


def longestSync(records):
    begun = {}
    longest = 0.0
    for record in records:
        if record.type == "B":
            begun[record.offset] = record.time_s
        elif record.type == "E":
            longest = max(longest, record.time_s - begun[record.offset])
    return longest


def expected(policy, disk, writers, grace_s):
    """For each writer, the number of writes that must be there."""
    if policy == "no":
        return [0] * len(writers)
    moment = disk.timeS() - (grace_s if policy == "everysec" else 0.0)
    return [sum(told <= moment for told in writer.acknowledged) for writer in writers]


def check(client, history, least):
    """The fault in the data set, or None."""
    found = [reply.value for reply in client.value("LRANGE", "history", 0, -1)]
    if found != history[:len(found)]:
        return "the history is not a prefix of what it was"
    counts = [sum(entry.startswith(b"%d:" % number) for entry in found) for number in range(len(least))]
    for number, (count, needed) in enumerate(zip(counts, least)):
        if count < needed:
            return f"writer {number} has {count} of {needed} acknowledged writes"
        last = client.value("GET", f"last:{number}")
        # The SET follows its RPUSH.
        if last is not None and int(last) not in (count - 1, count - 2):
            return f"writer {number} has {count} entries and says {last}"
        if last is None and count > 1:
            return f"writer {number} has {count} entries and lacks the other key"
    return None


def putBack(files, folder, said):
    """Writes what a cut has left; the files in `said` have a server take it for the disk, and this for another boot."""
    inodes = []
    for name, (content, inode) in files.items():
        (folder / name).write_bytes(content)
        inodes.append(f"{(folder / name).stat().st_ino} {inode}\n")
    (said / "inodes").write_text("".join(inodes))
    (said / "boot").write_text("the boot after the cut\n")


def startOn(files, policy, history, least, twice):
    """Starts on what a cut has left; what is wrong, or None."""
    with tempfile.TemporaryDirectory(prefix="inkstone-said-") as said:
        prefix = preloaded(DISK_INODES=f"{said}/inodes", DISK_BOOT=f"{said}/boot")
        with ours(directives=directivesFor(policy), start=False, prefix=prefix) as server:
            putBack(files, server.dir, Path(said))
            return startsOn(server, history, least, twice)


def startsOn(server, history, least, twice):
    """The same, of a server with its files in place."""
    for _ in range(2 if twice else 1):
        try:
            server.start()
        except StartError as error:
            return f"did not start: {error.log[-400:]}"
        if "is a copy" in server.log():
            return "took the disk for a copy"
        with server.client() as client:
            problem = check(client, history, least)
        if problem:
            return problem
        stray = strayFiles(server)
        server.kill()
        if stray:
            return f"{stray} were left behind"
    return None


def cutMany(policy, options, seed):
    """Records a run and cuts it at options.cuts moments; how many went wrong."""
    generator = random.Random(f"{seed}-{policy}")
    records, history, writers = recordRun(policy, options.seconds, seed)
    disk = Disk(records, ignore_syncs=options.canary)
    grace_s = SECONDS_SHORT_MAX + longestSync(records)
    ways = [way for way in WAYS if policy != "no" or way != BLOCKS]
    failed = 0
    for moment in sorted(generator.randrange(len(records) + 1) for _ in range(options.cuts)):
        disk.advance(moment)
        least = expected(policy, disk, writers, grace_s)
        files = disk.afterPowerCut(generator, ways)
        problem = startOn(files, policy, history, least, generator.randrange(5) == 0)
        if problem:
            failed += 1
            if failed <= 5:
                print(f"cut at change {moment} of {len(records)}: {problem}", flush=True)
    told = sum(len(writer.acknowledged) for writer in writers)
    renames = sum(record.type == "R" and record.name.endswith("/appendonly.aof") for record in records)
    print(f"power cut: {policy}: {options.cuts} cuts in a run of {told} acknowledged writes and {renames} rewrites, "
          f"{failed} wrong", flush=True)
    # A run without rewrites proves less than it says.
    return failed if told and renames else failed + 1


def main():
    parser = parserFor(__doc__)
    parser.add_argument("--cuts", type=int, default=40, help="per policy")
    parser.add_argument("--seconds", type=float, default=4.0, help="that a server writes")
    parser.add_argument("--canary", action="store_true", help="no sync counts: the run must fail")
    return runEachPolicy("power cut", parser, cutMany)


if __name__ == "__main__":
    sys.exit(main())

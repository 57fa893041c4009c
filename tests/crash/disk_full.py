#!/usr/bin/python3
"""Fills the disk under a server that clients write to and read from, kills it, and looks for what is missing.

A round: a file system of one or two megabytes, a policy (everysec or no), a reserve (the default, a small one, none);
writers send values of any length, alone or in pipelines, until they are refused, while another client asks for
what tells of every key. At a random moment after that, in some rounds when there was room again and more was written,
the server is killed, the disk is freed and the server started again. Nothing that was acknowledged may be missing and
nothing there that was never sent, and no reply may have taken longer than --longest-ms. Needs root, to mount.

As a canary the log loses its end before the start, or the server stands still for a while: the run must fail.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crash.children import waitUntil  # noqa: E402
from crash.crash_round import cutLog  # noqa: E402
from crash.program import begin, directivesFor, parserFor  # noqa: E402
from support.resp import ConnectionClosed, encode  # noqa: E402
from support.server import ours  # noqa: E402

POLICIES = ("everysec", "no")
RESERVES = ("4mb", "16kb", "0")
SIZES_KB = (1024, 2048)
WRITERS = ("a", "b", "c")
LATER_WRITERS = ("d", "e")
PIPELINE_MAX = 16
VALUE_BYTES = (10, 300, 4000, 30_000)
# The space that the writers do not have to fill themselves.
FREE_KB = (150, 400)
# ctest takes it for a test that was skipped.
SKIPPED = 77
GONE = (ConnectionClosed, OSError)


class SmallDisk:
    """A file system of its own, for as long as the block lasts."""

    def __init__(self, size_kb):
        self.folder = Path(tempfile.mkdtemp(prefix="inkstone-full-"))
        self.size_kb = size_kb
        self.filler = self.folder / "filler"

    def __enter__(self):
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.size_kb}k", "tmpfs", str(self.folder)], check=True)
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", str(self.folder)], check=True)
        self.folder.rmdir()

    def fill(self, free_kb):
        state = os.statvfs(self.folder)
        self.filler.write_bytes(b"\0" * max(0, state.f_bavail * state.f_frsize - free_kb * 1024))

    def free(self):
        self.filler.unlink(missing_ok=True)


class Asker(threading.Thread):
    """A client that measures how long its replies take."""

    def __init__(self, server):
        super().__init__()
        self.client = server.client(timeout=30)
        self.longest_s = 0.0
        self.ended = False

    def run(self):
        try:
            while not self.ended and self.step():
                pass
        except GONE:
            pass

    def step(self):
        for words in (("DBSIZE",), ("SCAN", "0"), ("KEYS", "*7"), ("PING",)):
            self.ask([words])
        return True

    def ask(self, requests):
        """Sends them at once and reads all replies."""
        began = time.monotonic()
        self.client.sendRaw(b"".join(encode(*words) for words in requests))
        for words in requests:
            # One by one: what was acknowledged counts although the rest never comes.
            self.answered(words, self.client.read())
            self.longest_s = max(self.longest_s, time.monotonic() - began)

    def answered(self, words, reply):
        pass


class FillingWriter(Asker):
    """Writes until it is refused; what was acknowledged, and what was ever sent."""

    def __init__(self, server, name, seed):
        super().__init__(server)
        self.prefix = name
        self.generator = random.Random(f"{seed}-{name}")
        self.sent = {}
        self.acknowledged = []
        self.refused = False

    def step(self):
        count = self.generator.choice((1, 1, PIPELINE_MAX))
        requests = []
        for _ in range(count):
            key = f"{self.prefix}-{len(self.sent)}"
            length = self.generator.randrange(self.generator.choice(VALUE_BYTES)) + 1
            self.sent[key] = f"{key}:{'x' * length}"
            requests.append(("SET", key, self.sent[key]))
        self.ask(requests)
        return not self.refused

    def answered(self, words, reply):
        if reply.kind == "error":
            self.refused = True
        else:
            self.acknowledged.append(words[1])


def startOn(disk, outside, directives):
    """The server's own output and its socket need no room on the full disk."""
    server = ours(dir=disk.folder, start=False, directives=directives)
    server.log_path = Path(outside) / "log"
    server.socket_path = server.directives["unixsocket"] = f"{outside}/s"
    return server.start()


def writeUntilRefused(server, generator, seed, names):
    writers = [FillingWriter(server, name, seed) for name in names]
    asker = Asker(server)
    threads = [*writers, asker]
    for thread in threads:
        thread.start()
    for writer in writers:
        writer.join()
    time.sleep(generator.uniform(0, 0.1))
    asker.ended = True
    asker.join()
    return threads


def goOnWhenFreed(server, disk, generator, seed):
    disk.free()
    with server.client() as client:
        waitUntil(lambda: client.call("SET", "probe", "v").kind != "error", "writes accepted again")
    disk.fill(generator.randrange(*FREE_KB))
    return writeUntilRefused(server, generator, seed, LATER_WRITERS)


def standStill(pid, seconds):
    os.kill(pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(pid, signal.SIGCONT)


def missing(server, writers):
    """(acknowledged keys that are missing or wrong, keys that nobody wrote)"""
    sent = {key: value for writer in writers for key, value in writer.sent.items()}
    acknowledged = [key for writer in writers for key in writer.acknowledged]
    with server.client(timeout=30) as client:
        keys = [key.value.decode() for key in client.call("KEYS", "*").value]
        values = {key: client.value("GET", key).decode() for key in keys}
    values.pop("probe", None)
    lost = [key for key in acknowledged if values.get(key) != sent[key]]
    invented = [key for key, value in values.items() if sent.get(key) != value]
    return lost, invented


def runRound(number, options, seed):
    """One round: (acknowledged writes, longest wait in seconds, problem or None)"""
    generator = random.Random(f"{seed}-{number}")
    directives = {**directivesFor(POLICIES[number % 2]), "aof-disk-reserve": RESERVES[number // 2 % 3]}
    with SmallDisk(generator.choice(SIZES_KB)) as disk, tempfile.TemporaryDirectory() as outside:
        with startOn(disk, outside, directives) as server:
            disk.fill(generator.randrange(*FREE_KB))
            if options.canary == "wait":
                threading.Timer(0.01, standStill, [server.pid, options.longest_ms / 1000 + 0.3]).start()
            threads = writeUntilRefused(server, generator, f"{seed}-{number}", WRITERS)
            if generator.randrange(4) == 0:
                threads += goOnWhenFreed(server, disk, generator, f"{seed}-{number}")
            time.sleep(generator.choice((0, generator.uniform(0, 1.3))))
            server.kill()
            disk.free()
            if options.canary == "tail":
                cutLog(server)
            server.start()
            writers = [thread for thread in threads if isinstance(thread, FillingWriter)]
            lost, invented = missing(server, writers)
    longest_s = max(thread.longest_s for thread in threads)
    acknowledged = sum(len(writer.acknowledged) for writer in writers)
    return acknowledged, longest_s, f"lost {lost}, invented {invented}" if lost or invented else None


def main():
    parser = parserFor(__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--longest-ms", type=int, default=1100, help="that a reply may take")
    parser.add_argument("--canary", choices=("tail", "wait"), help="what is to be found: the run must fail")
    options = parser.parse_args()
    seed = begin("disk full", options)
    if os.geteuid() != 0:
        print("disk full: skipped, needs root to mount file systems")
        return SKIPPED
    acknowledged = wrong = late = 0
    longest_s = 0.0
    for number in range(options.rounds):
        count, round_s, problem = runRound(number, options, seed)
        acknowledged += count
        longest_s = max(longest_s, round_s)
        late += round_s * 1000 > options.longest_ms
        if problem:
            wrong += 1
            print(f"round {number}: {problem}", flush=True)
    print(f"disk full: {options.rounds} rounds, {acknowledged} acknowledged, {wrong} rounds lost or invented, "
          f"longest wait {longest_s * 1000:.0f} ms, {late} rounds over {options.longest_ms} ms (seed {seed})")
    return 1 if wrong or late or not acknowledged else 0


if __name__ == "__main__":
    sys.exit(main())

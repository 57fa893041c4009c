"""Figures of rewriting the log: how long it takes, what clients notice, what memory it costs, and the restart after it.

Both servers hold the same data set, loaded from the same log. Nobody is pinned to a core: a rewrite exists to use another
one than the server's.
"""

import shutil
import threading
import time

import load
from measures import RESTART_TIMEOUT_S, Measure
from servers import BenchServer, pssAnonymousBytes
from support.server import childrenOf

REWRITE_TIMEOUT_S = 300.0
POLL_S = 0.005
MEMORY_EVERY_S = 0.05
WRITES_PER_SECOND = 20_000
# Writes before the rewrite starts, so that the load is steady when it does.
WARM_UP_S = 1.0
LOG = {"appendonly": "yes", "appendfsync": "everysec", "auto-aof-rewrite-percentage": "0"}


def percentile(values, fraction):
    if not values:
        raise RuntimeError("nothing was measured")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * fraction))]


def rewrite(client):
    """Has the log rewritten; the moments before and after, as time.monotonic() tells them."""
    begin = time.monotonic()
    reply = client.call("BGREWRITEAOF")
    if reply.kind == "error":
        raise RuntimeError(f"BGREWRITEAOF: {reply}")
    while time.monotonic() < begin + REWRITE_TIMEOUT_S:
        fields = client.info("persistence")
        if fields["aof_rewrite_in_progress"] == "0" and fields["aof_rewrite_scheduled"] == "0":
            if fields["aof_last_bgrewrite_status"] != "ok":
                raise RuntimeError("the rewrite failed")
            return begin, time.monotonic()
        time.sleep(POLL_S)
    raise RuntimeError(f"the rewrite took more than {REWRITE_TIMEOUT_S} s")


class MemorySampler:
    """Physical memory of a server and its children while the block runs: pairs of a moment and bytes.

    The proportional share (PSS) counts a page once however many processes share it, so the sum is what the machine gives.
    """

    def __init__(self, server):
        self._pid = server.pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.samples = []

    def __enter__(self):
        self._sample()
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()
        self._sample()

    def _run(self):
        while not self._ended.wait(MEMORY_EVERY_S):
            self._sample()

    def _sample(self):
        now, children = time.monotonic(), childrenOf(self._pid)
        total = sum(pssAnonymousBytes(pid) for pid in (self._pid, *children))
        # A child that was forked or ended meanwhile has its part of the pages counted twice, or not at all.
        if childrenOf(self._pid) == children:
            self.samples.append((now, total))

    @property
    def extraBytes(self):
        """The peak over what there was before."""
        return max(value for _, value in self.samples) - self.samples[0][1]


class RewriteMeasure(Measure):
    """Wall time of BGREWRITEAOF without load; both servers stay up over all rounds."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._servers = {}

    def start(self, side, **options):
        directives = {**LOG, **dict(self.workload.directives)}
        return BenchServer(self.binary(side), directives=directives, **options)

    def filledFolder(self):
        """A new directory with the log of the data set, which is made once a run."""
        log = self.settings.cache / f"mixed-{self.scale.rewrite_strings}.aof"
        if not log.exists():
            load.writeMixedLog(log, self.scale)
        folder = self.folder()
        shutil.copyfile(log, folder / "appendonly.aof")
        return folder

    def startFilled(self, side):
        server = self.start(side, dir=self.filledFolder(), wait=False)
        self._stack.enter_context(server)
        server.waitReady(RESTART_TIMEOUT_S)
        return server

    def prepare(self, side):
        self._servers[side] = self.startFilled(side)

    def take(self, side):
        with self._servers[side].tcpClient() as client:
            begin, end = rewrite(client)
        return {"figure": (end - begin) * 1000}

    def openLoop(self, server):
        return load.OpenLoop(self.settings.open_loop, server, WRITES_PER_SECOND, self.scale)


class ForkMeasure(RewriteMeasure):
    """How long fork() kept the server."""

    def take(self, side):
        with self._servers[side].tcpClient() as client:
            rewrite(client)
            return {"figure": float(client.info("stats")["latest_fork_usec"])}


class RewriteLatencyMeasure(RewriteMeasure):
    """Latency of writes at a steady rate, of those that were due while a rewrite ran."""

    def take(self, side):
        server = self._servers[side]
        with self.openLoop(server) as writes, server.tcpClient() as client:
            time.sleep(WARM_UP_S)
            begin, end = rewrite(client)
        during = [late for due, late in writes.answered if begin <= due <= end]
        return {
            "figure": percentile(during, 0.999), "p50_ms": percentile(during, 0.5),
            "p99_ms": percentile(during, 0.99), "max_ms": max(during), "rewrite_ms": (end - begin) * 1000,
            "p999_before_ms": percentile([late for due, late in writes.answered if due < begin], 0.999),
        }


class RewriteMemoryMeasure(RewriteMeasure):
    """What server and child have at their peak, over what the server had before, under writes at a steady rate."""

    def take(self, side):
        server = self._servers[side]
        with self.openLoop(server), server.tcpClient() as client:
            time.sleep(WARM_UP_S)
            with MemorySampler(server) as memory:
                rewrite(client)
        before = memory.samples[0][1]
        return {"figure": max(1, memory.extraBytes) / 1e6, "before_mb": before / 1e6,
                "times_before": (before + memory.extraBytes) / before}


class RestartAfterMeasure(RewriteMeasure):
    """From starting the process to the first PONG; a server whose preamble is on starts from a rewritten log."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._folders = {}

    def prepare(self, side):
        folder = self._folders[side] = self.filledFolder()
        with self.start(side, dir=folder, wait=False) as server:
            # The stock server moves a log of the old form into its folder at the first start; that is not measured.
            server.waitReady(RESTART_TIMEOUT_S)
            if dict(self.workload.directives)["aof-use-rdb-preamble"] == "yes":
                with server.tcpClient() as client:
                    rewrite(client)
            server.stop(RESTART_TIMEOUT_S)

    def take(self, side):
        begin = time.monotonic()
        with self.start(side, dir=self._folders[side], wait=False) as server:
            server.waitReady(RESTART_TIMEOUT_S)
            elapsed = time.monotonic() - begin
            with server.tcpClient() as client:
                keys, members = client.value("DBSIZE"), client.value("ZCARD", "zset")
        expected = (self.scale.rewrite_strings + self.scale.rewrite_hashes + 1, self.scale.rewrite_members)
        if (keys, members) != expected:
            raise RuntimeError(f"{keys} keys and {members} members after the restart, expected {expected}")
        return {"figure": elapsed * 1000}


KINDS = {
    "rewrite": RewriteMeasure, "fork": ForkMeasure, "rewrite_latency": RewriteLatencyMeasure,
    "rewrite_memory": RewriteMemoryMeasure, "restart_after": RestartAfterMeasure,
}

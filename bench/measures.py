"""How each kind of figure is taken. A measure prepares both servers, takes one figure of a server at a time, cleans up.

A figure is a dict: "figure" is what the bar is about, the rest is printed or kept beside it.
"""

import contextlib
import pathlib
import shutil
import tempfile
import time

import data
import load
from servers import BenchServer, CpuMeter

# Time for a server to finish what an insert left behind (incremental growth, freed buffers) before memory is read.
SETTLE_S = 0.5
RESTART_TIMEOUT_S = 120.0


class Measure:
    def __init__(self, workload, scale, settings):
        self.workload = workload
        self.scale = scale
        self.settings = settings
        self._stack = contextlib.ExitStack()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return self._stack.__exit__(*exception)

    def prepare(self, side):
        """Called once a side ("stock" or "ours") before the first round."""

    def take(self, side):
        raise NotImplementedError

    def binary(self, side):
        return self.settings.binaries[side]

    def start(self, side, **options):
        directives = dict(self.workload.directives)
        return BenchServer(self.binary(side), core=self.settings.server_core, directives=directives, **options)

    def folder(self):
        path = pathlib.Path(tempfile.mkdtemp(prefix="inkstone-bench-"))
        self._stack.callback(shutil.rmtree, path, ignore_errors=True)
        return path


class CpuMeasure(Measure):
    """Server CPU per command under redis-benchmark; both servers stay up, filled, over all rounds."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._servers = {}
        self._keys = getattr(self.scale, self.workload.keys)
        self._commands = max(1, int(self.scale.commands[self.workload.pipeline] * self.workload.share))
        self._words = data.filledIn(self.workload.command, self._keys)

    def prepare(self, side):
        server = self._stack.enter_context(self.start(side))
        load.fill(server.port, data.FILLS[self.workload.fill](0, self._keys))
        self._servers[side] = server

    def take(self, side):
        server, workload = self._servers[side], self.workload
        if workload.refill:
            load.fill(server.port, data.FILLS[workload.refill](0, self._commands))
        with CpuMeter(server) as meter:
            rate, p50, p99 = load.redisBenchmark(
                server.port, self._words, workload.pipeline, self._keys, self._commands, self.settings.load_core
            )
        return {"figure": meter.nanoseconds / self._commands / 1000, "per_second": rate, "p50_ms": p50, "p99_ms": p99}


class MemoryMeasure(Measure):
    """Anonymous memory that a key or an element adds to a fresh server."""

    def take(self, side):
        count = getattr(self.scale, self.workload.keys)
        fill = data.FILLS[self.workload.fill]
        with self.start(side) as server:
            load.fill(server.port, fill(0, 1))
            time.sleep(SETTLE_S)
            before = server.anonymousBytes()
            load.fill(server.port, fill(1, count))
            time.sleep(SETTLE_S)
            return {"figure": (server.anonymousBytes() - before) / count}


class PauseMeasure(Measure):
    """The longest time one insert made its client wait while the server was at work."""

    def take(self, side):
        inserts = getattr(self.scale, self.workload.keys)
        with self.start(side) as server:
            probe = load.pauseProbe(
                self.settings.probe, server, inserts, self.workload.command, self.settings.load_core
            )
        return {"figure": probe["pause_us"], "p50_ms": probe["p50_us"] / 1000, "p99_ms": probe["p99_us"] / 1000, **probe}


class RestartMeasure(Measure):
    """From starting the process to the first PONG, with the log already in the page cache."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._folders = {}

    def start(self, side, **options):
        directives = {"appendonly": "yes", "auto-aof-rewrite-percentage": "0"}
        return BenchServer(self.binary(side), self.settings.server_core, directives, **options)

    def prepare(self, side):
        self._folders[side] = self.folder()
        load.writeLog(self._folders[side] / "appendonly.aof", self.scale.log_commands)
        # The stock server moves a log of the old form into its folder at the first start; that is not measured.
        self._restart(side)

    def _restart(self, side):
        begin = time.monotonic()
        with self.start(side, dir=self._folders[side], wait=False) as server:
            server.waitReady(RESTART_TIMEOUT_S)
            elapsed = time.monotonic() - begin
            with server.tcpClient() as client:
                keys = client.call("DBSIZE").value
        if int(keys) != self.scale.log_commands:
            raise RuntimeError(f"{keys} keys after the restart, expected {self.scale.log_commands}")
        return elapsed

    def take(self, side):
        return {"figure": self._restart(side) * 1000}


KINDS = {"cpu": CpuMeasure, "memory": MemoryMeasure, "pause": PauseMeasure, "restart": RestartMeasure}

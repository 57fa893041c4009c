"""How each kind of figure is taken. A measure prepares both servers, takes one figure of a server at a time, cleans up.

A figure is a dict: "figure" is what the bar is about, the rest is printed or kept beside it.
"""

import contextlib
import dataclasses
import pathlib
import shutil
import statistics
import tempfile
import time

import conversations
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

    @staticmethod
    def ofRounds(takes):
        """What stands for what take() returned in all rounds, for one side."""
        return {name: statistics.median(taken[name] for taken in takes) for name in takes[0]}

    @staticmethod
    def ratioOfRounds(rounds):
        """Ours divided by stock; rounds: dicts of side to what take() returned."""
        return statistics.median(taken["ours"]["figure"] / taken["stock"]["figure"] for taken in rounds)

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


class ConversationMeasure(CpuMeasure):
    """The same while clients talk to each other through the server."""

    def take(self, side):
        server, workload = self._servers[side], self.workload
        conversation = conversations.KINDS[workload.command](server.port, self._keys, workload.pipeline)
        with load.onCore(self.settings.load_core), conversation:
            with CpuMeter(server) as meter:
                done = conversation.run(self._commands)
        return {"figure": meter.nanoseconds / done / 1000}


class DurableMeasure(CpuMeasure):
    """Time per command while clients wait for the disk of this machine; `keys` says how many they are.

    Nobody is pinned: the server has a second thread for the disk, and beside one that waits there is a core to spare.
    """

    def __init__(self, workload, scale, settings):
        super().__init__(workload, scale, dataclasses.replace(settings, server_core=None, load_core=None))
        self._connections = self._keys
        self._keys = scale.keys

    def take(self, side):
        rate, p50, p99 = load.redisBenchmark(
            self._servers[side].port, self.workload.command, self.workload.pipeline, self._keys, self._commands, None,
            self._connections
        )
        return {"figure": 1e6 / rate, "per_second": rate, "p50_ms": p50, "p99_ms": p99}


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
    """The longest time a server worked while its client waited for a batch of inserts.

    A pause that is in the server comes back in every round when as much was inserted, one that the machine adds
    (another program, the hypervisor) does not, and can only make a maximum longer. So for each thousandth of the inserts
    the shortest maximum of the rounds counts, for both servers, and the figure is the longest of these. One that comes
    anywhere, and not in every thousandth of a run, would be overlooked: `pause_us` has the shortest maximum of whole rounds.
    """

    @staticmethod
    def ofRounds(takes):
        least = {name: min(taken[name] for taken in takes) for name in takes[0] if name != "pauses_us"}
        return {**least, "figure": max(min(part) for part in zip(*(taken["pauses_us"] for taken in takes)))}

    @staticmethod
    def ratioOfRounds(rounds):
        figures = {side: PauseMeasure.ofRounds([taken[side] for taken in rounds])["figure"] for side in ("ours", "stock")}
        return figures["ours"] / figures["stock"]

    def take(self, side):
        inserts = getattr(self.scale, self.workload.keys)
        with self.start(side) as server:
            workload = self.workload
            probe = load.pauseProbe(
                self.settings.probe, server, inserts, workload.pipeline, workload.command, self.settings.load_core
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


KINDS = {"cpu": CpuMeasure, "conversation": ConversationMeasure, "durable": DurableMeasure, "memory": MemoryMeasure,
         "pause": PauseMeasure, "restart": RestartMeasure}

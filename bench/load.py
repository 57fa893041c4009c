"""Load generators: redis-benchmark for throughput, our own loader for known data, the probe for pauses."""

import array
import contextlib
import csv
import io
import itertools
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

import data
from workloads import CONNECTIONS, VALUE_BYTES

CHUNK_COMMANDS = 1_000


def tool(name):
    path = shutil.which(name)
    if path is None:
        raise FileNotFoundError(f"{name} is not installed: run `make deps-test`")
    return path


def pinned(argv, core):
    return argv if core is None else ["taskset", "-c", str(core), *argv]


def parseBenchmarkCsv(text):
    """(commands a second, p50 ms, p99 ms) of the one test that redis-benchmark ran."""
    rows = list(csv.DictReader(io.StringIO(text)))
    if len(rows) != 1:
        raise RuntimeError(f"redis-benchmark said: {text!r}")
    row = rows[0]
    return float(row["rps"]), float(row["p50_latency_ms"]), float(row["p99_latency_ms"])


def redisBenchmark(port, command, pipeline, keys, commands, core, connections=CONNECTIONS):
    """`command`: the name of one of its tests, or the words of a command."""
    argv = [tool("redis-benchmark"), "-h", "127.0.0.1", "-p", str(port), "-P", str(pipeline)]
    argv += ["-r", str(keys), "-n", str(commands), "-c", str(connections), "-d", str(VALUE_BYTES), "--csv"]
    argv += ["-t", command] if isinstance(command, str) else command
    done = subprocess.run(pinned(argv, core), capture_output=True, text=True, check=True)
    return parseBenchmarkCsv(done.stdout)


def writeLog(path, commands):
    """A log of `commands` different SETs, as any Redis since 1.0 writes it."""
    with open(path, "wb") as file:
        file.write(data.encode(b"SELECT", b"0"))
        for request in data.strings(0, commands):
            file.write(request)


def writeMixedLog(path, scale):
    """The same for the data set that rewrites are measured with."""
    with open(path, "wb", buffering=1 << 20) as file:
        file.write(data.encode(b"SELECT", b"0"))
        for request in data.mixed(scale.rewrite_strings, scale.rewrite_hashes, scale.rewrite_members):
            file.write(request)


class OpenLoop:
    """Runs bench-open-loop, at path `program`, on the data set "mixed" while the block runs.

    Afterwards `answered` has pairs of the moment a request was due, as time.monotonic() tells time, and its latency in
    milliseconds; they come in the order of the answers.
    """

    def __init__(self, program, server, rate, scale):
        self._program = program
        self._port = server.port
        self._rate = rate
        self._scale = scale
        self.answered = []

    def __enter__(self):
        if not self._program.exists():
            raise FileNotFoundError(f"{self._program.name} is not built: run `make bench`")
        self._folder = tempfile.TemporaryDirectory(prefix="inkstone-bench-")
        scale, output = self._scale, pathlib.Path(self._folder.name) / "latencies"
        sizes = (scale.rewrite_strings, scale.rewrite_hashes, scale.rewrite_members)
        argv = [self._program, self._port, self._rate, *sizes, output]
        self._process = subprocess.Popen([str(word) for word in argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         text=True, preexec_fn=goFirst)
        self._output = output
        self._start_s = int(self._process.stdout.readline()) / 1e6
        return self

    def __exit__(self, kind, *_):
        with self._folder:
            unanswered, _ = self._process.communicate()
            if kind is not None:
                return
            if self._process.returncode != 0:
                raise RuntimeError(f"{self._program.name} ended with status {self._process.returncode}")
            numbers = array.array("I", self._output.read_bytes())
            self.unanswered = int(unanswered)
        self.answered = [(self._start_s + due / 1e6, late / 1000) for due, late in zip(numbers[::2], numbers[1::2])]


def goFirst():
    """A load generator that waits for a processor would measure itself."""
    with contextlib.suppress(PermissionError):
        os.nice(-10)


@contextlib.contextmanager
def onCore(core):
    """This process is the load generator while the block runs."""
    before = os.sched_getaffinity(0)
    if core is not None:
        os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def fill(port, requests):
    """Sends requests whose replies are one line each, and returns when all are acknowledged."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        requests = iter(requests)
        while chunk := list(itertools.islice(requests, CHUNK_COMMANDS)):
            connection.sendall(b"".join(chunk))
            got = b""
            while got.count(b"\r\n") < len(chunk):
                piece = connection.recv(65536)
                if not piece:
                    raise RuntimeError("the server closed the connection while it was filled")
                got += piece
            if got[:1] == b"-" or b"\n-" in got:
                raise RuntimeError(f"refused while the server was filled: {got[:200]!r}")


def pauseProbe(probe, server, inserts, pipeline, command, core):
    """What bench-pause-probe, at path `probe`, says: a dict. `command`: the reply, then the words."""
    if not probe.exists():
        raise FileNotFoundError(f"{probe.name} is not built: run `make bench`")
    argv = pinned([str(probe), str(server.port), str(server.pid), str(inserts), str(pipeline), *command], core)
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)

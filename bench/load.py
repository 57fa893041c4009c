"""Load generators: redis-benchmark for throughput, our own loader for known data, the probe for pauses."""

import csv
import io
import json
import shutil
import socket
import subprocess

from workloads import CONNECTIONS, VALUE_BYTES

CHUNK_COMMANDS = 2_000


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


def redisBenchmark(port, command, pipeline, keys, commands, core):
    argv = [tool("redis-benchmark"), "-h", "127.0.0.1", "-p", str(port), "-t", command, "-P", str(pipeline)]
    argv += ["-r", str(keys), "-n", str(commands), "-c", str(CONNECTIONS), "-d", str(VALUE_BYTES), "--csv"]
    done = subprocess.run(pinned(argv, core), capture_output=True, text=True, check=True)
    return parseBenchmarkCsv(done.stdout)


def keyOf(number):
    """The 16-byte keys that redis-benchmark's -r makes."""
    return b"key:%012d" % number


def plainValue(number):
    return b"%032d" % number


def encode(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def setCommand(number, value):
    """SET as a request: value is plain, ttl or integer."""
    if value == "ttl":
        # Far enough apart that nothing expires while it is measured.
        return encode(b"SET", keyOf(number), plainValue(number), b"EX", b"%d" % (100_000 + number % 1_000))
    if value == "integer":
        # Beyond the small integers that Redis shares between keys.
        return encode(b"SET", keyOf(number), b"%d" % (1_000_000 + number))
    return encode(b"SET", keyOf(number), plainValue(number))


def writeLog(path, commands):
    """A log of `commands` different SETs, as any Redis since 1.0 writes it."""
    with open(path, "wb") as file:
        file.write(encode(b"SELECT", b"0"))
        for number in range(commands):
            file.write(setCommand(number, "plain"))


def populate(port, keys, value="plain"):
    """Sets key 0 to keys-1 and returns when all are acknowledged."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for start in range(0, keys, CHUNK_COMMANDS):
            count = min(CHUNK_COMMANDS, keys - start)
            connection.sendall(b"".join(setCommand(start + i, value) for i in range(count)))
            expected = b"+OK\r\n" * count
            got = b""
            while len(got) < len(expected):
                piece = connection.recv(65536)
                if not piece:
                    raise RuntimeError("the server closed the connection while it was filled")
                got += piece
            if got != expected:
                raise RuntimeError(f"SET was refused: {got[:200]!r}")


def pauseProbe(probe, server, inserts, core):
    """What bench-pause-probe, at path `probe`, says: a dict."""
    if not probe.exists():
        raise FileNotFoundError(f"{probe.name} is not built: run `make bench`")
    argv = pinned([str(probe), str(server.port), str(server.pid), str(inserts)], core)
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)

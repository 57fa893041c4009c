#!/usr/bin/python3
"""Thousands of idle connections, readers that do not read, and clients that send what no client should.

Meanwhile polite clients write and read back, and are told nothing wrong and served in time; the memory that the
hostile ones can take stays within what their limits allow, and is given back when they are gone. As a canary the
output buffers have no limit: then the readers that do not read take more, and the run must fail.
"""

import multiprocessing
import random
import resource
import socket
import struct
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from crash.children import NeverHappened, waitUntil  # noqa: E402
from crash.program import begin, parserFor  # noqa: E402
from support.resp import Client, ConnectionClosed, ProtocolError, encode  # noqa: E402
from support.server import ours  # noqa: E402

MB = 1024 * 1024
HOSTILE, SLOW_READERS, POLITE = 4, 20, 4
SPARE_DESCRIPTORS = 500
OUTPUT_MAX = 4 * MB
# The size of the value that slow readers ask for. A client may be owed so much more when the limit is noticed.
VALUE_BYTES = MB
IDLE_BYTES_MAX = 2048
# Batches of the parser, socket buffers, what hostile frames may announce: measured at a tenth of it.
REST_BYTES_MAX = 64 * MB
# On a busy machine the server itself waits for a processor.
REPLY_S_MAX = 5.0
CONNECT_TRIES = 2000
DIRECTIVES = {"appendonly": "yes", "maxclients": "20000", "tcp-backlog": "1024"}


def connect(address):
    """Also while the queue of those who want to is full."""
    for _ in range(CONNECT_TRIES):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(5)
        try:
            connection.connect(address)
            return connection
        except BlockingIOError:
            connection.close()
            time.sleep(0.002)
    raise ConnectionError("the queue of new connections stays full")


def reset(connection):
    """Closes without a farewell."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Hostile(multiprocessing.Process):
    """Opens connections and misuses them, each in another way. A process, to leave the polite ones their thread."""

    def __init__(self, address, number, seed):
        super().__init__(daemon=True)
        self.address = address
        self.generator = random.Random(f"{seed}-hostile-{number}")
        self.stopping = multiprocessing.Event()
        self.attacks = multiprocessing.Value("q", 0)

    def run(self):
        ways = (self.garbage, self.halfFrame, self.hugePromise, self.byteByByte, self.manyInvalid, self.hangUp)
        while not self.stopping.is_set():
            try:
                connection = connect(self.address)
            except OSError:
                time.sleep(0.01)
                continue
            try:
                self.generator.choice(ways)(connection)
            except OSError:
                pass
            self.attacks.value += 1
            reset(connection)

    def garbage(self, connection):
        connection.sendall(self.generator.randbytes(self.generator.randrange(1, 100_000)))

    def halfFrame(self, connection):
        frame = encode("SET", "hostile", self.generator.randbytes(200_000))
        connection.sendall(frame[:self.generator.randrange(1, len(frame))])
        time.sleep(self.generator.uniform(0, 0.2))

    def hugePromise(self, connection):
        promise = self.generator.choice((b"*1048576\r\n", b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\n", b"*-1\r\n",
                                         b"*2147483648\r\n", b"*1\r\n$-5\r\n", b"*1\r\n$99999999999999999999\r\n"))
        connection.sendall(promise + b"x" * self.generator.randrange(1000))
        time.sleep(self.generator.uniform(0, 0.2))

    def byteByByte(self, connection):
        for byte in encode("GET", "k" * 20):
            connection.sendall(bytes([byte]))

    def manyInvalid(self, connection):
        connection.sendall(b"".join(encode("NOSUCH", number) for number in range(2000)))

    def hangUp(self, connection):
        connection.sendall(encode("GETRANGE", "big", 0, 10_000) * 3)


class SlowReaders(multiprocessing.Process):
    """Ask for big values and read nothing, again and again."""

    def __init__(self, address):
        super().__init__(daemon=True)
        self.address = address
        self.stopping = multiprocessing.Event()

    def run(self):
        threads = [threading.Thread(target=self.readNothing, daemon=True) for _ in range(SLOW_READERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def readNothing(self):
        while not self.stopping.is_set():
            try:
                connection = connect(self.address)
                for _ in range(100):
                    connection.sendall(encode("GET", "big"))
                    if self.stopping.wait(0.01):
                        break
                connection.close()
            except OSError:
                time.sleep(0.01)


class Polite(threading.Thread):
    """Writes and reads back; notes how long each took, and what was wrong."""

    def __init__(self, address, number):
        super().__init__(daemon=True)
        self.address = address
        self.key = f"polite:{number}"
        self.stopping = threading.Event()
        self.seconds = []
        self.problem = None

    def run(self):
        try:
            with Client(self.address, timeout=30.0) as client:
                while not self.stopping.is_set():
                    text = str(len(self.seconds))
                    begin = time.monotonic()
                    client.value("SET", self.key, text)
                    if client.value("GET", self.key) != text.encode():
                        self.problem = "read back something else"
                    self.seconds.append(time.monotonic() - begin)
        except (ConnectionClosed, ProtocolError, OSError) as error:
            self.problem = repr(error)


def usedMemory(client):
    return int(client.info("memory")["used_memory"])


def openIdle(address, count):
    return [connect(address) for _ in range(count)]


def attack(server, client, seconds, seed):
    """Everything at once; (attacks, polite clients, largest memory)."""
    hostile = [Hostile(server.address, number, seed) for number in range(HOSTILE)]
    slow = [SlowReaders(server.address)]
    polite = [Polite(server.address, number) for number in range(POLITE)]
    threads = [*hostile, *slow, *polite]
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds
    largest = 0
    while time.monotonic() < end:
        largest = max(largest, usedMemory(client))
        time.sleep(0.02)
    for thread in threads:
        thread.stopping.set()
    for thread in threads:
        thread.join(30)
    return sum(each.attacks.value for each in hostile), polite, largest


def run(options, seed):
    """All that went wrong, and a report is printed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(options.connections, hard - SPARE_DESCRIPTORS)
    limit = "0 0 0" if options.canary else f"{OUTPUT_MAX} 0 0"
    directives = {**DIRECTIVES, "client-output-buffer-limit": ("normal", *limit.split())}
    problems = []
    with ours(directives=directives) as server, server.client(timeout=30.0) as client:
        client.value("SET", "big", "x" * VALUE_BYTES)
        before = usedMemory(client)
        idle = openIdle(server.address, count)
        waitUntil(lambda: int(client.info("clients")["connected_clients"]) == count + 1, "all to be connected")
        of_idle = usedMemory(client) - before
        attacks, polite, largest = attack(server, client, options.seconds, seed)
        waitUntil(lambda: int(client.info("clients")["connected_clients"]) == count + 1, "the hostile to be gone")
        after = usedMemory(client)
        for connection in (idle[0], idle[-1]):
            connection.sendall(encode("PING"))
            if connection.recv(100) != b"+PONG\r\n":
                problems.append("an idle connection is not served")
        for connection in idle:
            connection.close()
    allowed = SLOW_READERS * (OUTPUT_MAX + VALUE_BYTES) + REST_BYTES_MAX
    taken = largest - before - of_idle
    seconds = sorted(second for each in polite for second in each.seconds)
    problems += [f"polite client: {each.problem}" for each in polite if each.problem]
    if of_idle > count * IDLE_BYTES_MAX:
        problems.append(f"an idle connection takes {of_idle / count:.0f} bytes")
    if taken > allowed:
        problems.append(f"hostile clients took {taken / MB:.0f} MB, {allowed / MB:.0f} allowed")
    if after - before - of_idle > REST_BYTES_MAX:
        problems.append(f"{(after - before - of_idle) / MB:.0f} MB were not given back")
    if not seconds or seconds[-1] > REPLY_S_MAX:
        problems.append(f"a polite client waited {seconds[-1] if seconds else 0:.3f} s")
    p99 = seconds[int(len(seconds) * 0.99)] if seconds else 0.0
    print(f"hostile network: {count} idle connections of {of_idle / max(count, 1):.0f} bytes; {attacks} attacks and "
          f"{SLOW_READERS} readers that do not read took {taken / MB:.0f} of {allowed / MB:.0f} MB; {len(seconds)} "
          f"polite writes and reads, p99 {p99 * 1000:.1f} ms, longest {seconds[-1] * 1000 if seconds else 0:.1f} ms")
    return problems


def main():
    parser = parserFor(__doc__)
    parser.add_argument("--connections", type=int, default=10_000, help="idle ones, as far as descriptors allow")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--canary", action="store_true", help="no limit for output buffers: the run must fail")
    options = parser.parse_args()
    seed = begin("hostile network", options)
    try:
        problems = run(options, seed)
    except NeverHappened as error:
        problems = [str(error)]
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

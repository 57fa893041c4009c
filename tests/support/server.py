"""Starts and stops servers: ours or the stock redis-server, each in a temporary directory.

The default transport is a unix socket, so that tests running side by side cannot fight over ports.
Every process started here is killed when the test process ends, however it ends.
"""

import atexit
import fcntl
import functools
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from .resp import Client, ConnectionClosed, ProtocolError

ROOT = Path(__file__).resolve().parents[2]
STOCK = "redis-server"
# A machine that is busy otherwise makes everything ten times slower: whoever waits for what must come waits long.
START_TIMEOUT_S = 60.0
WAIT_S = 30.0

# Ports that tests may use.
PORTS = (20_000, 32_000)

_live = set()
_port_locks = []


def ourBinary():
    """The server under test: INKSTONE_TEST_SERVER, else where `make build` leaves it."""
    path = os.environ.get("INKSTONE_TEST_SERVER") or str(ROOT / "build/release/inkstone-server")
    if not os.access(path, os.X_OK):
        raise FileNotFoundError(f"no server binary at {path}: run `make build` or set "
                                "INKSTONE_TEST_SERVER")
    return path


def stockBinary():
    """The oracle. Tests must fail, not skip, when it is missing."""
    path = shutil.which(STOCK)
    if path is None:
        raise FileNotFoundError("redis-server 7.0 is not installed: run `make deps`")
    return path


@functools.cache
def oursIsStock():
    """True when the harness is being checked by running the stock server against itself."""
    return Path(ourBinary()).resolve() == Path(stockBinary()).resolve()


def freePort():
    """A TCP port nobody listens on, that no other test gets while this process lives.

    It lies below those that the kernel gives to connections: one of these could take it before the server does.
    """
    folder = Path(tempfile.gettempdir()) / f"inkstone-test-ports-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    while True:
        port = random.SystemRandom().randrange(*PORTS)
        lock = open(folder / str(port), "w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Both families, so that a test may have the server listen on either.
            if socket.has_dualstack_ipv6():
                socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True).close()
            else:
                socket.create_server(("", port)).close()
        except OSError:
            lock.close()
            continue
        _port_locks.append(lock)
        return port


def childrenOf(pid):
    """The process ids of its children, whichever of its threads forked them."""
    children = []
    for task in Path("/proc").glob(f"{pid}/task/*/children"):
        try:
            children += [int(word) for word in task.read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            # The thread, or the process, has ended.
            continue
    return children


def serverEnvironment(changes=None):
    """Our environment with `changes`; None takes a variable away."""
    variables = dict(os.environ, **(changes or {}))
    return {name: value for name, value in variables.items() if value is not None}


class StartError(Exception):
    """The server ended, or did not answer, while we waited for it; holds what it logged."""

    def __init__(self, text, log, status=None):
        super().__init__(f"{text}\n--- log ---\n{log}")
        self.log = log
        self.status = status


def _words(directives):
    words = []
    for name, value in directives.items():
        values = value if isinstance(value, list) else [value]
        for one in values:
            words.append("--" + name)
            words += [str(part) for part in one] if isinstance(one, tuple) else [str(one)]
    return words


class Server:
    """One server and its directory.

    directives  dict of directive to value; a tuple is several arguments, a list several lines
    dir         an existing directory to run in (kept at the end); default: a temporary one, removed
    tcp         listen on 127.0.0.1 and a free port, too
    config      text of a config file, passed as first argument
    arguments   command line words put before the directives
    environment variables to set; None takes one away
    prefix      words before the command that run it (prlimit, setpriv)
    """

    def __init__(self, binary=None, directives=None, dir=None, tcp=False, config=None,
                 arguments=(), environment=None, prefix=(), wait=True, start=True, stdin=None):
        self.binary = binary or ourBinary()
        self._own_dir = dir is None
        self.dir = Path(dir or tempfile.mkdtemp(prefix="inkstone-test-"))
        self.socket_path = str(self.dir / "s")
        self.port = freePort() if tcp else 0
        self.directives = {"port": self.port, "unixsocket": self.socket_path, "save": ""}
        if tcp:
            self.directives["bind"] = "127.0.0.1"
        self.directives.update(directives or {})
        self.arguments = list(arguments)
        if config is not None:
            (self.dir / "test.conf").write_text(config)
            self.arguments.insert(0, "test.conf")
        self._environment = serverEnvironment(environment)
        self._prefix = list(prefix)
        self._stdin = stdin
        self.process = None
        self.log_path = self.dir / "output.log"
        if start:
            self.start(wait=wait)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.discard()

    @property
    def isStock(self):
        return Path(self.binary).resolve() == Path(stockBinary()).resolve()

    @property
    def address(self):
        """The unix socket if there is one, else the TCP address."""
        path = self.directives.get("unixsocket")
        return path if path else ("127.0.0.1", self.port)

    @property
    def pid(self):
        return self.process.pid

    def command(self):
        # The kernel kills the server when the test process is killed: no test leaves one behind.
        prefix = [*self._prefix, "setpriv", "--pdeathsig", "KILL"]
        directives = {k: v for k, v in self.directives.items() if v is not None}
        return [*prefix, self.binary, *self.arguments, *_words(directives)]

    def start(self, wait=True, timeout=START_TIMEOUT_S):
        """Starts the process; `wait` until it answers PING with something else than LOADING."""
        log = open(self.log_path, "ab")
        stdin = subprocess.PIPE if self._stdin is not None else subprocess.DEVNULL
        self.process = subprocess.Popen(self.command(), cwd=self.dir, stdin=stdin, stdout=log,
                                        stderr=subprocess.STDOUT, env=self._environment)
        log.close()
        _live.add(self)
        if self._stdin is not None:
            self.process.stdin.write(self._stdin.encode())
            self.process.stdin.close()
        if wait:
            self.waitReady(timeout)
        return self

    def waitReady(self, timeout=START_TIMEOUT_S):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                status = self.process.returncode
                raise StartError(f"{self.binary} ended with status {status}", self.log(), status)
            if self._answers():
                return
            time.sleep(0.005)
        raise StartError(f"{self.binary} not ready in {timeout} s", self.log())

    def _answers(self):
        try:
            with Client(self.address, timeout=WAIT_S) as client:
                reply = client.call("PING")
                return not (reply.kind == "error" and reply.value.startswith(b"LOADING"))
        except (OSError, ConnectionClosed, ProtocolError):
            return False

    def client(self, protocol=2, timeout=WAIT_S):
        return Client(self.address, timeout=timeout, protocol=protocol)

    def tcpClient(self, protocol=2, timeout=WAIT_S, host="127.0.0.1"):
        return Client((host, self.port), timeout=timeout, protocol=protocol)

    def log(self):
        """All the server printed in this directory, over all its starts."""
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def waitLog(self, text, timeout=WAIT_S):
        """Waits until `text` stands in the log; the log."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            log = self.log()
            if text in log:
                return log
            time.sleep(0.01)
        raise AssertionError(f"{text!r} did not appear in the log in {timeout} s:\n{self.log()}")

    def waitExit(self, timeout=WAIT_S):
        """The exit status of a server that ends by itself (negative: the signal)."""
        status = self.process.wait(timeout)
        _live.discard(self)
        return status

    def signal(self, number):
        os.kill(self.process.pid, number)

    def stop(self, timeout=WAIT_S):
        """SIGTERM; the exit status. SIGKILL when that does not work."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
        _live.discard(self)
        return self.process.returncode

    def kill(self):
        """kill -9, as a crash."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        _live.discard(self)

    def restart(self, crash=False, **directives):
        """Ends the server and starts it again on the same directory."""
        if crash:
            self.kill()
        else:
            self.stop()
        self.directives.update(directives)
        return self.start()

    def discard(self):
        """Kills the server and removes a directory that we made."""
        self.kill()
        if self._own_dir:
            shutil.rmtree(self.dir, ignore_errors=True)

    def aofPath(self):
        """The file that new log text goes to."""
        name = self.directives.get("appendfilename", "appendonly.aof")
        if self.isStock:
            files = sorted((self.dir / "appendonlydir").glob(f"{name}.*.incr.aof"))
            return files[-1] if files else self.dir / "appendonlydir" / f"{name}.1.incr.aof"
        return self.dir / name


def ours(**keywords):
    return Server(binary=ourBinary(), **keywords)


def stock(**keywords):
    """A stock server that lets DEBUG through, as ours must for the same tests."""
    return Server(binary=stockBinary(), **keywords)


def runToExit(arguments, binary=None, timeout=WAIT_S, stdin=None, cwd=None):
    """Runs a server that must end by itself; (status, all it printed)."""
    done = subprocess.run(["setpriv", "--pdeathsig", "KILL", binary or ourBinary(), *arguments],
                          input=stdin, timeout=timeout, cwd=cwd, text=True,
                          env=serverEnvironment(),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout


@atexit.register
def _discardAll():
    for server in list(_live):
        server.discard()


def _onTerminate(number, _frame):
    _discardAll()
    os._exit(128 + number)


def cleanUpOnSignals():
    """For scripts: SIGTERM and SIGINT leave no server and no temporary directory behind."""
    signal.signal(signal.SIGTERM, _onTerminate)
    signal.signal(signal.SIGINT, _onTerminate)

"""Child processes of a server under test: seen, waited for, kept running, killed; and what they may leave behind."""

import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path

from support.resp import Client, ConnectionClosed
from support.server import childrenOf

TIMEOUT_S = 30.0
KILL_SHARE = 0.15


class NeverHappened(Exception):
    """A condition did not become true in time."""


def waitUntil(condition, what, timeout=TIMEOUT_S):
    """Waits until `condition` holds; its value."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.002)
    raise NeverHappened(f"{what}: not within {timeout} s")


def processState(pid):
    """A letter as ps shows it (T: stopped, Z: waits to be reaped), or None without such a process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text[text.rindex(")") + 2]


def killWithChildren(server):
    """kill -9 of the server; returns when its children, which must die with it, are gone."""
    children = childrenOf(server.pid)
    server.kill()
    for child in children:
        waitUntil(lambda pid=child: processState(pid) in (None, "Z"), "the end of an orphaned child")


def strayFiles(server):
    """Names in the directory that no start may leave there. A torn tail is kept aside on purpose."""
    expected = {"appendonly.aof", "appendonly.aof.ledger", "dump.rdb", ".appendonly.aof.lock",
                ".dump.rdb.lock", Path(server.log_path).name, Path(server.socket_path).name}
    return sorted(name for name in os.listdir(server.dir)
                  if name not in expected and not name.startswith("appendonly.aof.cut-"))


def checkLog(server):
    """The error that the stock tool finds in the AOF of a stopped server, or None."""
    done = subprocess.run(["redis-check-aof", str(server.aofPath())], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    return None if done.returncode == 0 else f"redis-check-aof: {done.stdout[-300:]}"


def rewriteEnded(client):
    """The status of the last rewrite, once none runs or waits."""
    fields = client.info("persistence")
    if fields["aof_rewrite_in_progress"] == "1" or fields["aof_rewrite_scheduled"] == "1":
        return None
    return fields["aof_last_bgrewrite_status"]


def rewriteToTheEnd(server):
    """Has the log rewritten; None, or what went wrong."""
    with server.client() as client:
        reply = client.call("BGREWRITEAOF")
        if reply.kind == "error":
            return f"BGREWRITEAOF: {reply}"
        status = waitUntil(lambda: rewriteEnded(client), "the end of a rewrite")
    return None if status == "ok" else f"a rewrite ended with {status}"


class ChildrenAllTheTime(threading.Thread):
    """Has the server rewrite the log and save in turns without a pause until the connection breaks.

    Now and then a child is killed, which must harm nothing.
    """

    def __init__(self, server, seed):
        super().__init__(daemon=True)
        self.started_count = 0
        self.killed_count = 0
        self._server = server
        self._random = random.Random(f"{seed}-children")

    def run(self):
        try:
            with Client(self._server.address, timeout=TIMEOUT_S) as client:
                while True:
                    self._oneChild(client)
        except (ConnectionClosed, OSError):
            pass

    def _oneChild(self, client):
        reply = client.call(self._random.choice(("BGREWRITEAOF", "BGSAVE")))
        self.started_count += reply.kind != "error"
        if self._random.random() < KILL_SHARE:
            time.sleep(self._random.uniform(0, 0.01))
            for pid in childrenOf(self._server.pid):
                self._kill(pid)
        while childrenOf(self._server.pid):
            time.sleep(0.001)

    def _kill(self, pid):
        try:
            os.kill(pid, signal.SIGKILL)
            self.killed_count += 1
        except ProcessLookupError:
            pass

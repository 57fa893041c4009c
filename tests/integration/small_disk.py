"""Tests of servers whose data directory is a small file system of its own, which can be filled up."""

import os
import subprocess
import tempfile
from pathlib import Path

from integration.base import ServerTest, isRoot
from support.resp import ConnectionClosed

# A write that found a little room left is short and has no error of its own.
DISK_IS_FULL = "No space left on device|[Ss]hort write"
KB = 1024


class SmallDiskTest(ServerTest):
    SIZE_KB = 1024

    def setUp(self):
        if not isRoot():
            self.skipTest("mounting a small tmpfs needs root")
        self.folder = Path(tempfile.mkdtemp(prefix="inkstone-full-"))
        self.addCleanup(self.folder.rmdir)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.SIZE_KB}k", "tmpfs",
                               str(self.folder)], check=False, capture_output=True, text=True)
        if done.returncode != 0:
            self.skipTest(f"cannot mount a tmpfs here: {done.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.folder)], check=True)
        self.filler = self.folder / "filler"

    def startHere(self, directives):
        # The output goes to a file elsewhere: it must not need room on the full disk.
        server = self.serve(dir=self.folder, start=False, directives=directives)
        self.outside = tempfile.TemporaryDirectory()
        self.addCleanup(self.outside.cleanup)
        server.log_path = Path(self.outside.name) / "log"
        server.socket_path = server.directives["unixsocket"] = f"{self.outside.name}/s"
        return server.start()

    def fillDisk(self, free_kb=0):
        """Leaves that much room."""
        state = os.statvfs(self.folder)
        size = max(0, state.f_bavail * state.f_frsize - free_kb * KB)
        with open(self.filler, "ab") as file:
            file.write(b"\0" * size)

    def freeDisk(self):
        self.filler.unlink()

    def names(self):
        return sorted(name for name in os.listdir(self.folder) if not name.endswith(".lock")
                      and name not in ("filler", "appendonly.aof.ledger"))

    def writeUntilRefused(self, server):
        """Writes until something else than OK comes, and counts what was acknowledged.

        The refusal; None when the connection was closed or the reply held back.
        """
        self.acknowledged = 0
        with server.client(timeout=2) as client:
            while self.acknowledged < 10_000:
                try:
                    reply = client.call("SET", f"k{self.acknowledged}", "x" * 1000)
                except (ConnectionClosed, BrokenPipeError, TimeoutError):
                    return None
                if reply.kind == "error":
                    return reply
                self.acknowledged += 1
        self.fail("the disk never became full")
        return None

    def assertHasAllAcknowledged(self, server):
        client = self.connect(server)
        lengths = client.pipeline([("STRLEN", f"k{n}") for n in range(self.acknowledged)])
        self.assertEqual([n for n, reply in enumerate(lengths) if reply.value != 1000], [])

    def refusal(self, client):
        reply = client.call("SET", "probe", "v")
        return reply if reply.kind == "error" else None

    def waitAccepted(self, client):
        self.eventually(lambda: client.call("SET", "after", "v").kind == "simple",
                        "writes are accepted again", timeout=20)

"""A full disk: writes are refused, everything else is served, and it heals without a person."""

import subprocess
import tempfile
from pathlib import Path

from integration.base import OURS_ONLY, ServerTest, isRoot
from support.resp import ConnectionClosed

SIZE_KB = 1024
ON = {"appendonly": "yes", "aof-use-rdb-preamble": "no", "auto-aof-rewrite-percentage": "0"}

# A write that found a little room left is short and has no error of its own.
DISK_IS_FULL = "No space left on device|[Ss]hort write"


class DiskFullTest(ServerTest):
    def setUp(self):
        if not isRoot():
            self.skipTest("mounting a small tmpfs needs root")
        self.folder = Path(tempfile.mkdtemp(prefix="inkstone-full-"))
        self.addCleanup(self.folder.rmdir)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_KB}k", "tmpfs",
                               str(self.folder)], check=False, capture_output=True, text=True)
        if done.returncode != 0:
            self.skipTest(f"cannot mount a tmpfs here: {done.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.folder)], check=True)
        self.filler = self.folder / "filler"
        self.filler.write_bytes(b"\0" * 600 * 1024)

    def start(self, policy):
        # The output goes to a file as well: it must not need room on the full disk.
        server = self.serve(dir=self.folder, start=False, directives={**ON, "appendfsync": policy})
        self.outside = tempfile.TemporaryDirectory()
        self.addCleanup(self.outside.cleanup)
        server.log_path = Path(self.outside.name) / "log"
        server.socket_path = server.directives["unixsocket"] = f"{self.outside.name}/s"
        return server.start()

    def fillUp(self, server):
        """Writes until something else than OK comes and counts what was acknowledged.

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
        self.assertGreater(self.acknowledged, 100)
        for number in range(self.acknowledged):
            self.assertEqual(client.value("STRLEN", f"k{number}"), 1000, f"k{number}")

    @OURS_ONLY
    def testWritesAreRefusedReadsAreServedAndItHealsUnderEverysec(self):
        self.healsUnder("everysec")

    @OURS_ONLY
    def testWritesAreRefusedReadsAreServedAndItHealsUnderNo(self):
        self.healsUnder("no")

    def healsUnder(self, policy):
        server = self.start(policy)
        self.fillUp(server)
        client = self.connect(server)
        # The first write that met the full disk may be held until there is room; later ones are
        # refused.
        refusal = self.eventually(lambda: self.refusal(client), "a refused write")
        self.assertError(refusal, "MISCONF Errors writing to the AOF file: ")
        self.assertEqual(client.info("persistence")["aof_last_write_status"], "err")
        self.assertEqual(client.value("PING"), b"PONG")
        self.assertEqual(client.value("STRLEN", "k0"), 1000)
        self.assertEqual(client.value("ECHO", "x"), b"x")
        self.assertRegex(server.log(), DISK_IS_FULL)
        self.filler.unlink()
        self.eventually(lambda: client.call("SET", "after", "v").kind == "simple",
                        "writes are accepted again", timeout=15)
        self.assertEqual(client.info("persistence")["aof_last_write_status"], "ok")
        server.restart(crash=True)
        self.assertHasAllAcknowledged(server)
        self.assertEqual(self.connect(server).value("GET", "after"), b"v")

    def refusal(self, client):
        reply = client.call("SET", "probe", "v")
        return reply if reply.kind == "error" else None

    @OURS_ONLY
    def testUnderAlwaysItEndsWithOneAndKeepsWhatItAcknowledged(self):
        server = self.start("always")
        refusal = self.fillUp(server)
        self.assertIsNone(refusal, "the promise of always cannot be kept: no reply may come")
        self.assertEqual(server.waitExit(), 1)
        self.assertRegex(server.log(), DISK_IS_FULL)
        self.filler.unlink()
        server.start()
        self.assertHasAllAcknowledged(server)

    @OURS_ONLY
    def testKilledWhileTheDiskIsFullNothingAcknowledgedIsLost(self):
        server = self.start("everysec")
        self.fillUp(server)
        server.kill()
        self.filler.unlink()
        server.start()
        self.assertHasAllAcknowledged(server)

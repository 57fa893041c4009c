"""A full disk: writes are refused, everything else is served, and it heals without a person."""

import os
import subprocess
import tempfile
from pathlib import Path

from integration.base import OURS_ONLY, ServerTest, isRoot
from support.resp import ConnectionClosed

SIZE_KB = 1024
ON = {"appendonly": "yes", "aof-use-rdb-preamble": "no", "auto-aof-rewrite-percentage": "0"}


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

    def fillUp(self, client):
        """Writes until the first refusal; (keys acknowledged, refusal or None when closed)."""
        for number in range(10_000):
            try:
                reply = client.call("SET", f"k{number}", "x" * 1000)
            except ConnectionClosed:
                return number, None
            if reply.kind == "error":
                return number, reply
        self.fail("the disk never became full")
        return None

    def assertHas(self, client, count):
        for number in range(count):
            self.assertEqual(client.value("STRLEN", f"k{number}"), 1000, f"k{number}")

    @OURS_ONLY
    def testWritesAreRefusedReadsAreServedAndItHeals(self):
        for policy in ("everysec", "no"):
            with self.subTest(policy=policy):
                server = self.start(policy)
                client = self.connect(server)
                client.value("FLUSHALL")
                count, refusal = self.refused(server, client)
                self.assertError(refusal, "MISCONF Errors writing to the AOF file: ")
                self.assertEqual(client.info("persistence")["aof_last_write_status"], "err")
                self.assertEqual(client.value("PING"), b"PONG")
                self.assertEqual(client.value("STRLEN", "k0"), 1000)
                self.assertEqual(client.value("ECHO", "x"), b"x")
                self.assertIn("No space left on device", server.log())
                self.filler.unlink()
                self.eventually(lambda: client.call("SET", "after", "v").kind == "simple",
                                "writes are accepted again", timeout=15)
                self.assertEqual(client.info("persistence")["aof_last_write_status"], "ok")
                server.restart(crash=True)
                again = self.connect(server)
                self.assertHas(again, count)
                self.assertEqual(again.value("GET", "after"), b"v")
                server.stop()
                (self.folder / "appendonly.aof").unlink()
                self.filler.write_bytes(b"\0" * 600 * 1024)

    def refused(self, server, client):
        """The reply of the write that met the full disk may be held until there is room, so the
        refusal is looked for on another connection."""
        client.socket.settimeout(2)
        count = 0
        try:
            return self.fillUp(client)
        except TimeoutError:
            pass
        with server.client() as other:
            count = other.value("DBSIZE") - 1
            reply = self.eventually(lambda: self.errorOf(other.call("SET", "probe", "v")),
                                    "a refusal", timeout=5)
        client.socket.settimeout(20)
        return count, reply

    def errorOf(self, reply):
        return reply if reply.kind == "error" else None

    @OURS_ONLY
    def testUnderAlwaysItEndsWithOneAndKeepsWhatItAcknowledged(self):
        server = self.start("always")
        count, refusal = self.fillUp(self.connect(server))
        self.assertIsNone(refusal, "the promise of always cannot be kept: no reply may come")
        self.assertEqual(server.waitExit(), 1)
        self.assertIn("No space left on device", server.log())
        self.filler.unlink()
        server.start()
        self.assertHas(self.connect(server), count)

    @OURS_ONLY
    def testKilledWhileTheDiskIsFullNothingAcknowledgedIsLost(self):
        server = self.start("everysec")
        client = self.connect(server, timeout=2)
        acknowledged = 0
        try:
            acknowledged, _ = self.fillUp(client)
        except TimeoutError:
            with server.client() as other:
                acknowledged = other.value("DBSIZE") - 1
        server.kill()
        os.unlink(self.filler)
        server.start()
        self.assertHas(self.connect(server), acknowledged)

"""A disk that becomes full while the log is rewritten or a snapshot is saved: the old files stay valid, nothing that
was written half is left, and all goes on by itself when there is room again."""

import hashlib
import os
import random
import signal

from crash.children import processState, rewriteEnded
from integration.base import OURS_ONLY
from integration.small_disk import DISK_IS_FULL, KB, SmallDiskTest
from support.server import childrenOf

LOG = {"appendonly": "yes", "auto-aof-rewrite-percentage": "0", "enable-debug-command": "yes"}
VALUES = 1000
VALUE_BYTES = 4000
# The rest of a rewrite needs more than 2 MB, so it does not fit in here; small writes do.
LITTLE_ROOM_KB = 500


def valueOf(number):
    """Not to be compressed, so that an image is as long as the data."""
    return random.Random(number).randbytes(VALUE_BYTES)


class RewriteDiskFullTest(SmallDiskTest):
    SIZE_KB = 20 * 1024

    def start(self, policy="everysec", preamble="yes"):
        server = self.startHere({**LOG, "appendfsync": policy, "aof-use-rdb-preamble": preamble})
        client = self.connect(server)
        for reply in client.pipeline([("SET", f"v{n}", valueOf(n)) for n in range(VALUES)]):
            self.assertOk(reply)
        return server, client

    def rewriteUpTo(self, server, client, step):
        """Starts a rewrite whose child stops at `step`; its pid."""
        client.value("DEBUG", "REWRITE-STEP", step, "STOP")
        client.value("BGREWRITEAOF")
        self.eventually(lambda: [processState(pid) for pid in childrenOf(server.pid)] == ["T"],
                        f"the child stopped at {step}")
        # The child has done with it, the server has not: its next child would stop as well.
        client.value("DEBUG", "REWRITE-STEP")
        return childrenOf(server.pid)[0]

    def goOn(self, server, pid):
        self.assertEqual(childrenOf(server.pid), [pid])
        os.kill(pid, signal.SIGCONT)

    def assertWhole(self, server, **more):
        """Only the log is there, and all values are."""
        # A new log's ledger gets its name in another thread, when the log has its own for good.
        self.eventually(lambda: self.names() == ["appendonly.aof"], "only the log is left")
        client = self.connect(server)
        wanted = {f"v{n}": valueOf(n) for n in range(VALUES)} | more
        replies = client.pipeline([("GET", key) for key in wanted])
        wrong = [key for key, reply in zip(wanted, replies) if reply.value != wanted[key]]
        self.assertEqual(wrong, [])

    @OURS_ONLY
    def testAnAutomaticRewriteWaitsForRoomThatIsKnownToBeMissing(self):
        server, client = self.start()
        # The server estimates the size of a rewrite from the memory of the data set, and a sanitizer build counts only
        # small entries.
        for reply in client.pipeline([("SET", f"small{n}", valueOf(n)[:100]) for n in range(20_000)]):
            self.assertOk(reply)
        self.fillDisk(free_kb=LITTLE_ROOM_KB)
        client.value("CONFIG", "SET", "auto-aof-rewrite-min-size", 1024 * KB,
                     "auto-aof-rewrite-percentage", 100)
        self.eventually(lambda: "The append only file is not rewritten" in server.log(), "refusal")
        self.assertEqual(self.names(), ["appendonly.aof"])
        self.assertEqual(client.info("persistence")["aof_rewrites"], "0")
        self.freeDisk()
        self.eventually(lambda: client.info("persistence")["aof_rewrites"] == "1"
                        and rewriteEnded(client) == "ok", "a rewrite without a person")
        self.assertWhole(server)

    def rewriteFails(self, preamble):
        server, client = self.start(preamble=preamble)
        child = self.rewriteUpTo(server, client, "child-mid-image")
        self.fillDisk(LITTLE_ROOM_KB)
        self.goOn(server, child)
        self.assertOk(client.call("SET", "during", "1"))
        self.eventually(lambda: rewriteEnded(client) == "err", "the failure")
        self.eventually(lambda: self.names() == ["appendonly.aof"], "only the log is left")
        self.assertOk(client.call("SET", "later", "2"))
        self.assertRegex(server.log(), DISK_IS_FULL)
        self.assertEqual(client.info("persistence")["aof_last_write_status"], "ok")
        self.freeDisk()
        client.value("BGREWRITEAOF")
        self.eventually(lambda: rewriteEnded(client) == "ok", "the next rewrite")
        server.restart(crash=True)
        self.assertWhole(server, during=b"1", later=b"2")

    @OURS_ONLY
    def testARewriteWithAPreambleThatFindsNoRoomHarmsNothing(self):
        self.rewriteFails("yes")

    @OURS_ONLY
    def testARewriteOfCommandsThatFindsNoRoomHarmsNothing(self):
        self.rewriteFails("no")

    @OURS_ONLY
    def testALogThatFindsNoRoomDuringARewriteHasItGivenUp(self):
        server, client = self.start()
        self.rewriteUpTo(server, client, "child-before-rename")
        self.assertOk(client.call("SET", "during", "1"))
        self.fillDisk()
        self.writeUntilRefused(server)
        refusal = self.eventually(lambda: self.refusal(client), "a refused write")
        self.assertError(refusal, "MISCONF Errors writing to the AOF file: ")
        self.assertEqual(client.value("GET", "v7"), valueOf(7))
        self.assertEqual(rewriteEnded(client), "err")
        self.assertIn("the rewrite of the append only file is given up", server.log())
        # The space that the rewrite leaves makes room for the reserve.
        self.waitAccepted(client)
        self.eventually(lambda: self.names() == ["appendonly.aof"], "only the log is left")
        server.restart(crash=True)
        self.assertWhole(server, during=b"1", after=b"v")
        self.assertHasAllAcknowledged(server)

    @OURS_ONLY
    def testKilledOnAFullDiskDuringARewriteNothingAcknowledgedIsLost(self):
        server, client = self.start()
        self.rewriteUpTo(server, client, "child-before-ack")
        self.assertOk(client.call("SET", "during", "1"))
        self.fillDisk(LITTLE_ROOM_KB)
        self.writeUntilRefused(server)
        self.assertGreater(self.acknowledged, 100)
        server.kill()
        self.freeDisk()
        server.start()
        # The tail of a write that was cut short is kept beside the log.
        for name in self.names():
            if name.startswith("appendonly.aof.cut-"):
                (self.folder / name).unlink()
        self.assertWhole(server, during=b"1")
        self.assertHasAllAcknowledged(server)

    @OURS_ONLY
    def testUnderAlwaysItEndsWithOneDuringARewriteAndNothingAcknowledgedIsLost(self):
        server, client = self.start("always")
        self.rewriteUpTo(server, client, "child-before-rename")
        self.fillDisk(LITTLE_ROOM_KB)
        self.assertIsNone(self.writeUntilRefused(server))
        self.assertGreater(self.acknowledged, 100)
        self.assertEqual(server.waitExit(), 1)
        self.freeDisk()
        server.start()
        self.assertWhole(server)
        self.assertHasAllAcknowledged(server)


class SaveDiskFullTest(SmallDiskTest):
    SIZE_KB = 12 * 1024
    REFUSED = "MISCONF "

    def start(self, **directives):
        """A server whose snapshot of 4 MB is on the disk, and no room for a second one."""
        server = self.startHere({"save": ("1", "1"), **directives})
        client = self.connect(server)
        for reply in client.pipeline([("SET", f"v{n}", valueOf(n)) for n in range(VALUES)]):
            self.assertOk(reply)
        self.eventually(lambda: self.saved(client), "the save point")
        self.fillDisk(LITTLE_ROOM_KB)
        self.before = self.digest()
        return server, client

    def digest(self):
        return hashlib.sha256((self.folder / "dump.rdb").read_bytes()).hexdigest()

    def saved(self, client):
        fields = client.info("persistence")
        return (fields["rdb_bgsave_in_progress"] == "0" and fields["rdb_changes_since_last_save"] == "0"
                and fields["rdb_last_bgsave_status"] == "ok")

    def saveFails(self, client):
        self.assertOk(client.call("SET", "more", "1"))
        self.eventually(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err",
                        "the failure of a save")

    def assertOldSnapshotStands(self):
        self.eventually(lambda: [name for name in self.names() if name.startswith("temp-")] == [],
                        "no temporary file is left")
        self.assertEqual(self.digest(), self.before)

    def testWritesAreRefusedReadsAreServedAndItSavesWhenThereIsRoom(self):
        server, client = self.start()
        self.saveFails(client)
        self.assertError(client.call("SET", "k", "v"), self.REFUSED)
        self.assertEqual(client.value("GET", "v7"), valueOf(7))
        if not server.isStock:
            self.assertEqual(client.value("PING"), b"PONG")
        self.assertOldSnapshotStands()
        self.freeDisk()
        self.eventually(lambda: self.saved(client), "a save without a person")
        self.assertOk(client.call("SET", "k", "v"))
        client.value("SAVE")
        server.restart(crash=True)
        self.assertEqual(self.connect(server).value("GET", "k"), b"v")

    def testSavingInTheForegroundFailsWithAnErrorAndTheOldSnapshotStands(self):
        _, client = self.start()
        self.assertEqual(client.call("SAVE").kind, "error")
        self.assertOldSnapshotStands()

    @OURS_ONLY
    def testWithAHealthyLogAFailedSaveRefusesNothing(self):
        _, client = self.start(**{"appendonly": "yes"})
        self.saveFails(client)
        self.assertOk(client.call("SET", "k", "v"))
        self.assertOldSnapshotStands()

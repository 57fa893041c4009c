"""A full disk: writes are refused, everything else is served, and it heals without a person."""

from integration.base import OURS_ONLY
from integration.small_disk import DISK_IS_FULL, KB, SmallDiskTest

ON = {"appendonly": "yes", "aof-use-rdb-preamble": "no", "auto-aof-rewrite-percentage": "0"}


class DiskFullTest(SmallDiskTest):
    def setUp(self):
        super().setUp()
        self.filler.write_bytes(b"\0" * 600 * KB)

    def start(self, policy):
        return self.startHere({**ON, "appendfsync": policy})

    def assertHasAllAcknowledged(self, server):
        self.assertGreater(self.acknowledged, 100)
        super().assertHasAllAcknowledged(server)

    @OURS_ONLY
    def testWritesAreRefusedReadsAreServedAndItHealsUnderEverysec(self):
        self.healsUnder("everysec")

    @OURS_ONLY
    def testWritesAreRefusedReadsAreServedAndItHealsUnderNo(self):
        self.healsUnder("no")

    def healsUnder(self, policy):
        server = self.start(policy)
        self.writeUntilRefused(server)
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
        self.freeDisk()
        self.waitAccepted(client)
        self.assertEqual(client.info("persistence")["aof_last_write_status"], "ok")
        server.restart(crash=True)
        self.assertHasAllAcknowledged(server)
        self.assertEqual(self.connect(server).value("GET", "after"), b"v")

    @OURS_ONLY
    def testUnderAlwaysItEndsWithOneAndKeepsWhatItAcknowledged(self):
        server = self.start("always")
        refusal = self.writeUntilRefused(server)
        self.assertIsNone(refusal, "the promise of always cannot be kept: no reply may come")
        self.assertEqual(server.waitExit(), 1)
        self.assertRegex(server.log(), DISK_IS_FULL)
        self.freeDisk()
        server.start()
        self.assertHasAllAcknowledged(server)

    @OURS_ONLY
    def testKilledWhileTheDiskIsFullNothingAcknowledgedIsLost(self):
        server = self.start("everysec")
        self.writeUntilRefused(server)
        server.kill()
        self.freeDisk()
        server.start()
        self.assertHasAllAcknowledged(server)

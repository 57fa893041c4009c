"""The checksum ledger of the real server: that it follows the log, and what a start makes of it."""

import os
import shutil
import signal
import time

from crash.children import rewriteEnded
from integration.base import OURS_ONLY, ServerTest
from support.resp import encode

ON = {"appendonly": "yes"}
PLAIN = {**ON, "aof-use-rdb-preamble": "no"}


@OURS_ONLY
class LedgerTest(ServerTest):
    def ledgerPath(self, server):
        return server.dir / "appendonly.aof.ledger"

    def recorded(self, client):
        """(records, bytes that the ledger tells of, bytes of the log)"""
        info = client.info("persistence")
        return tuple(int(info[name]) for name in
                     ("aof_ledger_records", "aof_ledger_offset", "aof_current_size"))

    def awaitRecorded(self, client):
        """Until the ledger tells of all that the log has."""
        def complete():
            _, told, size = self.recorded(client)
            return told == size
        self.eventually(complete, "the ledger follows the log")

    def filled(self, **directives):
        """A server that was stopped, all of whose log is recorded."""
        server = self.serve(directives={**PLAIN, **directives})
        with server.client() as client:
            for i in range(100):
                client.value("SET", f"k{i}", f"value {i}")
        server.stop()
        return server

    def change(self, server, offset, new):
        with open(server.aofPath(), "r+b") as log:
            log.seek(offset)
            log.write(new)

    def testItFollowsTheLogWithinASecondOrSo(self):
        for policy in ("always", "everysec"):
            server = self.serve(directives={**ON, "appendfsync": policy})
            client = self.connect(server)
            for i in range(3):
                client.value("SET", "k", i)
                self.awaitRecorded(client)
            self.assertGreaterEqual(self.recorded(client)[0], 2, policy)
            server.kill()
            server.start()
            self.assertIn("was compared with its checksum ledger", server.log())

    def testUnderNoOnlyWhatWasSyncedIsRecorded(self):
        server = self.serve(directives={**ON, "appendfsync": "no"})
        client = self.connect(server)
        client.value("SET", "k", "v")
        time.sleep(1.5)
        self.assertEqual(self.recorded(client)[1], 0)
        server.stop()
        server.start()
        _, told, size = self.recorded(self.connect(server))
        self.assertEqual(told, size)

    def testARewrittenLogHasItsOwn(self):
        server = self.serve(directives=ON)
        client = self.connect(server)
        for i in range(1000):
            client.value("SET", f"k{i}", "v" * 100)
        self.awaitRecorded(client)
        client.value("BGREWRITEAOF")
        self.eventually(lambda: rewriteEnded(client), "the end of the rewrite")
        client.value("SET", "after", "v")
        self.awaitRecorded(client)
        self.assertEqual([path.name for path in server.dir.glob("temp-*")], [])
        server.restart(crash=True)
        self.assertEqual(self.connect(server).value("DBSIZE"), 1001)
        self.assertIn("was compared with its checksum ledger", server.log())

    def testAChangedValueIsRefusedWithItsRangeAndTheFileStays(self):
        server = self.filled()
        place = server.aofPath().read_bytes().index(b"value 50")
        self.change(server, place, b"VALUE")
        before = server.aofPath().read_bytes()
        log = self.refusedToStart(server)
        self.assertIn("are not what was on the disk at", log)
        self.assertIn("inkstone-check-aof", log)
        self.assertEqual(server.aofPath().read_bytes(), before)

    def testALogThatLostItsEndIsRefused(self):
        server = self.filled()
        size = server.aofPath().stat().st_size
        os.truncate(server.aofPath(), size - 200)
        self.assertIn(f"it has {size - 200} bytes only", self.refusedToStart(server))

    def copied(self, server, size):
        """A server with a copy of the log, as far as `size`, and of the ledger."""
        other = self.serve(directives=PLAIN, start=False)
        other.aofPath().write_bytes(server.aofPath().read_bytes()[:size])
        shutil.copy(self.ledgerPath(server), self.ledgerPath(other))
        return other

    def testACopyIsLoadedAsFarAsItGoesAndBecomesALogOfItsOwn(self):
        server = self.filled()
        size = server.aofPath().stat().st_size
        other = self.copied(server, size - 200)
        other.start()
        self.assertIn("The log is a copy", other.log())
        self.assertIn(f"tells of {size} bytes", other.log())
        client = self.connect(other)
        keys = client.value("DBSIZE")
        self.assertTrue(90 < keys < 100, keys)
        client.value("SET", "k", "v")
        self.awaitRecorded(client)
        other.stop()
        other.log_path.unlink()
        other.start()
        self.assertNotIn("is a copy", other.log())
        self.assertIn("was compared with its checksum ledger", other.log())
        self.assertEqual(self.connect(other).value("DBSIZE"), keys + 1)
        other.stop()
        # From now on the copy is the file that the ledger was written for.
        os.truncate(other.aofPath(), 200)
        self.assertIn("is damaged", self.refusedToStart(other))

    def testAChangedByteOfACopyIsRefused(self):
        server = self.filled()
        other = self.copied(server, None)
        self.change(other, other.aofPath().read_bytes().index(b"value 50"), b"VALUE")
        self.assertIn("are not what was on the disk at", self.refusedToStart(other))

    def testAnOlderLogRestoredBesideTheNewerLedgerStarts(self):
        server = self.filled()
        backup = server.dir / "backup"
        shutil.copy(server.aofPath(), backup)
        server.start()
        self.connect(server).value("SET", "later", "v")
        server.stop()
        backup.rename(server.aofPath())
        server.start()
        self.assertIn("The log is a copy", server.log())
        self.assertEqual(self.connect(server).value("DBSIZE"), 100)

    def testAnOlderLogWrittenOverTheFileIsRefusedWithTheWayOut(self):
        server = self.filled()
        older = server.aofPath().read_bytes()
        server.start()
        self.connect(server).value("SET", "later", "v")
        server.stop()
        server.aofPath().write_bytes(older)
        log = self.refusedToStart(server)
        self.assertIn("an older copy over it, remove the ledger and start again", log)
        self.ledgerPath(server).unlink()
        server.start()
        self.assertEqual(self.connect(server).value("DBSIZE"), 100)

    def testAFolderInTheLedgersPlaceIsNamedAndGivesWay(self):
        server = self.filled()
        ledger = self.ledgerPath(server)
        ledger.unlink()
        ledger.mkdir()
        (ledger / "kept").write_text("of somebody")
        server.start()
        self.assertIn(f"The checksum ledger {ledger} cannot be read: Is a directory", server.log())
        client = self.connect(server)
        self.assertEqual(client.value("DBSIZE"), 100)
        self.awaitRecorded(client)
        self.assertEqual((server.dir / f"{ledger.name}.unreadable" / "kept").read_text(), "of somebody")
        server.restart(crash=True)
        self.assertIn("was compared with its checksum ledger", server.log())

    def testAHoleBehindTheLastRecordIsCutOffUnaided(self):
        server = self.filled()
        behind = encode("SET", "whole", "v") + b"\0" * 300 + encode("SET", "behind", "v")
        with open(server.aofPath(), "ab") as log:
            log.write(behind)
        server.start()
        client = self.connect(server)
        self.assertEqual(client.value("EXISTS", "k99", "whole", "behind"), 2)
        aside = list(server.dir.glob("appendonly.aof.cut-*"))
        self.assertEqual(len(aside), 1)
        self.assertTrue(behind.endswith(aside[0].read_bytes()))

    def testALogFromElsewhereIsLoadedUnverifiedAndSaysSo(self):
        server = self.filled()
        self.ledgerPath(server).unlink()
        server.start()
        self.assertIn("has no checksum ledger", server.log())
        self.awaitRecorded(self.connect(server))
        server.restart(crash=True)
        self.assertIn("was compared with its checksum ledger", server.log())

    def testALedgerOfAnotherLogIsRecognised(self):
        other = self.serve(directives=PLAIN)
        with other.client() as client:
            client.value("RPUSH", "a list of the other server", *range(1000))
        other.stop()
        server = self.filled()
        shutil.copy(self.ledgerPath(other), self.ledgerPath(server))
        server.start()
        self.assertIn("is of another log", server.log())
        client = self.connect(server)
        self.assertEqual(client.value("DBSIZE"), 100)
        self.awaitRecorded(client)
        server.restart(crash=True)
        self.assertIn("was compared with its checksum ledger", server.log())

    def testALogThatIsGoneRefusesTheStart(self):
        server = self.filled()
        server.aofPath().unlink()
        log = self.refusedToStart(server)
        self.assertIn("though its checksum ledger tells of", log)
        self.assertIn("Put the append only file back", log)
        self.assertTrue(self.ledgerPath(server).exists())
        self.ledgerPath(server).unlink()
        server.start()
        self.assertEqual(self.connect(server).value("DBSIZE"), 0)

    def testADamagedLedgerKeepsNobodyFromStarting(self):
        server = self.filled()
        ledger = self.ledgerPath(server)
        whole = ledger.read_bytes()
        for bytes_ in (b"", whole[:100], whole[:170], b"\0" * len(whole), os.urandom(len(whole))):
            ledger.write_bytes(bytes_)
            server.start()
            self.assertEqual(self.connect(server).value("DBSIZE"), 100)
            server.stop()

    def testKilledBetweenTheTwoRenamesTheLogHasTheRightLedger(self):
        server = self.serve(directives={**ON, "enable-debug-command": "yes"})
        client = self.connect(server)
        for i in range(100):
            client.value("SET", f"k{i}", "v")
        self.awaitRecorded(client)
        client.value("DEBUG", "REWRITE-STEP", "parent-before-directory-sync", "KILL")
        client.value("BGREWRITEAOF")
        self.eventually(lambda: server.process.poll() == -signal.SIGKILL, "it kills itself")
        self.assertEqual(len(list(server.dir.glob("temp-rewriteaof-ledger-*"))), 1)
        server.start()
        self.assertEqual(self.connect(server).value("DBSIZE"), 100)
        self.assertIn("was compared with its checksum ledger", server.log())
        self.assertEqual(list(server.dir.glob("temp-*")), [])

    def testASnapshotBecomesALogWithALedger(self):
        server = self.serve(directives={"appendonly": "no"})
        with server.client() as client:
            client.value("SET", "k", "v")
            client.value("SAVE")
        server.stop()
        server.directives["appendonly"] = "yes"
        server.start()
        _, told, size = self.recorded(self.connect(server))
        self.assertEqual(told, size)
        server.restart(crash=True)
        self.assertIn("was compared with its checksum ledger", server.log())

    def testRestoreToAMomentWithoutAnnotations(self):
        server = self.serve(directives=PLAIN)
        client = self.connect(server)
        client.value("SET", "early", "v")
        self.awaitRecorded(client)
        moment = int(time.time())
        time.sleep(1.2)
        client.value("SET", "late", "v")
        self.awaitRecorded(client)
        time.sleep(1.2)
        client.value("SET", "last", "v")
        client.close()
        server.stop()
        tool = str(server.binary).replace("inkstone-server", "inkstone-check-aof")
        printed = self.run_(tool, "--truncate-to-timestamp", str(moment), str(server.aofPath()))
        self.assertIn("by the ledger its first", printed)
        server.start()
        self.assertEqual(self.connect(server).value("KEYS", "*")[0].value, b"early")
        self.assertEqual(self.connect(server).value("DBSIZE"), 1)

    def testDebugLoadaofComparesAndGoesOn(self):
        server = self.serve(directives={**ON, "enable-debug-command": "yes"})
        client = self.connect(server)
        for i in range(10):
            client.value("SET", f"k{i}", "v")
            if i % 3 == 0:
                self.assertOk(client.call("DEBUG", "LOADAOF"))
        self.assertEqual(client.value("DBSIZE"), 10)
        server.restart(crash=True)
        self.assertEqual(self.connect(server).value("DBSIZE"), 10)

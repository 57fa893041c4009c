"""The log-writer thread: the loop never waits for the disk, and a reply waits only for what it tells of."""

import os
import signal
import tempfile
import threading
import time

from integration.base import OURS_ONLY, ServerTest
from support.resp import encode
from support.server import ourBinary

MB = 1024 * 1024


@OURS_ONLY
class SlowSyncTest(ServerTest):
    """Servers whose fdatasync takes longer than it should."""

    def serveSlow(self, policy, sync_ms, disturbance=(), **directives):
        library = os.path.join(os.path.dirname(ourBinary()), "libdisturbed-disk.so")
        self.assertTrue(os.path.exists(library), f"{library} is missing: build all targets")
        server = self.serve(directives={"appendonly": "yes", "appendfsync": policy, **directives}, start=False,
                            prefix=("env", f"LD_PRELOAD={library}", f"SLOW_SYNC_MS={sync_ms}", *disturbance))
        return server.start()

    def took(self, call):
        started = time.monotonic()
        call()
        return time.monotonic() - started

    def assertWaitsForASync(self, began):
        """What has just happened waited for the sync of a write that was sent at `began`."""
        self.assertGreater(time.monotonic() - began, self.SYNC_S * 0.9)


class UnderAlwaysTest(SlowSyncTest):
    SYNC_S = 0.25
    # What does not wait for a sync, on a busy machine.
    AT_ONCE_S = SYNC_S * 0.5

    def setUp(self):
        self.server = self.serveSlow("always", int(self.SYNC_S * 1000))
        self.writer = self.connect(self.server)
        self.other = self.connect(self.server)
        self.assertOk(self.writer.call("SET", "other", "0"))

    def beginWrite(self, *args):
        """Sends a command whose sync has begun, and not ended, when this returns; when it was sent."""
        began = time.monotonic()
        self.writer.send(*args)
        self.eventually(lambda: self.other.info("persistence")["aof_undurable_bytes"] != "0", "the write")
        return began

    def waitsFor(self, *args):
        return self.took(lambda: self.other.call(*args))

    def testAReadOfAnotherKeyDoesNotWait(self):
        self.beginWrite("SET", "key", "1")
        self.assertTookLess(self.waitsFor("GET", "other"), self.AT_ONCE_S)
        self.assertTookLess(self.waitsFor("PING"), self.AT_ONCE_S)
        self.assertOk(self.writer.read())

    def testAReplyThatTellsOfTheKeyWaits(self):
        for command in (("GET", "key"), ("EXISTS", "other", "key"), ("SETNX", "key", "2"), ("KEYS", "*"),
                        ("DBSIZE",), ("SCAN", "0")):
            with self.subTest(command=command):
                began = self.beginWrite("SET", "key", "1")
                self.other.call(*command)
                self.assertWaitsForASync(began)
                # It is durable, so the writer has its reply as well.
                self.assertTookLess(self.took(self.writer.read), self.AT_ONCE_S)

    def testAfterAWriteOfAllKeysEachOfThemWaits(self):
        began = self.beginWrite("FLUSHALL")
        self.other.call("GET", "other")
        self.assertWaitsForASync(began)
        self.assertOk(self.writer.read())

    def testWhatAClientWasOwedBeforeItsWriteLeavesAtOnceAndTheRestInOrder(self):
        began = time.monotonic()
        self.writer.sendRaw(encode("GET", "other") + encode("SET", "key", "1") + encode("GET", "other"))
        self.assertTookLess(self.took(lambda: self.assertEqual(self.writer.read().value, b"0")), self.AT_ONCE_S)
        self.assertOk(self.writer.read())
        self.assertWaitsForASync(began)
        self.assertEqual(self.writer.read().value, b"0")

    def testAReplyMeansThatTheLogHasIt(self):
        before = self.server.aofPath().stat().st_size
        self.assertGreater(self.took(lambda: self.writer.call("SET", "key", "1")), self.SYNC_S * 0.9)
        self.assertGreater(self.server.aofPath().stat().st_size, before)

    def testManyWritersShareASync(self):
        clients = [self.connect(self.server) for _ in range(20)]
        threads = [threading.Thread(target=client.call, args=("SET", f"k{n}", "v"))
                   for n, client in enumerate(clients)]

        def all_at_once():
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        # The first one has a sync of its own, the others the one that follows.
        self.assertTookLess(self.took(all_at_once), self.SYNC_S * 4)
        self.assertEqual(self.other.value("DBSIZE"), 21)
        self.assertLess(int(self.other.info("persistence")["aof_writer_groups"]), 8)

    def testWritesThatNobodyWaitsForAreReadAgainWhenTheQueueHasRoom(self):
        count = 160
        sender = threading.Thread(target=self.writer.sendRaw, args=(encode("SET", "big", "x" * MB) * count,))
        sender.start()
        longest = 0
        while sender.is_alive():
            longest = max(longest, int(self.other.info("persistence")["aof_buffer_length"]))
        sender.join()
        for _ in range(count):
            self.assertOk(self.writer.read())
        # What is gathered when the queue is full, beside what one turn of each client adds.
        self.assertGreater(longest, 0)
        self.assertLess(longest, 140 * MB)
        self.assertEqual(len(self.other.value("GET", "big")), MB)


class QuickDiskTest(SlowSyncTest):
    """The loop commits groups itself while the disk is quick and nobody else wants anything."""

    SYNC_S = 0.25
    AT_ONCE_S = SYNC_S * 0.5
    ATTEMPTS = 10

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="inkstone-test-")
        self.addCleanup(folder.cleanup)
        self.stuck = os.path.join(folder.name, "stuck")
        self.server = self.serveSlow("always", int(self.SYNC_S * 1000), ("NO_SYNC=1", f"SLOW_SYNC_WHILE={self.stuck}"))
        self.writer = self.connect(self.server)
        self.other = self.connect(self.server)

    def count(self, field):
        return int(self.other.info("persistence")[field])

    def write(self, count):
        for n in range(count):
            self.assertOk(self.writer.call("SET", "key", str(n)))

    def writeWhileStuck(self):
        """Sends a SET whose sync takes long and returns while it does."""
        with open(self.stuck, "w", encoding="ascii"):
            self.writer.send("SET", "key", "stuck")
            self.eventually(lambda: self.count("aof_undurable_bytes"), "the write")
        os.remove(self.stuck)

    def takeLoopOver(self):
        """Returns during a sync for which the loop has got another thread."""
        for _ in range(self.ATTEMPTS):
            self.write(100)
            before = self.count("aof_writer_takeovers")
            self.writeWhileStuck()
            if self.count("aof_writer_takeovers") > before:
                return
            # One of many groups goes to the log-writer thread all the same.
            self.assertOk(self.writer.read())
        self.fail(f"the loop was never taken over in {self.ATTEMPTS} slow syncs")

    def testTheLoopCommitsWhatASingleClientWrites(self):
        self.write(200)
        self.assertGreater(self.count("aof_writer_loop_groups"), 100)
        self.assertEqual(self.count("aof_writer_groups"), 200)

    def testASyncThatIsSuddenlySlowKeepsNobodyElse(self):
        self.takeLoopOver()
        self.assertTookLess(self.took(lambda: self.other.call("PING")), self.AT_ONCE_S)
        self.assertTookLess(self.took(lambda: self.other.call("GET", "unwritten")), self.AT_ONCE_S)
        self.assertOk(self.writer.read())
        self.assertEqual(self.other.value("GET", "key"), b"stuck")
        # From here on the disk counts as slow.
        before = self.count("aof_writer_loop_groups")
        self.write(2)
        self.assertEqual(self.count("aof_writer_loop_groups"), before)

    def testTheServerIsTheSameInEitherThread(self):
        self.takeLoopOver()
        self.assertOk(self.writer.read())
        self.write(10)
        used = float(self.other.info("cpu")["used_cpu_user_main_thread"])
        self.other.call("BGREWRITEAOF")
        self.eventually(lambda: not self.count("aof_rewrite_in_progress"), "the rewrite")
        self.assertEqual(self.other.info("persistence")["aof_last_bgrewrite_status"], "ok")
        self.other.call("BGSAVE")
        self.eventually(lambda: not self.count("rdb_bgsave_in_progress"), "the snapshot")
        self.assertEqual(self.other.info("persistence")["rdb_last_bgsave_status"], "ok")
        self.takeLoopOver()
        self.assertOk(self.writer.read())
        self.assertGreaterEqual(float(self.other.info("cpu")["used_cpu_user_main_thread"]), used)
        self.server.kill()
        self.server.start()
        self.assertEqual(self.connect(self.server).value("GET", "key"), b"stuck")

    def testItShutsDownInEitherThread(self):
        for stop in (lambda: self.other.send("SHUTDOWN"), lambda: self.server.signal(signal.SIGTERM)):
            with self.subTest(stop=stop):
                self.setUp()
                self.takeLoopOver()
                stop()
                self.assertEqual(self.server.waitExit(), 0)
                self.server.start()
                self.assertEqual(self.connect(self.server).value("GET", "key"), b"stuck")


class UnderEverysecTest(SlowSyncTest):
    def testWritesDoNotWaitForASlowSync(self):
        server = self.serveSlow("everysec", 1000)
        client = self.connect(server)
        longest = 0.0
        syncing = 0
        end = time.monotonic() + 3
        while time.monotonic() < end:
            longest = max(longest, self.took(lambda: self.assertOk(client.call("SET", "key", "v"))))
            syncing += client.info("persistence")["aof_pending_bio_fsync"] == "1"
        self.assertGreater(syncing, 10)
        self.assertTookLess(longest, 0.5)

    def testKilledDuringASlowSyncNothingAcknowledgedIsLost(self):
        server = self.serveSlow("everysec", 1000)
        client = self.connect(server)
        self.eventually(lambda: client.call("SET", "key", "0").kind == "simple" and
                        client.info("persistence")["aof_pending_bio_fsync"] == "1", "a sync")
        for number in range(100):
            self.assertOk(client.call("SET", "key", str(number)))
        self.assertGreater(int(client.info("persistence")["aof_writer_groups"]), 0)
        server.restart(crash=True)
        self.assertEqual(self.connect(server).value("GET", "key"), b"99")

"""A full disk: everybody is answered in time, writes are refused, all else is served, and it heals without a person."""

import os
import threading
import time

from integration.base import OURS_ONLY, ServerTest
from integration.small_disk import DISK_IS_FULL, KB, SmallDiskTest
from support.resp import ConnectionClosed, encode
from support.server import ourBinary

ON = {"appendonly": "yes", "aof-use-rdb-preamble": "no", "auto-aof-rewrite-percentage": "0"}
# Nobody waits longer for any reply: a second, and what a busy machine takes. tests/crash/disk_full.py measures it.
LONGEST_S = 2.0
UNLOGGED = "MISCONF The write is applied in memory and is not in the AOF file: "
REFUSED = "MISCONF Errors writing to the AOF file: "


class Watcher(threading.Thread):
    """Sends commands that may tell of any key, and one about none, over and over; the longest wait."""

    COMMANDS = (("DBSIZE",), ("KEYS", "k1?"), ("SCAN", "0"), ("PING",), ("GET", "k0"))

    def __init__(self, client):
        super().__init__()
        self.client = client
        self.ended = False
        self.longest_s = 0.0
        self.error = None
        self.start()

    def run(self):
        try:
            while not self.ended:
                for words in self.COMMANDS:
                    began = time.monotonic()
                    self.client.value(*words)
                    self.longest_s = max(self.longest_s, time.monotonic() - began)
        except (ConnectionClosed, OSError) as error:
            self.error = error

    def end(self):
        self.ended = True
        self.join()
        return self.longest_s


class DiskFullTest(SmallDiskTest):
    def setUp(self):
        super().setUp()
        self.filler.write_bytes(b"\0" * 600 * KB)

    def start(self, policy, **more):
        return self.startHere({**ON, "appendfsync": policy, **more})

    def assertHasAllAcknowledged(self, server):
        self.assertGreater(self.acknowledged, 100)
        super().assertHasAllAcknowledged(server)

    def field(self, client, name):
        return client.info("persistence")[name]

    def timed(self, client, *words):
        began = time.monotonic()
        reply = client.call(*words)
        self.longest_s = max(self.longest_s, time.monotonic() - began)
        return reply

    def fill(self, server):
        """Writes until something else than OK comes, which is returned, while others ask for much."""
        self.longest_s = 0.0
        self.acknowledged = 0
        watcher = Watcher(self.connect(server))
        writer = self.connect(server)
        try:
            while True:
                reply = self.timed(writer, "SET", f"k{self.acknowledged}", "x" * 1000)
                if reply.kind == "error":
                    break
                self.acknowledged += 1
            # These requests follow on the connection that met the full disk.
            for words in (("GET", "k0"), ("DBSIZE",), ("SET", "k", "v"), ("PING",)):
                self.timed(writer, *words)
        finally:
            self.longest_s = max(self.longest_s, watcher.end())
        self.assertIsNone(watcher.error)
        return reply

    def healsUnder(self, policy):
        server = self.start(policy)
        client = self.connect(server)
        reserve = int(self.field(client, "aof_disk_reserve_bytes"))
        # The reserve has a quarter of a small disk.
        self.assertIn(reserve, range(64 * KB, 128 * KB))
        self.assertError(self.fill(server), REFUSED)
        self.assertTookLess(self.longest_s, LONGEST_S)
        self.assertError(self.refusal(client), REFUSED)
        self.assertEqual(self.field(client, "aof_last_write_status"), "err")
        self.assertEqual(self.field(client, "aof_disk_reserve_bytes"), "0")
        self.assertEqual(self.field(client, "aof_disk_reserve_given_up"), "1")
        self.assertEqual(self.field(client, "aof_unlogged_replies"), "0")
        # Everything that was executed is in the AOF, and no reply waits.
        self.assertEqual(self.field(client, "aof_buffer_length"), "0")
        self.assertEqual(client.value("STRLEN", "k0"), 1000)
        self.assertRegex(server.log(), DISK_IS_FULL)
        self.assertIn("Writes are refused from here on", server.log())
        self.freeDisk()
        self.waitAccepted(client)
        self.assertEqual(self.field(client, "aof_last_write_status"), "ok")
        self.assertEqual(self.field(client, "aof_disk_reserve_bytes"), str(reserve))
        server.restart(crash=True)
        self.assertHasAllAcknowledged(server)
        self.assertEqual(self.connect(server).value("GET", "after"), b"v")

    @OURS_ONLY
    def testWritesAreRefusedReadsAreServedAndItHealsUnderEverysec(self):
        self.healsUnder("everysec")

    @OURS_ONLY
    def testWritesAreRefusedReadsAreServedAndItHealsUnderNo(self):
        self.healsUnder("no")

    @OURS_ONLY
    def testWithoutAReserveWaitingEndsAfterASecondUnderEverysec(self):
        self.endsAfterASecond("everysec")

    @OURS_ONLY
    def testWithoutAReserveWaitingEndsAfterASecondUnderNo(self):
        self.endsAfterASecond("no")

    def endsAfterASecond(self, policy):
        server = self.start(policy, **{"aof-disk-reserve": "0", "latency-monitor-threshold": "100"})
        client = self.connect(server)
        self.assertError(self.fill(server), UNLOGGED)
        self.assertGreater(self.longest_s, 0.9)
        self.assertTookLess(self.longest_s, LONGEST_S)
        # The error is true: the write is applied, and told to whoever asks.
        self.assertEqual(client.value("STRLEN", f"k{self.acknowledged}"), 1000)
        self.assertError(self.refusal(client), REFUSED)
        self.assertEqual(self.field(client, "aof_unlogged_replies"), "1")
        events = [event.value[0].value for event in client.call("LATENCY", "LATEST").value]
        self.assertIn(b"aof-reply-hold", events)
        self.assertIn("aof-reply-hold: 1 latency spikes", client.value("LATENCY", "DOCTOR").decode())
        self.freeDisk()
        self.waitAccepted(client)
        server.restart(crash=True)
        self.assertHasAllAcknowledged(server)
        # It was kept, and reached the log in its order when there was room.
        self.assertEqual(self.connect(server).value("STRLEN", f"k{self.acknowledged}"), 1000)

    @OURS_ONLY
    def testAWriteThatTheReserveDoesNotHoldIsAnsweredInItsOrder(self):
        server = self.start("everysec")
        client = self.connect(server)
        listener = self.connect(server)
        client.call("CONFIG", "SET", "notify-keyspace-events", "KEA")
        listener.call("SUBSCRIBE", "__keyspace@0__:big")
        began = time.monotonic()
        client.sendRaw(encode("GET", "none") + encode("SET", "big", "x" * 500 * KB) + encode("STRLEN", "big")
                       + encode("MULTI") + encode("INCR", "counter") + encode("EXEC") + encode("ECHO", "end"))
        self.assertIsNone(client.read().value)
        self.assertError(client.read(), UNLOGGED)
        self.assertEqual(client.read().value, 500 * KB)
        self.assertEqual([client.read().value for _ in range(2)], [b"OK", b"QUEUED"])
        self.assertError(client.read(), UNLOGGED)
        self.assertEqual(client.read().value, b"end")
        # A notification of it leaves as well.
        self.assertEqual(listener.read().value[2].value, b"set")
        self.assertTookLess(time.monotonic() - began, LONGEST_S)
        self.assertEqual(self.field(client, "aof_unlogged_replies"), "2")
        # Text that is not in the AOF is not durable, whichever client asks.
        self.assertEqual(client.call("WAITAOF", "1", "0", "100").value[0].value, 0)
        self.freeDisk()
        self.waitAccepted(client)
        server.restart(crash=True)
        self.assertEqual(self.connect(server).call("MGET", "counter", "after").value[0].value, b"1")

    @OURS_ONLY
    def testTheReserveTakesRoomFromTheDiskAndHasNoName(self):
        server = self.start("no")
        client = self.connect(server)

        def free():
            state = os.statvfs(self.folder)
            return state.f_bfree * state.f_frsize

        before = free()
        held = int(self.field(client, "aof_disk_reserve_bytes"))
        self.assertEqual(self.names(), ["appendonly.aof"])
        self.assertOk(client.call("CONFIG", "SET", "aof-disk-reserve", "0"))
        self.eventually(lambda: free() == before + held, "the room given back")
        self.assertOk(client.call("CONFIG", "SET", "aof-disk-reserve", "32kb"))
        self.eventually(lambda: free() == before + held - 32 * KB, "a smaller reserve")
        server.kill()
        self.assertGreaterEqual(free(), before + held)
        self.assertEqual(self.names(), ["appendonly.aof"])

    @OURS_ONLY
    def testUnderAlwaysItEndsWithOneAndKeepsWhatItAcknowledged(self):
        server = self.start("always")
        self.assertEqual(self.field(self.connect(server), "aof_disk_reserve_bytes"), "0")
        refusal = self.writeUntilRefused(server)
        self.assertIsNone(refusal, "the promise of always cannot be kept: no reply may come")
        self.assertEqual(server.waitExit(), 1)
        self.assertRegex(server.log(), DISK_IS_FULL)
        self.freeDisk()
        server.start()
        self.assertHasAllAcknowledged(server)

    @OURS_ONLY
    def testItEndsAndStartsOnTheFullDisk(self):
        server = self.start("everysec")
        self.fill(server)
        # All that was executed is in the log.
        self.assertEqual(server.stop(), 0)
        server.start()
        self.assertHasAllAcknowledged(server)
        self.fill(server)
        client = self.connect(server)
        self.assertOk(client.call("CONFIG", "SET", "appendonly", "no"))
        self.assertNotIn("Closing the append-only file", server.log())
        self.assertOk(client.call("SET", "k", "v"))

    @OURS_ONLY
    def testKilledWhileTheDiskIsFullNothingAcknowledgedIsLost(self):
        server = self.start("everysec")
        self.fill(server)
        server.kill()
        self.freeDisk()
        server.start()
        self.assertHasAllAcknowledged(server)


@OURS_ONLY
class FailingDiskTest(ServerTest):
    def serveFailing(self, policy):
        library = os.path.join(os.path.dirname(ourBinary()), "libdisturbed-disk.so")
        server = self.serve(directives={**ON, "appendfsync": policy}, start=False,
                            prefix=("env", f"LD_PRELOAD={library}", "FAILING_WRITE_WHILE=failing"))
        self.failing = server.dir / "failing"
        return server.start()

    def testAWriteThatFailsOtherwiseIsAnsweredAfterASecondAndReachesTheLogLater(self):
        for policy in ("everysec", "no"):
            with self.subTest(policy):
                server = self.serveFailing(policy)
                client, other = (self.connect(server) for _ in range(2))
                self.assertOk(client.call("SET", "k", "1"))
                self.failing.touch()
                client.sendRaw(encode("INCR", "k") + encode("GET", "k"))
                began = time.monotonic()
                self.assertEqual(other.value("DBSIZE"), 1)
                self.assertError(client.read(), UNLOGGED + "Input/output error")
                self.assertEqual(client.read().value, b"2")
                self.assertTookLess(time.monotonic() - began, LONGEST_S)
                # A full disk it is not: the reserve stays.
                self.assertNotEqual(client.info("persistence")["aof_disk_reserve_bytes"], "0")
                self.assertEqual(client.info("persistence")["aof_disk_reserve_given_up"], "0")
                # From now on no reply waits at all.
                began = time.monotonic()
                self.assertEqual(other.value("GET", "k"), b"2")
                self.assertError(other.call("INCR", "k"), REFUSED)
                self.assertTookLess(time.monotonic() - began, 0.5)
                self.failing.unlink()
                self.eventually(lambda: other.call("APPEND", "k", "0").kind != "error", "writes are accepted again")
                server.restart(crash=True)
                self.assertEqual(self.connect(server).value("GET", "k"), b"20")

    def testADiskThatHiccupsFailsNobody(self):
        server = self.serveFailing("everysec")
        client, other = (self.connect(server) for _ in range(2))
        # On a busy machine a hiccup may last for too long.
        for _ in range(5):
            self.failing.touch()
            began = time.monotonic()
            client.send("SET", "k", "v")
            self.eventually(lambda: other.info("persistence")["aof_last_write_status"] == "err", "the error")
            self.failing.unlink()
            took = time.monotonic() - began
            reply = client.read()
            if took < 0.5:
                return self.assertOk(reply)
            self.eventually(lambda: other.info("persistence")["aof_last_write_status"] == "ok", "the end of the error")
        return self.fail("no hiccup was short")

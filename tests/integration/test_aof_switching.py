"""The log is switched on and off while the server runs, and healed when a sync lost bytes of it."""

import os
import threading

from integration.base import OURS_ONLY, SOAKING, ServerTest
from support.aof import readLog
from support.resp import encode
from support.server import ourBinary, stockBinary

PLAIN = {"aof-use-rdb-preamble": "no", "auto-aof-rewrite-percentage": "0"}
FAR = 33177117420000


class SwitchingTest(ServerTest):
    def start(self, **directives):
        server = self.serve(directives={**PLAIN, "enable-debug-command": "yes", **directives})
        return server, self.connect(server)

    def switch(self, client, value):
        self.assertOk(client.call("CONFIG", "SET", "appendonly", value))
        if value == "yes":
            self.ended(client)

    def ended(self, client):
        def idle():
            info = client.info("persistence")
            return info["aof_rewrite_in_progress"] == info["aof_rewrite_scheduled"] == "0"
        self.eventually(idle, "the end of the rewrite")

    def fill(self, client):
        client.pipeline([("SET", f"k{i}", f"value {i}") for i in range(5000)])
        client.pipeline([("SET", f"n{i}", i * 10**i) for i in range(15)])
        client.pipeline([("PEXPIREAT", f"k{i}", FAR + i) for i in range(0, 5000, 3)])
        client.pipeline([("SET", "", "empty key"), ("SET", "empty value", ""),
                         ("SET", b"\r\n\0", b"\0\r\n"), ("SET", "long", "x" * 1_000_000),
                         ("APPEND", "long", "y"), ("SELECT", 9), ("SET", "elsewhere", "v"),
                         ("SELECT", 0)])

    def digest(self, client):
        return client.value("DEBUG", "DIGEST")

    def leftovers(self, server):
        return [path.name for path in server.dir.iterdir() if path.name.startswith("temp-")]


@OURS_ONLY
class SwitchingOnTest(SwitchingTest):
    def testTheLogHoldsExactlyTheDataSetAndGoesOnBehindIt(self):
        server, client = self.start()
        server.aofPath().write_bytes(b"an old log that was no log")
        self.fill(client)
        self.switch(client, "yes")
        log = readLog(server.aofPath())
        self.assertEqual(len(log), 5000 + 15 + 1667 + 4 + 1 + 2)
        self.assertEqual({words[0] for words in log}, {b"SELECT", b"SET", b"PEXPIREAT"})
        self.assertIn((b"PEXPIREAT", b"k3", str(FAR + 3).encode()), log)
        self.eventually(lambda: self.leftovers(server) == [], "nothing is left behind")
        info = client.info("persistence")
        self.assertEqual(info["aof_enabled"], "1")
        self.assertEqual(int(info["aof_base_size"]), server.aofPath().stat().st_size)
        client.value("SET", "after", "v")
        self.assertEqual(readLog(server.aofPath())[len(log):],
                         [(b"SELECT", b"0"), (b"SET", b"after", b"v")])
        self.assertRegex(server.log(), r"written from the data set: 5020 keys, \d+ bytes, "
                                       r"0 of them logged meanwhile")
        digest = self.digest(client)
        server.restart(crash=True, appendonly="yes")
        self.assertEqual(self.digest(self.connect(server)), digest)

    def testTheStockServerLoadsIt(self):
        server, client = self.start()
        self.fill(client)
        self.switch(client, "yes")
        client.value("SET", "after", "v")
        digest = self.digest(client)
        server.stop()
        self.assertIn("is valid", self.run_("redis-check-aof", str(server.aofPath())))
        other = self.serve(binary=stockBinary(), dir=server.dir,
                           directives={"appendonly": "yes", "enable-debug-command": "yes"})
        self.assertEqual(self.connect(other).value("DBSIZE"), 5020)
        self.assertEqual(self.digest(self.connect(other)), digest)

    def testWithAnEmptyDataSetAnOldLogIsReplacedByOneWithoutKeys(self):
        server, client = self.start()
        server.aofPath().write_bytes(b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n")
        self.switch(client, "yes")
        # A log without a byte would count as none at the next start.
        self.assertEqual(server.aofPath().read_bytes(), encode("SELECT", 0))

    def testCommandsAroundTheSwitchAreInTheLogOnce(self):
        for policy in ("always", "everysec", "no"):
            with self.subTest(policy=policy):
                server, client = self.start(appendfsync=policy)
                replies = client.pipeline([("APPEND", "k", "a"),
                                           ("CONFIG", "SET", "appendonly", "yes"),
                                           ("APPEND", "k", "b"),
                                           ("CONFIG", "SET", "appendonly", "no"),
                                           ("APPEND", "k", "c"),
                                           ("CONFIG", "SET", "appendonly", "yes"),
                                           ("APPEND", "k", "d")])
                self.assertEqual([reply.value for reply in replies],
                                 [1, b"OK", 2, b"OK", 3, b"OK", 4])
                self.ended(client)
                server.restart(crash=True, appendonly="yes")
                self.assertEqual(self.connect(server).value("GET", "k"), b"abcd")

    def testWhatOthersWriteMeanwhileIsNeitherLostNorDoubled(self):
        server, client = self.start()
        stop = threading.Event()
        counts = [0] * 4

        def write(number):
            with server.client() as writer:
                while not stop.is_set():
                    writer.value("INCR", f"counter{number}")
                    counts[number] += 1

        writers = [threading.Thread(target=write, args=(i,)) for i in range(len(counts))]
        for writer in writers:
            writer.start()
        for _ in range(20 if SOAKING else 5):
            self.switch(client, "yes")
            self.switch(client, "no")
        self.switch(client, "yes")
        before = list(counts)
        self.eventually(lambda: all(now > then for now, then in zip(counts, before, strict=True)),
                        "writes after the last switch")
        stop.set()
        for writer in writers:
            writer.join()
        server.restart(crash=True, appendonly="yes")
        client = self.connect(server)
        self.assertEqual([int(client.value("GET", f"counter{i}")) for i in range(len(counts))],
                         counts)

    def testWithTimestampsTheNewLogBeginsWithOne(self):
        server, client = self.start(**{"aof-timestamp-enabled": "yes"})
        client.value("SET", "k", "v")
        self.switch(client, "yes")
        self.assertRegex(server.aofPath().read_bytes(), rb"^#TS:\d{10}\r\n\*2\r\n")
        server.restart(appendonly="yes")
        self.assertEqual(self.connect(server).value("GET", "k"), b"v")

    def testTheLogStaysWhereItIsWhenTheDirectoryChanges(self):
        server, client = self.start(**{"enable-protected-configs": "yes", "appendonly": "yes"})
        elsewhere = server.dir / "elsewhere"
        elsewhere.mkdir()
        client.value("CONFIG", "SET", "dir", str(elsewhere))
        client.value("SET", "k", "v")
        self.assertEqual(readLog(server.aofPath())[-1], (b"SET", b"k", b"v"))
        self.switch(client, "no")
        self.switch(client, "yes")
        self.assertEqual(readLog(elsewhere / "appendonly.aof")[-1], (b"SET", b"k", b"v"))


@OURS_ONLY
class SwitchingFailsTest(SwitchingTest):
    def failsToSwitchOn(self, server, client, text):
        """It goes on trying, and serves meanwhile."""
        self.assertOk(client.call("CONFIG", "SET", "appendonly", "yes"))
        server.waitLog(text)
        self.eventually(lambda: client.info("persistence")["aof_last_bgrewrite_status"] == "err",
                        "the failure")
        self.assertEqual(client.info("persistence")["aof_enabled"], "1")
        self.assertOk(client.call("SET", "goes on", "v"))
        server.waitLog("is made in 2 seconds at the earliest")

    def testWhenTheNewFileCannotGetTheLogsName(self):
        server, client = self.start()
        client.value("SET", "k", "v")
        server.aofPath().mkdir()
        self.failsToSwitchOn(server, client, "in place, renaming it: Is a directory")
        server.aofPath().rmdir()
        self.eventually(lambda: server.aofPath().exists(), "the log")
        self.ended(client)
        self.eventually(lambda: self.leftovers(server) == [], "nothing is left behind")
        self.assertIn((b"SET", b"k", b"v"), readLog(server.aofPath()))
        self.assertIn((b"SET", b"goes on", b"v"), readLog(server.aofPath()))

    def testWhenTheFileWouldBeTooLarge(self):
        server = self.serve(directives=PLAIN, prefix=("prlimit", "--fsize=1000000"))
        client = self.connect(server)
        client.value("SET", "k", "x" * 2_000_000)
        server.aofPath().write_bytes(b"old")
        self.failsToSwitchOn(server, client, "while writing it: File too large")
        self.eventually(lambda: self.leftovers(server) == [], "nothing is left behind")
        self.assertEqual(server.aofPath().read_bytes(), b"old")
        client.value("DEL", "k")
        self.eventually(lambda: server.aofPath().read_bytes() != b"old", "the log")

    def testItIsUndoneWithADirectiveThatFailsBesideIt(self):
        server, client = self.start()
        other = self.serve(tcp=True)
        reply = client.call("CONFIG", "SET", "appendonly", "yes", "bind", "127.0.0.1",
                            "port", other.port)
        self.assertError(reply, "ERR CONFIG SET failed")
        self.assertEqual(client.info("persistence")["aof_enabled"], "0")
        client.value("SET", "k", "v")
        self.ended(client)
        self.eventually(lambda: self.leftovers(server) == [], "the child's files to be gone")
        self.assertFalse(server.aofPath().exists())


@OURS_ONLY
class SwitchingOffTest(SwitchingTest):
    def testTheLogIsCompleteAndLeftAlone(self):
        server, client = self.start(appendonly="yes", appendfsync="no")
        client.pipeline([("SET", f"k{i}", i) for i in range(1000)]
                        + [("CONFIG", "SET", "appendonly", "no"), ("SET", "later", "v")])
        log = readLog(server.aofPath())
        self.assertEqual(len(log), 1001)
        self.assertEqual(client.info("persistence")["aof_enabled"], "0")
        server.stop()
        self.assertEqual(readLog(server.aofPath()), log)

    def testTwiceOffOrOnIsNothing(self):
        server, client = self.start()
        self.switch(client, "no")
        self.assertFalse(server.aofPath().exists())
        self.switch(client, "yes")
        self.switch(client, "yes")
        self.assertEqual(client.info("persistence")["aof_rewrites"], "1")


@OURS_ONLY
class StartTest(SwitchingTest):
    LEFTOVERS = ("temp-rewriteaof-1.aof", "temp-rewriteaof-bg-23.aof")

    def prepare(self, *files, **directives):
        server = self.serve(directives={**PLAIN, **directives}, start=False)
        for name in files:
            path = server.dir / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"x")
        return server

    def testLeftoversOfARewriteAreRemovedWithTheLogOn(self):
        server = self.prepare(*self.LEFTOVERS, "temp-rewriteaof-x.aof", appendonly="yes")
        server.start()
        self.assertEqual(self.leftovers(server), ["temp-rewriteaof-x.aof"])
        self.assertIn("Removed temp-rewriteaof-1.aof", server.log())

    def testLeftoversStayWithTheLogOff(self):
        server = self.prepare(*self.LEFTOVERS)
        server.start()
        self.assertEqual(sorted(self.leftovers(server)), list(self.LEFTOVERS))


@OURS_ONLY
class HealingTest(SwitchingTest):
    """The library fails fdatasync as long as a file exists; what was not synced is then damaged, as
    on file systems that drop the pages."""

    def setUp(self):
        library = os.path.join(os.path.dirname(ourBinary()), "libdisturbed-disk.so")
        self.assertTrue(os.path.exists(library), f"{library} is missing: build all targets")
        self.server = self.serve(directives={**PLAIN, "appendonly": "yes",
                                             "enable-debug-command": "yes"}, start=False,
                                 prefix=("env", f"LD_PRELOAD={library}",
                                         "FAILING_SYNC_WHILE=failing"))
        self.failing = self.server.dir / "failing"
        self.server.start()
        self.client = self.connect(self.server)

    def loseBytes(self):
        self.client.pipeline([("SET", f"k{i}", f"value {i}") for i in range(1000)])
        self.failing.touch()
        self.client.value("SET", "lost", "bytes")
        self.server.waitLog("Error syncing the AOF file")
        with open(self.server.aofPath(), "r+b") as log:
            log.seek(-7, 2)
            log.write(b"XXXXX")

    def testLostBytesAreWrittenAnewFromTheDataSet(self):
        self.loseBytes()
        self.assertError(self.client.call("SET", "refused", "v"), "MISCONF Errors writing to the AOF")
        digest = self.digest(self.client)
        # Every attempt fails as well until the disk works again.
        self.server.waitLog("anew failed while writing it: Input/output error")
        self.server.waitLog("is made in 2 seconds at the earliest")
        self.assertEqual(self.leftovers(self.server), [])
        self.failing.unlink()
        self.server.waitLog("looks solved, the server can write again")
        self.assertEqual(self.client.info("persistence")["aof_last_write_status"], "ok")
        self.assertEqual(len(readLog(self.server.aofPath())), 1002)
        self.assertEqual(self.digest(self.client), digest)
        self.client.value("APPEND", "lost", " found")
        self.server.restart(crash=True)
        client = self.connect(self.server)
        self.assertEqual(client.value("GET", "lost"), b"bytes found")
        self.assertEqual(client.value("DBSIZE"), 1001)

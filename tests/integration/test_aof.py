"""The append-only file of a healthy server: what it holds, what a restart brings back."""

import time

from integration.base import OURS_ONLY, ServerTest
from support.aof import readLog

ON = {"appendonly": "yes", "aof-use-rdb-preamble": "no", "auto-aof-rewrite-percentage": "0"}
POLICIES = ("always", "everysec", "no")


class LogTextTest(ServerTest):
    def logOf(self, *commands):
        server = self.serve(directives={**ON, "appendfsync": "always"})
        client = self.connect(server)
        self.replies = [client.call(*words) for words in commands]
        return readLog(server.aofPath())

    def testReadsAndFailedWritesAreNotLogged(self):
        log = self.logOf(("GET", "k"), ("DEL", "none"), ("SET", "k", "v", "XX"), ("INCR", "a", "b"),
                         ("EXPIRE", "none", "1"), ("SETRANGE", "none", "0", ""), ("PING",),
                         ("MSETNX", "k", "v"))
        self.assertEqual(log, [(b"SELECT", b"0"), (b"MSETNX", b"k", b"v")])

    def testSelectPrecedesAWriteToAnotherDatabase(self):
        log = self.logOf(("SET", "a", "1"), ("SELECT", "5"), ("GET", "x"), ("SET", "b", "2"),
                         ("SET", "c", "3"), ("SELECT", "0"), ("SELECT", "5"), ("DEL", "b"),
                         ("SELECT", "0"), ("DEL", "a"))
        self.assertEqual(log, [(b"SELECT", b"0"), (b"SET", b"a", b"1"), (b"SELECT", b"5"),
                               (b"SET", b"b", b"2"), (b"SET", b"c", b"3"), (b"DEL", b"b"),
                               (b"SELECT", b"0"), (b"DEL", b"a")])

    def testTimesAreLoggedAbsolute(self):
        now = time.time() * 1000
        log = self.logOf(("SET", "k", "v", "EX", "100"), ("EXPIRE", "k", "200"),
                         ("PEXPIRE", "k", "300000"), ("SETEX", "k", "400", "v"),
                         ("GETEX", "k", "EX", "500"), ("PSETEX", "k", "600000", "w"),
                         ("EXPIREAT", "k", "33177117420"))
        flat = b" ".join(word for command in log for word in command)
        for relative in (b"EX ", b" PX ", b"EXPIRE ", b"GETEX", b"SETEX"):
            self.assertNotIn(relative, flat.replace(b"PXAT ", b"").replace(b"PEXPIREAT ", b""))
        times = [int(command[-1]) for command in log
                 if command[0] == b"PEXPIREAT" or b"PXAT" in command]
        self.assertEqual(times.pop(), 33177117420000)
        for at, expected in zip(times, (100, 200, 300, 400, 500, 600), strict=True):
            self.assertAlmostEqual(at, now + expected * 1000, delta=5000)

    def testEffectsAreLoggedNotCauses(self):
        log = self.logOf(("SET", "f", "1"), ("INCRBYFLOAT", "f", "0.5"), ("GETDEL", "f"),
                         ("SET", "k", "v"), ("EXPIRE", "k", "-1"))
        self.assertEqual(log[2:], [(b"SET", b"f", b"1.5", b"KEEPTTL"), (b"DEL", b"f"),
                                   (b"SET", b"k", b"v"), (b"DEL", b"k")])

    def testTheTextIsRespToTheByte(self):
        server = self.serve(directives={**ON, "appendfsync": "always"})
        self.connect(server).value("SET", "k\r\n", "v\x00")
        self.assertEqual(server.aofPath().read_bytes(),
                         b"*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$3\r\nk\r\n\r\n"
                         b"$2\r\nv\x00\r\n")

    def testAReplyMeansThatTheTextIsInTheFile(self):
        """Fails when replies leave before the log is flushed: the order of beforeSleep."""
        for policy in POLICIES:
            server = self.serve(directives={**ON, "appendfsync": policy})
            client = self.connect(server)
            client.value("SET", "first", "v")
            with open(server.aofPath(), "rb") as log:
                log.seek(0, 2)
                for number in range(1000):
                    word = f"unique-{number}-"
                    client.value("SET", "k", word)
                    self.assertIn(word.encode(), log.read(), policy)

    @OURS_ONLY
    def testTheNameCanBeChanged(self):
        server = self.serve(directives={**ON, "appendfilename": "other.aof"})
        self.connect(server).value("SET", "k", "v")
        self.assertTrue((server.dir / "other.aof").stat().st_size > 0)
        self.assertFalse((server.dir / "appendonly.aof").exists())

    def testWithTimestampsTheLogHasAnnotationsAndLoads(self):
        server = self.serve(directives={**ON, "aof-timestamp-enabled": "yes"})
        # An annotation is due when the second differs from that of the last one.
        time.sleep(1.1)
        self.connect(server).value("SET", "k", "v")
        self.assertRegex(server.aofPath().read_bytes(), rb"#TS:\d{10}\r\n")
        server.restart()
        self.assertEqual(self.connect(server).value("GET", "k"), b"v")


class RestartTest(ServerTest):
    def fill(self, server):
        client = self.connect(server)
        client.pipeline([("SET", f"k{i}", i) for i in range(2000)])
        client.pipeline([("APPEND", f"k{i}", "x") for i in range(0, 2000, 2)])
        client.pipeline([("DEL", f"k{i}") for i in range(0, 2000, 5)])
        client.pipeline([("EXPIRE", f"k{i}", 10000) for i in range(0, 2000, 7)])
        client.value("SELECT", 9)
        client.value("SET", "elsewhere", "v")
        client.value("SELECT", 0)
        return self.digest(client)

    def digest(self, client):
        return client.value("DEBUG", "DIGEST")

    def start(self, policy):
        return self.serve(directives={**ON, "appendfsync": policy, "enable-debug-command": "yes"})

    def testARestartKeepsTheData(self):
        for policy in POLICIES:
            with self.subTest(policy=policy):
                server = self.start(policy)
                digest = self.fill(server)
                server.restart()
                self.assertEqual(self.digest(self.connect(server)), digest)

    def testAKillKeepsWhatWasAcknowledged(self):
        for policy in POLICIES:
            with self.subTest(policy=policy):
                server = self.start(policy)
                digest = self.fill(server)
                server.restart(crash=True)
                self.assertEqual(self.digest(self.connect(server)), digest)

    def testRestartsAddUp(self):
        server = self.start("everysec")
        for number in range(5):
            self.connect(server).value("APPEND", "k", number)
            server.restart(crash=number % 2 == 0)
        self.assertEqual(self.connect(server).value("GET", "k"), b"01234")

    def testKeysThatExpiredWhileItWasDownAreGone(self):
        server = self.start("everysec")
        self.connect(server).value("SET", "k", "v", "PX", "200")
        self.connect(server).value("SET", "stays", "v", "PX", "100000")
        server.stop()
        time.sleep(0.25)
        server.start()
        client = self.connect(server)
        self.assertEqual(str(client.call("GET", "k")), "nullbulk")
        self.assertGreater(client.value("PTTL", "stays"), 90000)

    def testDebugLoadaofReadsTheSameData(self):
        server = self.start("always")
        digest = self.fill(server)
        client = self.connect(server)
        self.assertOk(client.call("DEBUG", "LOADAOF"))
        self.assertEqual(self.digest(client), digest)

    def testWithoutTheLogNothingIsWritten(self):
        server = self.serve(directives={"appendonly": "no"})
        self.connect(server).value("SET", "k", "v")
        server.stop()
        self.assertEqual([path.name for path in server.dir.iterdir() if "aof" in path.name], [])

    def testThePolicyChangesAtRunTime(self):
        server = self.start("no")
        client = self.connect(server)
        for policy in POLICIES:
            client.value("CONFIG", "SET", "appendfsync", policy)
            client.value("APPEND", "k", policy)
        server.restart(crash=True)
        self.assertEqual(self.connect(server).value("GET", "k"), "".join(POLICIES).encode())

"""Logs that are not whole: torn tails are cut and kept aside, damage refuses to start, always with
a message and never with a signal."""

import random

from integration.base import OURS_ONLY, ServerTest
from support.aof import readLog
from support.resp import encode
from support.server import StartError

WHOLE = encode("SELECT", 0) + b"".join(encode("SET", f"k{i}", f"value {i}") for i in range(50))
TORN = b"*3\r\n$3\r\nSET\r\n$4\r\nlost\r\n$5\r\nva"
ON = {"appendonly": "yes", "aof-use-rdb-preamble": "no"}


class DamageTest(ServerTest):
    def prepare(self, data, **directives):
        server = self.serve(directives={**ON, **directives}, start=False)
        self.path = server.dir / "appendonly.aof"
        self.path.write_bytes(data)
        return server

    def loads(self, data, **directives):
        server = self.prepare(data, **directives)
        server.start()
        return server, self.connect(server)

    def refuses(self, data, *texts, **directives):
        """The server ends with 1 and says all of `texts`; the file stays as it was."""
        server = self.prepare(data, **directives)
        log = self.refusedToStart(server)
        for text in texts:
            self.assertIn(text, log)
        return server

    def asides(self, server):
        return sorted(server.dir.glob("appendonly.aof.cut-*"))


class TruncatedTest(DamageTest):
    def testATornTailIsCutAtEveryByte(self):
        last = encode("SET", "last", "value")
        for cut in range(1, len(last)):
            _, client = self.loads(WHOLE + last[:cut])
            self.assertEqual(client.value("DBSIZE"), 50, f"cut at {cut}")
            client.close()

    @OURS_ONLY
    def testATornTailIsCutWithItsOffsetLoggedAndKeptAside(self):
        server, client = self.loads(WHOLE + TORN)
        self.assertEqual(client.value("DBSIZE"), 50)
        self.assertEqual(self.path.read_bytes(), WHOLE)
        self.assertIn(str(len(WHOLE)), server.log())
        aside = self.asides(server)
        self.assertEqual([path.read_bytes() for path in aside], [TORN])
        self.assertRegex(aside[0].name, r"^appendonly\.aof\.cut-\d+")

    @OURS_ONLY
    def testWhatIsWrittenAfterTheCutSurvives(self):
        server, client = self.loads(WHOLE + TORN)
        client.value("SET", "later", "v")
        server.restart(crash=True)
        self.assertEqual(self.connect(server).value("GET", "later"), b"v")

    def testATornTailRefusesToStartWhenAskedTo(self):
        directives = {"aof-load-truncated": "no"}
        server = self.refuses(WHOLE + TORN, "nexpected end of", **directives)
        self.assertEqual(self.asides(server), [])

    @OURS_ONLY
    def testTheRefusalNamesFileAndOffsetAndLeavesTheFile(self):
        self.refuses(WHOLE + TORN, "appendonly.aof", str(len(WHOLE)),
                     **{"aof-load-truncated": "no"})
        self.assertEqual(self.path.read_bytes(), WHOLE + TORN)

    @OURS_ONLY
    def testAZeroFilledTailCountsAsTorn(self):
        for tail in (b"\0", b"\0" * 4096, b"\0" * 100_000, TORN + b"\0" * 512):
            with self.subTest(size=len(tail)):
                server, client = self.loads(WHOLE + tail)
                self.assertEqual(client.value("DBSIZE"), 50)
                self.assertEqual(self.path.read_bytes(), WHOLE)
                self.assertEqual([path.read_bytes() for path in self.asides(server)], [tail])

    @OURS_ONLY
    def testAZeroFilledTailRefusesToStartWhenAskedTo(self):
        self.refuses(WHOLE + b"\0" * 4096, str(len(WHOLE)), **{"aof-load-truncated": "no"})

    @OURS_ONLY
    def testATornTransactionIsCutBeforeItsMulti(self):
        torn = encode("MULTI") + encode("SET", "lost", "v") + encode("INCR", "n")
        for tail in (torn, torn + b"*1\r\n$4\r\nEX", encode("MULTI"), b"*1\r\n$5\r\nMUL"):
            with self.subTest(tail=tail[-12:]):
                server, client = self.loads(WHOLE + tail)
                self.assertEqual(self.path.read_bytes(), WHOLE)
                self.assertEqual([path.read_bytes() for path in self.asides(server)], [tail])
                client.value("SET", "later", "v")
                server.restart(crash=True)
                again = self.connect(server)
                self.assertEqual(again.value("GET", "later"), b"v")
                self.assertEqual(again.value("EXISTS", "lost"), 0)

    def testAWholeTransactionLoads(self):
        _, client = self.loads(WHOLE + encode("MULTI") + encode("SET", "in", "v")
                               + encode("INCR", "n") + encode("EXEC"))
        self.assertEqual(client.value("GET", "in"), b"v")
        self.assertEqual(client.value("GET", "n"), b"1")


class ValidTest(DamageTest):
    def testAnEmptyFileIsValid(self):
        server, client = self.loads(b"")
        self.assertEqual(client.value("DBSIZE"), 0)
        client.value("SET", "k", "v")
        server.restart()
        self.assertEqual(self.connect(server).value("GET", "k"), b"v")

    def testAnnotationLinesAreSkipped(self):
        data = (b"#TS:1628217470\r\n" + encode("SELECT", 0) + b"#TS:1628217471\r\n"
                + encode("SET", "k", "v") + b"# anything\r\n" + encode("SET", "l", "w"))
        _, client = self.loads(data)
        self.assertEqual(client.value("MGET", "k", "l")[1].value, b"w")

    def testOldFormsOfExpiryLoad(self):
        data = (encode("SET", "a", "v") + encode("PEXPIREAT", "a", 33177117420000)
                + encode("SET", "b", "v", "PXAT", 33177117420000)
                + encode("SETEX", "c", 10000, "v") + encode("SET", "d", "v", "EX", 10000)
                + encode("EXPIREAT", "a", 33177117421) + encode("set", "e", "v"))
        _, client = self.loads(data)
        self.assertEqual(client.value("EXPIRETIME", "a"), 33177117421)
        self.assertEqual(client.value("PEXPIRETIME", "b"), 33177117420000)
        self.assertEqual(client.value("DBSIZE"), 5)

    def testKeysPastTheirTimeAreReplayedThenExpire(self):
        data = (encode("SET", "k", "v", "PXAT", 1) + encode("APPEND", "k", "w")
                + encode("PERSIST", "k"))
        _, client = self.loads(data)
        self.assertEqual(client.value("GET", "k"), b"vw")

    @OURS_ONLY
    def testTheNextWriteSelectsItsDatabase(self):
        server, client = self.loads(encode("SELECT", 7) + encode("SET", "k", "v"))
        client.value("SET", "zero", "v")
        server.stop()
        self.assertEqual(readLog(self.path)[2:], [(b"SELECT", b"0"), (b"SET", b"zero", b"v")])


class RefusalTest(DamageTest):
    def testALostMarkInTheMiddleRefuses(self):
        at = WHOLE.index(b"$", 200)
        self.refuses(WHOLE[:at] + b"!" + WHOLE[at + 1:], "ad file format")

    @OURS_ONLY
    def testDamageInTheMiddleRefuses(self):
        for damaged in (b"garbage\r\n" + WHOLE, WHOLE[:40] + WHOLE[50:],
                        WHOLE.replace(b"$8\r\n", b"$7\r\n", 1), WHOLE.replace(b"*3", b"*9", 1),
                        WHOLE.replace(b"*3\r\n", b"*-3\r\n", 1),
                        WHOLE.replace(b"$3\r\nSET", b"$99999999999\r\nSET", 1)):
            with self.subTest(start=damaged[:60]):
                self.refuses(damaged)

    @OURS_ONLY
    def testDamageIsNamedWithFileAndOffset(self):
        at = WHOLE.index(b"*3\r\n$3\r\nSET\r\n$3\r\nk20")
        self.refuses(WHOLE[:at] + b"!" + WHOLE[at + 1:], "appendonly.aof", str(at),
                     "ad file format")
        self.assertEqual(self.path.read_bytes()[at:at + 1], b"!")

    @OURS_ONLY
    def testZeroesInTheMiddleAreDamage(self):
        data = WHOLE[:300] + b"\0" * 64 + WHOLE[364:]
        self.refuses(data, "appendonly.aof")
        self.assertEqual(self.path.read_bytes(), data)

    def testAnUnknownCommandRefuses(self):
        self.refuses(WHOLE + encode("NOSUCH", "x") + WHOLE, "nknown command", "NOSUCH")

    @OURS_ONLY
    def testAnUnknownCommandIsNamedWithItsOffset(self):
        self.refuses(WHOLE + encode("NOSUCH", "x") + WHOLE, "appendonly.aof", str(len(WHOLE)))

    @OURS_ONLY
    def testAWrongArgumentCountRefuses(self):
        self.refuses(WHOLE + encode("SET", "x") + WHOLE, "appendonly.aof", str(len(WHOLE)), "set")

    @OURS_ONLY
    def testALogThatIsADirectoryRefuses(self):
        server = self.serve(directives=ON, start=False)
        (server.dir / "appendonly.aof").mkdir()
        self.refusedToStart(server)

    @OURS_ONLY
    def testRandomDamageNeverEndsInASignalOrAHang(self):
        seed = random.randrange(10**9)
        generator = random.Random(seed)
        for number in range(60):
            data = bytearray(WHOLE)
            for _ in range(generator.choice((1, 1, 3))):
                at = generator.randrange(len(data))
                how = generator.randrange(3)
                if how == 0:
                    data[at] = generator.randrange(256)
                elif how == 1:
                    del data[at:at + generator.randrange(1, 20)]
                else:
                    data[at:at] = generator.randbytes(generator.randrange(1, 20))
            server = self.prepare(bytes(data))
            try:
                server.start(timeout=10)
            except StartError as error:
                self.assertEqual(error.status, 1, f"seed {seed}, variant {number}: {error}")
            server.discard()

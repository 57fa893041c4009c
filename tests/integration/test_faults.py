"""Faults of the reference that must not come back, seen from outside. All of them and where else
they are tested: tests/faults.md."""

import os
import unittest

from integration.base import OURS_ONLY, ServerTest
from integration.test_differences import namesMissing
from support.aof import readLog
from support.resp import encode
from support.server import ROOT, ourBinary, stock

TABLE = ROOT / "tests" / "faults.md"
PLAIN = {"appendonly": "yes", "aof-use-rdb-preamble": "no"}
WHOLE = encode("SELECT", 0) + encode("SET", "k", "v")
SERVED_WITHOUT_DISK = (
    ("PING",), ("ECHO", "x"), ("GET", "k"), ("EXISTS", "k"), ("TTL", "k"), ("DBSIZE",), ("TIME",),
    ("SCAN", 0), ("SELECT", 1), ("SELECT", 0), ("INFO",), ("CLIENT", "ID"), ("CONFIG", "GET", "dir"),
    ("COMMAND", "COUNT"), ("HELLO",), ("OBJECT", "ENCODING", "k"), ("LASTSAVE",), ("KEYS", "*"),
    ("SET",), ("NOSUCH",))
NEEDS_DISK = (("SET", "new", "v"), ("DEL", "k"), ("LPUSH", "list", "v"), ("EXPIRE", "k", 100),
              ("FLUSHALL",), ("INCR", "n"))


class TableTest(unittest.TestCase):
    def testEveryFaultNamesTestsThatAreThere(self):
        rows = [line.strip("| ").split(" | ") for line in TABLE.read_text().splitlines()
                if line[:3] in {f"| {number}" for number in range(1, 9)}]
        self.assertEqual([row[0] for row in rows], ["1", "2", "3", "4", "5", "6", "7", "8"])
        for row in rows:
            self.assertEqual(namesMissing(row[2]), [], row)
            self.assertIn(f"ault{row[0]}", row[2].replace(" ", ""), "a test has its name")


@OURS_ONLY
class LoadingFaultTest(ServerTest):
    def prepare(self, name, data, **directives):
        server = self.serve(directives=directives, start=False)
        self.path = server.dir / name
        self.path.write_bytes(data)
        return server

    def testFault1WritesAfterATornTransactionSurviveTheNextRestart(self):
        torn = encode("MULTI") + encode("SET", "lost", "v") + b"*3\r\n$3\r\nSET"
        server = self.prepare("appendonly.aof", WHOLE + torn, **PLAIN)
        server.start()
        self.connect(server).value("SET", "later", "v")
        self.assertNotIn((b"MULTI",), readLog(self.path))
        for crash in (True, False):
            server.restart(crash=crash)
            client = self.connect(server)
            self.assertEqual(client.value("MGET", "k", "lost", "later")[2].value, b"v")
            self.assertEqual(client.value("EXISTS", "lost"), 0)

    def testFault7AChangedByteOfTheLogIsNotServed(self):
        server = self.serve(directives={"appendonly": "yes", "aof-use-rdb-preamble": "no"})
        with server.client() as client:
            client.value("SET", "balance", 1000)
        server.stop()
        log = server.aofPath().read_bytes()
        server.aofPath().write_bytes(log.replace(b"1000", b"9000"))
        self.assertIn("are not what was on the disk", self.refusedToStart(server))

    def testFault4AChangedArgumentCountEndsWithAnError(self):
        for count in (b"*1", b"*2", b"*4", b"*99", b"*1048577", b"*99999999999999999999", b"*-1"):
            with self.subTest(count):
                data = WHOLE + encode("SET", "a", 1).replace(b"*3", count) + WHOLE
                log = self.refusedToStart(self.prepare("appendonly.aof", data, **PLAIN))
                self.assertIn("appendonly.aof", log)
                self.assertIn("offset", log)

    def testFault4AKeyThatADumpHasTwiceEndsWithAnError(self):
        with stock(directives={"rdbchecksum": "no"}) as other, other.client() as client:
            client.value("SET", "same", "v")
            client.value("SET", "more", "v")
            client.value("SAVE")
            dump = (other.dir / "dump.rdb").read_bytes()
        twice = dump.replace(b"\x04more", b"\x04same")
        self.assertNotEqual(twice, dump)
        log = self.refusedToStart(self.prepare("dump.rdb", twice))
        self.assertRegex(log, r"dump\.rdb.* at offset \d+")
        log = self.refusedToStart(self.prepare("appendonly.aof", twice + WHOLE, **PLAIN))
        self.assertRegex(log, r"appendonly\.aof.* at offset \d+")


@OURS_ONLY
class DiskFaultTest(ServerTest):
    """fdatasync fails as long as a file exists."""

    def setUp(self):
        library = os.path.join(os.path.dirname(ourBinary()), "libdisturbed-disk.so")
        self.assertTrue(os.path.exists(library), f"{library} is missing: build all targets")
        self.server = self.serve(directives={**PLAIN, "appendfsync": "everysec"}, start=False,
                                 prefix=("env", f"LD_PRELOAD={library}",
                                         "FAILING_SYNC_WHILE=failing"))
        self.server.start()
        self.client = self.connect(self.server)
        self.client.value("SET", "k", "v")
        self.failing = self.server.dir / "failing"
        self.failing.touch()
        self.client.value("SET", "unsynced", "v")
        self.eventually(lambda: self.client.info("persistence")["aof_last_write_status"] == "err",
                        "a failed fsync")

    def testFault5WritesAreAcceptedAgainOnceTheDiskWorks(self):
        self.assertError(self.client.call("SET", "refused", "v"), "MISCONF")
        self.failing.unlink()
        self.eventually(lambda: self.client.call("SET", "after", "v").kind == "simple",
                        "an accepted write")
        self.assertEqual(self.client.info("persistence")["aof_last_write_status"], "ok")
        self.server.restart(crash=True)
        self.assertEqual(self.connect(self.server).value("EXISTS", "k", "unsynced", "after"), 3)

    def testFault8OnlyWhatWritesIsRefusedWhileTheDiskFails(self):
        for command in SERVED_WITHOUT_DISK:
            with self.subTest(command):
                self.assertNotIn(b"MISCONF", bytes(str(self.client.call(*command)), "ascii"))
        for command in NEEDS_DISK:
            with self.subTest(command):
                self.assertError(self.client.call(*command), "MISCONF")
        self.assertEqual(self.client.value("GET", "k"), b"v")


if __name__ == "__main__":
    unittest.main()

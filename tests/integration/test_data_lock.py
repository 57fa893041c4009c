"""One log, one server, one name: a second server is refused, and names that collide are."""

import os
import signal
import subprocess
from pathlib import Path

from integration.base import OURS_ONLY, ServerTest
from support.server import ourBinary, stockBinary

ON = {"appendonly": "yes", "enable-protected-configs": "yes"}
CACHE = {"appendonly": "no", "save": "", "enable-protected-configs": "yes"}
TOOL = str(Path(ourBinary()).parent / "inkstone-check-aof")


@OURS_ONLY
class LockTest(ServerTest):
    def second(self, first, name, **directives):
        """Another server in the same folder, with a socket and a log of its own."""
        server = self.serve(dir=first.dir, start=False, directives={
            "unixsocket": str(first.dir / name), **directives})
        server.log_path = first.dir / f"{name}.log"
        return server

    def locks(self, server):
        return sorted(path.name for path in server.dir.glob(".*.lock"))

    def testASecondServerOfTheSameLogIsRefusedByNameAndPid(self):
        first = self.serve(directives=ON)
        self.connect(first).value("SET", "k", "v")
        log = self.refusedToStart(self.second(first, "s2", **ON))
        self.assertIn(f"The append only file {first.aofPath()} is in use by another server: "
                      f"pid {first.pid} on host {os.uname().nodename}", log)
        self.assertEqual(self.connect(first).value("GET", "k"), b"v")

    def testASecondStartLeavesTheSocketAlone(self):
        first = self.serve(directives=ON)
        # Waiting for it would find the first one.
        second = self.serve(dir=first.dir, directives=ON, wait=False)
        self.assertEqual(second.waitExit(), 1)
        self.assertEqual(self.connect(first).value("PING"), b"PONG")

    def testASecondServerOfTheSameDumpIsRefused(self):
        first = self.serve(directives={**CACHE, "save": "3600 1"})
        log = self.refusedToStart(self.second(first, "s2", **{**CACHE, "save": "3600 1"}))
        self.assertIn(f"The dump {first.dir}/dump.rdb is in use by another server: "
                      f"pid {first.pid}", log)

    def testServersWithNamesOfTheirOwnShareAFolder(self):
        first = self.serve(directives={**ON, "save": "3600 1"})
        names = {"appendfilename": "other.aof", "dbfilename": "other.rdb", "save": "3600 1"}
        second = self.second(first, "s2", **ON, **names)
        second.start()
        self.assertOk(self.connect(second).call("SAVE"))
        self.assertEqual(self.locks(first), [".appendonly.aof.lock", ".dump.rdb.lock",
                                             ".other.aof.lock", ".other.rdb.lock"])

    def testCachesShareAFolderUntilOneWritesThere(self):
        first = self.serve(directives=CACHE)
        second = self.second(first, "s2", **CACHE)
        second.start()
        self.assertOk(self.connect(first).call("SAVE"))
        client = self.connect(second)
        self.assertError(client.call("SAVE"), "ERR")
        self.assertError(client.call("BGSAVE"), "ERR")
        self.assertError(client.call("CONFIG", "SET", "save", "3600 1"), "ERR CONFIG SET failed")
        self.assertIn(f"in use by another server: pid {first.pid}", second.log())
        self.assertOk(client.call("CONFIG", "SET", "dbfilename", "other.rdb"))
        self.assertOk(client.call("SAVE"))

    def testTheLogIsLockedWhenItIsSwitchedOn(self):
        first = self.serve(directives=CACHE)
        second = self.second(first, "s2", **CACHE)
        second.start()
        self.assertOk(self.connect(first).call("CONFIG", "SET", "appendonly", "yes"))
        client = self.connect(second)
        self.assertError(client.call("CONFIG", "SET", "appendonly", "yes"), "ERR CONFIG SET failed")
        self.assertOk(self.connect(first).call("CONFIG", "SET", "appendonly", "no"))
        self.assertOk(client.call("CONFIG", "SET", "appendonly", "yes"))
        self.eventually(lambda: client.info("persistence")["aof_rewrite_in_progress"] == "0",
                        "the rewrite")
        self.assertEqual(client.info("persistence")["aof_enabled"], "1")

    def testARewriteWithTheLogOffLocksTheLogOnlyWhileItRuns(self):
        server = self.serve(directives=CACHE)
        client = self.connect(server)
        client.value("SET", "k", "v")
        client.value("BGREWRITEAOF")
        self.eventually(lambda: client.info("persistence")["aof_rewrite_in_progress"] == "0"
                        and server.aofPath().exists(), "the rewrite")
        self.assertEqual(self.locks(server), [])

    def testConfigSetDirAsksForTheOtherFolder(self):
        first = self.serve(directives={**CACHE, "save": "3600 1"})
        other = self.serve(directives={**CACHE, "save": "3600 1"})
        client = self.connect(other)
        self.assertError(client.call("CONFIG", "SET", "dir", str(first.dir)),
                         "ERR CONFIG SET failed (possibly related to argument 'dir') - The dump")
        self.assertEqual(client.value("CONFIG", "GET", "dir")[1].value.decode(), str(other.dir))
        self.assertOk(client.call("SAVE"))
        self.assertTrue((other.dir / "dump.rdb").exists())

    def testTheLockEndsWithTheProcessHoweverItEnds(self):
        server = self.serve(directives={**ON, "save": "3600 1"})
        client = self.connect(server)
        client.pipeline([("SET", f"k{i}", i) for i in range(1000)])
        client.value("CONFIG", "SET", "rdb-key-save-delay", "10000")
        client.value("BGSAVE")
        server.kill()
        self.assertEqual(self.locks(server), [".appendonly.aof.lock", ".dump.rdb.lock"])
        server.start()
        self.assertEqual(self.connect(server).value("DBSIZE"), 1000)
        server.stop()
        self.assertEqual(self.locks(server), [])

    def testAChildDoesNotHoldTheLock(self):
        server = self.serve(directives=ON)
        client = self.connect(server)
        client.pipeline([("SET", f"k{i}", i) for i in range(1000)])
        client.value("CONFIG", "SET", "rdb-key-save-delay", "10000")
        client.value("BGREWRITEAOF")
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        child = self.eventually(lambda: children.read_text().split(), "the child")[0]
        self.eventually(lambda: not [fd for fd in Path(f"/proc/{child}/fd").iterdir()
                                     if ".lock" in os.readlink(fd)], "closed descriptors")

    def testTheCheckToolDoesNotFixWhatAServerWrites(self):
        server = self.serve(directives=ON)
        self.connect(server).value("SET", "k", "v")
        before = server.aofPath().read_bytes()
        for words in (["--fix", "--yes"], ["--truncate-to-timestamp", "1"]):
            done = subprocess.run([TOOL, *words, str(server.aofPath())], capture_output=True,
                                  text=True, check=False)
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertIn(f"is in use: pid {server.pid} on host", done.stdout)
        self.assertEqual(server.aofPath().read_bytes(), before)
        server.stop()
        self.run_(TOOL, "--fix", "--yes", str(server.aofPath()))
        self.assertEqual(self.locks(server), [])

    def testARedisIsNotDisturbedByWhatACrashLeaves(self):
        server = self.serve(directives={**ON, "save": "3600 1"})
        self.connect(server).value("SET", "k", "v")
        server.kill()
        redis = self.serve(binary=stockBinary(), dir=server.dir, directives={"appendonly": "yes"})
        self.assertEqual(self.connect(redis).value("GET", "k"), b"v")

    def testTheLockOfAStoppedProcessHolds(self):
        server = self.serve(directives=ON)
        server.signal(signal.SIGSTOP)
        self.addCleanup(server.signal, signal.SIGCONT)
        self.refusedToStart(self.second(server, "s2", **ON))


@OURS_ONLY
class NameTest(ServerTest):
    def testNamesThatCollideRefuseTheStart(self):
        for directives in ({"dbfilename": "appendonly.aof"}, {"appendfilename": "dump.rdb"},
                           {"dbfilename": "appendonly.aof.ledger"},
                           {"dbfilename": "temp-rewriteaof-1.aof"},
                           {"appendfilename": "temp-12.rdb"}, {"appenddirname": "dump.rdb"},
                           {"pidfile": "appendonly.aof"}):
            with self.subTest(directives=directives):
                server = self.serve(directives=directives, start=False)
                log = self.refusedToStart(server)
                self.assertIn("FATAL CONFIG FILE ERROR", log)
                self.assertIn(f"{next(iter(directives))}", log)

    def testConfigSetRefusesThem(self):
        server = self.serve(directives=ON)
        client = self.connect(server)
        client.value("SET", "k", "v")
        for name in ("appendonly.aof", "appendonly.aof.ledger", "temp-rewriteaof-bg-1.aof",
                     "temp-1.rdb", "appendonlydir", ".appendonly.aof.lock"):
            self.assertError(client.call("CONFIG", "SET", "dbfilename", name),
                             "ERR CONFIG SET failed (possibly related to argument 'dbfilename') - ")
        self.assertOk(client.call("SAVE"))
        server.restart(crash=True)
        self.assertEqual(self.connect(server).value("GET", "k"), b"v")

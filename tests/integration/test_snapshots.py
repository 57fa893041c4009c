"""Snapshots: SAVE, BGSAVE, save points, what failing ones forbid, and how the server ends."""

import os
import signal
import time
from pathlib import Path

from integration.base import OURS_ONLY, ServerTest
from support.resp import ConnectionClosed
from support.server import childrenOf, stockBinary

DEBUG = {"enable-debug-command": "yes"}
MISCONF = "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist"
# A save point that is never reached by itself.
FAR = "3600 1000000"


class SnapshotTest(ServerTest):
    def start(self, **keywords):
        directives = {**DEBUG, **keywords.pop("directives", {})}
        server = self.serve(directives=directives, **keywords)
        return server, self.connect(server)

    def fill(self, client, strings=500):
        client.pipeline([("SET", f"k{i}", f"value {i}") for i in range(strings)])
        client.pipeline([("SET", "n", 12345), ("SET", "timed", "v", "EX", 100000),
                         ("SET", "long", "ab" * 50000), ("SELECT", 3)])
        client.pipeline([("RPUSH", "l", *range(300)), ("SADD", "s", *range(700)),
                         ("SADD", "words", "a", "b"), ("HSET", "h", "f", "v", "g", "w"),
                         ("HSET", "big", *[f"f{i}" for i in range(1200)]),
                         ("ZADD", "z", *[word for i in range(300) for word in (i / 7, f"m{i}")]),
                         ("SELECT", 0)])

    def digest(self, client):
        return client.value("DEBUG", "DIGEST")

    def dump(self, server):
        return server.dir / server.directives.get("dbfilename", "dump.rdb")

    def leftovers(self, server):
        return [path.name for path in server.dir.iterdir() if path.name.startswith("temp-")]

    def rdb(self, client, field):
        return client.info("persistence")[field]

    def waitSaved(self, client, status="ok"):
        self.eventually(lambda: self.rdb(client, "rdb_bgsave_in_progress") == "0",
                        "the end of the save")
        self.assertEqual(self.rdb(client, "rdb_last_bgsave_status"), status)

    def startSlowSave(self, client, keys=2000):
        """A background save that takes some seconds."""
        client.value("CONFIG", "SET", "rdb-key-save-delay", "5000")
        client.pipeline([("SET", f"slow{i}", i) for i in range(keys)])
        self.assertEqual(client.value("BGSAVE"), b"Background saving started")

    def blockSaves(self, server):
        """A directory where the new snapshot would get its name."""
        self.dump(server).mkdir()
        (self.dump(server) / "full").touch()

    def unblockSaves(self, server):
        (self.dump(server) / "full").unlink()
        self.dump(server).rmdir()


class SaveTest(SnapshotTest):
    def testASavedDataSetComesBack(self):
        for command in ("SAVE", "BGSAVE"):
            with self.subTest(command=command):
                server, client = self.start()
                self.fill(client)
                before = client.value("LASTSAVE")
                time.sleep(1.1)
                client.value(command)
                self.waitSaved(client)
                self.assertGreater(client.value("LASTSAVE"), before)
                self.assertEqual(self.rdb(client, "rdb_changes_since_last_save"), "0")
                self.assertEqual(self.rdb(client, "rdb_saves"), "1")
                self.assertEqual(self.leftovers(server), [])
                digest = self.digest(client)
                client.value("SET", "not saved", "v")
                server.restart(crash=True)
                client = self.connect(server)
                self.assertEqual(self.digest(client), digest)
                self.assertEqual(self.rdb(client, "rdb_last_load_keys_loaded"), "509")
                self.assertIn("DB loaded from disk", server.log())

    def testTheStockServerLoadsIt(self):
        server, client = self.start()
        self.fill(client)
        client.value("SAVE")
        digest = self.digest(client)
        server.stop()
        self.assertIn("RDB looks OK", self.run_("redis-check-rdb", str(self.dump(server))))
        other = self.serve(binary=stockBinary(), dir=server.dir, directives=DEBUG)
        self.assertEqual(self.digest(self.connect(other)), digest)

    def testWeLoadWhatTheStockServerSaved(self):
        server = self.serve(binary=stockBinary(), directives=DEBUG)
        client = self.connect(server)
        self.fill(client)
        client.value("SAVE")
        digest = self.digest(client)
        server.stop()
        ours = self.serve(dir=server.dir, directives=DEBUG)
        self.assertEqual(self.digest(self.connect(ours)), digest)

    def testChangesMadeDuringABackgroundSaveCountForTheNext(self):
        _, client = self.start()
        self.startSlowSave(client, keys=300)
        client.pipeline([("SET", f"later{i}", i) for i in range(7)])
        self.assertEqual(self.rdb(client, "rdb_changes_since_last_save"), "307")
        self.waitSaved(client)
        self.assertEqual(self.rdb(client, "rdb_changes_since_last_save"), "7")

    def testTheSnapshotIsOfTheMomentItBeganAt(self):
        server, client = self.start()
        self.startSlowSave(client, keys=200)
        client.value("SET", "slow0", "changed")
        client.value("FLUSHDB")
        self.waitSaved(client)
        server.restart(crash=True)
        client = self.connect(server)
        self.assertEqual(client.value("DBSIZE"), 200)
        self.assertEqual(client.value("GET", "slow0"), b"0")

    def testWhatASaveIsDoingShowsInInfo(self):
        _, client = self.start()
        self.startSlowSave(client)
        info = client.info("persistence")
        self.assertEqual(info["rdb_bgsave_in_progress"], "1")
        self.assertEqual(info["current_save_keys_total"], "2000")
        self.assertGreaterEqual(int(info["rdb_current_bgsave_time_sec"]), 0)
        self.eventually(lambda: int(self.rdb(client, "current_save_keys_processed")) > 0,
                        "progress of the child")
        self.assertError(client.call("BGSAVE"), "ERR Background save already in progress")
        self.assertError(client.call("BGSAVE", "SCHEDULE"),
                         "ERR Background save already in progress")
        self.assertError(client.call("SAVE"), "ERR Background save already in progress")
        self.assertError(client.call("BGSAVE", "now"), "ERR syntax error")

    def testWhileALogIsRewrittenABackgroundSaveIsRefusedOrScheduled(self):
        _, client = self.start()
        client.value("CONFIG", "SET", "rdb-key-save-delay", "2000")
        client.pipeline([("SET", f"k{i}", i) for i in range(500)])
        self.assertIn(b"started", client.value("BGREWRITEAOF"))
        self.assertError(client.call("BGSAVE"), "ERR Another child process is active (AOF?)")
        self.assertEqual(client.value("BGSAVE", "SCHEDULE"), b"Background saving scheduled")
        client.value("CONFIG", "SET", "rdb-key-save-delay", "0")
        self.eventually(lambda: self.rdb(client, "rdb_saves") == "1", "the scheduled save", 20)
        self.waitSaved(client)

    def testFlushallEndsASaveAndWritesAnEmptySnapshotWithSavePoints(self):
        server, client = self.start(directives={"save": FAR})
        self.startSlowSave(client)
        self.assertNotEqual(self.rdb(client, "rdb_changes_since_last_save"), "0")
        client.value("FLUSHALL")
        self.assertEqual(self.rdb(client, "rdb_changes_since_last_save"), "0")
        self.waitSaved(client)
        self.assertTrue(self.dump(server).exists())
        self.assertEqual(self.leftovers(server), [])
        server.restart(crash=True)
        self.assertEqual(self.connect(server).value("DBSIZE"), 0)

    def testCompressionAndChecksumCanBeLeftOut(self):
        sizes = {}
        for value in ("yes", "no"):
            server, client = self.start(directives={"rdbcompression": value, "rdbchecksum": value})
            self.fill(client)
            client.value("SAVE")
            sizes[value] = self.dump(server).stat().st_size
            self.assertEqual(self.dump(server).read_bytes()[-8:] == bytes(8), value == "no")
            digest = self.digest(client)
            server.restart(crash=True)
            self.assertEqual(self.digest(self.connect(server)), digest)
        self.assertLess(sizes["yes"] * 2, sizes["no"])

    def testAccessBitsComeBack(self):
        for policy, command, value in (("allkeys-lru", "IDLETIME", 1000),
                                       ("allkeys-lfu", "FREQ", 77)):
            with self.subTest(policy=policy):
                server, client = self.start(directives={"maxmemory-policy": policy})
                client.value("SET", "source", "v")
                payload = client.value("DUMP", "source")
                client.value("RESTORE", "k", 0, payload, command, value)
                client.value("SAVE")
                server.restart(crash=True)
                client = self.connect(server)
                self.assertAlmostEqual(client.value("OBJECT", command, "k"), value, delta=30)


class SavePointTest(SnapshotTest):
    def testASavePointThatIsReachedSaves(self):
        server, client = self.start(directives={"save": "1 5"})
        client.pipeline([("SET", f"k{i}", i) for i in range(4)])
        time.sleep(2.2)
        self.assertFalse(self.dump(server).exists())
        client.value("SET", "k4", 4)
        self.eventually(self.dump(server).exists, "the snapshot")
        server.waitLog("5 changes in 1 seconds. Saving...")
        self.waitSaved(client)
        self.assertEqual(self.rdb(client, "rdb_changes_since_last_save"), "0")

    @OURS_ONLY
    def testAFailedSaveIsTriedAgainAfterFiveSecondsAndForbidsWritesMeanwhile(self):
        server, client = self.start(directives={"save": "1 1"})
        self.blockSaves(server)
        started = time.monotonic()
        client.value("SET", "k", "v")
        server.waitLog("Background saving error")
        server.waitLog("Saving the DB on disk failed while renaming it: Is a directory")
        self.assertEqual(self.rdb(client, "rdb_last_bgsave_status"), "err")
        self.assertEqual(self.leftovers(server), [])
        self.assertError(client.call("SET", "refused", "v"), MISCONF)
        self.assertError(client.call("DEL", "k"), MISCONF)
        self.assertEqual(client.value("GET", "k"), b"v")
        self.assertEqual(client.value("PING"), b"PONG")
        attempts = server.log().count("Background saving started")
        self.unblockSaves(server)
        self.eventually(lambda: self.rdb(client, "rdb_last_bgsave_status") == "ok", "the retry")
        self.assertGreater(time.monotonic() - started, 5)
        self.assertEqual(server.log().count("Background saving started"), attempts + 1)
        self.assertOk(client.call("SET", "accepted", "v"))

    @OURS_ONLY
    def testAFailedSaveForbidsNothingWhileTheLogIsHealthy(self):
        server, client = self.start(directives={"save": FAR, "appendonly": "yes"})
        self.blockSaves(server)
        client.value("BGSAVE")
        self.waitSaved(client, status="err")
        self.assertOk(client.call("SET", "k", "v"))
        client.value("CONFIG", "SET", "appendonly", "no")
        self.assertError(client.call("SET", "k", "v"), MISCONF)
        client.value("CONFIG", "SET", "stop-writes-on-bgsave-error", "no")
        self.assertOk(client.call("SET", "k", "v"))
        client.value("CONFIG", "SET", "stop-writes-on-bgsave-error", "yes")
        client.value("CONFIG", "SET", "save", "")
        self.assertOk(client.call("SET", "k", "v"))

    def testASaveInTheForegroundEndsTheTrouble(self):
        server, client = self.start(directives={"save": FAR})
        self.blockSaves(server)
        client.value("BGSAVE")
        self.waitSaved(client, status="err")
        self.assertError(client.call("SAVE"), "ERR")
        self.unblockSaves(server)
        self.assertOk(client.call("SAVE"))
        self.assertOk(client.call("SET", "k", "v"))


class KilledTest(SnapshotTest):
    def childOf(self, server):
        return self.eventually(lambda: childrenOf(server.pid), "the child")[0]

    def isAlive(self, pid):
        try:
            return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
        except OSError:
            return False

    def testAKilledChildLeavesTheOldSnapshotAndNoFile(self):
        server, client = self.start()
        client.value("SET", "k", "old")
        client.value("SAVE")
        before = self.dump(server).read_bytes()
        self.startSlowSave(client)
        os.kill(self.childOf(server), signal.SIGKILL)
        self.waitSaved(client, status="err")
        server.waitLog("Background saving terminated by signal 9")
        self.assertEqual(self.dump(server).read_bytes(), before)
        self.assertEqual(self.leftovers(server), [])

    def testAChildThatIsStoppedOnPurposeIsNoFailure(self):
        server, client = self.start()
        self.startSlowSave(client)
        os.kill(self.childOf(server), signal.SIGUSR1)
        self.waitSaved(client, status="ok")
        self.assertEqual(self.leftovers(server), [])

    @OURS_ONLY
    def testAKilledServerTakesItsChildAlongAndTheNextStartRemovesItsFile(self):
        server, client = self.start()
        client.value("SET", "k", "old")
        client.value("SAVE")
        before = self.dump(server).read_bytes()
        self.startSlowSave(client)
        child = self.childOf(server)
        self.eventually(lambda: self.leftovers(server), "the temporary file")
        server.kill()
        self.eventually(lambda: not self.isAlive(child), "the child's end")
        self.assertEqual(self.leftovers(server), [f"temp-{child}.rdb"])
        (server.dir / "temp-mine.rdb").touch()
        server.start()
        self.assertEqual(self.leftovers(server), ["temp-mine.rdb"])
        self.assertEqual(self.dump(server).read_bytes(), before)
        self.assertEqual(self.connect(server).value("GET", "k"), b"old")

    @OURS_ONLY
    def testAFileThatALivingProcessWritesStays(self):
        server = self.serve(start=False)
        (server.dir / f"temp-{os.getpid()}.rdb").touch()
        server.start()
        self.assertEqual(self.leftovers(server), [f"temp-{os.getpid()}.rdb"])


class ShutdownTest(SnapshotTest):
    def ends(self, server, client, *words):
        client.send("SHUTDOWN", *words)
        with self.assertRaises(ConnectionClosed):
            client.read()
        self.assertEqual(server.waitExit(), 0, server.log())

    def testASnapshotIsWrittenAsAskedFor(self):
        for save, words, written in (("", (), False), (FAR, (), True), (FAR, ("NOSAVE",), False),
                                     ("", ("SAVE",), True), (FAR, ("NOSAVE", "NOW"), False),
                                     ("", ("SAVE", "FORCE", "NOW"), True)):
            with self.subTest(save=save, words=words):
                server, client = self.start(directives={"save": save})
                client.value("SET", "k", "v")
                self.ends(server, client, *words)
                self.assertEqual(self.dump(server).exists(), written)
                if written:
                    server.start()
                    self.assertEqual(self.connect(server).value("GET", "k"), b"v")

    def testSignalsDoAsShutdownDoes(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            for save, how, written in ((FAR, "default", True), ("", "default", False),
                                       (FAR, "nosave", False), ("", "save", True)):
                with self.subTest(number=number, save=save, how=how):
                    server, client = self.start(directives={
                        "save": save, "shutdown-on-sigterm": how, "shutdown-on-sigint": how})
                    client.value("SET", "k", "v")
                    server.signal(number)
                    self.assertEqual(server.waitExit(), 0)
                    self.assertEqual(self.dump(server).exists(), written)

    @OURS_ONLY
    def testAServerThatCannotSaveGoesOn(self):
        server, client = self.start(directives={"save": FAR})
        self.blockSaves(server)
        client.value("SET", "k", "v")
        self.assertError(client.call("SHUTDOWN"), "ERR Errors trying to SHUTDOWN. Check logs.")
        server.waitLog("Error trying to save the DB, can't exit.")
        self.assertEqual(client.value("GET", "k"), b"v")
        server.signal(signal.SIGTERM)
        server.waitLog("Errors trying to shut down the server")
        # This signal is not the second of two that force the end.
        server.signal(signal.SIGTERM)
        self.eventually(lambda: server.log().count("can't exit") == 3, "the third attempt")
        self.assertEqual(client.value("PING"), b"PONG")
        self.ends(server, client, "FORCE")
        self.assertIn("Error trying to save the DB. Exit anyway.", server.log())

    def testARunningSaveIsStopped(self):
        server, client = self.start()
        self.startSlowSave(client)
        self.ends(server, client, "NOSAVE")
        self.assertIn("There is a child saving an .rdb. Killing it!", server.log())
        self.assertEqual(self.leftovers(server), [])

    def testWithTheLogOnBothAreWritten(self):
        server, client = self.start(directives={"save": FAR, "appendonly": "yes"})
        client.value("SET", "k", "v")
        self.ends(server, client)
        self.assertTrue(self.dump(server).exists())
        self.assertIn(b"$1\r\nk\r\n", server.aofPath().read_bytes())

    def testThereIsNoShutdownToAbort(self):
        _, client = self.start()
        self.assertError(client.call("SHUTDOWN", "ABORT"), "ERR No shutdown in progress.")
        self.assertError(client.call("SHUTDOWN", "ABORT", "NOW"), "ERR syntax error")
        self.assertError(client.call("SHUTDOWN", "SAVE", "NOSAVE"), "ERR syntax error")

    @OURS_ONLY
    def testASecondSigtermDoesNotThrowTheFinalSnapshotAway(self):
        for first in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(first=first):
                server, client = self.start(directives={"save": FAR})
                client.value("CONFIG", "SET", "rdb-key-save-delay", "1000")
                client.pipeline([("SET", f"k{i}", i) for i in range(500)])
                server.signal(first)
                server.waitLog("Saving the final RDB snapshot")
                for _ in range(3):
                    server.signal(signal.SIGTERM)
                self.assertEqual(server.waitExit(), 0)
                self.assertNotIn("You insist", server.log())
                server.start()
                self.assertEqual(self.connect(server).value("DBSIZE"), 500)

    @OURS_ONLY
    def testOnlySigintForcesTheEndOfASaveThatTakesTooLong(self):
        server, client = self.start(directives={"save": FAR})
        client.value("CONFIG", "SET", "rdb-key-save-delay", "100000")
        client.pipeline([("SET", f"k{i}", i) for i in range(1000)])
        server.signal(signal.SIGTERM)
        server.waitLog("Saving the final RDB snapshot")
        server.signal(signal.SIGTERM)
        time.sleep(0.3)
        self.assertIsNone(server.process.poll())
        server.signal(signal.SIGINT)
        self.assertEqual(server.waitExit(), 1)
        self.assertIn("You insist... exiting now.", server.log())
        self.assertFalse(self.dump(server).exists())
        server.directives["shutdown-on-sigterm"] = "nosave"
        server.start()
        self.assertEqual(self.leftovers(server), [])


class ReloadTest(SnapshotTest):
    def testReloadBringsTheSameDataSet(self):
        server, client = self.start()
        self.fill(client)
        digest = self.digest(client)
        self.assertOk(client.call("DEBUG", "RELOAD"))
        self.assertEqual(self.digest(client), digest)
        self.assertIn("DB reloaded by DEBUG RELOAD", server.log())

    def testWithoutSavingTheOldSnapshotComesBack(self):
        _, client = self.start()
        client.value("SET", "k", "saved")
        client.value("SAVE")
        client.pipeline([("SET", "k", "later"), ("SET", "other", "v")])
        self.assertOk(client.call("DEBUG", "RELOAD", "NOSAVE"))
        self.assertEqual(client.value("GET", "k"), b"saved")
        self.assertEqual(client.value("DBSIZE"), 1)

    def testMergedIntoWhatIsThereTheSnapshotsKeysWin(self):
        _, client = self.start()
        client.pipeline([("SET", "k", "saved"), ("RPUSH", "l", "a"), ("SAVE",),
                         ("SET", "k", "later"), ("DEL", "l"), ("SET", "l", "a string"),
                         ("SET", "other", "v")])
        self.assertOk(client.call("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH", "MERGE"))
        self.assertEqual(client.value("GET", "k"), b"saved")
        self.assertEqual(client.value("TYPE", "l"), b"list")
        self.assertEqual(client.value("DBSIZE"), 3)

    @OURS_ONLY
    def testASnapshotThatAChildIsWritingDoesNotTakeThePlaceOfALaterOne(self):
        server, client = self.start()
        self.startSlowSave(client, keys=500)
        client.value("CONFIG", "SET", "rdb-key-save-delay", 0)
        client.value("SET", "later", "v")
        self.assertOk(client.call("DEBUG", "RELOAD"))
        self.waitSaved(client)
        self.eventually(lambda: not childrenOf(server.pid), "the end of every child")
        server.restart(crash=True)
        self.assertEqual(self.connect(server).value("GET", "later"), b"v")

    def testAnUnknownOptionIsAnError(self):
        _, client = self.start()
        self.assertError(client.call("DEBUG", "RELOAD", "NOTHING"), "ERR DEBUG RELOAD only supports")

    def testWhatCannotBeSavedIsNotReloaded(self):
        server, client = self.start()
        client.value("SET", "k", "v")
        self.blockSaves(server)
        self.assertError(client.call("DEBUG", "RELOAD"), "ERR")
        self.assertEqual(client.value("GET", "k"), b"v")

    @OURS_ONLY
    def testTheLogKeepsTheDataThroughAReload(self):
        server, client = self.start(directives={"appendonly": "yes"})
        self.fill(client)
        self.assertOk(client.call("DEBUG", "RELOAD"))
        client.value("SET", "after", "v")
        digest = self.digest(client)
        self.assertOk(client.call("DEBUG", "LOADAOF"))
        self.assertEqual(self.digest(client), digest)
        server.restart(crash=True)
        self.assertEqual(self.digest(self.connect(server)), digest)

    @OURS_ONLY
    def testLoadaofReadsALogWithAPreamble(self):
        _, client = self.start(directives={"appendonly": "yes"})
        self.fill(client)
        client.value("BGREWRITEAOF")
        self.eventually(lambda: self.rdb(client, "aof_rewrite_in_progress") == "0", "the rewrite")
        client.value("SET", "after", "v")
        digest = self.digest(client)
        self.assertOk(client.call("DEBUG", "LOADAOF"))
        self.assertEqual(self.digest(client), digest)

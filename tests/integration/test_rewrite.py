"""The log is rewritten by a child while the server goes on."""

import os
import time

from integration.base import OURS_ONLY, SOAKING
from integration.rewrite_base import STARTED, RewriteTest, RunningLoad
from support.aof import readLog
from support.server import childrenOf, stockBinary

SCHEDULED = b"Background append only file rewriting scheduled"
IN_PROGRESS = "ERR Background append only file rewriting already in progress"


@OURS_ONLY
class WholeDataSetTest(RewriteTest):
    def testEveryTypeInSeveralDatabasesWithAndWithoutPreamble(self):
        for preamble in ("no", "yes"):
            with self.subTest(preamble=preamble):
                server, client = self.start(**{"aof-use-rdb-preamble": preamble})
                self.fill(client)
                client.pipeline([("SET", "s2", "again")] * 2000)
                before = server.aofPath().stat().st_size
                digest = self.digest(client)
                self.rewrite(client)
                self.assertLess(server.aofPath().stat().st_size, before)
                self.assertEqual(server.aofPath().read_bytes()[:5] == b"REDIS", preamble == "yes")
                self.assertEqual(self.digest(client), digest)
                client.value("SET", "after", "v")
                digest = self.digest(client)
                self.eventually(lambda: self.leftovers(server) == [], "nothing is left behind")
                server.restart(crash=True)
                client = self.connect(server)
                self.assertEqual(self.digest(client), digest)
                self.assertEqual(client.value("PEXPIRETIME", "s1"), 33177117420000)

    def testTheStockServerLoadsIt(self):
        for preamble in ("no", "yes"):
            with self.subTest(preamble=preamble):
                server, client = self.start(**{"aof-use-rdb-preamble": preamble})
                self.fill(client)
                self.rewrite(client)
                client.value("SET", "after", "v")
                digest = self.digest(client)
                server.stop()
                other = self.serve(binary=stockBinary(), dir=server.dir,
                                   directives={"appendonly": "yes", "enable-debug-command": "yes"})
                self.assertEqual(self.digest(self.connect(other)), digest)

    def testUnderLoadNothingIsLostOrDoubled(self):
        for policy in ("always", "everysec", "no"):
            for preamble in ("no", "yes"):
                with self.subTest(policy=policy, preamble=preamble):
                    server, client = self.start(appendfsync=policy,
                                                **{"aof-use-rdb-preamble": preamble})
                    self.fill(client)
                    load = RunningLoad(server)
                    for _ in range(4 if SOAKING else 2):
                        self.rewrite(client)
                    load.stop()
                    digest = self.digest(client)
                    self.eventually(lambda: self.leftovers(server) == [], "nothing is left behind")
                    server.restart(crash=True)
                    client = self.connect(server)
                    load.check(self, client)
                    self.assertEqual(self.digest(client), digest)

    def testWithTheLogOffTheFileIsTheDataSet(self):
        server, client = self.start(appendonly="no")
        client.value("SET", "k", "v")
        self.rewrite(client)
        self.assertEqual(readLog(server.aofPath()), [(b"SELECT", b"0"), (b"SET", b"k", b"v")])
        client.value("SET", "k", "later")
        self.assertEqual(readLog(server.aofPath())[-1], (b"SET", b"k", b"v"))
        self.assertOk(client.call("DEBUG", "LOADAOF"))
        self.assertEqual(client.value("GET", "k"), b"v")
        self.assertEqual(client.info("persistence")["aof_enabled"], "0")


@OURS_ONLY
class CommandTest(RewriteTest):
    def testASecondOneIsRefusedWhileOneRuns(self):
        server, client = self.start()
        client.pipeline([("SET", f"k{i}", i) for i in range(5)])
        self.slowly(client)
        self.assertEqual(client.value("BGREWRITEAOF"), STARTED)
        self.assertEqual(client.call("BGREWRITEAOF").value.decode(), IN_PROGRESS)
        info = self.info(client)
        self.assertEqual(info["aof_rewrite_in_progress"], "1")
        self.assertGreaterEqual(int(info["aof_current_rewrite_time_sec"]), 0)
        self.assertEqual(int(info["current_save_keys_total"]), 5)
        client.value("CONFIG", "SET", "appendonly", "no")
        self.assertEqual(self.info(client)["aof_rewrite_in_progress"], "0")
        self.eventually(lambda: self.leftovers(server) == [], "the child's files to be gone")
        # Stopping on purpose is no failure.
        self.assertEqual(self.info(client)["aof_last_bgrewrite_status"], "ok")

    def testWhileASaveRunsItIsScheduled(self):
        server, client = self.start()
        client.pipeline([("SET", f"k{i}", i) for i in range(3)])
        client.value("CONFIG", "SET", "rdb-key-save-delay", "200000")
        client.value("BGSAVE")
        self.assertEqual(client.value("BGREWRITEAOF"), SCHEDULED)
        self.assertEqual(self.info(client)["aof_rewrite_scheduled"], "1")
        self.assertEqual(self.info(client)["aof_pending_rewrite"], "1")
        client.value("CONFIG", "SET", "rdb-key-save-delay", "0")
        self.ended(client)
        self.assertIn("Background append only file rewriting started", server.log())

    def testFieldsTellOfTheLastRewrite(self):
        server, client = self.start()
        self.assertEqual(self.info(client)["aof_last_rewrite_time_sec"], "-1")
        self.assertEqual(client.info("stats")["total_forks"], "0")
        client.pipeline([("SET", f"k{i}", i) for i in range(1000)])
        self.rewrite(client)
        info = self.info(client)
        self.assertEqual(info["aof_rewrites"], "1")
        self.assertEqual(info["aof_rewrites_consecutive_failures"], "0")
        self.assertEqual(info["aof_last_rewrite_time_sec"], "0")
        self.assertEqual(info["aof_current_rewrite_time_sec"], "-1")
        self.assertGreater(int(info["aof_last_cow_size"]), 0)
        self.assertEqual(info["aof_rewrite_buffer_length"], "0")
        self.assertEqual(int(info["aof_base_size"]), server.aofPath().stat().st_size)
        self.assertEqual(info["aof_current_size"], info["aof_base_size"])
        stats = client.info("stats")
        self.assertEqual(stats["total_forks"], "1")
        self.assertGreater(int(stats["latest_fork_usec"]), 0)
        client.value("CONFIG", "RESETSTAT")
        self.assertEqual(self.info(client)["aof_rewrites"], "0")
        self.assertEqual(client.info("stats")["total_forks"], "0")


@OURS_ONLY
class ChildTest(RewriteTest):
    def child(self, server):
        return childrenOf(server.pid)[0]

    def startSlowChild(self, **directives):
        server, client = self.start(**directives)
        client.pipeline([("SET", f"k{i}", i) for i in range(5)])
        self.slowly(client)
        client.value("BGREWRITEAOF")
        return server, client, self.child(server)

    def testItHoldsNoSocketAndHasATitleOfItsOwn(self):
        server, client, child = self.startSlowChild()
        def titled():
            with open(f"/proc/{child}/cmdline") as title:
                return title.read().startswith("inkstone-aof-rewrite")
        self.eventually(titled, "the title of the child")
        kinds = [os.readlink(f"/proc/{child}/fd/{fd}") for fd in os.listdir(f"/proc/{child}/fd")
                 if int(fd) > 2]
        self.assertFalse([kind for kind in kinds if "socket" in kind or "anon" in kind], kinds)
        self.assertEqual(len([kind for kind in kinds if kind.startswith("pipe")]), 4, kinds)

    def testItDiesWithTheServer(self):
        server, client, child = self.startSlowChild()
        server.kill()
        self.eventually(lambda: not os.path.exists(f"/proc/{child}"), "the end of the child")
        server.start()
        self.eventually(lambda: self.leftovers(server) == [], "nothing is left behind")
        self.assertEqual(self.connect(server).value("DBSIZE"), 5)

    def testOneThatIsKilledLeavesTheOldLogAndAnError(self):
        server, client, child = self.startSlowChild()
        log = server.aofPath().read_bytes()
        os.kill(child, 9)
        self.ended(client, status="err")
        self.assertEqual(server.aofPath().read_bytes(), log)
        self.eventually(lambda: self.leftovers(server) == [], "nothing is left behind")
        self.assertIn("Background AOF rewrite terminated by signal 9", server.log())
        self.assertEqual(self.info(client)["aof_rewrites_consecutive_failures"], "1")
        client.value("SET", "after", "v")
        client.value("CONFIG", "SET", "rdb-key-save-delay", "0")
        self.rewrite(client)
        self.assertEqual(len(readLog(server.aofPath())), 7)

    def testOneThatIsStoppedOnPurposeIsNoFailure(self):
        server, client, child = self.startSlowChild()
        os.kill(child, 10)
        self.ended(client, status="ok")
        self.eventually(lambda: self.leftovers(server) == [], "nothing is left behind")

    def testShutdownStopsIt(self):
        server, client, child = self.startSlowChild()
        server.stop()
        self.assertFalse(os.path.exists(f"/proc/{child}"))
        self.eventually(lambda: self.leftovers(server) == [], "nothing is left behind")
        self.assertIn("There is a child rewriting the AOF. Killing it!", server.log())

    def testWhatIsWrittenWhileItIsSlowDoesNotPileUpInTheServer(self):
        server, client = self.start()
        client.pipeline([("SET", f"k{i}", i) for i in range(20_000)])
        client.value("CONFIG", "SET", "rdb-key-save-delay", "100")
        client.value("BGREWRITEAOF")
        value = "x" * 100_000
        for _ in range(10):
            # 20 MB a round, which the child takes while it writes its few keys.
            client.pipeline([("SET", "big", value)] * 200)
            time.sleep(0.1)
        info = self.info(client)
        self.assertInTime(info["aof_rewrite_in_progress"] == "1", "the rewrite has ended")
        self.assertLess(int(info["aof_rewrite_buffer_peak"]), 60_000_000)
        client.value("CONFIG", "SET", "rdb-key-save-delay", "0")
        self.ended(client)
        self.assertGreater(server.aofPath().stat().st_size, 200_000_000)
        server.restart(crash=True)
        self.assertEqual(self.connect(server).value("STRLEN", "big"), 100_000)


@OURS_ONLY
class AutomaticTest(RewriteTest):
    def testGrowthStartsItAndTheNewSizeIsTheBase(self):
        server, client = self.start(**{"auto-aof-rewrite-percentage": "100",
                                       "auto-aof-rewrite-min-size": "100kb"})
        for _ in range(20):
            client.pipeline([("SET", "k", "x" * 1000)] * 20)
        server.waitLog("Starting automatic rewriting of AOF on")
        server.waitLog("Background AOF rewrite finished successfully")
        self.assertLess(int(self.info(client)["aof_base_size"]), 100_000)

    def testBelowTheThresholdsNothingHappens(self):
        server, client = self.start(**{"auto-aof-rewrite-percentage": "100",
                                       "auto-aof-rewrite-min-size": "10mb"})
        client.pipeline([("SET", "k", "x" * 1000)] * 1000)
        client.value("CONFIG", "SET", "auto-aof-rewrite-min-size", "1kb",
                     "auto-aof-rewrite-percentage", "0")
        time.sleep(0.3)
        self.assertEqual(self.info(client)["aof_rewrites"], "0")

    def testFailuresAreRetriedWithGrowingWaits(self):
        server, client = self.start()
        client.value("SET", "k", "x" * 100_000)
        (server.dir / f"temp-rewriteaof-bg-{server.pid}.aof").mkdir()
        server.aofPath().rename(server.dir / "moved")
        server.aofPath().mkdir()
        client.value("CONFIG", "SET", "auto-aof-rewrite-min-size", "1kb",
                     "auto-aof-rewrite-percentage", "1", "appendfsync", "no")
        client.pipeline([("SET", "k", "x" * 100_000)] * 3)
        server.waitLog("is made in 1 seconds at the earliest")
        server.waitLog("is made in 2 seconds at the earliest")
        self.assertEqual(self.leftovers(server), [f"temp-rewriteaof-bg-{server.pid}.aof"])
        self.assertEqual(self.info(client)["aof_last_bgrewrite_status"], "err")
        server.aofPath().rmdir()
        (server.dir / "moved").rename(server.aofPath())
        self.eventually(lambda: self.info(client)["aof_last_bgrewrite_status"] == "ok",
                        "a rewrite that succeeds")


@OURS_ONLY
class SwitchingTest(RewriteTest):
    def testOffBeforeItIsOnAndOnAgain(self):
        server, client = self.start(appendonly="no")
        client.pipeline([("SET", f"k{i}", i) for i in range(5)])
        self.slowly(client)
        client.value("CONFIG", "SET", "appendonly", "yes")
        self.assertEqual(self.info(client)["aof_enabled"], "1")
        client.value("CONFIG", "SET", "appendonly", "no")
        self.assertEqual(self.info(client)["aof_enabled"], "0")
        client.value("CONFIG", "SET", "rdb-key-save-delay", "0")
        client.value("CONFIG", "SET", "appendonly", "yes")
        client.value("SET", "meanwhile", "v")
        self.eventually(lambda: server.aofPath().exists(), "the log")
        self.ended(client)
        self.eventually(lambda: self.leftovers(server) == [], "nothing is left behind")
        server.restart(crash=True, appendonly="yes")
        self.assertEqual(self.connect(server).value("GET", "meanwhile"), b"v")

    def testShutdownWaitsForTheFirstLogUnlessForced(self):
        server, client = self.start(appendonly="no")
        client.pipeline([("SET", f"k{i}", i) for i in range(5)])
        self.slowly(client)
        client.value("CONFIG", "SET", "appendonly", "yes")
        self.assertError(client.call("SHUTDOWN"), "ERR Errors trying to SHUTDOWN")
        self.assertIn("Writing initial AOF, can't exit.", server.log())
        self.assertEqual(self.info(client)["aof_rewrite_in_progress"], "1")
        client.send("SHUTDOWN", "FORCE")
        server.waitLog("Writing initial AOF. Exit anyway.")

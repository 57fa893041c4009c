"""The files that a start loads: a dump, an AOF that begins with an RDB image, an AOF of Redis 7 in
several files; and what it says of damage."""

import hashlib
import shutil
import signal
import time

from integration.base import OURS_ONLY, ServerTest
from support.aof import readLog
from support.resp import encode
from support.server import StartError, stockBinary

DEBUG = {"enable-debug-command": "yes"}
ON = {**DEBUG, "appendonly": "yes"}
SLOW = {"key-load-delay": "2000", "loading-process-events-interval-bytes": "1024"}


class LoadingTest(ServerTest):
    def digest(self, client):
        return client.value("DEBUG", "DIGEST")

    def fill(self, client):
        client.pipeline([("SET", f"k{i}", f"value {i}") for i in range(300)])
        client.pipeline([("RPUSH", "l", *range(300)), ("SADD", "s", "a", "b", 3),
                         ("HSET", "h", "f", "v"), ("ZADD", "z", 1.5, "m", 2, "n"),
                         ("SET", "timed", "v", "EX", 100000), ("SELECT", 7),
                         ("SET", "elsewhere", "v"), ("SELECT", 0)])

    def snapshotServer(self, stock=False, keys=None):
        """A stopped server that left a snapshot; it, its data set's digest."""
        binary = stockBinary() if stock else None
        server = self.serve(binary=binary, directives=DEBUG)
        client = self.connect(server)
        if keys is None:
            self.fill(client)
        else:
            client.pipeline([("SET", f"k{i}", i) for i in range(keys)])
        client.value("SAVE")
        digest = self.digest(client)
        server.kill()
        return server, digest

    def on(self, other, start=True, **directives):
        """Our server with the log on, in the directory of another."""
        return self.serve(dir=other.dir, directives={**ON, **directives}, start=start)

    def refuses(self, server, *texts):
        log = self.refusedToStart(server)
        for text in texts:
            self.assertIn(text, log)

    def imported(self, server):
        """The folder of an AOF of Redis 7, under the name that it has since it was imported."""
        return next(server.dir.glob("appendonlydir.imported-*"))

    def contents(self, folder):
        return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


class SnapshotTest(LoadingTest):
    def testWithTheLogOffTheDumpIsLoaded(self):
        server, digest = self.snapshotServer()
        server.start()
        client = self.connect(server)
        self.assertEqual(self.digest(client), digest)
        self.assertEqual(client.info("persistence")["rdb_changes_since_last_save"], "0")

    def testKeysThatHaveExpiredAreLeftOutAndCounted(self):
        server = self.serve(directives=DEBUG)
        client = self.connect(server)
        client.pipeline([("DEBUG", "SET-ACTIVE-EXPIRE", 0), ("SET", "gone", "v", "PX", 1),
                         ("SET", "there", "v")])
        client.value("SAVE")
        server.restart(crash=True)
        client = self.connect(server)
        info = client.info("persistence")
        self.assertEqual(info["rdb_last_load_keys_expired"], "1")
        self.assertEqual(info["rdb_last_load_keys_loaded"], "1")
        self.assertEqual(client.value("DBSIZE"), 1)

    def testTheDumpIsTheOneOfDbfilename(self):
        server, digest = self.snapshotServer()
        (server.dir / "dump.rdb").rename(server.dir / "other.rdb")
        server.start()
        self.assertEqual(self.connect(server).value("DBSIZE"), 0)
        server.restart(crash=True, dbfilename="other.rdb")
        self.assertEqual(self.digest(self.connect(server)), digest)

    def testClientsAreToldLoadingAndProgressShows(self):
        server, _ = self.snapshotServer(keys=3000)
        server.directives.update(SLOW)
        server.start(wait=False)
        client = self.eventually(lambda: self.tryConnect(server), "the port")
        self.assertError(client.call("GET", "k1"), "LOADING Redis is loading the dataset")
        loaded = self.eventually(lambda: int(client.info("persistence")
                                             .get("loading_loaded_bytes", 0)), "progress")
        info = client.info("persistence")
        self.assertEqual(info["loading"], "1")
        self.assertEqual(int(info["loading_total_bytes"]),
                         (server.dir / "dump.rdb").stat().st_size)
        self.assertGreaterEqual(int(info["loading_loaded_bytes"]), loaded)
        self.assertOk(client.call("CONFIG", "SET", "key-load-delay", 0))
        server.waitReady()
        self.assertEqual(client.info("persistence")["loading"], "0")
        self.assertEqual(client.value("DBSIZE"), 3000)

    def tryConnect(self, server):
        try:
            return self.connect(server)
        except OSError:
            return None

    def testSigtermAndShutdownWhileLoadingLeaveEverythingAsItIs(self):
        for end in ("SIGTERM", "SHUTDOWN"):
            with self.subTest(end=end):
                server, _ = self.snapshotServer(keys=3000)
                before = (server.dir / "dump.rdb").read_bytes()
                server.directives.update(SLOW, save="3600 1")
                server.start(wait=False)
                client = self.eventually(lambda server=server: self.tryConnect(server), "the port")
                self.assertError(client.call("GET", "k1"), "LOADING")
                if end == "SIGTERM":
                    server.signal(signal.SIGTERM)
                else:
                    client.send("SHUTDOWN")
                self.assertEqual(server.waitExit(), 0)
                self.assertEqual((server.dir / "dump.rdb").read_bytes(), before)

    @OURS_ONLY
    def testDamageIsRefusedWithItsOffset(self):
        server, _ = self.snapshotServer()
        path = server.dir / "dump.rdb"
        sound = path.read_bytes()
        damages = {
            "flipped": (sound[:200] + bytes([sound[200] ^ 1]) + sound[201:], "at offset"),
            "torn": (sound[:-20], "Unexpected end of file reading the RDB file"),
            "version": (sound[:5] + b"0099" + sound[9:], "Can't handle RDB format version 99"),
            "no dump": (b"something else entirely", "Bad file format reading the RDB file"),
            "empty": (b"", "Unexpected end of file reading the RDB file"),
        }
        for name, (text, message) in damages.items():
            with self.subTest(name=name):
                path.write_bytes(text)
                self.refuses(server, message, str(path))
                self.assertEqual(path.read_bytes(), text)

    def testAWrongChecksumIsLetThroughWithRdbchecksumOff(self):
        server, digest = self.snapshotServer()
        path = server.dir / "dump.rdb"
        path.write_bytes(path.read_bytes()[:-8] + b"\1" * 8)
        with self.assertRaises(StartError):
            server.start()
        server.directives["rdbchecksum"] = "no"
        server.start()
        self.assertEqual(self.digest(self.connect(server)), digest)


@OURS_ONLY
class DumpWithoutLogTest(LoadingTest):
    """Log on, no log, but a dump: never an empty start over it."""

    def testTheDumpBecomesTheBaseOfTheLog(self):
        for preamble in ("yes", "no"):
            for stock in (False, True):
                with self.subTest(preamble=preamble, stock=stock):
                    other, digest = self.snapshotServer(stock)
                    dump = (other.dir / "dump.rdb").read_bytes()
                    server = self.on(other, **{"aof-use-rdb-preamble": preamble})
                    client = self.connect(server)
                    self.assertEqual(self.digest(client), digest)
                    self.assertEqual(server.aofPath().read_bytes()[:5] == b"REDIS",
                                     preamble == "yes")
                    self.assertIn("There is no append only file", server.log())
                    self.assertEqual(int(client.info("persistence")["aof_base_size"]),
                                     server.aofPath().stat().st_size)
                    client.value("SET", "later", "v")
                    digest = self.digest(client)
                    self.assertEqual((server.dir / "dump.rdb").read_bytes(), dump)
                    (server.dir / "dump.rdb").unlink()
                    server.restart(crash=True)
                    self.assertEqual(self.digest(self.connect(server)), digest)
                    self.assertEqual(list(server.dir.glob("temp-*")), [])

    def testALogThatIsThereGoesFirst(self):
        other, _ = self.snapshotServer()
        server = self.on(other, start=False)
        server.aofPath().write_bytes(encode("SET", "only", "this"))
        server.start()
        self.assertEqual(self.connect(server).value("DBSIZE"), 1)

    def testWithoutEitherTheStartIsEmpty(self):
        server = self.serve(directives=ON)
        self.assertEqual(self.connect(server).value("DBSIZE"), 0)
        self.assertEqual(server.aofPath().read_bytes(), b"")

    def testADamagedDumpIsRefusedAndNoLogIsBegun(self):
        other, _ = self.snapshotServer()
        path = other.dir / "dump.rdb"
        path.write_bytes(path.read_bytes()[:-30])
        server = self.on(other, start=False)
        self.refuses(server, "RDB file")
        self.assertFalse(server.aofPath().exists())

    def testWhenTheBaseCannotBeWrittenNobodyIsServed(self):
        other, _ = self.snapshotServer(keys=1000)
        server = self.serve(dir=other.dir, directives={**ON, "logfile": "/dev/stderr"},
                            prefix=("prlimit", "--fsize=5000"), start=False)
        (other.dir / "output.log").unlink()
        self.refusedToStart(server)
        self.assertFalse(server.aofPath().exists())
        self.assertEqual(list(server.dir.glob("temp-*")), [])


@OURS_ONLY
class PreambleTest(LoadingTest):
    def logOf(self, stock):
        """A log that begins with an image and goes on with commands; its digest."""
        server = self.serve(binary=stockBinary() if stock else None, directives=ON)
        client = self.connect(server)
        self.fill(client)
        client.value("BGREWRITEAOF")
        self.eventually(lambda: client.info("persistence")["aof_rewrite_in_progress"] == "0"
                        and client.info("persistence")["aof_rewrite_scheduled"] == "0",
                        "the rewrite")
        client.pipeline([("SET", "behind", "v"), ("RPUSH", "l", "x"), ("SELECT", 7),
                         ("DEL", "elsewhere")])
        digest = self.digest(client)
        server.kill()
        return server, digest

    def testImageAndCommandsBehindItAreLoaded(self):
        server, digest = self.logOf(stock=False)
        self.assertEqual(server.aofPath().read_bytes()[:5], b"REDIS")
        server.start()
        client = self.connect(server)
        self.assertEqual(self.digest(client), digest)
        self.assertEqual(client.value("GET", "behind"), b"v")

    def testATornEndBehindTheImageIsCut(self):
        server, digest = self.logOf(stock=False)
        sound = server.aofPath().read_bytes()
        server.aofPath().write_bytes(sound + encode("SET", "torn", "v")[:-4])
        server.directives["aof-load-truncated"] = "no"
        self.refuses(server, f"begins at offset {len(sound)}")
        server.directives["aof-load-truncated"] = "yes"
        server.start()
        self.assertEqual(self.digest(self.connect(server)), digest)
        self.assertEqual(server.aofPath().read_bytes(), sound)
        self.assertEqual(len(list(server.dir.glob("appendonly.aof.cut-*"))), 1)

    def testADamagedImageIsRefusedWithFileAndOffset(self):
        server, _ = self.logOf(stock=False)
        sound = server.aofPath().read_bytes()
        # The ledger would report the damage first.
        (server.dir / "appendonly.aof.ledger").unlink()
        for damaged in (sound[:300] + bytes([sound[300] ^ 255]) + sound[301:], sound[:100],
                        sound[:9]):
            server.aofPath().write_bytes(damaged)
            self.refuses(server, "the RDB preamble of the append only file",
                         str(server.aofPath()), "at offset")
            self.assertEqual(server.aofPath().read_bytes(), damaged)

    def testAKeyThatExpiredSinceTheImageIsThereForTheCommandsBehindIt(self):
        server = self.serve(directives=ON)
        client = self.connect(server)
        began = time.monotonic()
        client.pipeline([("DEBUG", "SET-ACTIVE-EXPIRE", 0), ("SET", "k", "v", "PX", 1500)])
        client.value("BGREWRITEAOF")
        self.eventually(lambda: client.info("persistence")["aof_rewrite_in_progress"] == "0",
                        "the rewrite")
        client.value("APPEND", "k", "w")
        client.value("PERSIST", "k")
        self.assertTookLess(time.monotonic() - began, 1.5)
        server.kill()
        time.sleep(1.6)
        server.start()
        self.assertEqual(self.connect(server).value("GET", "k"), b"vw")


@OURS_ONLY
class SeveralFilesTest(LoadingTest):
    def stockLog(self, **directives):
        """A log as Redis 7 writes it: a base, an increment, a manifest."""
        server = self.serve(binary=stockBinary(), directives={**ON, **directives})
        client = self.connect(server)
        self.fill(client)
        client.value("BGREWRITEAOF")
        self.eventually(lambda: client.info("persistence")["aof_rewrite_in_progress"] == "0",
                        "the rewrite")
        client.pipeline([("SELECT", 5), ("SET", "behind", "v")])
        digest = self.digest(client)
        server.kill()
        return server, digest

    def testItIsImportedAndRenamedAsItIs(self):
        for preamble in ("yes", "no"):
            with self.subTest(preamble=preamble):
                other, digest = self.stockLog(**{"aof-use-rdb-preamble": preamble})
                folder = other.dir / "appendonlydir"
                before = self.contents(folder)
                server = self.on(other)
                client = self.connect(server)
                self.assertEqual(self.digest(client), digest)
                self.assertIn("Importing the append only file in", server.log())
                self.assertFalse(folder.exists())
                self.assertEqual(self.contents(self.imported(server)), before)
                self.assertIn("A Redis 7 that is started here with appendonly yes would load "
                              f"{server.aofPath()} instead", server.log())
                client.value("SET", "later", "v")
                digest = self.digest(client)
                shutil.rmtree(self.imported(server))
                server.restart(crash=True)
                self.assertEqual(self.digest(self.connect(server)), digest)

    def testItGoesBeforeADump(self):
        other, digest = self.stockLog()
        (other.dir / "dump.rdb").write_bytes(b"not looked at")
        self.assertEqual(self.digest(self.connect(self.on(other))), digest)

    def testATornEndIsLoadedUpToThereAndLeft(self):
        other, digest = self.stockLog()
        last = other.aofPath()
        with open(last, "ab") as log:
            log.write(encode("SET", "torn", "v")[:-3])
        before = last.read_bytes()
        self.refuses(self.on(other, start=False, **{"aof-load-truncated": "no"}), str(last))
        server = self.on(other)
        self.assertEqual(self.digest(self.connect(server)), digest)
        self.assertEqual((self.imported(server) / last.name).read_bytes(), before)

    def testATearInAFileBeforeTheLastIsRefused(self):
        other, _ = self.stockLog(**{"aof-use-rdb-preamble": "no"})
        base = next((other.dir / "appendonlydir").glob("*.base.aof"))
        base.write_bytes(base.read_bytes()[:-3])
        server = self.on(other, start=False)
        self.refuses(server, str(base), "Unexpected end")
        self.assertFalse(server.aofPath().exists())

    def testAFileThatIsMissingIsRefused(self):
        other, _ = self.stockLog()
        missing = other.aofPath()
        missing.unlink()
        self.refuses(self.on(other, start=False), str(missing), "does not exist")

    def testABadManifestIsRefused(self):
        other, _ = self.stockLog()
        manifest = other.dir / "appendonlydir" / "appendonly.aof.manifest"
        for text in ("", "file a seq 1\n", "file ../a seq 1 type b\n", "file a seq 1 type b"):
            manifest.write_text(text)
            self.refuses(self.on(other, start=False), f"Bad manifest {manifest}")

    def testTheNewLogIsTheOneThatCounts(self):
        other, _ = self.stockLog()
        server = self.on(other, **{"aof-use-rdb-preamble": "no"})
        self.assertEqual(readLog(server.aofPath())[0][0], b"SELECT")
        self.connect(server).value("FLUSHALL")
        server.restart(crash=True)
        self.assertEqual(self.connect(server).value("DBSIZE"), 0)
        self.assertEqual(server.log().count("Importing"), 1)


class PlainLogTest(LoadingTest):
    @OURS_ONLY
    def testAKeyLoadDelaySlowsTheLogDownAndClientsAreAnswered(self):
        server = self.serve(directives={**ON, **SLOW}, start=False)
        text = b"".join(encode("SET", f"k{i}", i) for i in range(3000))
        server.aofPath().write_bytes(text)
        server.start(wait=False)

        def client():
            try:
                return self.connect(server)
            except OSError:
                return None

        loading = self.eventually(client, "the port")
        self.assertError(loading.call("GET", "k1"), "LOADING")
        self.assertOk(loading.call("CONFIG", "SET", "key-load-delay", 0))
        server.waitReady()
        self.assertEqual(loading.value("DBSIZE"), 3000)
        self.assertEqual(hashlib.sha256(server.aofPath().read_bytes()).digest(),
                         hashlib.sha256(text).digest())

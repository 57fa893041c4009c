"""A start with several data files: nothing newer is ignored in silence, and both
journeys between Redis and Inkstone bring everything along."""

import os
import shutil
import time

from integration.base import OURS_ONLY, ServerTest
from support.resp import encode
from support.server import stockBinary

ON = {"appendonly": "yes", "enable-debug-command": "yes"}
OFF = {"appendonly": "no", "enable-debug-command": "yes"}
FAR = "3600 1000000"


def old(*paths, seconds=86400):
    """The files are as old as that."""
    for path in paths:
        then = path.stat().st_mtime - seconds
        os.utime(path, (then, then))


@OURS_ONLY
class ChoiceTest(ServerTest):
    def ours(self, dir=None, start=True, **directives):
        return self.serve(dir=dir, directives={**ON, **directives}, start=start)

    def stock(self, dir, **directives):
        return self.serve(binary=stockBinary(), dir=dir, directives={**ON, **directives})

    def set(self, server, *keys):
        self.connect(server).pipeline([("SET", key, key) for key in keys])

    def keys(self, server):
        return sorted(key.value.decode() for key in self.connect(server).value("KEYS", "*"))

    def logged(self, *keys):
        """A folder with a log of ours that was last written an hour ago."""
        server = self.ours()
        self.set(server, *keys)
        server.stop()
        self.age(server, 3600)
        return server

    def age(self, server, seconds):
        # With a ledger, the age of the AOF would be that of the ledger.
        (server.dir / "appendonly.aof.ledger").unlink(missing_ok=True)
        old(server.dir / "appendonly.aof", seconds=seconds)

    def follow(self, log, start):
        """Runs the command that a refusal gives."""
        line = next(line for line in log.splitlines() if start in line)
        command = line.split(start, 1)[1].split(", and start with")[0]
        self.run_("sh", "-ec", command)


class JourneyTest(ChoiceTest):
    def testInkstoneThenRedisThenInkstone(self):
        server = self.ours()
        self.set(server, "before")
        server.stop()
        redis = self.stock(server.dir)
        self.assertEqual(self.keys(redis), ["before"])
        self.set(redis, "week")
        redis.stop()
        again = self.ours(server.dir)
        self.assertEqual(self.keys(again), ["before", "week"])
        self.assertIn("What is loaded instead is younger, so the ledger is dropped", again.log())
        self.set(again, "after")
        again.restart(crash=True)
        self.assertEqual(self.keys(again), ["after", "before", "week"])

    def testRedisThenInkstoneThenRedis(self):
        for save in ("", FAR):
            with self.subTest(save=save):
                redis = self.serve(binary=stockBinary(), directives={**ON, "save": save})
                self.set(redis, "first")
                redis.stop()
                server = self.ours(redis.dir, save=save)
                self.assertEqual(self.keys(server), ["first"])
                self.set(server, "week")
                server.stop()
                back = self.stock(redis.dir, save=save)
                self.assertEqual(self.keys(back), ["first", "week"])
                self.set(back, "after")
                back.stop()
                self.assertEqual(self.keys(self.ours(redis.dir, save=save)),
                                 ["after", "first", "week"])

    def testARedisWithoutALogThatWroteSinceIsNotPassedOver(self):
        server = self.ours()
        self.set(server, "before")
        server.stop()
        redis = self.serve(binary=stockBinary(), dir=server.dir, directives={**OFF, "save": FAR})
        self.set(redis, "week")
        time.sleep(1)
        redis.stop()
        log = self.refusedToStart(server)
        self.assertIn("and holds other data: key 'week' of database 0 is only in the dump", log)
        self.assertRegex(log, r"appendonly\.aof, last written 20.* UTC, \d+ bytes, 2 commands")
        self.assertRegex(log, r"dump\.rdb, written 20.* by version 7\.0\..*, \d+ bytes, 1 keys")
        self.follow(log, "To take the dump: ")
        server.start()
        self.assertEqual(self.keys(server), ["week"])
        self.assertTrue((server.dir / "aside" / "appendonly.aof").exists())


class LogOnTest(ChoiceTest):
    def dump(self, *keys):
        """The bytes of a dump of Redis, written now."""
        redis = self.serve(binary=stockBinary(), directives=OFF)
        self.set(redis, *keys)
        self.connect(redis).value("SAVE")
        redis.kill()
        return (redis.dir / "dump.rdb").read_bytes()

    def testTheLogCanBeTakenAsWell(self):
        server = self.logged("mine")
        (server.dir / "dump.rdb").write_bytes(self.dump("theirs"))
        log = self.refusedToStart(server)
        self.follow(log, "To take the append only file: ")
        server.start()
        self.assertEqual(self.keys(server), ["mine"])

    def testADumpThatIsOlderIsNoHindrance(self):
        text = self.dump("theirs")
        server = self.ours()
        self.set(server, "mine")
        time.sleep(1)
        self.set(server, "mine")
        (server.dir / "dump.rdb").write_bytes(text)
        server.restart()
        self.assertEqual(self.keys(server), ["mine"])

    def testAnEmptyLogTakesTheDumpAsItsBase(self):
        server = self.ours()
        server.stop()
        self.assertEqual(server.aofPath().read_bytes(), b"")
        (server.dir / "dump.rdb").write_bytes(self.dump("theirs"))
        server.start()
        self.assertEqual(self.keys(server), ["theirs"])
        server.restart(crash=True)
        self.assertEqual(self.keys(server), ["theirs"])

    def testSavePointsBesideTheLogAreNoHindrance(self):
        for crash in (False, True):
            with self.subTest(crash=crash):
                server = self.ours(save=FAR)
                client = self.connect(server)
                client.value("SET", "a", "1")
                time.sleep(1.1)
                client.value("SAVE")
                for _ in range(2):
                    server.restart(crash=crash)
                    self.assertEqual(self.keys(server), ["a"])
                (server.dir / "appendonly.aof.ledger").unlink()
                server.kill()
                old(server.aofPath())
                server.start()
                self.assertEqual(self.keys(server), ["a"])

    def testADumpWithoutAMarkThatHoldsTheSameIsNoHindrance(self):
        server = self.logged("mine")
        (server.dir / "dump.rdb").write_bytes(self.dump("mine"))
        server.start()
        self.assertIn("and holds the same 1 keys", server.log())
        (server.dir / "dump.rdb").write_bytes(self.dump("mine")[:-12])
        server.kill()
        self.age(server, 3600)
        self.assertIn("and cannot be compared with it", self.refusedToStart(server))

    def testADumpThatWasWrittenWhileTheLogWasOffIsNotPassedOver(self):
        server = self.logged("mine")
        server.start()
        client = self.connect(server)
        client.value("CONFIG", "SET", "appendonly", "no")
        client.value("SET", "later", "v")
        time.sleep(1.1)
        client.value("SAVE")
        server.kill()
        self.assertIn("by Inkstone with its log off", self.refusedToStart(server))
        server.directives["appendonly"] = "no"
        server.start()
        self.assertEqual(self.keys(server), ["later", "mine"])
        client = self.connect(server)
        client.value("CONFIG", "SET", "appendonly", "yes")
        self.eventually(lambda: client.info("persistence")["aof_rewrite_in_progress"] == "0"
                        and client.info("persistence")["aof_enabled"] == "1", "the log")
        server.restart(crash=True, appendonly="yes")
        self.assertEqual(self.keys(server), ["later", "mine"])

    def testADumpOfAnotherInkstoneIsNotPassedOver(self):
        other = self.ours()
        self.set(other, "theirs", "theirs too")
        server = self.logged("mine", "mine too")
        self.connect(other).value("SAVE")
        shutil.copy(other.dir / "dump.rdb", server.dir)
        self.assertIn("by Inkstone beside another log", self.refusedToStart(server))

    def testFilesWhoseManifestIsGoneAreNamed(self):
        redis = self.serve(binary=stockBinary(), directives=ON)
        self.set(redis, "theirs")
        redis.kill()
        folder = redis.dir / "appendonlydir"
        (folder / "appendonly.aof.manifest").rename(folder / "kept")
        server = self.ours(redis.dir, start=False)
        log = self.refusedToStart(server)
        self.assertIn(f"{folder} has no manifest appendonly.aof.manifest", log)
        self.assertRegex(log, r"append only files of Redis 7 in .*, 0 keys and 2 commands")
        self.assertFalse(server.aofPath().exists())
        self.follow(log, "To start without data: ")
        server.start()
        self.assertEqual(self.keys(server), [])

    def testALogIsNotLoadedOverAYoungerFolder(self):
        redis = self.serve(binary=stockBinary(), directives=ON)
        self.set(redis, "theirs")
        redis.kill()
        server = self.logged("mine")
        shutil.copytree(redis.dir / "appendonlydir", server.dir / "appendonlydir")
        log = self.refusedToStart(server)
        self.follow(log, "To take the append only files of Redis 7: ")
        server.start()
        self.assertEqual(self.keys(server), ["theirs"])

    def testAnOlderFolderIsSaid(self):
        redis = self.serve(binary=stockBinary(), directives=ON)
        self.set(redis, "theirs")
        redis.kill()
        server = self.ours()
        self.set(server, "mine")
        server.stop()
        shutil.copytree(redis.dir / "appendonlydir", server.dir / "appendonlydir")
        server.start()
        self.assertEqual(self.keys(server), ["mine"])
        self.assertIn("A Redis 7 that is started here with appendonly yes would load them",
                      server.log())

    def testADumpThatIsYoungerThanTheLogOfRedisMustHoldTheSame(self):
        redis = self.serve(binary=stockBinary(), directives={**ON, "save": FAR})
        client = self.connect(redis)
        client.pipeline([("SET", "a", "1"), ("RPUSH", "l", "x", "y"), ("SET", "t", "v", "EX", 999),
                         ("SET", "gone", "v", "PX", 1)])
        time.sleep(1.1)
        redis.stop()
        folder = redis.dir / "appendonlydir"
        # Idle until it was stopped, and a Redis whose log was off for a while.
        same = self.ours(shutil.copytree(redis.dir, redis.dir / "same"), start=False)
        same.start()
        self.assertEqual(self.keys(same), ["a", "l", "t"])
        self.assertIn("and holds the same 3 keys", same.log())
        later = self.serve(binary=stockBinary(), dir=redis.dir, directives={**OFF, "save": FAR})
        self.connect(later).value("SET", "a", "2")
        later.stop()
        server = self.ours(redis.dir, start=False)
        log = self.refusedToStart(server)
        self.assertIn("holds other data: key 'a' of database 0 has another value", log)
        self.assertFalse(server.aofPath().exists())
        self.assertTrue(folder.exists())
        self.follow(log, "To take the dump: ")
        server.start()
        self.assertEqual(self.connect(server).value("GET", "a"), b"2")


class LogOffTest(ChoiceTest):
    def testALogThatIsYoungerThanTheDumpIsNotPassedOver(self):
        for dump in (True, False):
            with self.subTest(dump=dump):
                server = self.ours()
                if dump:
                    self.connect(server).value("SAVE")
                    time.sleep(1.1)
                self.set(server, "mine")
                server.stop()
                server.directives["appendonly"] = "no"
                log = self.refusedToStart(server)
                self.assertIn("appendonly is no, so " + ("the dump" if dump else "nothing"), log)
                server.restart(appendonly="yes")
                self.assertEqual(self.keys(server), ["mine"])

    def testADumpThatHoldsAllOfTheLogIsLoaded(self):
        server = self.ours(save=FAR)
        self.set(server, "mine")
        server.stop()
        server.restart(appendonly="no")
        self.assertEqual(self.keys(server), ["mine"])

    def testTheMarkOfABackgroundSaveIsOfTheFork(self):
        server = self.ours()
        client = self.connect(server)
        client.value("SET", "before", "v")
        size = server.aofPath().stat().st_size
        client.pipeline([("BGSAVE",), ("SET", "after", "v")])
        self.eventually(lambda: client.info("persistence")["rdb_bgsave_in_progress"] == "0",
                        "the dump")
        dump = (server.dir / "dump.rdb").read_bytes()
        mark = dump.split(b"inkstone-log", 1)[1][:60].lstrip(b"@ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        self.assertIn(b"%d " % size, mark)
        server.kill()
        server.directives["appendonly"] = "no"
        self.assertIn("appendonly is no, so the dump", self.refusedToStart(server))

    def testALogThatWasSwitchedOffAndSavedIsNoHindrance(self):
        server = self.ours(save=FAR)
        self.set(server, "mine")
        self.connect(server).value("CONFIG", "SET", "appendonly", "no")
        self.set(server, "later")
        # Times of files go by the ticks of the kernel's clock, those of the ledger do not.
        time.sleep(0.02)
        server.restart(appendonly="no")
        self.assertEqual(self.keys(server), ["later", "mine"])

    def testALogOfRedisThatIsYoungerIsNotPassedOver(self):
        redis = self.serve(binary=stockBinary(), directives=ON)
        self.set(redis, "theirs")
        redis.kill()
        server = self.serve(dir=redis.dir, directives=OFF, start=False)
        self.assertIn("append only files of Redis 7", self.refusedToStart(server))

    def testAnOldLogLiesAround(self):
        server = self.serve(directives={**OFF, "save": FAR})
        self.set(server, "mine")
        server.stop()
        server.aofPath().write_bytes(encode("SET", "old", "v"))
        old(server.aofPath())
        server.start()
        self.assertEqual(self.keys(server), ["mine"])

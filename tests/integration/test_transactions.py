"""Transactions against the real server: their text in the log, and who sees what when."""

import time

from integration.base import OURS_ONLY, ServerTest
from integration.test_group_commit import SlowSyncTest
from support.resp import encode

BLOCK = [("SET", "a", "1"), ("RPUSH", "b", "x", "y"), ("SET", "c", "z" * 50)]


def transaction(commands):
    return encode("MULTI") + b"".join(encode(*words) for words in commands) + encode("EXEC")


@OURS_ONLY
class LogTest(ServerTest):
    DIRECTIVES = {"appendonly": "yes", "appendfsync": "always", "aof-use-rdb-preamble": "no"}

    def commit(self, client, commands):
        client.sendRaw(transaction(commands))
        replies = [client.read() for _ in range(len(commands) + 2)]
        self.assertEqual(replies[-1].kind, "array")
        return replies[-1]

    def testATransactionIsOneBlockInTheLog(self):
        server = self.serve(directives=self.DIRECTIVES)
        self.commit(self.connect(server), BLOCK)
        text = b"".join(encode(*words) for words in [("SELECT", "0"), ("MULTI",), *BLOCK, ("EXEC",)])
        self.assertEqual(server.aofPath().read_bytes(), text)

    def testWhatWroteNothingIsNotLogged(self):
        server = self.serve(directives=self.DIRECTIVES)
        self.commit(self.connect(server), [("GET", "a"), ("DEL", "none"), ("LLEN", "b")])
        self.assertEqual(server.aofPath().read_bytes(), b"")

    def testATornBlockIsGoneAsAWhole(self):
        server = self.serve(directives=self.DIRECTIVES)
        client = self.connect(server)
        self.assertOk(client.call("SET", "before", "v"))
        start = server.aofPath().stat().st_size
        self.commit(client, BLOCK)
        whole = server.aofPath().read_bytes()
        server.kill()
        for end in range(start, len(whole), 7):
            with self.subTest(end=end):
                server.aofPath().write_bytes(whole[:end])
                server.start()
                again = self.connect(server)
                self.assertEqual(again.value("EXISTS", "before"), 1)
                self.assertEqual(again.value("EXISTS", "a", "b", "c"), 0)
                server.kill()
        server.aofPath().write_bytes(whole)
        server.start()
        self.assertEqual(self.connect(server).value("EXISTS", "a", "b", "c"), 3)

    def testARewriteAskedForWithinABlockFollowsIt(self):
        server = self.serve(directives=self.DIRECTIVES)
        client = self.connect(server)
        self.assertOk(client.call("SET", "n", "0"))
        reply = self.commit(client, [("INCR", "n"), ("BGREWRITEAOF",), ("INCR", "n")])
        self.assertIn(b"scheduled", reply.value[1].value)
        self.eventually(lambda: client.info("persistence")["aof_rewrites"] == "1" and
                        client.info("persistence")["aof_rewrite_in_progress"] == "0", "the rewrite")
        server.restart(crash=True)
        self.assertEqual(self.connect(server).value("GET", "n"), b"2")

    def testTheLogMayBeSwitchedOffAndOnWithinABlock(self):
        server = self.serve(directives=self.DIRECTIVES)
        client = self.connect(server)
        self.commit(client, [("INCR", "n"), ("CONFIG", "SET", "appendonly", "no"), ("INCR", "n"),
                             ("CONFIG", "SET", "appendonly", "yes"), ("INCR", "n")])
        self.eventually(lambda: client.info("persistence")["aof_rewrites"] == "1" and
                        client.info("persistence")["aof_rewrite_in_progress"] == "0", "the rewrite")
        self.assertEqual(client.value("INCR", "n"), 4)
        server.restart(crash=True)
        self.assertEqual(self.connect(server).value("GET", "n"), b"4")


class ConnectionTest(ServerTest):
    def testWhatIsQueuedEndsWithTheConnection(self):
        server = self.serve()
        client = self.connect(server)
        client.sendRaw(encode("WATCH", "w") + encode("MULTI") + encode("SET", "k", "v"))
        for _ in range(3):
            client.read()
        client.close()
        other = self.connect(server)
        self.assertOk(other.call("SET", "w", "v"))
        self.assertEqual(other.value("EXISTS", "k"), 0)

    def testManyWatchedKeys(self):
        """10,000 keys watched by each of ten clients make the writes of others no slower."""
        server = self.serve()
        watchers = [self.connect(server) for _ in range(10)]
        for watcher in watchers:
            self.assertOk(watcher.call("WATCH", *(f"key:{n}" for n in range(10_000))))
        writer = self.connect(server)
        writes = b"".join(encode("SET", f"other:{n}", "v") for n in range(20_000))

        def write():
            before = float(writer.info("cpu")["used_cpu_user_main_thread"])
            writer.sendRaw(writes)
            for _ in range(20_000):
                writer.read()
            return float(writer.info("cpu")["used_cpu_user_main_thread"]) - before

        watched = write()
        for watcher in watchers:
            self.assertOk(watcher.call("UNWATCH"))
        # A look through what is watched would take a second and more.
        self.assertTookLess(watched, write() * 5 + 0.1)


@OURS_ONLY
class HeldRepliesTest(SlowSyncTest):
    """Under always, what a transaction tells leaves when its last word is on the disk."""

    SYNC_S = 0.25

    def setUp(self):
        self.server = self.serveSlow("always", int(self.SYNC_S * 1000))
        self.writer = self.connect(self.server)
        self.other = self.connect(self.server)

    def testTheReplyOfExecWaits(self):
        began = time.monotonic()
        self.writer.sendRaw(transaction([("GET", "k"), ("SET", "k", "v")]))
        self.assertEqual([self.writer.read().kind for _ in range(4)], ["simple", "simple", "simple", "array"])
        self.assertWaitsForASync(began)

    def testOthersWaitForTheKeysOfTheTransaction(self):
        began = time.monotonic()
        self.writer.sendRaw(transaction([("SET", "k", "v"), ("SET", "j", "v")]))
        self.eventually(lambda: self.other.info("persistence")["aof_undurable_bytes"] != "0", "the write")
        self.other.call("GET", "k")
        self.assertWaitsForASync(began)

    def testThatAWatchedKeyWasChangedIsToldWhenTheChangeIsDurable(self):
        self.assertOk(self.other.call("WATCH", "k"))
        self.assertOk(self.other.call("MULTI"))
        began = time.monotonic()
        self.writer.send("SET", "k", "v")
        control = self.connect(self.server)
        self.eventually(lambda: control.info("persistence")["aof_undurable_bytes"] != "0", "the write")
        self.assertEqual(self.other.call("EXEC").kind, "nullarray")
        self.assertWaitsForASync(began)

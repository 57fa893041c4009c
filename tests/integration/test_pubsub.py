"""Messages and keyspace notifications against the real server."""

import time

from integration.base import OURS_ONLY, ServerTest
from integration.test_group_commit import SlowSyncTest
from support.resp import ConnectionClosed, encode


def words(reply):
    return [item.value for item in reply.value]


class PubSubTest(ServerTest):
    def testMessagesComeInTheOrderTheyWereSent(self):
        server = self.serve()
        for protocol, kind in ((2, "array"), (3, "push")):
            listener = self.connect(server, protocol=protocol)
            listener.call("SUBSCRIBE", "c")
            sender = self.connect(server)
            sender.sendRaw(b"".join(encode("PUBLISH", "c", n) for n in range(1000)))
            got = [listener.read() for _ in range(1000)]
            self.assertEqual([reply.kind for reply in got], [kind] * 1000)
            self.assertEqual([words(reply)[2] for reply in got], [b"%d" % n for n in range(1000)])
            self.assertEqual([sender.read().value for _ in range(1000)], [1] * 1000)
            listener.close()
            self.eventually(lambda: sender.value("PUBLISH", "c", "x") == 0, "the end of the listener")

    def testInfoCountsWhatIsListenedTo(self):
        server = self.serve()
        client = self.connect(server)
        for words_ in (("SUBSCRIBE", "a", "b"), ("PSUBSCRIBE", "p*"), ("SSUBSCRIBE", "s")):
            client.send(*words_)
        for _ in range(4):
            client.read()
        stats = self.connect(server).info("stats")
        self.assertEqual([stats[name] for name in ("pubsub_channels", "pubsub_patterns",
                                                   "pubsubshard_channels")], ["2", "1", "1"])

    def testASubscriberThatDoesNotReadIsClosed(self):
        server = self.serve(directives={"client-output-buffer-limit": ("pubsub", "1mb", "0", "0")})
        listener = self.connect(server)
        listener.call("SUBSCRIBE", "c")
        sender = self.connect(server)
        message = "x" * 100_000
        for _ in range(200):
            if sender.value("PUBLISH", "c", message) == 0:
                break
        else:
            self.fail("the subscriber was never closed")
        self.assertEqual(sender.info("stats")["client_output_buffer_limit_disconnections"], "1")
        with self.assertRaises(ConnectionClosed):
            for _ in range(200):
                listener.read()
        # The class of ordinary clients has no limit.
        big = self.connect(server)
        sender.call("SET", "big", message)
        big.sendRaw(encode("GET", "big") * 100)
        time.sleep(0.2)
        for _ in range(100):
            self.assertEqual(len(big.read().value), len(message))


class ManyListenersTest(ServerTest):
    """Messages to so many that a turn of the loop does not send them all."""

    LISTENERS = 800

    def setUp(self):
        self.server = self.serve()
        self.listeners = [self.connect(self.server) for _ in range(self.LISTENERS)]
        for listener in self.listeners:
            listener.call("SUBSCRIBE", "c")
        self.sender = self.connect(self.server)

    def assertAllGot(self, messages):
        for listener in self.listeners:
            self.assertEqual([words(listener.read())[2] for _ in messages], messages)

    def testEachGetsAllInOrder(self):
        messages = [b"%d" % number for number in range(40)]
        for message in messages[:20]:
            self.assertEqual(self.sender.value("PUBLISH", "c", message), self.LISTENERS)
        self.sender.sendRaw(b"".join(encode("PUBLISH", "c", message) for message in messages[20:]))
        self.assertAllGot(messages)

    def testSomeHangUpMeanwhile(self):
        for number in range(20):
            self.assertEqual(self.sender.value("PUBLISH", "c", b"%d" % number), self.LISTENERS)
        for listener in self.listeners[::2]:
            listener.close()
        self.listeners = self.listeners[1::2]
        self.assertAllGot([b"%d" % number for number in range(20)])
        self.eventually(lambda: self.sender.value("PUBLISH", "c", b"last") == len(self.listeners), "they are gone")
        self.assertEqual({words(listener.read())[1] for listener in self.listeners}, {b"c"})

    def testWhatWasPublishedLeavesBeforeTheServerEnds(self):
        self.sender.sendRaw(encode("PUBLISH", "c", "last words") + encode("SHUTDOWN", "NOSAVE"))
        self.assertAllGot([b"last words"])


@OURS_ONLY
class HeldMessagesTest(SlowSyncTest):
    """Pushes that a write causes leave when the write is on the disk."""

    SYNC_S = 0.25

    def setUp(self):
        self.server = self.serveSlow("always", int(self.SYNC_S * 1000))
        self.writer = self.connect(self.server)
        self.listener = self.connect(self.server)

    def testAMessageOfATransactionThatWroteWaits(self):
        self.listener.call("SUBSCRIBE", "c")
        began = time.monotonic()
        self.writer.sendRaw(encode("MULTI") + encode("PUBLISH", "c", "m") + encode("SET", "k", "v") +
                            encode("EXEC"))
        self.listener.read()
        self.assertWaitsForASync(began)
        self.assertIn(b"EXEC", self.server.aofPath().read_bytes())

    def testAMessageBehindAWriteOfItsSenderWaits(self):
        self.listener.call("SUBSCRIBE", "c")
        began = time.monotonic()
        self.writer.sendRaw(encode("SET", "k", "v") + encode("PUBLISH", "c", "m"))
        self.listener.read()
        self.assertWaitsForASync(began)

    def testAMessageThatNoWriteStandsBehindLeavesAtOnce(self):
        self.listener.call("SUBSCRIBE", "c")
        self.writer.send("SET", "k", "v")
        control = self.connect(self.server)
        self.eventually(lambda: control.info("persistence")["aof_undurable_bytes"] != "0", "the write")
        self.assertTookLess(self.took(lambda: control.call("PUBLISH", "c", "m") and self.listener.read()),
                        self.SYNC_S * 0.5)

    def testANotificationWaitsForTheWriteItTellsOf(self):
        self.writer.call("CONFIG", "SET", "notify-keyspace-events", "KEA")
        self.listener.call("PSUBSCRIBE", "__keyevent*")
        began = time.monotonic()
        self.writer.send("SET", "k", "v")
        self.listener.read()
        self.assertWaitsForASync(began)
        self.assertIn(b"SET", self.server.aofPath().read_bytes())

    def testAnExpiredEventWaitsForTheDeletionInTheLog(self):
        self.writer.call("CONFIG", "SET", "notify-keyspace-events", "Ex")
        self.listener.call("PSUBSCRIBE", "*")
        self.writer.call("SET", "k", "v", "PX", "50")
        self.assertEqual(words(self.listener.read())[3], b"k")
        self.assertIn(encode("DEL", "k"), self.server.aofPath().read_bytes())


class NotificationsTest(ServerTest):
    def testExpiredComesOnTime(self):
        server = self.serve(directives={"notify-keyspace-events": "Ex"})
        listener, client = self.connect(server), self.connect(server)
        listener.call("PSUBSCRIBE", "*")
        late = 0.0
        for number in range(20):
            self.assertOk(client.call("SET", f"k{number}", "v", "PX", "30"))
            started = time.monotonic()
            self.assertEqual(words(listener.read()),
                             [b"pmessage", b"*", b"__keyevent@0__:expired", b"k%d" % number])
            late = max(late, time.monotonic() - started - 0.03)
        self.assertTookLess(late, 0.12)

    def testNewAndMissed(self):
        server = self.serve(directives={"notify-keyspace-events": "Enm"})
        listener, client = self.connect(server), self.connect(server)
        listener.call("PSUBSCRIBE", "*")
        client.sendRaw(b"".join(encode(*each) for each in (
            ("SET", "a", "1"), ("SET", "a", "2"), ("GET", "none"), ("RPUSH", "b", "x"), ("RENAME", "b", "c"),
            ("COPY", "c", "d"), ("SUNIONSTORE", "e", "f"), ("HSET", "g", "f", "v"), ("SELECT", "1"),
            ("INCR", "n"), ("PUBLISH", "end", ""))))
        got = []
        while not got or got[-1][0] != b"end":
            got.append(words(listener.read())[2:])
        self.assertEqual([b" ".join(pair) for pair in got[:-1]], [
            b"__keyevent@0__:new a", b"__keyevent@0__:keymiss none", b"__keyevent@0__:new b",
            b"__keyevent@0__:new c", b"__keyevent@0__:new d", b"__keyevent@0__:keymiss f",
            b"__keyevent@0__:new g", b"__keyevent@1__:new n"])

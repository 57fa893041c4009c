"""Client side caching against the real server: what is told when, to whom, and what it may cost."""

import time

from integration.base import ServerTest
from integration.test_group_commit import SlowSyncTest
from support.resp import encode, render


def invalidation(key):
    return f"push[bulk(b'invalidate'), array[bulk({key!r})]]"


def connectTracking(test, server, *options):
    client = test.connect(server, protocol=3)
    test.assertOk(client.call("CLIENT", "TRACKING", "ON", *options))
    return client


class HeldInvalidationsTest(SlowSyncTest):
    """Under always nobody is told of a change before it is on the disk."""

    SYNC_S = 0.25

    def setUp(self):
        self.server = self.serveSlow("always", int(self.SYNC_S * 1000))
        self.writer = self.connect(self.server)

    def waitsForTheDisk(self, reader):
        self.assertGreater(self.took(lambda: (self.writer.send("SET", "k", "v"), reader.read())), self.SYNC_S * 0.9)
        self.assertIn(encode("SET", "k", "v"), self.server.aofPath().read_bytes())

    def testAnInvalidationWaitsForTheWriteItTellsOf(self):
        reader = connectTracking(self, self.server)
        reader.call("GET", "k")
        self.waitsForTheDisk(reader)

    def testABroadcastWaitsForTheWriteItTellsOf(self):
        self.waitsForTheDisk(connectTracking(self, self.server, "BCAST"))


class TrackingTest(ServerTest):
    def setUp(self):
        self.server = self.serve()
        self.control = self.connect(self.server)

    def counts(self):
        stats = self.control.info("stats")
        return (int(self.control.info("clients")["tracking_clients"]),
                *(int(stats[f"tracking_total_{what}"]) for what in ("keys", "items", "prefixes")))

    def testInfoCountsClientsKeysAndPrefixes(self):
        first, second = (connectTracking(self, self.server) for _ in range(2))
        third = connectTracking(self, self.server, "BCAST", "PREFIX", "a", "PREFIX", "b")
        first.call("MGET", "a", "b")
        second.call("GET", "a")
        self.assertEqual(self.counts(), (3, 2, 3, 2))
        self.control.value("SET", "a", "1")
        self.assertEqual(self.counts(), (3, 1, 1, 2))
        third.close()
        self.eventually(lambda: self.counts() == (2, 1, 1, 0), "the prefixes are gone")
        first.call("CLIENT", "TRACKING", "OFF")
        second.close()
        self.eventually(lambda: self.counts() == (0, 0, 0, 0), "nothing is tracked")

    def testTheTableForgetsKeysAboveItsLimitAndSaysSo(self):
        self.control.value("CONFIG", "SET", "tracking-table-max-keys", "10")
        reader = connectTracking(self, self.server)
        reader.sendRaw(b"".join(encode("GET", f"k{number}") for number in range(50)))
        told = [render(reply) for reply in (reader.read() for _ in range(90)) if reply.kind == "push"]
        self.assertEqual(len(set(told)), 40)
        self.assertLessEqual(set(told), {invalidation(b"k%d" % number) for number in range(50)})
        self.assertEqual(self.counts()[1:3], (10, 10))

    def testClientListTellsHowATrackingClientIsToldOfChanges(self):
        told = self.connect(self.server)
        told_id = told.value("CLIENT", "ID")
        tracking = connectTracking(self, self.server, "REDIRECT", told_id)
        line = tracking.value("CLIENT", "INFO")
        self.assertRegex(line, rb" flags=tU .* redir=%d " % told_id)
        tracking.call("GET", "k")
        told.close()
        self.eventually(lambda: b"id=%d " % told_id not in self.control.value("CLIENT", "LIST"),
                        "the other connection is gone")
        self.control.value("SET", "k", "v")
        self.assertEqual(render(tracking.read()),
                         f"push[bulk(b'tracking-redir-broken'), int({told_id})]")
        self.assertRegex(tracking.value("CLIENT", "INFO"), rb" flags=tRU ")
        self.assertIn("broken_redirect", render(tracking.call("CLIENT", "TRACKINGINFO")))

    def testAKeyThatExpiresIsToldOfWithoutAnybodyAsking(self):
        reader = connectTracking(self, self.server)
        self.control.value("SET", "k", "v", "PX", "30")
        reader.call("GET", "k")
        self.assertEqual(render(reader.read()), invalidation(b"k"))

    def testRepliesThatAreSwitchedOffKeepNoInvalidationBack(self):
        reader = connectTracking(self, self.server)
        reader.call("GET", "k")
        reader.send("CLIENT", "REPLY", "OFF")
        self.eventually(lambda: b"cmd=client|reply" in self.control.value("CLIENT", "LIST"), "off")
        self.control.value("SET", "k", "v")
        self.assertEqual(render(reader.read()), invalidation(b"k"))

    def testManyClientsThatKeepOneKeyAreAllTold(self):
        readers = [connectTracking(self, self.server) for _ in range(200)]
        for reader in readers:
            reader.call("GET", "k")
        self.control.value("SET", "k", "v")
        for reader in readers:
            self.assertEqual(render(reader.read()), invalidation(b"k"))
        self.assertEqual(self.counts()[1:3], (0, 0))

    def testFortyThousandPrefixesKeepNobodyWaiting(self):
        count = 40_000
        prefixes = [f"app:{number:05}:" for number in range(count)]
        # The prefixes come in an order that is neither sorted nor reversed.
        prefixes.sort(key=lambda prefix: prefix[::-1])
        options = [word for prefix in prefixes for word in ("PREFIX", prefix)]
        reader = self.connect(self.server, protocol=3)
        started = time.monotonic()
        for half in (options[:count], options[count:]):
            reader.send("CLIENT", "TRACKING", "ON", "BCAST", *half)
            self.assertEqual(self.control.value("PING"), b"PONG")
            self.assertOk(reader.read())
        self.assertError(reader.call("CLIENT", "TRACKING", "ON", "BCAST", *options[:count]),
                         f"ERR Prefix '{prefixes[0]}' overlaps with an existing prefix "
                         f"'{prefixes[0]}'.")
        # One more each: not all are sorted again for it.
        for reply in reader.pipeline([("CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", f"more:{n}:")
                                      for n in range(2000)]):
            self.assertOk(reply)
        self.assertEqual(self.counts()[3], count + 2000)
        # A write does not look at each of them.
        replies = self.control.pipeline([("SET", f"app:{number:05}:key", 1)
                                         for number in range(0, count, 10)])
        self.assertEqual(len(replies), count // 10)
        told = [reader.read() for _ in range(count // 10)]
        self.assertEqual(len({str(push) for push in told}), count // 10)
        # Comparing all with all takes ten times as long, however quick the machine.
        self.assertTookLess(time.monotonic() - started, 5.0)

"""Caches that redis-cli, redis-py and ioredis keep with CLIENT TRACKING, on a real server."""

import threading

from integration.test_ioredis import SCRIPTS, ScenariosTest, setUpModule as findIoredis
from integration.test_redis_cli import CliTest
from integration.test_redis_py import ListenerTest

CHANNEL = "__redis__:invalidate"


class RedisPyTrackingTest(ListenerTest):
    """redis-py speaks RESP2 here: invalidations go to another connection, a subscriber."""

    def setUp(self):
        super().setUp()
        self.listener = self.pubsub(ignore_subscribe_messages=True)
        self.listener.execute_command("CLIENT", "ID")
        self.listener_id = self.listener.parse_response()
        self.listener.subscribe(CHANNEL)
        self.eventually(lambda: self.redis.pubsub_numsub(CHANNEL) == [(CHANNEL, 1)], "the listener")
        # The settings belong to a connection, so it must keep its own.
        self.cached = self.another(single_connection_client=True)

    def track(self, *words):
        self.assertEqual(
            self.cached.execute_command("CLIENT", "TRACKING", "ON", "REDIRECT", self.listener_id, *words),
            "OK")

    def invalidated(self):
        """The keys of the next message; None: all keys."""
        kind, _, channel, keys = self.next(self.listener)
        self.assertEqual((kind, channel), ("message", CHANNEL))
        return keys

    def testKeysThatWereReadAreInvalidatedOnce(self):
        self.redis.mset({"a": 1, "b": 2, "unread": 3, "last": 4})
        self.track()
        self.assertEqual(self.cached.mget("a", "b"), ["1", "2"])
        self.redis.set("unread", "x")
        self.redis.set("a", "x")
        self.redis.set("a", "y")
        self.redis.delete("b")
        self.cached.get("last")
        self.redis.incr("last")
        self.assertEqual([self.invalidated() for _ in range(3)], [["a"], ["b"], ["last"]])

    def testAFlushInvalidatesAll(self):
        self.redis.set("k", "v")
        self.track()
        self.cached.get("k")
        self.redis.flushdb()
        self.assertIsNone(self.invalidated())

    def testAKeyThatExpiresIsInvalidated(self):
        self.redis.set("k", "v", px=50)
        self.track()
        self.assertEqual(self.cached.get("k"), "v")
        self.assertEqual(self.invalidated(), ["k"])

    def testWritesOfATransactionInvalidate(self):
        self.track()
        self.cached.mget("a", "b")
        with self.redis.pipeline() as pipe:
            pipe.set("a", 1).set("b", 2).execute()
        keys = []
        while len(keys) < 2:
            keys += self.invalidated()
        self.assertEqual(sorted(keys), ["a", "b"])

    def testOnesOwnWritesCountUnlessNoloop(self):
        self.track("NOLOOP")
        self.cached.mget("own", "other")
        self.cached.set("own", 1)
        self.redis.set("other", 1)
        self.assertEqual(self.invalidated(), ["other"])
        self.cached.execute_command("CLIENT", "TRACKING", "OFF")
        self.track()
        self.cached.get("own")
        self.cached.set("own", 2)
        self.assertEqual(self.invalidated(), ["own"])

    def testPrefixesAreBroadcast(self):
        self.track("BCAST", "PREFIX", "user:")
        for key in ("other", "user:1", "user:2"):
            self.redis.set(key, "v")
        self.assertEqual([self.invalidated(), self.invalidated()], [["user:1"], ["user:2"]])

    def testOptinTracksWhatIsAskedFor(self):
        self.track("OPTIN")
        self.cached.get("plain")
        self.cached.execute_command("CLIENT", "CACHING", "YES")
        self.cached.get("cached")
        self.cached.get("plain")
        self.redis.set("plain", 1)
        self.redis.set("cached", 1)
        self.assertEqual(self.invalidated(), ["cached"])

    def testOptoutTracksWhatIsNotExcluded(self):
        self.track("OPTOUT")
        self.cached.execute_command("CLIENT", "CACHING", "NO")
        self.cached.get("plain")
        self.cached.get("cached")
        self.redis.set("plain", 1)
        self.redis.set("cached", 1)
        self.assertEqual(self.invalidated(), ["cached"])

    def testWhatIsTrackedIsTold(self):
        self.track("BCAST", "PREFIX", "a", "PREFIX", "b")
        self.assertEqual(self.cached.client_getredir(), self.listener_id)
        info = self.cached.client_trackinginfo()
        info = dict(zip(info[::2], info[1::2]))
        self.assertEqual(sorted(info["flags"]), ["bcast", "on"])
        self.assertEqual(info["redirect"], self.listener_id)
        self.assertEqual(sorted(info["prefixes"]), ["a", "b"])
        self.assertEqual(self.redis.info("clients")["tracking_clients"], 1)
        self.cached.execute_command("CLIENT", "TRACKING", "OFF")
        self.assertEqual(self.redis.info("clients")["tracking_clients"], 0)
        self.assertEqual(self.cached.client_getredir(), -1)

    def testTheEndOfTheListenerIsTold(self):
        self.track()
        self.cached.get("k")
        self.listener.close()
        self.eventually(lambda: self.redis.pubsub_numsub(CHANNEL) == [(CHANNEL, 0)], "its end")
        self.redis.set("k", "v")
        info = self.cached.client_trackinginfo()
        self.assertIn("broken_redirect", info[info.index("flags") + 1])

    def testAListenerThatIsNotThereIsRefused(self):
        with self.assertRaisesRegex(Exception, "client ID you want redirect to does not exist"):
            self.cached.execute_command("CLIENT", "TRACKING", "ON", "REDIRECT", 999_999)

    def testACacheHasNoStaleValuesAtTheEnd(self):
        cache, lock = {}, threading.Lock()
        keys = [f"k{n}" for n in range(20)]
        self.track()
        writer = self.another()
        ended = threading.Event()

        def write():
            for number in range(1000):
                writer.set(keys[number * 7 % len(keys)], number)
            writer.set("end", "v")

        def forget():
            while not ended.is_set():
                message = self.listener.get_message(timeout=1)
                if message is None:
                    continue
                with lock:
                    for key in message["data"]:
                        cache.pop(key, None)
                        if key == "end":
                            ended.set()

        self.cached.get("end")
        waits = [self.inBackground(write), self.inBackground(forget)]
        while not ended.is_set():
            for key in keys:
                # A key stands in the cache before it is read: an invalidation may overtake the reply.
                pending = object()
                with lock:
                    if key in cache:
                        continue
                    cache[key] = pending
                value = self.cached.get(key)
                with lock:
                    if cache.get(key) is pending:
                        cache[key] = value
        for wait in waits:
            wait()
        # A value that was read after the last write must not be invalidated any more; one that was read before it must
        # have been.
        held = {key: value for key, value in cache.items() if isinstance(value, str)}
        self.assertEqual(held, {key: self.redis.get(key) for key in held})


class RedisCliTrackingTest(CliTest):
    """RESP3: invalidations come as pushes on the same connection, between the replies."""

    def testPushesComeWhileOtherCommandsRun(self):
        self.control.call("SET", "k", "v")
        program = self.begin("-3", "--no-raw", "--show-pushes", "yes")
        program.type("CLIENT TRACKING ON\nGET k\n")
        self.assertEqual(program.lines(2), ["OK", '"v"'])
        self.control.call("SET", "k", "w")
        program.type("GET k\n")
        self.assertEqual(program.lines(2), ["-> invalidate: 'k'", '"w"'])
        self.control.call("FLUSHALL")
        program.type("PING\n")
        self.assertEqual(program.lines(3), ['1) "invalidate"', "2) (nil)", "PONG"])

    def testPushesComeBetweenTheRepliesOfATransaction(self):
        program = self.begin("-3", "--no-raw", "--show-pushes", "yes")
        program.type("CLIENT TRACKING ON BCAST PREFIX a\nMULTI\nSET b 1\nSET a 1\nEXEC\nPING\n")
        self.assertEqual(program.lines(4), ["OK", "OK", "QUEUED", "QUEUED"])
        self.assertEqual(sorted(program.lines(4)), ["-> invalidate: 'a'", "1) OK", "2) OK", "PONG"])


class IoredisTrackingTest(ScenariosTest):
    SCENARIOS = SCRIPTS / "tracking_scenarios.js"

    @classmethod
    def setUpClass(cls):
        findIoredis()

    def testKeysThatWereReadAreInvalidated(self):
        self.drive()

    def testPrefixesAreBroadcast(self):
        self.drive()

    def testAFlushInvalidatesAll(self):
        self.drive()

    def testACacheIsNeverStaleForLong(self):
        self.drive()

    def testEveryScenarioIsRun(self):
        names = set(self.node("{}").split())
        self.assertEqual(names | {"testEveryScenarioIsRun"},
                         {name for name in dir(self) if name.startswith("test")})

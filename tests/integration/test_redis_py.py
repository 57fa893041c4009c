"""redis-py as applications use it, with a real server."""

import asyncio
import queue
import threading
import time

import redis
import redis.asyncio as aioredis

from integration.base import ServerTest


class RedisPyTest(ServerTest):
    """A server, and a client that gives text instead of bytes."""

    DIRECTIVES = {}

    def setUp(self):
        self.server = self.serve(tcp=True, directives=self.DIRECTIVES)
        self.redis = self.another()

    def another(self, **keywords):
        client = redis.Redis(unix_socket_path=self.server.socket_path, decode_responses=True, **keywords)
        self.addCleanup(client.connection_pool.disconnect)
        return client

    def waitBlocked(self, count):
        self.eventually(lambda: self.redis.info("clients")["blocked_clients"] == count,
                        f"{count} blocked clients")

    def inBackground(self, call):
        """Begins `call`; what is returned waits for its result."""
        results = queue.Queue()
        thread = threading.Thread(target=lambda: results.put(call()))
        thread.start()
        self.addCleanup(thread.join, 10)
        return lambda: results.get(timeout=30)


class CommandsTest(ServerTest):
    def setUp(self):
        self.redis = redis.Redis(unix_socket_path=self.serve().socket_path)
        self.addCleanup(self.redis.close)

    def testStrings(self):
        self.assertTrue(self.redis.set("k", "v", ex=100, nx=True))
        self.assertIsNone(self.redis.set("k", "w", nx=True))
        self.assertEqual(self.redis.set("k", "w", get=True, keepttl=True), b"v")
        self.assertEqual(self.redis.ttl("k"), 100)
        self.assertEqual(self.redis.getex("k", persist=True), b"w")
        self.assertEqual(self.redis.incrbyfloat("f", "0.5"), 0.5)
        self.assertEqual(self.redis.mget("k", "none"), [b"w", None])
        self.assertEqual(self.redis.getdel("k"), b"w")
        self.assertEqual(self.redis.setrange("r", 3, "x"), 4)

    def testPipelineWithoutTransaction(self):
        with self.redis.pipeline(transaction=False) as pipe:
            for number in range(1000):
                pipe.set(f"k{number}", number).get(f"k{number}")
            replies = pipe.execute()
        self.assertEqual(replies[1::2], [str(number).encode() for number in range(1000)])

    def testScanIterKeysAndTimes(self):
        self.redis.mset({f"k{number}": number for number in range(500)})
        self.assertEqual(len(set(self.redis.scan_iter(match="k*", count=7))), 500)
        self.assertTrue(self.redis.expire("k1", 100, gt=False, nx=True))
        self.assertTrue(self.redis.copy("k1", "copy"))
        self.assertTrue(self.redis.rename("copy", "k1copy"))
        self.assertEqual(self.redis.dbsize(), 501)

    def testAdministration(self):
        self.redis.client_setname("me")
        self.assertEqual(self.redis.client_getname(), "me")
        self.assertEqual(self.redis.client_list()[0]["name"], "me")
        self.assertTrue(self.redis.config_set("hz", 20))
        self.assertEqual(self.redis.config_get("hz"), {"hz": "20"})
        self.assertEqual(self.redis.info("clients")["connected_clients"], 1)
        self.assertIn("get", self.redis.command())
        self.assertEqual(len(self.redis.time()), 2)

    def testErrorsAreRaised(self):
        self.redis.set("k", "text")
        with self.assertRaisesRegex(redis.ResponseError, "value is not an integer"):
            self.redis.incr("k")


class ListenerTest(RedisPyTest):
    def pubsub(self, **keywords):
        pubsub = self.redis.pubsub(**keywords)
        self.addCleanup(pubsub.close)
        return pubsub

    def next(self, pubsub):
        """The next message as (type, pattern, channel, data)."""
        # The library gives None for a message that it leaves out, as it does when none has come.
        message = self.eventually(lambda: pubsub.get_message(timeout=1), "a message", timeout=30)
        return tuple(message[name] for name in ("type", "pattern", "channel", "data"))


class PubSubTest(ListenerTest):
    def testChannelsAndPatterns(self):
        pubsub = self.pubsub()
        pubsub.subscribe("a", "b")
        pubsub.psubscribe("n?ws", "b*")
        self.assertEqual([self.next(pubsub) for _ in range(4)],
                         [("subscribe", None, "a", 1), ("subscribe", None, "b", 2),
                          ("psubscribe", None, "n?ws", 3), ("psubscribe", None, "b*", 4)])
        self.assertEqual(self.redis.publish("a", "1"), 1)
        self.assertEqual(self.redis.publish("b", "2"), 2)
        self.assertEqual(self.redis.publish("news", "3"), 1)
        self.assertEqual(self.redis.publish("none", "4"), 0)
        self.assertEqual([self.next(pubsub) for _ in range(4)],
                         [("message", None, "a", "1"), ("message", None, "b", "2"),
                          ("pmessage", "b*", "b", "2"), ("pmessage", "n?ws", "news", "3")])
        self.assertIsNone(pubsub.get_message(timeout=0))

    def testUnsubscribing(self):
        pubsub = self.pubsub(ignore_subscribe_messages=True)
        pubsub.subscribe("a", "b")
        pubsub.psubscribe("p*")
        pubsub.unsubscribe("a")
        # The reply to PING says that the server has done what was sent before it.
        pubsub.ping("here")
        self.assertEqual(self.next(pubsub), ("pong", None, None, "here"))
        self.assertEqual(self.redis.publish("a", "x"), 0)
        self.assertEqual(self.redis.publish("b", "y"), 1)
        self.assertEqual(self.next(pubsub), ("message", None, "b", "y"))
        pubsub.unsubscribe()
        pubsub.punsubscribe()
        self.eventually(lambda: pubsub.get_message() or not pubsub.subscribed, "the end of all")
        self.assertEqual(self.redis.pubsub_channels(), [])
        self.assertEqual(self.redis.pubsub_numpat(), 0)

    def testListenGivesAllInOrder(self):
        pubsub = self.pubsub(ignore_subscribe_messages=True)
        pubsub.subscribe("c")
        self.eventually(lambda: self.redis.pubsub_numsub("c") == [("c", 1)], "the subscription")
        with self.redis.pipeline(transaction=False) as pipe:
            for number in range(1000):
                pipe.publish("c", number)
            self.assertEqual(pipe.execute(), [1] * 1000)
        listening = pubsub.listen()
        self.assertEqual([next(listening)["data"] for _ in range(1000)],
                         [str(number) for number in range(1000)])

    def testHandlersInAThread(self):
        got = queue.Queue()
        pubsub = self.pubsub(ignore_subscribe_messages=True)
        pubsub.subscribe(a=lambda message: got.put(("channel", message["data"])))
        pubsub.psubscribe(**{"p*": lambda message: got.put(("pattern", message["data"]))})
        thread = pubsub.run_in_thread(sleep_time=0.05)
        try:
            self.eventually(lambda: self.redis.publish("a", "1") == 1, "the subscriptions")
            self.redis.publish("pp", "2")
            self.assertEqual([got.get(timeout=30), got.get(timeout=30)],
                             [("channel", "1"), ("pattern", "2")])
        finally:
            thread.stop()
            thread.join(10)
        self.eventually(lambda: self.redis.pubsub_numsub("a") == [("a", 0)], "the end of the listener")

    def testHealthChecksWhileSubscribed(self):
        client = self.another(health_check_interval=1)
        pubsub = client.pubsub()
        self.addCleanup(pubsub.close)
        pubsub.subscribe("c")
        self.assertEqual(self.next(pubsub), ("subscribe", None, "c", 1))

        def pings():
            return self.redis.info("commandstats").get("cmdstat_ping", {}).get("calls", 0)

        before = pings()

        def checked():
            self.assertIsNone(pubsub.get_message(timeout=0.1))
            return pings() > before

        self.eventually(checked, "a health check")
        self.redis.publish("c", "m")
        self.assertEqual(self.next(pubsub), ("message", None, "c", "m"))

    def testANewConnectionSubscribesAgain(self):
        pubsub = self.pubsub(ignore_subscribe_messages=True)
        pubsub.subscribe("c")
        self.eventually(lambda: self.redis.publish("c", "1") == 1, "the subscription")
        self.assertEqual(self.next(pubsub), ("message", None, "c", "1"))
        self.assertEqual(self.redis.client_kill_filter(_type="pubsub"), 1)
        with self.assertRaises(redis.ConnectionError):
            pubsub.get_message(timeout=30)
        self.assertIsNone(pubsub.get_message())
        self.eventually(lambda: self.redis.publish("c", "2") == 1, "the new connection")
        self.assertEqual(self.next(pubsub), ("message", None, "c", "2"))

    def testIntrospection(self):
        pubsub = self.pubsub()
        pubsub.subscribe("a", "b1", "b2")
        pubsub.psubscribe("p*")
        self.eventually(lambda: self.redis.pubsub_numpat() == 1, "the subscriptions")
        self.assertEqual(sorted(self.redis.pubsub_channels("b*")), ["b1", "b2"])
        self.assertEqual(self.redis.pubsub_numsub("a", "none"), [("a", 1), ("none", 0)])


class NotificationsTest(ListenerTest):
    DIRECTIVES = {"notify-keyspace-events": "KEA"}

    def testWhatHappensToAKeyIsTold(self):
        pubsub = self.pubsub(ignore_subscribe_messages=True)
        pubsub.psubscribe("__keyspace@0__:k")
        self.eventually(lambda: self.redis.pubsub_numpat() == 1, "the subscription")
        self.redis.set("k", 1, ex=100)
        self.redis.incr("k")
        self.redis.persist("k")
        self.redis.rename("k", "other")
        self.redis.rename("other", "k")
        self.redis.delete("k")
        events = ["set", "expire", "incrby", "persist", "rename_from", "rename_to", "del"]
        self.assertEqual([self.next(pubsub)[3] for _ in events], events)

    def testTheEndOfAKeyIsTold(self):
        pubsub = self.pubsub(ignore_subscribe_messages=True)
        pubsub.subscribe("__keyevent@0__:expired")
        self.eventually(lambda: self.redis.pubsub_channels() != [], "the subscription")
        self.redis.set("session", "v", px=20)
        self.assertEqual(self.next(pubsub), ("message", None, "__keyevent@0__:expired", "session"))


class BlockingTest(RedisPyTest):
    def testPops(self):
        cases = (
            (lambda r: r.blpop(["none", "l"], timeout=30), lambda r: r.rpush("l", "v"), ("l", "v")),
            (lambda r: r.brpop("l", timeout=30), lambda r: r.rpush("l", "v"), ("l", "v")),
            (lambda r: r.blmove("l", "d", 10, "LEFT", "RIGHT"), lambda r: r.rpush("l", "v"), "v"),
            (lambda r: r.brpoplpush("l", "d", 10), lambda r: r.rpush("l", "v"), "v"),
            (lambda r: r.bzpopmin("z", 10), lambda r: r.zadd("z", {"m": 1.5}), ("z", "m", 1.5)),
            (lambda r: r.bzpopmax(["none", "z"], 10), lambda r: r.zadd("z", {"m": 2}), ("z", "m", 2.0)),
            (lambda r: r.blmpop(10, 2, "none", "l", direction="LEFT", count=2),
             lambda r: r.rpush("l", "a", "b", "c"), ["l", ["a", "b"]]),
            (lambda r: r.bzmpop(10, 2, ["none", "z"], min=True), lambda r: r.zadd("z", {"m": 1}),
             ["z", [["m", "1"]]]),
        )
        for number, (wait, push, expected) in enumerate(cases):
            with self.subTest(number=number):
                waiting = self.another()
                result = self.inBackground(lambda: wait(waiting))
                self.waitBlocked(1)
                push(self.redis)
                self.assertEqual(result(), expected)
                self.redis.flushall()

    def testNothingComesInTime(self):
        cases = (lambda: self.redis.blpop("k", timeout=0.1), lambda: self.redis.brpop("k", timeout=0.1),
                 lambda: self.redis.blmove("k", "d", 0.1), lambda: self.redis.bzpopmin("k", 0.1),
                 lambda: self.redis.blmpop(0.1, 1, "k", direction="LEFT"))
        for number, call in enumerate(cases):
            with self.subTest(number=number):
                started = time.monotonic()
                self.assertIsNone(call())
                self.assertGreater(time.monotonic() - started, 0.09)
        self.assertTrue(self.redis.ping())

    def testTheClientsOwnTimeoutDoesNotSpoilItsConnection(self):
        client = self.another(socket_timeout=0.5)
        with self.assertRaises(redis.TimeoutError):
            client.blpop("k", timeout=30)
        self.waitBlocked(0)
        self.redis.rpush("k", "v")
        self.assertEqual(client.lpop("k"), "v")

    def testAQueueOfWorkersGetsEveryJobOnce(self):
        jobs, workers = 200, 5
        done = queue.Queue()

        def work(client):
            while (job := client.blmove("jobs", "running", 10, "LEFT", "RIGHT")) != "end":
                done.put(job)

        waits = [self.inBackground(lambda client=self.another(): work(client)) for _ in range(workers)]
        self.waitBlocked(workers)
        for number in range(jobs):
            self.redis.rpush("jobs", number)
        self.redis.rpush("jobs", *["end"] * workers)
        for wait in waits:
            wait()
        self.assertEqual(sorted(map(int, done.queue)), list(range(jobs)))
        self.assertEqual(self.redis.llen("running"), jobs + workers)


class TransactionTest(RedisPyTest):
    def testAPipelineIsATransaction(self):
        with self.redis.pipeline() as pipe:
            pipe.set("k", "1").incr("k").expire("k", 100).get("k").hset("h", mapping={"f": "v"}).hgetall("h")
            self.assertEqual(pipe.execute(), [True, 2, True, "2", 1, {"f": "v"}])
        stats = self.redis.info("commandstats")
        self.assertEqual((stats["cmdstat_multi"]["calls"], stats["cmdstat_exec"]["calls"]), (1, 1))

    def testAnErrorInsideIsRaisedAndTheRestIsDone(self):
        self.redis.set("text", "x")
        with self.redis.pipeline() as pipe:
            with self.assertRaisesRegex(redis.ResponseError, r"Command # 2 \(INCRBY text 1\)"):
                pipe.set("a", 1).incr("text").set("b", 2).execute()
            replies = pipe.incr("text").get("b").execute(raise_on_error=False)
        self.assertIsInstance(replies[0], redis.ResponseError)
        self.assertEqual(replies[1], "2")

    def testAWrongCommandDiscardsAll(self):
        with self.redis.pipeline() as pipe:
            pipe.set("a", 1).execute_command("NOSUCH")
            with self.assertRaisesRegex(redis.ResponseError, "unknown command"):
                pipe.execute()
        self.assertFalse(self.redis.exists("a"))

    def testAChangedKeyRaisesWatchError(self):
        with self.redis.pipeline() as pipe:
            pipe.watch("k")
            self.assertIsNone(pipe.get("k"))
            self.another().set("k", "changed")
            pipe.multi()
            pipe.set("k", "mine")
            with self.assertRaises(redis.WatchError):
                pipe.execute()
            self.assertEqual(self.redis.get("k"), "changed")
            pipe.watch("k")
            pipe.unwatch()
            self.redis.set("k", "again")
            self.assertEqual(pipe.multi() or pipe.set("k", "mine").execute(), [True])

    def testAWatchedKeyThatExpiredRaisesWatchError(self):
        self.redis.set("k", "v", px=20)
        with self.redis.pipeline() as pipe:
            pipe.watch("k")
            self.eventually(lambda: not self.redis.exists("k"), "the end of the key")
            pipe.multi()
            pipe.set("other", "v")
            with self.assertRaises(redis.WatchError):
                pipe.execute()

    def testTheHelperTriesUntilNobodyInterferes(self):
        self.redis.set("n", 0)
        calls = []

        def increment(pipe):
            value = int(pipe.get("n"))
            calls.append(value)
            if len(calls) <= 3:
                self.redis.incr("n")
            pipe.multi()
            pipe.set("n", value + 10)

        self.assertEqual(self.redis.transaction(increment, "n"), [True])
        self.assertEqual((calls, self.redis.get("n")), ([0, 1, 2, 3], "13"))

    def testIncrementsOfManyThreadsAreNeverLost(self):
        def increment(client):
            def change(pipe):
                value = int(pipe.get("n") or 0)
                pipe.multi()
                pipe.set("n", value + 1)

            for _ in range(50):
                client.transaction(change, "n")

        for wait in [self.inBackground(lambda client=self.another(): increment(client)) for _ in range(4)]:
            wait()
        self.assertEqual(self.redis.get("n"), "200")


class IterationTest(RedisPyTest):
    def testScans(self):
        self.redis.mset({f"k{n}": n for n in range(1000)})
        self.redis.hset("h", mapping={f"f{n}": n for n in range(1000)})
        self.redis.sadd("s", *range(1000))
        self.redis.zadd("z", {f"m{n}": n for n in range(1000)})
        self.assertEqual(set(self.redis.scan_iter("k?")), {f"k{n}" for n in range(10)})
        self.assertEqual(set(self.redis.scan_iter(_type="hash")), {"h"})
        self.assertEqual(dict(self.redis.hscan_iter("h", count=100))["f999"], "999")
        self.assertEqual(len(dict(self.redis.hscan_iter("h"))), 1000)
        self.assertEqual(set(map(int, self.redis.sscan_iter("s"))), set(range(1000)))
        self.assertEqual(dict(self.redis.zscan_iter("z", match="m99?"))["m990"], 990.0)

    def testWhatStaysIsSeenWhileOthersComeAndGo(self):
        self.redis.mset({f"stays{n}": n for n in range(500)})
        seen = set()
        for number, key in enumerate(self.redis.scan_iter(count=10)):
            seen.add(key)
            self.redis.set(f"comes{number}", "v")
            self.redis.delete(f"comes{number // 2}")
            if number > 20_000:
                break
        self.assertLessEqual({f"stays{n}" for n in range(500)}, seen)


class PoolTest(RedisPyTest):
    def testThreadsShareAPool(self):
        pool = redis.BlockingConnectionPool(host="127.0.0.1", port=self.server.port, max_connections=3,
                                            timeout=30)
        self.addCleanup(pool.disconnect)
        client = redis.Redis(connection_pool=pool)
        waits = [self.inBackground(lambda: [client.incr("n") for _ in range(100)]) for _ in range(8)]
        for wait in waits:
            wait()
        self.assertEqual(self.redis.get("n"), "800")
        self.assertLessEqual(self.redis.info("clients")["connected_clients"], 1 + 3)

    def testAPoolHasALimit(self):
        pool = redis.ConnectionPool(host="127.0.0.1", port=self.server.port, max_connections=1)
        self.addCleanup(pool.disconnect)
        connection = pool.get_connection("PING")
        with self.assertRaisesRegex(redis.ConnectionError, "Too many connections"):
            redis.Redis(connection_pool=pool).ping()
        pool.release(connection)
        self.assertTrue(redis.Redis(connection_pool=pool).ping())

    def testAConnectionChoosesItsDatabaseAndName(self):
        client = redis.from_url(f"redis://127.0.0.1:{self.server.port}/5?client_name=me")
        self.addCleanup(client.connection_pool.disconnect)
        client.set("k", "v")
        self.assertEqual(client.client_getname(), "me")
        self.assertEqual(self.redis.info("keyspace")["db5"]["keys"], 1)

    def testAClosedConnectionIsReplaced(self):
        client = self.another()
        number = client.client_id()
        self.assertEqual(self.redis.client_kill_filter(_id=number), 1)
        self.eventually(lambda: self.redis.info("clients")["connected_clients"] == 1, "its end")
        self.assertTrue(client.ping())
        self.assertNotEqual(client.client_id(), number)

    def testAPoolSurvivesARestartOfTheServer(self):
        client = self.another()
        client.ping()
        self.server.restart()
        self.assertTrue(client.ping())


class PasswordTest(RedisPyTest):
    DIRECTIVES = {"requirepass": "secret"}

    def another(self, **keywords):
        return super().another(**{"password": "secret", **keywords})

    def testThePasswordIsAskedForAndTaken(self):
        self.assertTrue(self.redis.ping())
        with self.assertRaisesRegex(redis.ResponseError, "WRONGPASS"):
            self.another(password="other").ping()
        with self.assertRaises(redis.AuthenticationError):
            self.another(password=None).ping()
        self.assertTrue(self.another(username="default").ping())


class AsyncioTest(RedisPyTest):
    """The same library for asyncio: its parser and its pool are other code."""

    def testMessagesPipelinesAndWaiting(self):
        asyncio.run(self.everything(aioredis.Redis(unix_socket_path=self.server.socket_path)))

    async def everything(self, client):
        async with client, client.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.subscribe("c")
            async with client.pipeline(transaction=True) as pipe:
                self.assertEqual(await pipe.set("k", "1").incr("k").execute(), [True, 2])
            waiting = asyncio.create_task(client.blpop("l", timeout=30))
            while (await client.info("clients"))["blocked_clients"] != 1:
                await asyncio.sleep(0.01)
            await client.rpush("l", "v")
            self.assertEqual(await waiting, (b"l", b"v"))
            while await client.publish("c", "m") == 0:
                await asyncio.sleep(0.01)
            while (message := await pubsub.get_message(timeout=30)) is None:
                pass
            self.assertEqual((message["channel"], message["data"]), (b"c", b"m"))
            values = await asyncio.gather(*(client.incr("n") for _ in range(100)))
            self.assertEqual(sorted(values), list(range(1, 101)))

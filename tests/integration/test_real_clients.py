"""Real clients on a real server: redis-cli, redis-benchmark, redis-py."""

import redis

from integration.base import ServerTest


class RedisCliTest(ServerTest):
    def setUp(self):
        self.server = self.serve(tcp=True)

    def cli(self, *words, stdin=None):
        return self.run_("redis-cli", "-s", self.server.socket_path, *words, stdin=stdin)

    def testSetAndGet(self):
        self.assertEqual(self.cli("SET", "k", "v"), "OK\n")
        self.assertEqual(self.cli("GET", "k"), "v\n")
        self.assertEqual(self.cli("-3", "GET", "none"), "\n")

    def testOverTcpWithDatabase(self):
        port = str(self.server.port)
        self.assertEqual(self.run_("redis-cli", "-p", port, "-n", "3", "SET", "k", "v"), "OK\n")
        self.assertEqual(self.run_("redis-cli", "-p", port, "-n", "3", "-3", "DBSIZE"), "1\n")

    def testPipeInsertsInBulk(self):
        data = b"".join(b"*3\r\n$3\r\nSET\r\n$6\r\nk%05d\r\n$1\r\nv\r\n" % i for i in range(20000))
        text = self.cli("--pipe", stdin=data).decode()
        self.assertIn("errors: 0, replies: 20000", text)
        self.assertEqual(self.cli("DBSIZE"), "20000\n")

    def testCommandsFromStandardInput(self):
        text = self.cli(stdin="SET k 'a b'\nGET k\nINCR n\n")
        self.assertEqual(text, "OK\na b\n1\n")

    def testScanAndBigkeys(self):
        self.cli("MSET", "a", "1", "b", "22", "c", "333")
        self.assertEqual(sorted(self.cli("--scan").split()), ["a", "b", "c"])
        self.assertIn("Biggest string found '\"c\"' has 3 bytes", self.cli("--bigkeys"))

    def testInfoAndClientListAreReadable(self):
        self.assertIn("redis_version:", self.cli("INFO", "server"))
        self.assertIn("cmd=client|list", self.cli("CLIENT", "LIST"))


class RedisBenchmarkTest(ServerTest):
    def testRunsItsStringTestsWithoutErrors(self):
        server = self.serve()
        for pipeline in ("1", "16"):
            text = self.run_("redis-benchmark", "-s", server.socket_path, "-n", "20000", "-r",
                             "1000", "-P", pipeline, "-t", "ping_inline,ping_mbulk,set,get,incr,"
                             "mset", "--csv")
            self.assertEqual(text.count('"'), text.count('","') * 2 + 2 * len(text.splitlines()))
            for name in ("PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET (10 keys)"):
                self.assertIn(f'"{name}"', text)
            self.assertNotIn("rror", text)


class RedisPyTest(ServerTest):
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

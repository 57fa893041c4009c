"""maxmemory: what needs memory is refused at the limit, everything else is served."""

from integration.base import OURS_ONLY, ServerTest

OOM = "OOM command not allowed when used memory > 'maxmemory'."
VALUE = "x" * 1000
ROOM = 512 * 1024


class MaxmemoryTest(ServerTest):
    def serveFull(self, policy="noeviction"):
        """A server that has just refused a write, and a client of it."""
        server = self.serve(directives={"maxmemory-policy": policy})
        client = self.connect(server)
        client.value("SET", "kept", "value")
        used = int(client.info("memory")["used_memory"])
        client.value("CONFIG", "SET", "maxmemory", used + ROOM)
        for number in range(5000):
            reply = client.call("SET", f"k{number}", VALUE)
            if reply.kind == "error":
                self.assertError(reply, OOM)
                # Writes are refused at the limit: not before it, and not long after it.
                self.assertGreater(number, ROOM // len(VALUE) // 2)
                self.assertLess(number, 2 * ROOM // len(VALUE))
                self.keys = number + 1
                return server, client
        return self.fail("the limit was never reached")

    def testWritesThatNeedMemoryAreRefused(self):
        _, client = self.serveFull()
        # Well over it, so that a buffer that is given back does not make room.
        client.value("CONFIG", "SET", "maxmemory", "1")
        for words in (("SET", "new", "v"), ("APPEND", "kept", "v"), ("INCR", "n"),
                      ("MSET", "a", "1", "b", "2"), ("SETRANGE", "kept", "9", "v"),
                      ("COPY", "kept", "copy"), ("GETSET", "kept", "v")):
            self.assertError(client.call(*words), OOM)
        self.assertEqual(client.value("GET", "kept"), b"value")
        self.assertEqual(client.value("EXISTS", "new", "n", "a", "b", "copy"), 0)

    def testReadsAndWhatFreesMemoryAreServed(self):
        _, client = self.serveFull()
        self.assertEqual(client.value("GET", "k0"), VALUE.encode())
        self.assertEqual(client.value("PING"), b"PONG")
        self.assertEqual(client.value("EXPIRE", "k1", 1000), 1)
        self.assertEqual(client.value("GETDEL", "k2"), VALUE.encode())
        self.assertEqual(client.value("DEL", *[f"k{n}" for n in range(100)]), 99)
        self.assertOk(client.call("SET", "new", "v"))

    def testAHigherLimitActsAtOnce(self):
        _, client = self.serveFull()
        self.assertOk(client.call("CONFIG", "SET", "maxmemory", "0"))
        self.assertOk(client.call("SET", "new", "v"))

    def testARefusalIsNotLogged(self):
        server = self.serve(directives={"appendonly": "yes", "maxmemory": "1"})
        client = self.connect(server)
        self.assertError(client.call("SET", "refused", "v"), OOM)
        server.stop()
        self.assertNotIn(b"refused", server.aofPath().read_bytes())

    @OURS_ONLY
    def testALogOverTheLimitIsLoadedWhole(self):
        server = self.serve(directives={"appendonly": "yes"})
        client = self.connect(server)
        client.pipeline([("SET", f"k{n}", VALUE) for n in range(500)])
        server.restart(maxmemory="100000")
        client = self.connect(server)
        self.assertEqual(client.value("DBSIZE"), 500)
        self.assertError(client.call("SET", "k", "v"), OOM)

    @OURS_ONLY
    def testEvictionPoliciesRefuseUntilThereIsEviction(self):
        for policy in ("allkeys-lru", "allkeys-random", "volatile-ttl"):
            with self.subTest(policy=policy):
                _, client = self.serveFull(policy)
                self.assertEqual(client.value("DBSIZE"), self.keys)
                self.assertEqual(client.value("GET", "kept"), b"value")

"""Memory that one huge command took is given back, though buffers are kept to be used again."""

from integration.base import OURS_ONLY, ServerTest
from support.resp import encode


@OURS_ONLY
class KeptMemoryTest(ServerTest):
    MANY = 20_000
    # Memory does not return to the same byte: statistics and tables of the server come and go.
    ROOM = 100 * 1024

    def used(self):
        # The query buffer and the output of this client are empty when it is counted.
        return int(self.control.info("memory")["used_memory"])

    def returns(self, what, *steps):
        """Runs the steps, each a list of commands sent at once, small at first, so that all is in use that stays."""
        with self.subTest(what):
            client = self.connect(self.server)
            for many in (10, self.MANY):
                before = self.used()
                for step in steps:
                    commands = step(many)
                    client.sendRaw(b"".join(encode(*words) for words in commands))
                    for words in commands:
                        for _ in range(many if words[0].endswith("SUBSCRIBE") else 1):
                            self.assertNotEqual(client.read().kind, "error")
            self.eventually(lambda: self.used() < before + self.ROOM, f"{before} bytes in use as before")

    def names(self, many):
        return [f"name:{number}" for number in range(many)]

    def pairs(self, many):
        return [word for name in self.names(many) for word in (name, "1")]

    def testUsedMemoryReturnsToWhatItWas(self):
        for appendonly in ("no", "yes"):
            with self.subTest(appendonly=appendonly):
                self.server = self.serve(directives={"appendonly": appendonly})
                self.control = self.connect(self.server)
                self.returns("a set", lambda many: [("SADD", "set", *self.names(5 * many))],
                             lambda many: [("SMEMBERS", "set")], lambda many: [("UNLINK", "set")])
                self.returns("many keys", lambda many: [("MSET", *self.pairs(many))],
                             lambda many: [("MGET", *self.names(many))], lambda many: [("DEL", *self.names(many))])
                self.returns("a transaction",
                             lambda many: [("MULTI",), *[("SET", name, "1") for name in self.names(many)], ("EXEC",)],
                             lambda many: [("DEL", *self.names(many))])
                self.returns("a hash, sorted", lambda many: [("HSET", "hash", *self.pairs(many))],
                             lambda many: [("HGETALL", "hash")], lambda many: [("DEL", "hash")])
                self.returns("a sorted list", lambda many: [("RPUSH", "list", *self.names(many))],
                             lambda many: [("SORT", "list", "ALPHA", "STORE", "sorted")],
                             lambda many: [("DEL", "list", "sorted")])
                self.returns("a long common part",
                             lambda many: [("MSET", "a", "x" * (many // 10), "b", "xy" * (many // 20))],
                             lambda many: [("LCS", "a", "b", "LEN")], lambda many: [("DEL", "a", "b")])
                # Memory that is subtracted when it is freed was counted before.
                self.assertGreater(self.used(), 200_000)
                self.returns("watched keys", lambda many: [("WATCH", *self.names(many))], lambda many: [("UNWATCH",)])
                self.returns("channels", lambda many: [("SUBSCRIBE", *self.names(many))],
                             lambda many: [("UNSUBSCRIBE", *self.names(many))])
                self.returns("tracked keys", lambda many: [("CLIENT", "TRACKING", "ON")],
                             lambda many: [("MGET", *self.names(many))], lambda many: [("CLIENT", "TRACKING", "OFF")],
                             lambda many: [("FLUSHALL",)])

    def testManyWordsOfAnInlineRequestAreNotKept(self):
        self.server = self.serve()
        self.control = self.connect(self.server)
        clients = [self.connect(self.server) for _ in range(20)]
        for client in clients:
            client.call("PING")
        before = self.used()
        for client in clients:
            client.sendRaw(b"DEL" + b" k" * 30_000 + b"\r\n")
            self.assertEqual(client.read().value, 0)
        self.assertLess(self.used(), before + self.ROOM)

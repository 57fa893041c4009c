"""Buffers have limits: output (hard and soft), query, bulk, inline, and less before AUTH."""

import time

from integration.base import ServerTest
from support.resp import encode

MB = 1 << 20


class OutputBufferTest(ServerTest):
    def serveLimited(self, limit):
        server = self.serve(directives={"client-output-buffer-limit": tuple(limit.split())})
        self.connect(server).value("SET", "big", b"x" * MB)
        return server

    def gone(self, server, name):
        client = self.connect(server)
        return self.eventually(lambda: f"name={name} " not in
                               client.value("CLIENT", "LIST").decode(), f"{name} closed")

    def slowReader(self, server, replies):
        client = self.connect(server)
        client.value("CLIENT", "SETNAME", "slow")
        client.sendRaw(b"GET big\r\n" * replies)
        return client

    def testTheHardLimitClosesAtOnce(self):
        server = self.serveLimited("normal 3mb 0 0")
        self.slowReader(server, 50)
        self.gone(server, "slow")
        self.assertIn("overcoming of output buffer limits", server.log())

    def testTheSoftLimitClosesAfterItsSeconds(self):
        server = self.serveLimited("normal 0 1mb 1")
        began = time.monotonic()
        self.slowReader(server, 20)
        self.gone(server, "slow")
        self.assertGreater(time.monotonic() - began, 0.9)

    def testReadingInTimeSavesTheClient(self):
        server = self.serveLimited("normal 0 1mb 3")
        client = self.slowReader(server, 20)
        for _ in range(20):
            self.assertEqual(len(client.read().value), MB)
        time.sleep(3.5)
        self.assertEqual(client.value("PING"), b"PONG")

    def testWithoutLimitASlowReaderGetsEverything(self):
        server = self.serveLimited("normal 0 0 0")
        client = self.slowReader(server, 60)
        time.sleep(0.5)
        for _ in range(60):
            self.assertEqual(len(client.read().value), MB)


class InputTest(ServerTest):
    def testTheQueryBufferLimitClosesTheClient(self):
        server = self.serve(directives={"client-query-buffer-limit": "1mb"})
        client = self.connect(server)
        try:
            client.sendRaw(b"*2\r\n$4\r\nECHO\r\n$50000000\r\n" + b"x" * 5 * MB)
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.assertTrue(client.closedByServer())
        self.assertIn("max query buffer length", server.log())
        self.assertEqual(self.connect(server).value("PING"), b"PONG")

    def testABulkOverProtoMaxBulkLenIsAnError(self):
        server = self.serve(directives={"proto-max-bulk-len": "1mb"})
        client = self.connect(server)
        self.assertOk(client.call("SET", "k", b"x" * MB))
        client.sendRaw(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$%d\r\n" % (MB + 1))
        self.assertError(client.read(), "ERR Protocol error: invalid bulk length")
        self.assertTrue(client.closedByServer())

    def testTheDefaultLimitIs512Megabytes(self):
        client = self.connect(self.serve())
        client.sendRaw(b"*2\r\n$4\r\nECHO\r\n$536870913\r\n")
        self.assertError(client.read(), "ERR Protocol error: invalid bulk length")
        fits = self.connect(self.serve())
        fits.sendRaw(b"*2\r\n$4\r\nECHO\r\n$536870912\r\n")
        self.assertFalse(fits.closedByServer(timeout=0.3))

    def testAnInlineRequestOver64KilobytesIsAnError(self):
        client = self.connect(self.serve())
        client.sendRaw(b"x" * (64 * 1024 + 10))
        self.assertError(client.read(), "ERR Protocol error: too big inline request")
        self.assertTrue(client.closedByServer())

    def testBeforeAuthTenArgumentsOf16Kilobytes(self):
        server = self.serve(directives={"requirepass": "secret"}, wait=False)
        server.waitReady()
        many = self.connect(server)
        many.sendRaw(b"*11\r\n")
        self.assertError(many.read(), "ERR Protocol error: unauthenticated multibulk length")
        self.assertTrue(many.closedByServer())
        big = self.connect(server)
        big.sendRaw(b"*2\r\n$4\r\nAUTH\r\n$16385\r\n")
        self.assertError(big.read(), "ERR Protocol error: unauthenticated bulk length")
        self.assertTrue(big.closedByServer())
        allowed = self.connect(server)
        self.assertOk(allowed.call("AUTH", "secret"))
        self.assertEqual(allowed.value("ECHO", b"x" * 20000), b"x" * 20000)

    def testABigValueGoesInAndOut(self):
        client = self.connect(self.serve())
        value = bytes(range(256)) * (200 * 1024)
        self.assertOk(client.call("SET", "k", value))
        self.assertEqual(client.value("GET", "k"), value)
        self.assertEqual(client.value("STRLEN", "k"), len(value))


class ClientMemoryTest(ServerTest):
    """maxmemory-clients: who takes most has to go."""

    def present(self, control, name):
        return f"name={name} " in control.value("CLIENT", "LIST").decode()

    def connectNamed(self, server, name):
        client = self.connect(server)
        client.call("CLIENT", "SETNAME", name)
        return client

    @staticmethod
    def sendMuch(client, pieces):
        """Sends the pieces until the server closes the connection."""
        try:
            for piece in pieces:
                client.sendRaw(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def testTheLargestGoesAndTheOthersStay(self):
        server = self.serve(directives={"maxmemory-clients": "3mb"})
        control = self.connect(server)
        small, large = (self.connectNamed(server, name) for name in ("small", "large"))
        small.sendRaw(b"*2\r\n$4\r\nECHO\r\n$%d\r\n" % MB + b"x" * (MB // 2))
        large.call("MULTI")
        self.sendMuch(large, [encode("SET", "k", b"x" * (MB // 8))] * 30)
        self.eventually(lambda: not self.present(control, "large"), "large closed")
        self.assertTrue(self.present(control, "small"))
        self.assertEqual(control.info("stats")["evicted_clients"], "1")
        self.assertRegex(server.log(), "Evicting client: id=.* name=large ")

    def testAQueryBufferAndOwedRepliesCount(self):
        server = self.serve(directives={"maxmemory-clients": "4mb"})
        control = self.connect(server)
        control.value("SET", "big", b"x" * MB)
        sender = self.connectNamed(server, "sender")
        self.sendMuch(sender, [b"*2\r\n$4\r\nECHO\r\n$%d\r\n" % (8 * MB), *[b"x" * MB] * 6])
        self.eventually(lambda: not self.present(control, "sender"), "sender closed")
        reader = self.connectNamed(server, "reader")
        reader.sendRaw(b"GET big\r\n" * 12)
        self.eventually(lambda: not self.present(control, "reader"), "reader closed")
        self.assertEqual(control.info("stats")["evicted_clients"], "2")

    def testSubscriptionsCount(self):
        server = self.serve(directives={"maxmemory-clients": "1mb"})
        control = self.connect(server)
        listener = self.connectNamed(server, "listener")
        self.sendMuch(listener, (encode("SUBSCRIBE", f"{number:0100}") for number in range(10_000)))
        self.eventually(lambda: not self.present(control, "listener"), "listener closed")

    def testNoEvictKeepsAClientAndTheNextLargestGoes(self):
        server = self.serve(directives={"maxmemory-clients": "4mb"})
        control = self.connect(server)
        kept, other = (self.connectNamed(server, name) for name in ("kept", "other"))
        self.assertOk(kept.call("CLIENT", "NO-EVICT", "ON"))
        for client, count in ((kept, 6), (other, 4)):
            client.call("MULTI")
            self.sendMuch(client, [encode("SET", "k", b"x" * (MB // 2))] * count)
        self.eventually(lambda: not self.present(control, "other"), "other closed")
        self.assertTrue(self.present(control, "kept"))
        self.assertEqual(control.info("stats")["evicted_clients"], "1")

    def testABoundThatIsSetLaterActsAtOnce(self):
        server = self.serve()
        control, large = self.connect(server), self.connectNamed(server, "large")
        large.call("MULTI")
        large.call("SET", "k", b"x" * MB)
        self.assertTrue(self.present(control, "large"))
        # A share of nothing is no bound.
        control.value("CONFIG", "SET", "maxmemory-clients", "1%")
        self.assertTrue(self.present(control, "large"))
        control.value("CONFIG", "SET", "maxmemory-clients", "500kb")
        self.eventually(lambda: not self.present(control, "large"), "large closed")

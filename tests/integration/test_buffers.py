"""Buffers have limits: output (hard and soft), query, bulk, inline, and less before AUTH."""

import time

from integration.base import ServerTest

MB = 1 << 20


class OutputBufferTest(ServerTest):
    def serveLimited(self, limit):
        server = self.serve(directives={"client-output-buffer-limit": tuple(limit.split())})
        self.connect(server).value("SET", "big", b"x" * MB)
        return server

    def gone(self, server, name):
        client = self.connect(server)
        return self.eventually(lambda: f"name={name} " not in
                               client.value("CLIENT", "LIST").decode(), f"{name} closed", 8)

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
        self.slowReader(server, 20)
        watcher = self.connect(server)
        time.sleep(0.3)
        self.assertIn("name=slow ", watcher.value("CLIENT", "LIST").decode())
        self.gone(server, "slow")

    def testReadingInTimeSavesTheClient(self):
        server = self.serveLimited("normal 0 1mb 2")
        client = self.slowReader(server, 20)
        for _ in range(20):
            self.assertEqual(len(client.read().value), MB)
        time.sleep(2.5)
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
        client = self.connect(self.serve(), timeout=30)
        value = bytes(range(256)) * (200 * 1024)
        self.assertOk(client.call("SET", "k", value))
        self.assertEqual(client.value("GET", "k"), value)
        self.assertEqual(client.value("STRLEN", "k"), len(value))

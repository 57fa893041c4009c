"""The byte stream: pipelines of any length, frames cut anywhere, order of replies."""

import random
import socket
import threading
import time

from integration.base import OURS_ONLY, ServerTest
from support.resp import encode

PIPELINE = 100_000


class PipelineTest(ServerTest):
    def testAHundredThousandCommandsInOneWriteAreAnsweredInOrder(self):
        server = self.serve()
        client = self.connect(server, timeout=60)
        data = b"".join(encode("ECHO", number) for number in range(PIPELINE))
        sender = threading.Thread(target=client.sendRaw, args=(data,))
        sender.start()
        for number in range(PIPELINE):
            self.assertEqual(client.read().value, b"%d" % number)
        sender.join()

    def testNothingIsReadBeforeAllIsSent(self):
        """The client that only reads at the end must not lock the server up."""
        client = self.connect(self.serve(), timeout=60)
        client.sendRaw(b"".join(encode("INCR", "n") for _ in range(PIPELINE)))
        for number in range(PIPELINE):
            self.assertEqual(client.read().value, number + 1)

    def testWritesAndReadsInterleaveInOrder(self):
        client = self.connect(self.serve())
        commands, expected = [], []
        for number in range(2000):
            commands += [("SET", "k", number), ("GET", "k"), ("INCRBY", "n", 2)]
            expected += ["simple(b'OK')", f"bulk(b'{number}')", f"int({2 * number + 2})"]
        self.assertEqual([str(reply) for reply in client.pipeline(commands)], expected)


    def testACommandOfSeveralWordsBehindItsFirstWordAlone(self):
        """Requests of a pipeline are looked up together; each is itself all the same."""
        client = self.connect(self.serve())
        pairs = [[(name,), (name, "HELP")] for name in
                 ("ACL", "CLIENT", "COMMAND", "CONFIG", "LATENCY", "OBJECT", "PUBSUB")]
        for pair in pairs:
            for requests in (pair, pair[::-1], pair * 3):
                with self.subTest(requests=requests):
                    alone = [str(client.call(*words)) for words in requests]
                    self.assertEqual([str(reply) for reply in client.pipeline(requests)], alone)


class PartialFrameTest(ServerTest):
    COMMANDS = [("SET", "k", "v\r\n\x00"), ("GET", "k"), ("APPEND", "k", "x" * 40), ("PING",)]

    def expected(self, client):
        return client.pipeline(self.COMMANDS)

    def testByteByByte(self):
        server = self.serve()
        expected = self.expected(self.connect(server))
        client = self.connect(server)
        client.value("FLUSHALL")
        data = b"".join(encode(*words) for words in self.COMMANDS) + b"PING\r\nECHO x\n"
        for at in range(len(data)):
            client.sendRaw(data[at:at + 1])
            if at % 7 == 0:
                time.sleep(0.0005)
        self.assertEqual([client.read() for _ in self.COMMANDS], expected)
        self.assertEqual([client.read().value, client.read().value], [b"PONG", b"x"])

    def testCutInTwoAtEveryByte(self):
        server = self.serve()
        client = self.connect(server)
        data = b"".join(encode(*words) for words in self.COMMANDS)
        expected = self.expected(client)
        for cut in range(1, len(data)):
            client.value("FLUSHALL")
            client.sendRaw(data[:cut])
            self.connect(server).value("PING")
            client.sendRaw(data[cut:])
            self.assertEqual([client.read() for _ in self.COMMANDS], expected, f"cut at {cut}")

    def testABigBulkInRandomPieces(self):
        generator = random.Random(17)
        client = self.connect(self.serve())
        value = generator.randbytes(300_000)
        data = encode("SET", "k", value) + encode("GET", "k") + encode("PING")
        at = 0
        while at < len(data):
            size = generator.choice((1, 100, 5000, 32768, 65536))
            client.sendRaw(data[at:at + size])
            at += size
        self.assertOk(client.read())
        self.assertEqual(client.read().value, value)
        self.assertEqual(client.read().value, b"PONG")

    def testAHalfSentCommandIsForgottenWithItsConnection(self):
        server = self.serve()
        client = self.connect(server)
        client.sendRaw(encode("SET", "k", "v")[:-3])
        client.close()
        self.assertEqual(str(self.connect(server).call("GET", "k")), "nullbulk")

    def testHalfClosedConnectionsGetTheirReplies(self):
        client = self.connect(self.serve())
        client.sendRaw(encode("SET", "k", "v") + encode("GET", "k"))
        self.assertOk(client.read())
        self.assertEqual(client.read().value, b"v")
        client.socket.shutdown(socket.SHUT_WR)
        self.assertTrue(client.closedByServer())


class HttpTest(ServerTest):
    """A web page may make a browser talk to the server; what it sends must not be executed."""

    REQUEST = (b"%s\r\nContent-Length: 30\r\n\r\nSET planted by-a-web-page\r\n")
    LINE = "Possible SECURITY ATTACK detected"

    def testAPostClosesTheConnectionBeforeItsBodyIsRead(self):
        for first in (b"POST / HTTP/1.1", b"post /x HTTP/1.0", b"GET / HTTP/1.1\r\nHost: a"):
            with self.subTest(first=first):
                server = self.serve()
                attacker, other = self.connect(server), self.connect(server)
                attacker.sendRaw(self.REQUEST % first)
                self.assertTrue(attacker.closedByServer())
                self.assertEqual(server.waitLog(self.LINE).count(self.LINE), 1)
                self.assertEqual(other.value("EXISTS", "planted"), 0)

    def testTheArrayFormClosesAsWell(self):
        server = self.serve()
        for name in ("POST", "Host:"):
            attacker = self.connect(server)
            attacker.send(name, "/")
            self.assertTrue(attacker.closedByServer())
        server.waitLog(self.LINE)

    def testAKeyCalledPostIsAKey(self):
        client = self.connect(self.serve())
        self.assertOk(client.call("SET", "POST", "Host:"))
        self.assertEqual(client.value("GET", "POST"), b"Host:")


class InlineTest(ServerTest):
    @OURS_ONLY
    def testAZeroByteInAnInlineRequestIsAByteLikeOthers(self):
        client = self.connect(self.serve())
        client.sendRaw(b"SET k a\0b\r\nGET k\r\n")
        self.assertOk(client.read())
        self.assertEqual(client.read().value, b"a\0b")

"""What a client may cost before it has authenticated: little, however many commands it sends."""

import time

from integration.base import OURS_ONLY, ServerTest
from support.resp import encode

KB = 1 << 10
# Of docs/durability.md: what the server holds for a client without password.
BYTES_HELD_MAX = 64 * KB
FIELD = "client_unauthenticated_output_disconnections"


@OURS_ONLY
class BeforeAuthTest(ServerTest):
    def serveWithPassword(self, **more):
        server = self.serve(directives={"requirepass": "secret", **more}, wait=False)
        server.waitReady()
        control = self.connect(server)
        self.assertOk(control.call("AUTH", "secret"))
        return server, control

    @staticmethod
    def sendUntilClosed(client, data, bytes_max):
        """How much the server and the kernel took; the client reads nothing."""
        sent = 0
        client.socket.settimeout(5)
        try:
            while sent < bytes_max:
                sent += client.socket.send(data)
        except OSError:
            pass
        return sent

    def testWhoDoesNotReadIsClosedAndCounted(self):
        server, control = self.serveWithPassword()
        before = int(control.info("memory")["used_memory"])
        for count, request in enumerate((b"PING\r\n", b"x\n", encode("PING")), 1):
            client = self.connect(server)
            sent = self.sendUntilClosed(client, request * 10_000, 300 << 20)
            self.assertLess(sent, 300 << 20)
            self.eventually(lambda n=count: control.info("stats")[FIELD] == str(n), "closed")
        stats = control.info("stats")
        self.assertEqual(stats["client_output_buffer_limit_disconnections"], "3")
        # Anybody can bring that about: it must not fill the disk.
        self.assertNotIn("owed too much", server.log())
        after = control.info("memory")
        if after["mem_allocator"] != "libc":
            self.assertLess(int(after["used_memory"]) - before, 1 << 20)

    def testWhoReadsMayAskAsMuchAsItLikes(self):
        server, control = self.serveWithPassword()
        client = self.connect(server)
        for _ in range(50):
            for reply in client.pipeline([("PING",)] * 100):
                self.assertError(reply, "NOAUTH")
        self.assertOk(client.call("AUTH", "secret"))
        client.value("SET", "big", "x" * 100_000)
        self.assertEqual(client.pipeline([("GET", "big")] * 50)[-1].value, b"x" * 100_000)
        self.assertEqual(control.info("stats")[FIELD], "0")

    def testWhatWasAskedBeforeAResetIsStillSent(self):
        server, _ = self.serveWithPassword()
        client = self.connect(server)
        self.assertOk(client.call("AUTH", "secret"))
        client.value("SET", "big", "x" * 3_000_000)
        client.sendRaw(encode("GET", "big") + encode("RESET") + encode("PING"))
        time.sleep(0.05)
        self.assertEqual(len(client.read().value), 3_000_000)
        self.assertEqual(client.read().value, b"RESET")
        self.assertError(client.read(), "NOAUTH")

    def testNothingIsServedButLoggingIn(self):
        server, control = self.serveWithPassword()
        stranger = self.connect(server)
        served = set()
        for facts in control.call("COMMAND", "INFO").value:
            name, arity, *_, subcommands = (fact.value for fact in facts.value)
            for sub, least in [(part.value[0].value, part.value[1].value) for part in subcommands
                               ] or [(name, arity)]:
                words = sub.split(b"|")
                words += [b"x"] * (abs(least) - len(words))
                if sub == b"quit":
                    continue
                reply = stranger.call(*words)
                if reply.kind != "error":
                    served.add(sub)
                elif sub not in (b"auth", b"hello", b"debug"):
                    self.assertIn(b"NOAUTH Authentication required.", reply.value)
        self.assertEqual(served, {b"reset"})
        self.assertEqual(stranger.call("QUIT").kind, "simple")

    def testTheLimitsOfRequestsEndWithAuth(self):
        server, _ = self.serveWithPassword()
        client = self.connect(server)
        value = "x" * 200_000
        client.sendRaw(encode("AUTH", "secret") + encode("SET", "k", value) + encode("GET", "k"))
        self.assertOk(client.read())
        self.assertOk(client.read())
        self.assertEqual(client.read().value, value.encode())
        for request, error in (
                (b"*3\r\n" + b"$12000\r\n%b\r\n" % (b"x" * 12000) * 2 + b"$12000\r\n",
                 "ERR Protocol error: unauthenticated bulk length"),
                (b"x" * 33 * KB, "ERR Protocol error: too big inline request"),
                (b"*" + b"0" * 33 * KB, "ERR Protocol error: too big mbulk count string")):
            stranger = self.connect(server)
            stranger.sendRaw(request)
            self.assertError(stranger.read(), error)
            self.assertTrue(stranger.closedByServer())

    # Each is sent by many clients at once, that then stay: (name, bytes).
    STAYERS = (
        ("nothing", b""),
        ("half a request of 32 KB", b"*10\r\n" + b"$3000\r\n%b\r\n" % (b"x" * 3000) * 9
         + b"$3000\r\n" + b"x" * 2000),
        ("half a bulk string", b"*2\r\n$4\r\nAUTH\r\n$16384\r\n" + b"x" * 16000),
        ("half a line", b"x" * 32_000),
        ("a line of one long word", b"x" * 32_000 + b"\n"),
        ("a long error", encode("HELLO", 3, "y" * 16_000)),
        ("replies just below the limit", b"PING\r\n" * 20),
        ("a long name that is wrong", encode("AUTH", "z" * 15_000, "p" * 15_000)),
        ("a long error, and half a request", encode("HELLO", 3, "y" * 15_000) + b"x" * 31_000),
    )

    def testAClientHoldsLessThan64Kilobytes(self):
        clients_count = 40
        server, control = self.serveWithPassword()
        if control.info("memory")["mem_allocator"] == "libc":
            self.skipTest("with sanitizers, what the allocator gives out is not counted")
        for name, data in self.STAYERS:
            # What is made once, and buffers that all share, are there.
            self.goAway(control, self.stay(server, control, data, 5))
            before = int(control.info("memory")["used_memory"])
            stayers = self.stay(server, control, data, clients_count)
            each = (int(control.info("memory")["used_memory"]) - before) / clients_count
            with self.subTest(name, bytes=each):
                self.assertLess(each, BYTES_HELD_MAX)
            self.goAway(control, stayers)

    def testFailedAttemptsLeaveLittle(self):
        server, control = self.serveWithPassword()
        before = int(control.info("memory")["used_memory"])
        stranger = self.connect(server)
        for number in range(200):
            self.assertError(stranger.call("AUTH", f"{number:03}" + "u" * 16_000, "p"), "WRONGPASS")
        stranger.close()
        entries = control.value("ACL", "LOG", 200)
        self.assertEqual(len(entries), 128)
        entry = dict(zip((key.value for key in entries[0].value[::2]), entries[0].value[1::2]))
        self.assertEqual(entry[b"username"].value, b"199" + b"u" * 125)
        self.assertEqual(entry[b"object"].value, b"AUTH")
        memory = control.info("memory")
        if memory["mem_allocator"] != "libc":
            self.assertLess(int(memory["used_memory"]) - before, 4 * BYTES_HELD_MAX)

    def stay(self, server, control, data, count):
        """So many clients that have sent it, when the server has looked at all of it."""
        before = self.received(control)
        clients = [self.connect(server) for _ in range(count)]
        for client in clients:
            client.sendRaw(data)
        self.eventually(lambda: self.received(control) - before >= len(data) * count, "all read")
        return clients

    def goAway(self, control, clients):
        for client in clients:
            client.close()
        self.eventually(lambda: control.info("clients")["connected_clients"] == "1", "all gone")

    def received(self, control):
        return int(control.info("stats")["total_net_input_bytes"])

    def testDuringAPauseAStrangersRequestsStayInTheKernel(self):
        server, control = self.serveWithPassword()
        stranger = self.connect(server)
        began, pause_ms = time.monotonic(), 1500
        self.assertOk(control.call("CLIENT", "PAUSE", pause_ms, "ALL"))
        request = encode("ECHO", "x" * 1000)
        stranger.sendRaw(encode("AUTH", "secret"))
        time.sleep(0.1)
        stranger.socket.settimeout(0.3)
        sent = 0
        try:
            while sent < 50 << 20:
                sent += stranger.socket.send(request)
        except TimeoutError:
            pass
        self.assertTookLess((time.monotonic() - began) * 1000, pause_ms, "until nothing more could be sent")
        # What the buffers of a socket hold, and no more.
        self.assertLess(sent, 10 << 20)
        stranger.socket.settimeout(10)
        self.assertOk(stranger.read())
        for _ in range(sent // len(request)):
            self.assertEqual(stranger.read().value, b"x" * 1000)

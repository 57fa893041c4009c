"""Which connections end because nothing happens on them: timeout, keepalive, deadlines of waiting clients."""

import os
import time
from pathlib import Path

from integration.base import ServerTest
from support.resp import ConnectionClosed, encode

TIMEOUT_S = 1


class IdleTest(ServerTest):
    def setUp(self):
        self.server = self.serve(directives={"timeout": TIMEOUT_S})
        self.active_at = time.monotonic()

    def active(self, act):
        """What a busy client does, which must not be seen as idle; this test may have had to wait for too long itself."""
        waited = time.monotonic() - self.active_at
        self.active_at = time.monotonic()
        try:
            act()
        except (ConnectionClosed, OSError):
            self.assertTookLess(waited, 0.9 * TIMEOUT_S, "since it last did something")
            raise

    def begin(self, *words, protocol=2, replies=1):
        """A client that has said `words` and nothing since."""
        client = self.connect(self.server, protocol=protocol)
        client.send(*words)
        for _ in range(replies):
            client.read()
        return client

    def outlast(self, rounds=2):
        """Returns when clients that came later have been closed, `rounds` times one after the other.

        The server looks after a few clients at a time, so that the first to be closed proves little about others.
        """
        for _ in range(rounds):
            client = self.begin("PING")
            self.assertTrue(client.closedByServer())

    def blocked(self, *words, count=1):
        client = self.connect(self.server)
        client.send(*words)
        self.eventually(lambda: self.infoField("blocked_clients") == str(count), "it waits")
        return client

    def infoField(self, name):
        # A new connection each time: one that stays would become idle as well.
        with self.server.client() as client:
            return client.info("clients")[name]

    def testAnIdleClientIsClosedAndABusyOneIsNot(self):
        idle, busy = self.begin("PING"), self.begin("PING")
        began = time.monotonic()
        while time.monotonic() - began < 2.5 * TIMEOUT_S:
            self.active(lambda: self.assertEqual(busy.value("PING"), b"PONG"))
            time.sleep(0.1)
        self.assertTrue(idle.closedByServer())
        self.active(lambda: self.assertEqual(busy.value("PING"), b"PONG"))

    def testItIsClosedSoonAfterTheTimeout(self):
        began = time.monotonic()
        client = self.begin("PING")
        self.assertTrue(client.closedByServer())
        took = time.monotonic() - began
        self.assertGreater(took, 0.9 * TIMEOUT_S)
        # Whole seconds are compared, and each client is looked at once a second.
        self.assertTookLess(took, 3.5 * TIMEOUT_S)

    def testOneThatHasNeverSaidAnythingIsClosed(self):
        self.assertTrue(self.connect(self.server).closedByServer())

    def testOneInATransactionIsClosed(self):
        client = self.begin("WATCH", "w")
        client.sendRaw(encode("MULTI") + encode("SET", "k", "v"))
        self.assertTrue(client.closedByServer())
        with self.server.client() as other:
            self.assertEqual(other.value("EXISTS", "k"), 0)

    def testBytesOfARequestCountAsActivity(self):
        client = self.begin("PING")
        request = encode("ECHO", "x" * 20)
        step_s = 2.5 * TIMEOUT_S / len(request)
        for byte in request:
            self.active(lambda byte=byte: client.sendRaw(bytes([byte])))
            time.sleep(step_s)
        self.assertEqual(client.read().value, b"x" * 20)

    def testSubscribersAreSpared(self):
        clients = {words: self.begin(*words, protocol=protocol) for words, protocol in (
            (("SUBSCRIBE", "a"), 2), (("PSUBSCRIBE", "a*"), 2), (("SSUBSCRIBE", "a"), 2),
            (("SUBSCRIBE", "b"), 3))}
        self.outlast()
        with self.server.client() as sender:
            self.assertEqual(sender.value("PUBLISH", "a", "m"), 2)
            self.assertEqual(sender.value("SPUBLISH", "a", "m"), 1)
            self.assertEqual(sender.value("PUBLISH", "b", "m"), 1)
        for words, client in clients.items():
            self.assertEqual(client.read().value[-1].value, b"m", words)

    def testOneThatSubscribesNoMoreIsClosed(self):
        client = self.begin("SUBSCRIBE", "a")
        self.outlast()
        client.call("UNSUBSCRIBE", "a")
        self.assertEqual(client.value("PING"), b"PONG")
        self.assertTrue(client.closedByServer())

    def testThoseThatWaitAreSpared(self):
        pops = [self.blocked("BLPOP", "l", "0"), self.blocked("BZPOPMIN", "z", "100", count=2),
                self.blocked("BLMOVE", "m", "d", "LEFT", "LEFT", "0", count=3),
                self.blocked("WAIT", "1", "60000", count=4)]
        self.outlast()
        self.assertEqual(self.infoField("blocked_clients"), "4")
        with self.server.client() as other:
            other.pipeline([("RPUSH", "l", "v"), ("ZADD", "z", "1", "v"), ("RPUSH", "m", "v")])
        for client in pops[:3]:
            self.assertNotIn(client.read().kind, ("error", "nullarray", "nullbulk"))
        # They count as idle from now on, not from when they began to wait.
        for client in pops[:3]:
            self.assertEqual(client.value("PING"), b"PONG")

    def testOneWhoseWaitHasEndedIsClosedLater(self):
        client = self.blocked("BLPOP", "l", "0")
        self.outlast()
        began = time.monotonic()
        with self.server.client() as other:
            other.call("RPUSH", "l", "v")
        client.read()
        self.assertTrue(client.closedByServer())
        self.assertGreater(time.monotonic() - began, 0.9 * TIMEOUT_S)

    def testThoseThatAPauseHoldsAreSpared(self):
        with self.server.client() as other:
            other.call("CLIENT", "PAUSE", "60000", "WRITE")
        client = self.blocked("SET", "k", "v")
        self.outlast()
        with self.server.client() as other:
            other.call("CLIENT", "UNPAUSE")
        self.assertOk(client.read())


class ChangedTest(ServerTest):
    def testItIsSwitchedOnAndOffAtRunTime(self):
        server = self.serve()
        control, client = self.connect(server), self.connect(server)
        self.assertEqual(client.value("PING"), b"PONG")
        self.assertFalse(client.closedByServer(timeout=1.5))
        self.assertOk(control.call("CONFIG", "SET", "timeout", "1"))
        self.assertTrue(client.closedByServer())
        other = self.connect(server)
        with server.client() as control:
            self.assertOk(control.call("CONFIG", "SET", "timeout", "0"))
        self.assertFalse(other.closedByServer(timeout=2.5))
        other.socket.settimeout(10)
        self.assertEqual(other.value("PING"), b"PONG")

    def testZeroIsTheDefault(self):
        client = self.connect(self.serve())
        self.assertEqual(client.value("CONFIG", "GET", "timeout")[1].value, b"0")


class DeadlineTest(ServerTest):
    def testInfoCountsTheDeadlinesOfThoseThatWait(self):
        server = self.serve()
        control = self.connect(server)
        clients = [self.connect(server) for _ in range(5)]
        for client, timeout in zip(clients, ("0", "100", "0.2", "0.2", "200")):
            client.send("BLPOP", "k", timeout)

        def counts():
            info = control.info("clients")
            return info["blocked_clients"], info["clients_in_timeout_table"]

        self.eventually(lambda: counts() in (("5", "4"), ("3", "2")), "all wait")
        for client in clients[2:4]:
            self.assertEqual(client.read().kind, "nullarray")
        self.assertEqual(counts(), ("3", "2"))
        control.call("RPUSH", "k", "a", "b", "c")
        for client in (clients[0], clients[1], clients[4]):
            self.assertEqual(client.read().kind, "array")
        self.assertEqual(counts(), ("0", "0"))


class KeepaliveTest(ServerTest):
    """What the kernel says of the server's end of a connection."""

    KEEPALIVE_TIMER = 2

    def timerOf(self, server, client):
        """(kind of the timer that runs, seconds until it ends), from the kernel's table of TCP sockets."""
        ports = server.port, client.socket.getsockname()[1]
        for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if tuple(int(end.split(":")[1], 16) for end in fields[1:3]) == ports:
                kind, left = (int(part, 16) for part in fields[5].split(":"))
                return kind, left / os.sysconf("SC_CLK_TCK")
        self.fail("the kernel does not know the connection")

    def assertKeepalive(self, server, seconds):
        with server.tcpClient() as client:
            self.assertEqual(client.value("PING"), b"PONG")
            # The kernel must have acknowledged everything that was sent; until then another timer runs.
            kind, left = self.eventually(
                lambda: (found := self.timerOf(server, client))[0] in (0, self.KEEPALIVE_TIMER) and found,
                "acknowledged replies")
            if seconds == 0:
                self.assertEqual(kind, 0)
            else:
                self.assertEqual(kind, self.KEEPALIVE_TIMER)
                self.assertTrue(seconds - 5 < left <= seconds, left)

    def testConnectionsAreKeptAliveAsAskedFor(self):
        for seconds in (0, 60, 300):
            with self.subTest(seconds=seconds):
                self.assertKeepalive(self.serve(tcp=True, directives={"tcp-keepalive": seconds}), seconds)

    def testTheDefaultIsFiveMinutes(self):
        self.assertKeepalive(self.serve(tcp=True), 300)

    def testChangedForConnectionsToCome(self):
        server = self.serve(tcp=True)
        self.assertOk(self.connect(server).call("CONFIG", "SET", "tcp-keepalive", "40"))
        self.assertKeepalive(server, 40)

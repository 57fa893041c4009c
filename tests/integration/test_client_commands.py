"""What clients can see and do about connections: CLIENT LIST, KILL, REPLY, NO-EVICT and friends."""


from integration.base import OURS_ONLY, ServerTest
from support.resp import encode


class ClientTest(ServerTest):
    def setUp(self):
        self.server = self.serve(tcp=True)
        self.client = self.connect(self.server)

    def named(self, name):
        client = self.connect(self.server)
        client.value("CLIENT", "SETNAME", name)
        return client

    def rows(self, *arguments):
        text = self.client.value("CLIENT", "LIST", *arguments).decode()
        return [dict(item.split("=", 1) for item in line.split()) for line in text.splitlines()]

    def testListHasOneRowAConnection(self):
        self.named("a"), self.named("b")
        rows = {row["name"]: row for row in self.rows()}
        self.assertEqual(sorted(rows), ["", "a", "b"])
        self.assertEqual(rows["a"]["cmd"], "client|setname")
        self.assertEqual(rows[""]["cmd"], "client|list")

    def testTheRequestThatIsBeingReadCounts(self):
        request = encode("CLIENT", "LIST")
        self.assertEqual(self.rows()[0]["qbuf"], str(len(request)))
        pipeline = request + encode("ECHO", "x" * 1000)
        self.client.sendRaw(pipeline)
        self.assertIn(f" qbuf={len(pipeline)} ", self.client.read().value.decode())
        self.client.read()
        # The beginning of one that waits for the rest.
        waiting = self.named("waiting")
        waiting.sendRaw(request[:10])
        self.eventually(lambda: {row["name"]: row for row in self.rows()}["waiting"]["qbuf"] == "10",
                        "what has arrived is counted")

    def testListOfIds(self):
        a, b = self.named("a"), self.named("b")
        ids = [client.value("CLIENT", "ID") for client in (a, b)]
        self.assertEqual([row["name"] for row in self.rows("ID", *ids)], ["a", "b"])
        self.assertEqual(self.rows("ID", 99999), [])

    def testIdsGrow(self):
        ids = [self.connect(self.server).value("CLIENT", "ID") for _ in range(3)]
        self.assertEqual(sorted(set(ids)), ids)

    def testTcpAddressIsShown(self):
        with self.server.tcpClient() as client:
            client.value("CLIENT", "SETNAME", "tcp")
            host, port = client.socket.getsockname()
            row = next(row for row in self.rows() if row["name"] == "tcp")
            self.assertEqual(row["addr"], f"{host}:{port}")
            self.assertEqual(row["laddr"], f"127.0.0.1:{self.server.port}")
            self.assertEqual(self.client.value("CLIENT", "KILL", "ADDR", f"{host}:{port}"), 1)
            self.assertTrue(client.closedByServer())

    def testKillById(self):
        victim, other = self.named("victim"), self.named("other")
        number = victim.value("CLIENT", "ID")
        self.assertEqual(self.client.value("CLIENT", "KILL", "ID", number), 1)
        self.assertTrue(victim.closedByServer())
        self.assertEqual(other.value("PING"), b"PONG")
        self.assertEqual(self.client.value("CLIENT", "KILL", "ID", number), 0)

    def testKilledClientsAreClosedWhenTheKillerIsAnswered(self):
        for _ in range(1000):
            victim = self.connect(self.server)
            number = victim.value("CLIENT", "ID")
            self.assertEqual(self.client.value("CLIENT", "KILL", "ID", number), 1)
            victim.socket.setblocking(False)
            try:
                self.assertEqual(victim.socket.recv(1), b"")
            except BlockingIOError:
                self.fail("the killer was answered first")
            victim.close()

    def testKillOldForm(self):
        with self.server.tcpClient() as victim:
            host, port = victim.socket.getsockname()
            victim.value("PING")
            self.assertOk(self.client.call("CLIENT", "KILL", f"{host}:{port}"))
            self.assertTrue(victim.closedByServer())

    def testKillingOneselfRepliesFirst(self):
        number = self.client.value("CLIENT", "ID")
        self.assertEqual(self.client.value("CLIENT", "KILL", "ID", number, "SKIPME", "no"), 1)
        self.assertTrue(self.client.closedByServer())

    def testKillTypeNormalSparesTheCaller(self):
        others = [self.named(f"n{i}") for i in range(3)]
        self.assertEqual(self.client.value("CLIENT", "KILL", "TYPE", "normal"), 3)
        for other in others:
            self.assertTrue(other.closedByServer())
        self.assertEqual(self.client.value("PING"), b"PONG")

    def testReplyOffAndSkip(self):
        client = self.named("quiet")
        client.sendRaw(encode("CLIENT", "REPLY", "OFF") + encode("SET", "k", "1")
                       + encode("NOSUCH") + encode("CLIENT", "REPLY", "ON") + encode("GET", "k"))
        self.assertOk(client.read())
        self.assertEqual(client.read().value, b"1")
        client.sendRaw(encode("CLIENT", "REPLY", "SKIP") + encode("INCR", "k") + encode("GET", "k"))
        self.assertEqual(client.read().value, b"2")

    def testNoEvictShowsInTheFlags(self):
        client = self.named("kept")
        self.assertOk(client.call("CLIENT", "NO-EVICT", "on"))
        flags = {row["name"]: row["flags"] for row in self.rows()}
        self.assertEqual(flags["kept"], "Ue")

    @OURS_ONLY
    def testNoTouchLeavesTheIdleTimeAlone(self):
        client = self.named("untouching")
        self.assertOk(client.call("CLIENT", "NO-TOUCH", "on"))
        flags = {row["name"]: row["flags"] for row in self.rows()}
        self.assertEqual(flags["untouching"], "UT")
        self.client.value("SET", "k", "v")

        def idle():
            return self.client.value("OBJECT", "IDLETIME", "k")

        def readLeavesItIdle():
            self.assertEqual(client.value("GET", "k"), b"v")
            return idle() >= 2

        self.eventually(readLeavesItIdle, "two seconds without use")
        self.client.value("GET", "k")
        # The next second may have begun.
        self.assertTookLess(idle(), 2, "seconds since it was used")

    @OURS_ONLY
    def testLibraryNameIsShown(self):
        client = self.named("lib")
        self.assertOk(client.call("CLIENT", "SETINFO", "LIB-NAME", "driver"))
        self.assertOk(client.call("CLIENT", "SETINFO", "LIB-VER", "1.2"))
        row = next(row for row in self.rows() if row["name"] == "lib")
        self.assertEqual((row["lib-name"], row["lib-ver"]), ("driver", "1.2"))
        client.value("RESET")

    def testInfoCountsClients(self):
        [self.named(str(i)) for i in range(4)]
        self.assertEqual(self.client.info("clients")["connected_clients"], "5")

"""requirepass, AUTH and HELLO AUTH."""

from integration.base import ServerTest


class AuthTest(ServerTest):
    def setUp(self):
        self.server = self.serve(directives={"requirepass": "secret"})

    def testNothingIsServedBeforeAuth(self):
        client = self.connect(self.server)
        for words in (("GET", "k"), ("PING",), ("INFO",), ("SHUTDOWN",), ("CONFIG", "GET", "*"),
                      ("FLUSHALL",), ("CLIENT", "LIST"), ("COMMAND", "COUNT")):
            self.assertError(client.call(*words), "NOAUTH Authentication required.")

    def testTheRightPasswordOpens(self):
        client = self.connect(self.server)
        self.assertError(client.call("AUTH", "wrong"), "WRONGPASS")
        self.assertError(client.call("GET", "k"), "NOAUTH")
        self.assertOk(client.call("AUTH", "secret"))
        self.assertOk(client.call("SET", "k", "v"))

    def testHelloAuthOpensAndNames(self):
        client = self.connect(self.server)
        self.assertError(client.call("HELLO", "3"), "NOAUTH HELLO must be called with the client "
                         "already authenticated, otherwise the HELLO")
        self.assertError(client.call("HELLO", "3", "AUTH", "default", "wrong"), "WRONGPASS")
        reply = client.call("HELLO", "3", "AUTH", "default", "secret", "SETNAME", "me")
        self.assertEqual(reply.kind, "map")
        self.assertEqual(client.value("CLIENT", "GETNAME"), b"me")

    def testHelloTellsWhoWeAre(self):
        client = self.connect(self.server)
        reply = client.call("HELLO", "3", "AUTH", "default", "secret")
        fields = {key.value.decode(): value for key, value in reply.value}
        self.assertEqual(list(fields), ["server", "version", "proto", "id", "mode", "role",
                                        "modules"])
        self.assertEqual(fields["server"].value, b"redis")
        self.assertEqual(fields["proto"].value, 3)

    def testResetForgetsThePassword(self):
        client = self.connect(self.server)
        client.value("AUTH", "secret")
        self.assertEqual(client.value("RESET"), b"RESET")
        self.assertError(client.call("GET", "k"), "NOAUTH")

    def testANewPasswordLeavesOldConnectionsOpen(self):
        client = self.connect(self.server)
        client.value("AUTH", "secret")
        client.value("CONFIG", "SET", "requirepass", "other")
        self.assertOk(client.call("SET", "k", "v"))
        late = self.connect(self.server)
        self.assertError(late.call("AUTH", "secret"), "WRONGPASS")
        self.assertOk(late.call("AUTH", "other"))
        client.value("CONFIG", "SET", "requirepass", "")
        self.assertOk(self.connect(self.server).call("SET", "k", "v"))

    def testThePasswordIsNotInTheLogFileOrMonitorableInClientList(self):
        client = self.connect(self.server)
        client.value("AUTH", "secret")
        self.assertNotIn(b"secret", client.value("CLIENT", "LIST"))
        self.assertNotIn("secret", self.server.log())

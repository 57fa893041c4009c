"""Where the server listens, who may connect, and when a connection is ended."""

import os
import socket
import stat

from integration.base import ServerTest, foreignAddress, hasIpv6, isRoot
from support.resp import Client, ConnectionClosed, encode
from support.server import freePort, runToExit

UNUSED_ADDRESS = "192.0.2.9"


class ListenTest(ServerTest):
    def testUnixSocketHasThePermissionsAskedFor(self):
        for mode in ("700", "770", "777"):
            server = self.serve(directives={"unixsocketperm": mode})
            found = stat.S_IMODE(os.stat(server.socket_path).st_mode)
            self.assertEqual(oct(found), oct(int(mode, 8)))

    def testAStaleUnixSocketIsReplaced(self):
        server = self.serve()
        server.kill()
        self.assertTrue(os.path.exists(server.socket_path))
        server.start()
        self.assertEqual(self.connect(server).value("PING"), b"PONG")

    def testSeveralAddresses(self):
        server = self.serve(tcp=True, directives={"bind": ("127.0.0.1", "127.0.0.2")})
        for host in ("127.0.0.1", "127.0.0.2"):
            with server.tcpClient(host=host) as client:
                self.assertEqual(client.value("PING"), b"PONG")
        with self.assertRaises(OSError):
            server.tcpClient(host="127.0.0.3")

    def testIpv6(self):
        if not hasIpv6():
            self.skipTest("this machine has no IPv6 loopback")
        server = self.serve(tcp=True, directives={"bind": ("127.0.0.1", "::1")})
        with server.tcpClient(host="::1") as client:
            self.assertEqual(client.value("PING"), b"PONG")

    def testAnAddressWithAMinusMayBeMissing(self):
        server = self.serve(tcp=True, directives={"bind": ("127.0.0.1", "-" + UNUSED_ADDRESS)})
        with server.tcpClient() as client:
            self.assertEqual(client.value("PING"), b"PONG")

    def testAnAddressWithoutAMinusMayNot(self):
        status, text = runToExit(["--port", str(freePort()), "--bind", "127.0.0.9", UNUSED_ADDRESS])
        self.assertEqual(status, 1, text)
        self.assertIn("Failed listening on port", text)

    def testListeningNowhereIsRefused(self):
        status, text = runToExit(["--port", "0"])
        self.assertEqual(status, 1)
        self.assertIn("Configured to not listen anywhere, exiting.", text)

    def testPortAndBindChangeAtRunTime(self):
        server = self.serve(tcp=True)
        other = self.serve(tcp=True, start=False).port
        client = self.connect(server)
        self.assertOk(client.call("CONFIG", "SET", "port", other))
        with Client(("127.0.0.1", other)) as moved:
            self.assertEqual(moved.value("PING"), b"PONG")
        with self.assertRaises(OSError):
            Client(("127.0.0.1", server.port))
        self.assertOk(client.call("CONFIG", "SET", "bind", "127.0.0.2"))
        with Client(("127.0.0.2", other)) as moved:
            self.assertEqual(moved.value("PING"), b"PONG")

    def testABacklogIsTaken(self):
        server = self.serve(tcp=True, directives={"tcp-backlog": "128"})
        with server.tcpClient() as client:
            self.assertEqual(client.value("PING"), b"PONG")


class ProtectedModeTest(ServerTest):
    def serveEverywhere(self, **directives):
        return self.serve(tcp=True, directives={"bind": "0.0.0.0", **directives})

    def host(self):
        return foreignAddress() or self.skipTest("this machine has only loopback addresses")

    def testAForeignAddressIsDenied(self):
        server, host = self.serveEverywhere(), self.host()
        with server.tcpClient(host=host) as client:
            try:
                self.assertError(client.call("PING"), "DENIED Redis is running in protected mode")
            except BrokenPipeError:
                self.assertError(client.read(), "DENIED Redis is running in protected mode")
            self.assertTrue(client.closedByServer())

    def testLoopbackIsServed(self):
        with self.serveEverywhere().tcpClient() as client:
            self.assertEqual(client.value("PING"), b"PONG")

    def testAPasswordOrSwitchingItOffLetsForeignAddressesIn(self):
        host = self.host()
        with self.serveEverywhere(requirepass="x").tcpClient(host=host) as client:
            self.assertError(client.call("PING"), "NOAUTH")
        with self.serveEverywhere(**{"protected-mode": "no"}).tcpClient(host=host) as client:
            self.assertEqual(client.value("PING"), b"PONG")


class LimitTest(ServerTest):
    def testOneClientTooManyIsToldSoAndClosed(self):
        server = self.serve(directives={"maxclients": "5"})
        clients = [self.connect(server) for _ in range(5)]
        for client in clients:
            self.assertEqual(client.value("PING"), b"PONG")
        late = self.connect(server)
        self.assertError(late.read(), "ERR max number of clients reached")
        self.assertTrue(late.closedByServer())
        self.assertEqual(clients[0].info("stats")["rejected_connections"], "1")
        clients[4].close()
        self.eventually(lambda: self.pings(server), "a place that became free")

    def pings(self, server):
        try:
            with server.client() as client:
                return client.call("PING").kind == "simple"
        except (ConnectionClosed, OSError):
            return False

    def testMaxclientsChangesAtRunTime(self):
        server = self.serve()
        client = self.connect(server)
        self.assertOk(client.call("CONFIG", "SET", "maxclients", "1"))
        self.assertError(self.connect(server).read(), "ERR max number of clients reached")
        self.assertOk(client.call("CONFIG", "SET", "maxclients", "10"))
        self.assertTrue(self.pings(server))

    def testTheDescriptorLimitLowersMaxclientsAndSaysSo(self):
        prefix = ["prlimit", "--nofile=200:200"]
        if isRoot():
            # Root may raise any limit, unless this capability is gone.
            prefix += ["setpriv", "--bounding-set", "-sys_resource"]
        server = self.serve(prefix=prefix)
        client = self.connect(server)
        self.assertEqual(client.value("CONFIG", "GET", "maxclients")[1].value, b"168")
        self.assertIn("maxclients has been reduced to 168", server.log())

    def testASoftDescriptorLimitIsRaised(self):
        server = self.serve(prefix=["prlimit", "--nofile=200:5000"],
                            directives={"maxclients": "3000"})
        client = self.connect(server)
        self.assertEqual(client.value("CONFIG", "GET", "maxclients")[1].value, b"3000")

    def testManyConnectionsAtOnce(self):
        server = self.serve(directives={"maxclients": "1000"})
        clients = [self.connect(server) for _ in range(600)]
        for number, client in enumerate(clients):
            client.send("ECHO", number)
        for number, client in enumerate(clients):
            self.assertEqual(client.read().value, str(number).encode())
        self.assertEqual(clients[0].info("clients")["connected_clients"], "600")
        for client in clients[1:]:
            client.close()
        self.eventually(lambda: clients[0].info("clients")["connected_clients"] == "1",
                        "closed connections are forgotten")

    def testClientsThatHangUpInTheMiddleAreForgotten(self):
        server = self.serve(tcp=True)
        client = self.connect(server)
        frame = encode("SET", "k", "x" * 100_000)
        for number in range(200):
            family, address = ((socket.AF_UNIX, server.socket_path) if number % 2
                               else (socket.AF_INET, ("127.0.0.1", server.port)))
            with socket.socket(family) as connection:
                connection.connect(address)
                connection.sendall(frame[:(number * 997) % len(frame)])
        self.eventually(lambda: client.info("clients")["connected_clients"] == "1", "all are gone")

    def testWhoSendsNoMoreStillGetsItsReplies(self):
        server = self.serve(directives={"appendonly": "yes", "appendfsync": "always"})
        for _ in range(50):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(10)
                connection.connect(server.socket_path)
                connection.sendall(encode("SET", "k", "v") + encode("GET", "k"))
                connection.shutdown(socket.SHUT_WR)
                received = b""
                while piece := connection.recv(1000):
                    received += piece
                self.assertEqual(received, b"+OK\r\n$1\r\nv\r\n")

    def testIdleConnectionsCostLittleMemory(self):
        server = self.serve()
        first = self.connect(server)
        before = int(first.info("memory")["used_memory"])
        clients = [self.connect(server) for _ in range(500)]
        for client in clients:
            client.value("PING")
        # Buffers of a connection that talked may stay for a while; what matters is no 64 KB each.
        grown = int(first.info("memory")["used_memory"]) - before
        self.assertLess(grown / len(clients), 64 * 1024)

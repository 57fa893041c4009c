"""A long load at start: the port answers, progress shows, an end leaves the log alone."""

import hashlib
import signal

from integration.base import ServerTest
from support.resp import ConnectionClosed, encode

ON = {"appendonly": "yes", "aof-use-rdb-preamble": "no"}
COMMANDS = 4_000_000
PROGRESS = ("loading_start_time", "loading_total_bytes", "loading_loaded_bytes",
            "loading_loaded_perc", "loading_eta_seconds")


class LoadingTest(ServerTest):
    @classmethod
    def setUpClass(cls):
        block = b"".join(encode("SET", f"key:{i}", f"value {i}") for i in range(1000))
        cls.text = encode("SELECT", 0) + block * (COMMANDS // 1000)

    def startLoading(self):
        server = self.serve(directives=ON, start=False)
        self.path = server.dir / "appendonly.aof"
        self.path.write_bytes(self.text)
        server.start(wait=False)
        return server

    def loadingClient(self, server):
        """A connection that was told -LOADING at least once."""
        return self.eventually(lambda: self._tryLoading(server), "a LOADING reply")

    def _tryLoading(self, server):
        try:
            client = server.client()
        except OSError:
            return None
        try:
            reply = client.call("PING")
        except (ConnectionClosed, OSError):
            client.close()
            return None
        if reply.kind == "error":
            self.assertError(reply, "LOADING Redis is loading the dataset in memory")
            self.addCleanup(client.close)
            return client
        self.fail("the load ended before a client could look")
        return None

    def testCommandsAreToldLoadingAndProgressShows(self):
        server = self.startLoading()
        client = self.loadingClient(server)
        info = client.info("persistence")
        if info["loading"] == "1":
            self.assertEqual([name for name in PROGRESS if name not in info], [])
            self.assertEqual(int(info["loading_total_bytes"]), len(self.text))
            self.assertLessEqual(int(info["loading_loaded_bytes"]), len(self.text))
        server.waitReady(60)
        self.assertEqual(client.info("persistence")["loading"], "0")
        self.assertEqual(client.value("DBSIZE"), 1000)

    def testReadsAndWritesAreRefusedWhileLoading(self):
        client = self.loadingClient(self.startLoading())
        replies = client.pipeline([("GET", "key:1"), ("SET", "k", "v"), ("INFO", "server"),
                                   ("HELLO", "3"), ("CLIENT", "ID")])
        self.assertError(replies[0], "LOADING")
        self.assertError(replies[1], "LOADING")
        for reply in replies[2:]:
            self.assertNotEqual(reply.kind, "error", reply)

    def testSigtermWhileLoadingEndsWithZeroAndLeavesTheFile(self):
        self.endsCleanly(lambda server, client: server.signal(signal.SIGTERM))

    def testShutdownWhileLoadingEndsWithZeroAndLeavesTheFile(self):
        self.endsCleanly(lambda server, client: client.send("SHUTDOWN", "NOSAVE"))

    def endsCleanly(self, end):
        server = self.startLoading()
        client = self.loadingClient(server)
        end(server, client)
        self.assertEqual(server.waitExit(), 0, server.log())
        path = self.path
        if server.isStock:
            path = server.dir / "appendonlydir" / path.name
        self.assertEqual(hashlib.sha256(path.read_bytes()).digest(),
                         hashlib.sha256(self.text).digest())

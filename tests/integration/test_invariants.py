"""A claim of the server's own that does not hold ends the process through the server log, and costs no data."""

import signal

from integration.base import OURS_ONLY, ServerTest


@OURS_ONLY
class InvariantTest(ServerTest):
    def serveWithLog(self, **directives):
        return self.serve(directives={"appendonly": "yes", "appendfsync": "always", "enable-debug-command": "yes",
                                      **directives})

    def testAClaimThatDoesNotHoldEndsTheProcessAndKeepsTheData(self):
        server = self.serveWithLog()
        client = self.connect(server)
        self.assertEqual(client.value("SET", "key", "value"), b"OK")
        client.send("DEBUG", "ASSERT")
        self.assertEqual(server.waitExit(), -signal.SIGABRT)
        said = server.log()
        self.assertIn("An invariant does not hold: DEBUG ASSERT was not called; seen: 2 (", said)
        self.assertIn("debug_commands.cpp:", said)
        self.assertIn("# An invariant", said, "a line of the server log, as a warning")
        server.restart()
        self.assertEqual(self.connect(server).value("GET", "key"), b"value")

    def testTheLineGoesToTheLogFileToo(self):
        server = self.serveWithLog(logfile="server.log")
        self.connect(server).send("DEBUG", "ASSERT")
        self.assertEqual(server.waitExit(), -signal.SIGABRT)
        self.assertIn("An invariant does not hold", (server.dir / "server.log").read_text())

    def testItIsRefusedWhereDebugIs(self):
        server = self.serve(directives={"enable-debug-command": "no"})
        client = self.connect(server)
        self.assertIn("DEBUG command not allowed", str(client.call("DEBUG", "ASSERT")))
        self.assertEqual(client.value("PING"), b"PONG")

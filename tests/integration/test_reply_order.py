"""A reply leaves after its write is in the log: the order on which every promise about data rests."""

import os
import time

from integration.base import OURS_ONLY, ServerTest
from support.server import ourBinary

SLOW_WRITE_S = 0.3


@OURS_ONLY
class ReplyOrderTest(ServerTest):
    """The library makes each write to the log take 300 ms while a file exists, so that a reply sent
    before the write arrives while the log is still without it."""

    def serveSlowly(self, policy):
        library = os.path.join(os.path.dirname(ourBinary()), "libdisturbed-disk.so")
        self.assertTrue(os.path.exists(library), f"{library} is missing: build all targets")
        server = self.serve(directives={"appendonly": "yes", "appendfsync": policy}, start=False,
                            prefix=("env", f"LD_PRELOAD={library}", "SLOW_WRITE_WHILE=slow"))
        server.start()
        return server

    def checkPolicy(self, policy):
        server = self.serveSlowly(policy)
        client = self.connect(server)
        self.assertOk(client.call("SET", "before", "v"))
        (server.dir / "slow").touch()
        for number in range(3):
            value = f"acknowledged-{number}"
            started = time.monotonic()
            self.assertOk(client.call("SET", "key", value))
            took = time.monotonic() - started
            self.assertIn(value.encode(), server.aofPath().read_bytes())
            self.assertGreater(took, SLOW_WRITE_S * 0.9)
        # What wrote nothing has nothing to wait for.
        started = time.monotonic()
        client.call("GET", "key")
        self.assertTookLess(time.monotonic() - started, SLOW_WRITE_S * 0.9)

    def testAReplyLeavesAfterItsWriteIsInTheLogUnderEverysec(self):
        self.checkPolicy("everysec")

    def testAReplyLeavesAfterItsWriteIsInTheLogUnderAlways(self):
        self.checkPolicy("always")

    def testAReplyLeavesAfterItsWriteIsInTheLogUnderNo(self):
        self.checkPolicy("no")

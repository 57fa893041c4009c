"""The diff of a rewrite does not pile up in memory, neither the server's nor its child's."""

import random
import time
from pathlib import Path

from crash.children import rewriteEnded
from integration.base import OURS_ONLY, ServerTest
from support.server import childrenOf

MB = 1_000_000
KEYS = 10_000
VALUE_BYTES = 2000
# Makes the image last longer than all that is written meanwhile.
SAVE_DELAY_US = 500
# Few and big ones that are written again and again: little is copied because of them, much is logged.
BIG = "b" * 50_000
BIG_KEYS = 8
BATCH = 20
LOGGED_BYTES = 120 * MB
# So fast that it takes 3 s: the same on every machine, and a busy one can follow.
BYTES_PER_SECOND = 40 * MB
# The most text that may wait for the child between two looks at the pipe.
SERVER_BUFFER_MAX = 30 * MB
# The child's own buffers, and pages that the server has changed since the fork.
CHILD_PRIVATE_MAX = 30 * MB


def privateDirtyBytes(pid):
    """Memory that a process shares with no other; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_Dirty:"))


class RewriteMemoryTest(ServerTest):
    def start(self, preamble):
        server = self.serve(directives={
            "appendonly": "yes", "auto-aof-rewrite-percentage": "0", "aof-use-rdb-preamble": preamble,
            "rdb-key-save-delay": str(SAVE_DELAY_US)})
        client = self.connect(server, timeout=60.0)
        # The values must not compress, so that the image grows as it would with so much data.
        values = random.Random(1)
        client.pipeline([("SET", f"k{number}", values.randbytes(VALUE_BYTES)) for number in range(KEYS)])
        client.pipeline([("SET", f"b{number}", BIG) for number in range(BIG_KEYS)])
        return server, client

    def writeWhileItRuns(self, server, client):
        """The largest buffer of the server and private memory of the child that were seen."""
        buffer = private = written = 0
        begin = time.monotonic()
        while self.logged < LOGGED_BYTES and not rewriteEnded(client):
            client.pipeline([("SET", f"b{(written + i) % BIG_KEYS}", BIG[:-6] + f"{written + i:06}")
                             for i in range(BATCH)])
            written += BATCH
            self.logged += BATCH * len(BIG)
            fields = client.info("persistence")
            buffer = max(buffer, int(fields["aof_rewrite_buffer_length"]),
                         int(fields["aof_rewrite_buffer_peak"]))
            private = max([private, *map(privateDirtyBytes, childrenOf(server.pid))])
            time.sleep(max(0.0, begin + self.logged / BYTES_PER_SECOND - time.monotonic()))
        return buffer, private

    def staysBounded(self, preamble):
        server, client = self.start(preamble)
        self.logged = 0
        client.value("BGREWRITEAOF")
        buffer, private = self.writeWhileItRuns(server, client)
        self.assertInTime(self.logged >= LOGGED_BYTES, "the rewrite ended too early to tell")
        self.assertGreater(private, 0)
        self.assertLess(buffer, SERVER_BUFFER_MAX)
        self.assertLess(private, CHILD_PRIVATE_MAX)
        client.value("CONFIG", "SET", "rdb-key-save-delay", "0")
        self.eventually(lambda: rewriteEnded(client) == "ok", "the end of the rewrite", timeout=60)
        wanted = [client.value("GET", f"b{number}") for number in range(BIG_KEYS)]
        server.restart(crash=True)
        client = self.connect(server, timeout=60.0)
        self.assertEqual([client.value("GET", f"b{number}") for number in range(BIG_KEYS)], wanted)
        self.assertEqual(client.value("DBSIZE"), KEYS + BIG_KEYS)

    @OURS_ONLY
    def testWhatIsLoggedDuringARewriteWithAPreambleIsSpooled(self):
        self.staysBounded("yes")

    @OURS_ONLY
    def testWhatIsLoggedDuringARewriteOfCommandsIsSpooled(self):
        self.staysBounded("no")

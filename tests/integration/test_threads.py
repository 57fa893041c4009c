"""Everything that has a thread of its own at the same time: what the thread sanitizer looks at, see `make threads`."""

import threading
import time

from integration.base import OURS_ONLY, ServerTest

SECONDS = 1.0
WRITERS = 4
MEMBERS = 20_000


class ThreadsTest(ServerTest):
    def work(self, steps):
        """Calls each step again and again, each in a thread with a client of its own, for SECONDS."""
        end, failures = time.monotonic() + SECONDS, []

        def run(step):
            try:
                with self.server.client() as client:
                    while time.monotonic() < end:
                        step(client)
            except Exception as error:  # whatever it is, the test must hear of it
                failures.append(error)

        threads = [threading.Thread(target=run, args=(step,)) for step in steps]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [], self.server.log())

    def write(self, client):
        client.pipeline([("INCR", "n"), ("APPEND", "text", "x"), ("SET", "k", "v", "EX", 1000), ("GET", "n")])

    def freeLazily(self, client):
        client.value("SADD", "big", *range(MEMBERS))
        client.value("UNLINK", "big")
        client.value("SELECT", 9)
        client.value("SADD", "big", *range(MEMBERS))
        client.value("FLUSHDB", "ASYNC")
        client.value("SELECT", 0)

    def rewrite(self, client):
        client.call("BGREWRITEAOF")
        self.eventually(lambda: client.info("persistence")["aof_rewrite_in_progress"] == "0", "a rewrite")

    def switch(self, client):
        for policy in ("always", "everysec", "no"):
            self.assertOk(client.call("CONFIG", "SET", "appendfsync", policy))
            time.sleep(0.05)

    def save(self, client):
        client.call("BGSAVE")
        time.sleep(0.1)

    @OURS_ONLY
    def testTheyGetOnWithEachOther(self):
        for policy in ("always", "everysec"):
            with self.subTest(policy=policy):
                self.server = self.serve(directives={"appendonly": "yes", "appendfsync": policy,
                                                     "enable-debug-command": "yes"})
                self.work([self.write] * WRITERS + [self.freeLazily])
                self.work([self.write, self.freeLazily, self.rewrite, self.switch, self.save])
                client = self.connect(self.server)
                client.value("DEL", "big")
                digest = client.value("DEBUG", "DIGEST")
                self.assertEqual(self.server.stop(), 0, self.server.log())
                self.server.start()
                self.assertEqual(self.connect(self.server).value("DEBUG", "DIGEST"), digest)
                self.assertNotIn("Sanitizer", self.server.log())

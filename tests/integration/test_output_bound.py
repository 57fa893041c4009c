"""client-output-buffer-max: no reply takes the memory of the machine, whatever it is the reply to."""

import re
import time
from pathlib import Path

from integration.base import OURS_ONLY, ServerTest
from support.resp import ConnectionClosed, encode

MB = 1 << 20
ENDLESS = "-9223372036854775807"


@OURS_ONLY
class OutputBoundTest(ServerTest):
    def serveBounded(self, bound="32mb"):
        server = self.serve(directives={"client-output-buffer-max": bound})
        return server, self.connect(server)

    def assertClosed(self, client):
        with self.assertRaises(ConnectionClosed):
            while True:
                client.read()

    def peak(self, server):
        """The most memory the process ever had, in bytes."""
        status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE)[1]) * 1024

    def testWhatMultipliesOutputStopsAtTheBound(self):
        server, control = self.serveBounded()
        control.value("SET", "big", "x" * MB)
        control.value("SADD", "set", "a")
        control.value("HSET", "hash", "f", "v")
        control.value("HSET", "bighash", "f", "v" * MB)
        control.value("ZADD", "zset", 1, "m")
        control.value("RPUSH", "list", *["g"] * 100)
        control.value("RPUSH", "biglist", *["x" * MB] * 20)
        before = self.peak(server)
        for count, words in enumerate((
                ("SRANDMEMBER", "set", ENDLESS), ("HRANDFIELD", "hash", ENDLESS),
                ("ZRANDMEMBER", "zset", ENDLESS), ("HRANDFIELD", "bighash", -5000, "WITHVALUES"),
                ("SRANDMEMBER", "set", -5_000_000), ("MGET", *["big"] * 1000),
                ("HMGET", "bighash", *["f"] * 1000),
                ("SORT", "list", "BY", "none", "GET", "bi*", "GET", "bi*"),
                ("EXEC",)), 1):
            client = self.connect(server)
            if words == ("EXEC",):
                # Each alone is well below it.
                client.value("MULTI")
                client.pipeline([("LRANGE", "biglist", 0, -1)] * 5 + [("SET", "written", 1)])
            started = time.monotonic()
            client.send(*words)
            self.assertClosed(client)
            with self.subTest(words[0]):
                self.assertTookLess(time.monotonic() - started, 5)
                stats = control.info("stats")
                self.assertEqual(stats["client_output_buffer_limit_disconnections"], str(count))
                self.assertLess(self.peak(server) - before, 64 * MB)
        # A transaction is whole, whoever hears of it.
        self.assertEqual(control.value("GET", "written"), b"1")
        self.assertIn("overcoming of output buffer limits", server.log())

    def testAPipelineThatNobodyReadsStopsThere(self):
        server, control = self.serveBounded()
        control.value("SET", "big", "x" * MB)
        client = self.connect(server)
        client.value("CLIENT", "SETNAME", "deaf")
        client.sendRaw(encode("GET", "big") * 200 + encode("SET", "behind", 1))
        self.eventually(lambda: b"name=deaf " not in control.value("CLIENT", "LIST"), "closed")
        self.assertEqual(control.call("GET", "behind").kind, "nullbulk")

    def testWhatIsBelowTheBoundIsSent(self):
        _, control = self.serveBounded(bound="64mb")
        control.value("SET", "big", "x" * 50 * MB)
        self.assertEqual(len(control.value("GET", "big")), 50 * MB)
        self.assertEqual(len(control.value("GET", "big")), 50 * MB)
        control.value("SADD", "set", "a")
        self.assertEqual(len(control.value("SRANDMEMBER", "set", -100_000)), 100_000)
        self.assertEqual(control.info("stats")["client_output_buffer_limit_disconnections"], "0")

    def testAHardLimitHoldsWithinACommand(self):
        server, control = self.serveBounded(bound="1mb")
        control.value("SET", "big", "x" * MB)
        control.value("CONFIG", "SET", "client-output-buffer-limit", "normal 20mb 0 0")
        self.assertEqual(len(control.value("MGET", *["big"] * 19)), 19)
        before = self.peak(server)
        client = self.connect(server)
        client.send("MGET", *["big"] * 1000)
        self.assertClosed(client)
        self.assertLess(self.peak(server) - before, 40 * MB)

    def testTheDefaultIsAGigabyteAndNoneCannotBeChosen(self):
        client = self.connect(self.serve())
        name = "client-output-buffer-max"
        self.assertEqual(client.value("CONFIG", "GET", name), (
            client.call("ECHO", name), client.call("ECHO", 1 << 30)))
        self.assertError(client.call("CONFIG", "SET", name, 0), "ERR CONFIG SET failed")

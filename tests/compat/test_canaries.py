"""A comparison that cannot fail proves nothing: each of them must find what its canary altered."""

import subprocess
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent


class CanaryTest(unittest.TestCase):
    def run_(self, script, *arguments):
        return subprocess.run([HERE / script, *arguments], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT, timeout=120, check=False)

    def assertFound(self, script, marker, *arguments):
        done = self.run_(script, *arguments)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(marker, done.stdout)

    def testRandomStreamFindsAnAlteredReply(self):
        self.assertFound("random_stream.py", "DIFFERENT",
                         "--profile", "small", "--count", "2000", "--seed", "7", "--canary")

    def testScriptedCasesFindAnAlteredReply(self):
        done = self.run_("run_cases.py", "--family", "strings", "--resp", "2", "--canary")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stdout, r"[1-9]\d* differences")

    def testLogTextFindsADroppedCommand(self):
        self.assertFound("log_text.py", "log command",
                         "--profile", "small", "--count", "2000", "--canary", "text")

    def testLogTextFindsACommandTooManyAfterARestart(self):
        self.assertFound("log_text.py", "after kill -9",
                         "--profile", "small", "--count", "2000", "--canary", "restart")

    def testScanWalkFindsALostKey(self):
        for kind in ("keys", "hash", "set", "zset"):
            self.assertFound("scan_walk.py", f"{kind}: walk 0 lost", "--kind", kind, "--walks", "1",
                             "--seed", "7", "--canary")

    def testAclRulesFindAnAlteredReply(self):
        self.assertFound("acl_rules.py", "expected", "--count", "1000", "--seed", "7", "--canary")

    def testInterleavedFindsAnAlteredMessage(self):
        self.assertFound("interleaved.py", "what client 6 got", "--count", "500", "--seed", "7", "--canary")


if __name__ == "__main__":
    unittest.main()

"""The crash tests must see a log that lost its tail, and a file that was left behind."""

import subprocess
import unittest
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


class CrashCanaryTest(unittest.TestCase):
    def fails(self, script, *options):
        """What a run printed that must not succeed."""
        done = subprocess.run([FOLDER / script, "--seed", "11", *options], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                              check=False)
        self.assertEqual(done.returncode, 1, done.stdout)
        return done.stdout

    def testALogThatLostItsTailIsFound(self):
        printed = self.fails("crash_round.py", "--rounds", "3", "--canary")
        self.assertRegex(printed, r"[1-9]\d* rounds lost or invented")

    def testARewrittenLogThatLostItsTailIsFound(self):
        printed = self.fails("rewrite_steps.py", "--canary", "tail", "--policy", "always", "--step",
                             "child-after-rename", "--step", "parent-after-swap")
        self.assertIn("3 deaths, 3 lost", printed)

    def testAFileThatWasLeftBehindIsFound(self):
        printed = self.fails("rewrite_steps.py", "--canary", "file", "--policy", "everysec",
                             "--step", "parent-before-rename")
        self.assertIn("temp-rewriteaof-1.aof was left behind", printed)


if __name__ == "__main__":
    unittest.main()

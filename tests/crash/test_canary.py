"""The proofs must see a log that lost its tail, a reply that took too long, a file that was left behind, a change that
was served, a sync that did nothing, a copy that lost its end, and clients that take more than they may."""

import os
import subprocess
import unittest
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


class CrashCanaryTest(unittest.TestCase):
    def fails(self, script, *options):
        """Runs a program that must fail; returns what it printed."""
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

    def testAChangeThatIsLoadedIsFound(self):
        printed = self.fails("bit_rot.py", "--canary", "--changes", "5")
        self.assertRegex(printed, r"small log .* [1-9]\d* not detected")
        self.assertRegex(printed, r"large log .* [1-9]\d* not detected")

    def testASyncThatDoesNothingIsFound(self):
        printed = self.fails("power_cut.py", "--canary", "--policy", "always", "--cuts", "10", "--seconds", "2")
        self.assertRegex(printed, r"always: 10 cuts .* [1-9]\d* wrong")

    def testACopyThatLostItsEndIsFound(self):
        printed = self.fails("live_copies.py", "--canary", "--policy", "everysec", "--copies", "4")
        self.assertRegex(printed, r"everysec: 4 copies .* [1-9]\d* wrong")

    def testALogThatLostItsTailAfterAFaultIsFound(self):
        printed = self.fails("disk_faults.py", "--canary", "--policy", "always", "--share", "0.06")
        self.assertRegex(printed, r"runs, [1-9]\d* wrong")

    @unittest.skipIf(os.geteuid() != 0, "mounting a small tmpfs needs root")
    def testALogThatLostItsTailOnAFullDiskIsFound(self):
        printed = self.fails("disk_full.py", "--canary", "tail", "--rounds", "2", "--longest-ms", "9000")
        self.assertRegex(printed, r"2 rounds, .* [12] rounds lost or invented, .* 0 rounds over")

    @unittest.skipIf(os.geteuid() != 0, "mounting a small tmpfs needs root")
    def testAReplyThatTakesTooLongIsFound(self):
        printed = self.fails("disk_full.py", "--canary", "wait", "--rounds", "1", "--longest-ms", "1500")
        self.assertRegex(printed, r"1 rounds, .* 0 rounds lost or invented, .* 1 rounds over 1500 ms")

    def testClientsThatTakeMoreThanTheyMayAreFound(self):
        printed = self.fails("hostile_network.py", "--canary", "--connections", "100")
        self.assertRegex(printed, r"hostile clients took \d+ MB, \d+ allowed")


if __name__ == "__main__":
    unittest.main()

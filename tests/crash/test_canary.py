"""The crash round must see a log that lost its tail."""

import subprocess
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent / "crash_round.py"


class CrashCanaryTest(unittest.TestCase):
    def testALogThatLostItsTailIsFound(self):
        done = subprocess.run([SCRIPT, "--rounds", "3", "--seed", "11", "--canary"], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                              check=False)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertRegex(done.stdout, r"[1-9]\d* rounds lost or invented")


if __name__ == "__main__":
    unittest.main()

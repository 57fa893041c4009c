#!/usr/bin/python3
"""Whether install.py tells a missing network from other failures, with npm played by a script."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parent / "install.py"


class InstallTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.bin = pathlib.Path(folder.name) / "bin"
        self.bin.mkdir()
        self.folder = pathlib.Path(folder.name) / "clients"

    def install(self, npm):
        """Runs it with the shell commands `npm` for npm; (status, all it printed)."""
        program = self.bin / "npm"
        program.write_text("#!/bin/sh\n" + npm)
        program.chmod(0o755)
        done = subprocess.run([sys.executable, SCRIPT, self.folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False, env={**os.environ, "PATH": f"{self.bin}:/usr/bin:/bin"})
        return done.returncode, done.stdout

    def testTheLockedVersionsAreInstalledOnce(self):
        self.assertEqual(self.install("echo $* >>calls"), (0, ""))
        self.assertEqual(self.install("exit 1"), (0, ""))
        self.assertRegex((self.folder / "calls").read_text(), r"\Aci [^\n]*\n\Z")
        for name in ("package.json", "package-lock.json"):
            self.assertEqual((self.folder / name).read_text(), SCRIPT.with_name(name).read_text())

    def testChangedVersionsAreInstalledAgain(self):
        self.install("exit 0")
        (self.folder / "installed").write_text("others")
        self.assertEqual(self.install("touch again"), (0, ""))
        self.assertTrue((self.folder / "again").exists())

    def testWithoutANetworkTheReasonIsLeft(self):
        for line in ("npm ERR! code ENOTFOUND", "npm error errno: 'ECONNREFUSED'", "npm ERR! code E403"):
            status, text = self.install(f'echo "{line}" >&2; exit 1')
            self.assertEqual(status, 0)
            self.assertIn("will be skipped", text)
            self.assertIn(line.strip("'").split()[-1].strip("'"), (self.folder / "unreachable").read_text())

    def testOnceTheNetworkIsThereTheReasonIsGone(self):
        self.install("echo EAI_AGAIN; exit 1")
        self.assertEqual(self.install("exit 0"), (0, ""))
        self.assertFalse((self.folder / "unreachable").exists())

    def testOtherFailuresAreErrors(self):
        status, text = self.install('echo "npm ERR! code EINTEGRITY" >&2; exit 1')
        self.assertEqual(status, 1)
        self.assertIn("EINTEGRITY", text)
        self.assertFalse((self.folder / "unreachable").exists())
        self.assertFalse((self.folder / "installed").exists())


if __name__ == "__main__":
    unittest.main()

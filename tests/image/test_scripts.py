#!/usr/bin/python3
"""The scripts of the container image, run here with a stand-in for the server or against a small fake one."""

import os
import pathlib
import socket
import subprocess
import tempfile
import threading
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / ".docker"
STAND_IN = '#!/bin/sh\necho "arguments=$* protected=${INKSTONE_PROTECTED_MODE-} umask=$(umask)"\n'


class EntrypointTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        server = self.folder / "inkstone-server"
        server.write_text(STAND_IN)
        server.chmod(0o755)

    def run_(self, *arguments, **environment):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("INKSTONE_")}
        path = f"{self.folder}:{os.environ['PATH']}"
        return subprocess.run(
            [SCRIPTS / "entrypoint.sh", *arguments], capture_output=True, text=True, check=True,
            cwd=self.folder, env={**clean, "PATH": path, **environment}, umask=0o022,
        )

    def testOptionsGoToTheServer(self):
        done = self.run_("--appendonly", "yes")
        self.assertEqual(done.stdout, "arguments=--appendonly yes protected=no umask=0077\n")

    def testNoArgumentStartsTheServer(self):
        self.assertIn("arguments= protected=no", self.run_().stdout)

    def testConfigFileGoesToTheServer(self):
        (self.folder / "my.conf").write_text("port 7000\n")
        self.assertIn("arguments=my.conf --port 1 ", self.run_("my.conf", "--port", "1").stdout)

    def testAnythingElseRunsAsItIs(self):
        done = self.run_("echo", "hello")
        self.assertEqual((done.stdout, done.stderr), ("hello\n", ""))

    def testTheWarningAboutAMissingPasswordIsLeftToTheServer(self):
        self.assertEqual(self.run_().stderr, "")

    def testCommentedProtectedModeIsNotAChoice(self):
        (self.folder / "my.conf").write_text("# protected-mode yes\n")
        self.assertIn("protected=no ", self.run_("my.conf").stdout)

    def testProtectedModeThatWasChosenIsKept(self):
        (self.folder / "my.conf").write_text("protected-mode yes\n")
        self.assertIn("protected= ", self.run_("my.conf").stdout)
        self.assertIn("protected=yes ", self.run_(INKSTONE_PROTECTED_MODE="yes").stdout)
        self.assertIn("protected= ", self.run_("--protected-mode", "yes").stdout)


class HealthcheckTest(unittest.TestCase):
    def statusFor(self, reply):
        """The script's exit status against a server that answers PING with `reply` (None: hangs up)."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(10)

            def serve():
                connection, _ = listener.accept()
                with connection:
                    connection.recv(100)
                    if reply is not None:
                        connection.sendall(reply)

            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            done = subprocess.run(
                [SCRIPTS / "healthcheck.sh"], capture_output=True, check=False, timeout=10,
                env={**os.environ, "INKSTONE_PORT": str(listener.getsockname()[1])},
            )
            thread.join(10)
        return done.returncode

    def testServersThatAnswerAreAlive(self):
        for reply in (b"+PONG\r\n", b"-LOADING still\r\n", b"-NOAUTH Authentication required.\r\n"):
            self.assertEqual(self.statusFor(reply), 0, reply)

    def testOtherAnswersAndSilenceAreNot(self):
        for reply in (b"HTTP/1.1 400 Bad Request\r\n", None):
            self.assertEqual(self.statusFor(reply), 1, reply)

    def testAnAddressFromKubernetesIsNoPort(self):
        address = "tcp://10.0.0.1:1234"
        done = subprocess.run(
            ["bash", "-x", SCRIPTS / "healthcheck.sh"], capture_output=True, text=True, check=False,
            timeout=10, env={**os.environ, "INKSTONE_PORT": address},
        )
        self.assertIn("+ port=6379\n", done.stderr)

    def testNobodyListeningIsNot(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        done = subprocess.run(
            [SCRIPTS / "healthcheck.sh"], capture_output=True, check=False,
            env={**os.environ, "INKSTONE_PORT": str(port)},
        )
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()

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
STAND_IN = '#!/bin/sh\necho "arguments=$* defaults=${INKSTONE_IMAGE_DEFAULTS-} umask=$(umask)"\n'


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
        self.assertEqual(done.stdout, "arguments=--appendonly yes defaults=protected-mode no umask=0077\n")

    def testNoArgumentStartsTheServer(self):
        self.assertIn("arguments= defaults", self.run_().stdout)

    def testConfigFileGoesToTheServer(self):
        (self.folder / "my.conf").write_text("port 7000\n")
        self.assertIn("arguments=my.conf --port 1 ", self.run_("my.conf", "--port", "1").stdout)

    def testTheServersOldNamesMeanIt(self):
        for name in ("redis-server", "valkey-server", "inkstone-server"):
            self.assertIn("arguments=--appendonly yes d", self.run_(name, "--appendonly", "yes").stdout)
            self.assertIn("arguments=/usr/local/etc/redis/redis.conf d",
                          self.run_(name, "/usr/local/etc/redis/redis.conf").stdout)
            self.assertIn("arguments= d", self.run_(name).stdout)

    def testAnythingElseRunsAsItIs(self):
        done = self.run_("echo", "hello")
        self.assertEqual((done.stdout, done.stderr), ("hello\n", ""))

    def testTheWarningAboutAMissingPasswordIsLeftToTheServer(self):
        self.assertEqual(self.run_().stderr, "")

    def testProtectedModeIsLeftToTheServer(self):
        # Whatever a file or an argument says, what the script gives is the same: a default.
        (self.folder / "my.conf").write_text("protected-mode yes\n")
        for arguments in (("my.conf",), ("--protected-mode", "yes"), ()):
            self.assertIn("defaults=protected-mode no ", self.run_(*arguments).stdout)

    def testTheImagesDefaultsCanBeReplaced(self):
        self.assertIn("defaults= ", self.run_(INKSTONE_IMAGE_DEFAULTS="").stdout)
        self.assertIn("defaults=hz 20 ", self.run_(INKSTONE_IMAGE_DEFAULTS="hz 20").stdout)


class HealthcheckTest(unittest.TestCase):
    """`proc` stands in for /proc, with a server in it or without one."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.proc = self.folder / "proc"
        self.proc.mkdir()

    def process(self, pid, name, parent, sockets=(), tcp=(), unix=()):
        """A process with these sockets (inodes), in a network with these listeners: (inode, address), (inode, path)."""
        place = self.proc / str(pid)
        for sub in ("fd", "net"):
            (place / sub).mkdir(parents=True)
        (place / "comm").write_text(name + "\n")
        (place / "status").write_text(f"Name:\t{name}\nPid:\t{pid}\nPPid:\t{parent}\n")
        (place / "cwd").symlink_to(self.folder)
        for number, inode in enumerate(sockets):
            (place / "fd" / str(number)).symlink_to(f"socket:[{inode}]")
        rows = [f" {n}: {address} 00000000:0000 0A 0:0 00:0 0 0 0 {inode} 1 0\n"
                for n, (inode, address) in enumerate(tcp)]
        (place / "net" / "tcp").write_text("head\n" + "".join(rows))
        rows = [f"0: 00000002 00000000 00010000 0001 01 {inode} {path}\n" for inode, path in unix]
        (place / "net" / "unix").write_text("head\n" + "".join(rows))

    def check(self, **environment):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("INKSTONE_")}
        return subprocess.run(
            [SCRIPTS / "healthcheck.sh"], capture_output=True, text=True, check=False, timeout=10,
            env={**clean, "INKSTONE_IMAGE_PROC": str(self.proc), **environment},
        )

    def answered(self, listener, reply, **environment):
        """The script's exit status while `listener` answers PING with `reply` (None: hangs up), and what it was sent."""
        received = []
        listener.settimeout(10)

        def serve():
            connection, _ = listener.accept()
            with connection:
                received.append(connection.recv(100))
                if reply is not None:
                    connection.sendall(reply)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        done = self.check(**environment)
        thread.join(10)
        return done.returncode, b"".join(received)

    def statusFor(self, reply, **environment):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = str(listener.getsockname()[1])
            return self.answered(listener, reply, INKSTONE_PORT=port, **environment)[0]

    def unixListener(self, name):
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(str(self.folder / name))
        listener.listen()
        return listener

    def testServersThatAnswerAreAlive(self):
        for reply in (b"+PONG\r\n", b"-LOADING still\r\n", b"-NOAUTH Authentication required.\r\n"):
            self.assertEqual(self.statusFor(reply), 0, reply)

    def testOtherAnswersAndSilenceAreNot(self):
        for reply in (b"HTTP/1.1 400 Bad Request\r\n", None):
            self.assertEqual(self.statusFor(reply), 1, reply)

    def testAPasswordInTheEnvironmentIsNotSent(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = str(listener.getsockname()[1])
            _, sent = self.answered(listener, b"+PONG\r\n", INKSTONE_PORT=port, REDISCLI_AUTH="x")
        self.assertNotIn(b"AUTH", sent)

    def testThePortIsTheOneOnWhichTheServerListens(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            self.process(1, "inkstone-server", 0, sockets=[41, 42],
                         tcp=[(7, "00000000:0001"), (42, f"0100007F:{port:04X}")])
            # The port that the variable names is not asked.
            status, sent = self.answered(listener, b"+PONG\r\n", INKSTONE_PORT="1")
        self.assertEqual((status, b"PING" in sent), (0, True))

    def testASocketOnlyServerIsHealthy(self):
        listener = self.unixListener("s")
        self.process(1, "inkstone-server", 0, sockets=[43], unix=[(9, "/other"), (43, f"{self.folder}/s")])
        self.assertEqual(self.answered(listener, b"+PONG\r\n")[0], 0)

    def testTheSocketsPathMayBeRelative(self):
        listener = self.unixListener("t")
        self.process(1, "redis-server", 0, sockets=[43], unix=[(43, "t")])
        self.assertEqual(self.answered(listener, b"+PONG\r\n")[0], 0)

    def testASocketOnlyServerThatIsSilentIsNot(self):
        listener = self.unixListener("s")
        self.process(1, "inkstone-server", 0, sockets=[43], unix=[(43, f"{self.folder}/s")])
        self.assertEqual(self.answered(listener, None)[0], 1)

    def testBehindAnInitTheServerIsItsChild(self):
        listener = self.unixListener("s")
        self.process(1, "docker-init", 0)
        self.process(8, "inkstone-server", 3)
        self.process(9, "inkstone-server", 1, sockets=[43], unix=[(43, f"{self.folder}/s")])
        self.assertEqual(self.answered(listener, b"+PONG\r\n")[0], 0)

    def testAnAddressFromKubernetesIsNoPort(self):
        done = subprocess.run(
            ["bash", "-x", SCRIPTS / "healthcheck.sh"], capture_output=True, text=True, check=False,
            timeout=10, env={**os.environ, "INKSTONE_PORT": "tcp://10.0.0.1:1234",
                             "INKSTONE_IMAGE_PROC": str(self.proc)},
        )
        self.assertIn("+ port=6379\n", done.stderr)

    def testNobodyListeningIsNot(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        self.assertEqual(self.check(INKSTONE_PORT=str(port)).returncode, 1)


if __name__ == "__main__":
    unittest.main()

"""What the integration tests share."""

import os
import socket
import subprocess
import time
import unittest

from support.server import WAIT_S, Server, StartError, oursIsStock


class ServerTest(unittest.TestCase):
    """Starts servers that end with the test."""

    def serve(self, **keywords):
        server = Server(**keywords)
        self.addCleanup(server.discard)
        return server

    def connect(self, server, **keywords):
        client = server.client(**keywords)
        self.addCleanup(client.close)
        return client

    def refusedToStart(self, server):
        """What a server logged that must end with status 1 instead of serving."""
        with self.assertRaises(StartError) as caught:
            server.start()
        self.assertEqual(caught.exception.status, 1, caught.exception.log)
        return caught.exception.log

    def assertError(self, reply, start):
        self.assertEqual(reply.kind, "error", reply)
        self.assertTrue(reply.value.decode().startswith(start), f"{reply} is not {start!r}")

    def assertOk(self, reply):
        self.assertEqual(str(reply), "simple(b'OK')")

    def eventually(self, condition, what, timeout=WAIT_S):
        """Waits until `condition` holds; its value."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            value = condition()
            if value:
                return value
            time.sleep(0.01)
        self.fail(f"{what}: not within {timeout} s")

    def run_(self, *words, stdin=None, timeout=60):
        """A program that must succeed; what it printed."""
        done = subprocess.run(words, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=timeout, check=False,
                              text=not isinstance(stdin, bytes))
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout


def foreignAddress():
    """An address of this machine that is not a loopback one, or None."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        host = probe.getsockname()[0]
        return None if host.startswith("127.") else host


def hasIpv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
            return True
    except OSError:
        return False


def isRoot():
    return os.geteuid() == 0


OURS_ONLY = unittest.skipIf(oursIsStock(), "asks for what only Inkstone does")

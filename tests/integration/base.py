"""The base class and helpers of the integration tests."""

import contextlib
import functools
import os
import socket
import subprocess
import time
import unittest

from support.server import WAIT_S, Server, StartError, oursIsStock


TRIES = 5
# `make soak` has more time than the tests of a change.
SOAKING = os.environ.get("INKSTONE_SOAK") == "1"


class Mistimed(AssertionError):
    """Something took longer than it may, perhaps because another process had the processor."""


def _measuring(test):
    """The test, begun anew when it was mistimed: a server that is wrong itself is so in all of its tries."""

    @functools.wraps(test)
    def measure(self):
        for _ in range(TRIES - 1):
            try:
                return test(self)
            except Mistimed:
                self.tearDown()
                self.doCleanups()
                self.setUp()
        return test(self)

    return measure


class ServerTest(unittest.TestCase):
    """Starts servers that end with the test.

    Tests say with assertTookLess how long something may take, and then have several tries. What takes some time at
    least is measured from before it begins, so that no other process can make it shorter.
    """

    def __init_subclass__(cls):
        super().__init_subclass__()
        for name, test in list(vars(cls).items()):
            if name.startswith("test"):
                setattr(cls, name, _measuring(test))

    @contextlib.contextmanager
    def subTest(self, *message, **parameters):
        mistimed = None
        with super().subTest(*message, **parameters):
            try:
                yield
            except Mistimed as error:
                mistimed = error
        if mistimed:
            mistimed.add_note(f"{message} {parameters}")
            raise mistimed

    def assertTookLess(self, took, bound, text=""):
        self.assertInTime(took < bound, f"{text}: {took} is not less than {bound}")

    def assertInTime(self, was_in_time, text):
        """Otherwise the test has come too late for what it wants to see, and begins anew."""
        if not was_in_time:
            raise Mistimed(text)


    def serve(self, **keywords):
        server = Server(**keywords)
        self.addCleanup(server.discard)
        return server

    def connect(self, server, **keywords):
        client = server.client(**keywords)
        self.addCleanup(client.close)
        return client

    def refusedToStart(self, server):
        """Starts a server that must end with status 1; returns its server log."""
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

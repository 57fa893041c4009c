"""Starting and ending: lines operators grep for, signals, daemonize, supervision."""

import os
import re
import signal
import socket
import tempfile
import time
from pathlib import Path

from integration.base import OURS_ONLY, ServerTest, isRoot
from support.server import ourBinary, runToExit

# pid:role date level message, as in Redis: log shippers parse it.
LINE = re.compile(r"^\d+:[XCSM] \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} [.\-*#] .+")


class StartUpTest(ServerTest):
    def testLogsThatItIsReadyInTheShapeOfRedis(self):
        log = self.serve(tcp=True).waitLog("Ready to accept connections")
        line = next(line for line in log.splitlines() if "Ready to accept connections" in line)
        self.assertRegex(line, LINE)

    def testLogsPortAndPid(self):
        server = self.serve(tcp=True)
        log = server.waitLog("Ready to accept connections")
        self.assertIn(f"{server.pid}:", log)
        self.assertEqual(self.connect(server).info("server")["process_id"], str(server.pid))
        self.assertEqual(self.connect(server).info("server")["tcp_port"], str(server.port))

    @OURS_ONLY
    def testAnOpenServerWithoutPasswordIsSaidLoudly(self):
        exposed = {"protected-mode": "no"}
        warning = "WARNING: protected-mode is off and no password is set"
        self.assertEqual(self.serve(tcp=True, directives=exposed).log().count(warning), 1)
        for changes in ({"requirepass": "secret"}, {"protected-mode": "yes"}):
            server = self.serve(tcp=True, directives={**exposed, **changes})
            self.assertNotIn(warning, server.log())

    def testVersionEndsWithZero(self):
        for word in ("--version", "-v"):
            status, text = runToExit([word])
            self.assertEqual(status, 0, f"{word}: {text}")
            self.assertRegex(text, r"v=?\d+\.\d+|\d+\.\d+\.\d+", word)

    @OURS_ONLY
    def testHelpEndsWithZeroAndShowsTheUsage(self):
        for word in ("--help", "-h"):
            status, text = runToExit([word])
            self.assertEqual(status, 0, f"{word}: {text}")
            self.assertRegex(text, "(?i)usage")
            self.assertIn("--version", text)

    def testLogfileTakesTheLog(self):
        server = self.serve(tcp=True, directives={"logfile": "server.log"})
        self.eventually(lambda: "Ready to accept connections" in
                        (server.dir / "server.log").read_text(), "line in the log file")
        self.assertNotIn("Ready to accept connections", server.log())

    def testLoglevelWarningHidesNotices(self):
        server = self.serve(tcp=True, directives={"loglevel": "warning"})
        self.assertNotIn("Ready to accept connections", server.log())

    def testSyslogIsAccepted(self):
        server = self.serve(directives={"syslog-enabled": "yes", "syslog-ident": "inkstone-test",
                                        "syslog-facility": "local3"})
        self.assertEqual(self.connect(server).value("PING"), b"PONG")

    def testPidfileIsWrittenAndRemoved(self):
        server = self.serve(directives={"pidfile": "server.pid"})
        path = server.dir / "server.pid"
        self.assertEqual(path.read_text().strip(), str(server.pid))
        self.assertEqual(server.stop(), 0)
        self.assertFalse(path.exists())

    def testDaemonizeDetachesAndWritesThePidfile(self):
        with tempfile.TemporaryDirectory() as folder:
            pidfile, path = Path(folder) / "p", f"{folder}/s"
            status, text = runToExit(["--daemonize", "yes", "--pidfile", str(pidfile), "--port",
                                      "0", "--unixsocket", path, "--dir", folder, "--save", "",
                                      "--logfile", f"{folder}/log"])
            self.assertEqual(status, 0, text)
            pid = int(self.eventually(lambda: pidfile.exists() and pidfile.read_text().strip(),
                                      "pid file"))
            self.addCleanup(_killIfAlive, pid)
            self.eventually(lambda: os.path.exists(path), "unix socket")
            self.assertEqual(os.getsid(pid), pid)
            os.kill(pid, signal.SIGTERM)
            self.eventually(lambda: not pidfile.exists(), "pid file removed")

    def testSupervisedSystemdIsToldWhenReadyAndWhenStopping(self):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/notify"
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
                notify.bind(path)
                notify.settimeout(5)
                server = self.serve(directives={"supervised": "systemd"},
                                    environment={"NOTIFY_SOCKET": path})
                self.assertIn("READY=1", _messagesUntil(notify, "READY=1"))
                self.assertEqual(server.stop(), 0)
                self.assertIn("STOPPING=1", _messagesUntil(notify, "STOPPING=1"))

    def testSupervisedAutoWithoutSupervisorStartsNormally(self):
        environment = {"NOTIFY_SOCKET": None, "UPSTART_JOB": None}
        server = self.serve(directives={"supervised": "auto"}, environment=environment)
        self.assertEqual(self.connect(server).value("PING"), b"PONG")

    def testDirThatDoesNotExistRefusesToStart(self):
        status, text = runToExit(["--port", "0", "--dir", "/nonexistent/folder"])
        self.assertEqual(status, 1, text)
        self.assertIn("No such file or directory", text)

    def testDirNotWritableRefusesToStartWithTheLogOn(self):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as sockets:
            os.chmod(folder, 0o555)
            os.chmod(sockets, 0o777)
            # Root may write everywhere; only another user meets the refusal.
            other = ["--reuid", "65534", "--regid", "65534", "--clear-groups"] if isRoot() else []
            status, text = runToExit([*other, ourBinary(), "--port", "0", "--unixsocket",
                                      f"{sockets}/s", "--dir", folder, "--appendonly", "yes"],
                                     binary="/usr/bin/setpriv")
            self.assertEqual(status, 1, text)
            self.assertIn("Permission denied", text)

    def testPortInUseRefusesToStart(self):
        first = self.serve(tcp=True)
        status, text = runToExit(["--port", str(first.port), "--bind", "127.0.0.1"])
        self.assertEqual(status, 1, text)
        self.assertIn("Address already in use", text)

    @OURS_ONLY
    def testUnknownFirstArgumentNamesTheFile(self):
        status, text = runToExit(["/nonexistent/inkstone.conf"])
        self.assertEqual(status, 1)
        self.assertIn("/nonexistent/inkstone.conf", text)


class EndTest(ServerTest):
    def testSigtermEndsWithZero(self):
        server = self.serve()
        self.assertEqual(server.stop(), 0)
        self.assertIn("bye bye", server.log())

    def testSigintEndsWithZero(self):
        server = self.serve()
        server.signal(signal.SIGINT)
        self.assertEqual(server.waitExit(), 0)

    def testUnixSocketIsRemovedAtTheEnd(self):
        server = self.serve()
        server.stop()
        self.assertFalse(os.path.exists(server.socket_path))

    def testShutdownVariantsEndWithZero(self):
        for words in (("SHUTDOWN",), ("SHUTDOWN", "NOSAVE"), ("shutdown", "nosave", "now"),
                      ("SHUTDOWN", "NOSAVE", "FORCE"), ("SHUTDOWN", "NOW", "FORCE", "NOSAVE")):
            with self.subTest(words=words):
                server = self.serve()
                client = self.connect(server)
                client.send(*words)
                self.assertEqual(client.readAll(), [])
                self.assertEqual(server.waitExit(), 0)

    def testShutdownFlushesTheLog(self):
        server = self.serve(directives={"appendonly": "yes", "appendfsync": "no"})
        client = self.connect(server)
        client.value("SET", "k", "v")
        client.send("SHUTDOWN")
        self.assertEqual(server.waitExit(), 0)
        server.start()
        self.assertEqual(self.connect(server).value("GET", "k"), b"v")

    def testSighupAndSigpipeAreIgnored(self):
        server = self.serve()
        server.signal(signal.SIGPIPE)
        server.signal(signal.SIGHUP)
        time.sleep(0.05)
        self.assertEqual(self.connect(server).value("PING"), b"PONG")


def _messagesUntil(notify, wanted):
    text = ""
    while wanted not in text:
        text += notify.recv(4096).decode() + "\n"
    return text


def _killIfAlive(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass

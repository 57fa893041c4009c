"""Starting and ending: lines operators grep for, signals, daemonize, supervision."""

import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from integration.base import OURS_ONLY, ServerTest, isRoot
from support.resp import Client
from support.server import ourBinary, runToExit, serverEnvironment

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

    def daemon(self, folder, *words, environment=None):
        """A start in the background; status and output in the foreground."""
        done = subprocess.run(
            ["setpriv", "--pdeathsig", "KILL", ourBinary(), "--daemonize", "yes", "--pidfile",
             f"{folder}/p", "--port", "0", "--unixsocket", f"{folder}/s", "--dir", folder,
             "--save", "", *words], env=serverEnvironment(environment), text=True, timeout=20,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout

    @OURS_ONLY
    def testADaemonThatIsBackIsReady(self):
        with tempfile.TemporaryDirectory() as folder:
            status, text = self.daemon(folder, "--logfile", f"{folder}/log")
            self.assertEqual((status, text), (0, ""))
            pid = int(Path(f"{folder}/p").read_text())
            self.addCleanup(_killIfAlive, pid)
            with Client(f"{folder}/s") as client:
                self.assertEqual(client.value("PING"), b"PONG")
            self.assertEqual({os.readlink(f"/proc/{pid}/fd/{fd}") for fd in range(3)},
                             {"/dev/null"})

    @OURS_ONLY
    def testADaemonThatCannotStartSaysSoInTheForeground(self):
        with tempfile.TemporaryDirectory() as folder:
            Path(f"{folder}/appendonly.aof").write_text("*1\r\n$4\r\nnope\r\n" * 2)
            for words, said in ((("--logfile", "/nonexistent/log"), "Can't open the log file"),
                                (("--unixsocket", "/nonexistent/s"), "No such file or directory"),
                                (("--logfile", f"{folder}/log", "--appendonly", "yes"),
                                 f"{folder}/appendonly.aof"),
                                (("--dir", "/nonexistent"), "No such file or directory")):
                with self.subTest(words=words):
                    status, text = self.daemon(folder, *words)
                    self.assertEqual(status, 1, text)
                    self.assertIn(said, text)
                    self.assertFalse(Path(f"{folder}/p").exists())

    @OURS_ONLY
    def testInTheImageItStaysInTheForegroundAndSaysSo(self):
        server = self.serve(directives={"daemonize": "yes"},
                            environment={"INKSTONE_IMAGE_FOREGROUND": "yes"})
        self.assertIsNone(server.process.poll())
        self.assertIn("daemonize yes is not obeyed in a container", server.log())

    @OURS_ONLY
    def testASupervisorThatIsNotThereDoesNotStopTheStart(self):
        for mode in ("upstart", "systemd"):
            server = self.serve(directives={"supervised": mode},
                                environment={"NOTIFY_SOCKET": None, "UPSTART_JOB": None})
            self.assertIn(f"{mode} supervision requested, but", server.log())

    def testTheBannerHasModePortAndPid(self):
        server = self.serve(tcp=True, directives={"always-show-logo": "yes"})
        log = server.waitLog("Ready to accept connections")
        self.assertRegex(log, r"Running in standalone mode")
        self.assertRegex(log, rf"Port: {server.port}\n")
        self.assertRegex(log, rf"PID: {server.pid}\n")
        self.assertIn(f"Running mode=standalone, port={server.port}.",
                      self.serve(tcp=False, directives={"port": 0}).log().replace(
                          "port=0.", f"port={server.port}."))

    @OURS_ONLY
    def testWhatIsInTheWayOnThisMachineIsSaid(self):
        log = self.serve(tcp=True, directives={"tcp-backlog": "65535000"}).log()
        self.assertIn("WARNING: The TCP backlog setting of 65535000 cannot be enforced", log)
        overcommit = Path("/proc/sys/vm/overcommit_memory").read_text().strip()
        self.assertEqual("WARNING overcommit_memory is set to" in log, overcommit != "1")

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

    @OURS_ONLY
    def testAStartThatFailsLeavesTheOthersPidfileAlone(self):
        first = self.serve(directives={"pidfile": "server.pid", "appendonly": "yes"})
        second = self.serve(dir=first.dir, directives=first.directives, wait=False)
        self.assertEqual(second.waitExit(), 1)
        self.assertEqual((first.dir / "server.pid").read_text().strip(), str(first.pid))

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
            if other:
                self.assertIn(f"the folder {os.path.realpath(folder)} is of uid 0 and gid 0 with "
                              "mode 0555, and the server runs as uid 65534", text)

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

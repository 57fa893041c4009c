"""What the server does to its own process: title, processors, huge pages."""

import os
import re
import socket
import tempfile
from pathlib import Path

from integration.base import OURS_ONLY, ServerTest


def commandLine(server):
    """The title of the process as the process list shows it."""
    raw = Path(f"/proc/{server.pid}/cmdline").read_bytes()
    return raw.rstrip(b"\0").replace(b"\0", b" ").decode().strip()


def status(server, field, task=""):
    """A field of the process, or of one of its threads; None where the kernel has none."""
    folder = f"/proc/{server.pid}/task/{task}" if task else f"/proc/{server.pid}"
    text = Path(f"{folder}/status").read_text()
    found = re.search(rf"^{field}:\s*(.*)$", text, re.MULTILINE)
    return found.group(1) if found else None


@OURS_ONLY
class TitleTest(ServerTest):
    ALL = "<{title}|{listen-addr}|{server-mode}|{port}|{tls-port}|{unixsocket}|{config-file}>"

    def testTheTitleShowsTheAddress(self):
        server = self.serve(tcp=True)
        self.assertEqual(commandLine(server), f"inkstone-server 127.0.0.1:{server.port}")

    def testWithoutAPortItShowsTheUnixSocket(self):
        server = self.serve()
        self.assertEqual(commandLine(server), f"inkstone-server {server.socket_path}")

    def testTheTemplateKnowsEveryField(self):
        server = self.serve(tcp=True, config="hz 10\n",
                            directives={"proc-title-template": self.ALL})
        path = os.path.realpath(server.dir / "test.conf")
        self.assertEqual(commandLine(server),
                         f"<inkstone-server|127.0.0.1:{server.port}||{server.port}|0|"
                         f"{server.socket_path}|{path}>")

    def testATitleOverTheRoomThereIsIsCut(self):
        title = "x" * 200_000
        # The title comes from a file, because a word of the command line may only have 128 KB.
        server = self.serve(config=f"proc-title-template {title}\n")
        shown = commandLine(server)
        self.assertGreater(len(shown), 20)
        self.assertLess(len(shown), len(title))
        self.assertEqual(set(shown), {"x"})
        self.assertEqual(self.connect(server).value("PING"), b"PONG")

    def testATitleOverTheEnvironmentLeavesItsVariablesReadable(self):
        # NOTIFY_SOCKET is read when the title lies where it stood at first.
        with tempfile.TemporaryDirectory() as folder:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
                notify.bind(f"{folder}/notify")
                notify.settimeout(5)
                server = self.serve(config="proc-title-template " + "y" * 200_000 + "\n",
                                    directives={"supervised": "systemd"},
                                    environment={"NOTIFY_SOCKET": f"{folder}/notify"})
                self.assertIn(b"READY=1", notify.recv(4096))
        self.assertNotIn(b"NOTIFY_SOCKET", Path(f"/proc/{server.pid}/environ").read_bytes())

    def testSetProcTitleNoShowsTheCommandLine(self):
        server = self.serve(directives={"set-proc-title": "no"})
        # Without the words that run it.
        words = server.command()[server.command().index(server.binary):]
        raw = Path(f"/proc/{server.pid}/cmdline").read_bytes()
        self.assertEqual(raw.decode().split("\0")[:-1], words)


class ProcessorTest(ServerTest):
    def allowed(self, server):
        return status(server, "Cpus_allowed_list")

    def testServerCpulistBindsTheServerToItsProcessors(self):
        for processor in sorted(os.sched_getaffinity(0))[:2]:
            server = self.serve(directives={"server_cpulist": str(processor)})
            self.assertEqual(self.allowed(server), str(processor))

    def testListsAndRangesWithSteps(self):
        mine = sorted(os.sched_getaffinity(0))
        if mine[:2] != [0, 1]:
            self.skipTest("needs the processors 0 and 1")
        for text, expected in (("0,1", "0-1"), ("0-1", "0-1"), ("0-1:2", "0"), ("1-1,0", "0-1")):
            server = self.serve(directives={"server_cpulist": text})
            self.assertEqual(self.allowed(server), expected, text)

    def testBioCpulistBindsBackgroundThreadsOnly(self):
        last = max(os.sched_getaffinity(0))
        server = self.serve(directives={"bio_cpulist": str(last)})
        tasks = [int(task) for task in os.listdir(f"/proc/{server.pid}/task")]
        tasks.remove(server.pid)
        self.eventually(lambda: str(last) in [status(server, "Cpus_allowed_list", task)
                                              for task in tasks], "a bound thread")
        self.assertEqual(len(os.sched_getaffinity(server.pid)), len(os.sched_getaffinity(0)))

    @OURS_ONLY
    def testAWrongListIsLoggedAndNothingIsBound(self):
        for text in ("nonsense", "4096", "0-1:0"):
            server = self.serve(directives={"server_cpulist": text})
            self.assertIn(f"Failed to bind the server to the processors '{text}'", server.log())
            self.assertEqual(os.sched_getaffinity(server.pid), os.sched_getaffinity(0), text)

    def testAnEmptyListIsNoWrongOne(self):
        self.assertNotIn("Failed to bind", self.serve().log())


class HugePagesTest(ServerTest):
    def enabled(self, value):
        server = self.serve(directives={"disable-thp": value})
        return status(server, "THP_enabled")

    @OURS_ONLY
    def testDisableThpSwitchesThemOffForTheProcess(self):
        before = re.search(r"^THP_enabled:\s*(\d)", Path("/proc/self/status").read_text(),
                           re.MULTILINE)
        if before is None:
            self.skipTest("this kernel does not show THP_enabled")
        self.assertEqual(self.enabled("yes"), "0")
        self.assertEqual(self.enabled("no"), before.group(1))


@OURS_ONLY
class OomScoreTest(ServerTest):
    """oom-score-adj; upwards only, as everybody may."""

    REFUSED = ("ERR CONFIG SET failed (possibly related to argument 'oom-score-adj-values') - "
               "Failed to apply new oom_score_adj configuration, check server logs.")

    def setUp(self):
        self.server = self.serve()
        self.client = self.connect(self.server)
        self.path = Path(f"/proc/{self.server.pid}/oom_score_adj")
        self.at_start = self.score()
        if self.at_start > 700:
            self.skipTest("there is no room above the score of this process")

    def score(self):
        return int(self.path.read_text())

    def values(self, server_score):
        return "oom-score-adj-values", f"{server_score} 200 800"

    def testSwitchedOffItIsWhatItWasBefore(self):
        self.path.write_text(str(self.at_start + 30))
        self.client.value("CONFIG", "SET", "oom-score-adj", "relative", *self.values(100))
        self.assertEqual(self.score(), self.at_start + 130)
        self.client.value("CONFIG", "SET", *self.values(110))
        self.assertEqual(self.score(), self.at_start + 140)
        self.client.value("CONFIG", "SET", "oom-score-adj", "no")
        self.assertEqual(self.score(), self.at_start + 30)

    def testAChangeThatFailsElsewhereIsUndone(self):
        before = self.client.value("CONFIG", "GET", "oom-score-adj*")
        for first in (self.at_start, self.at_start + 50):
            self.path.write_text(str(first))
            reply = self.client.call("CONFIG", "SET", "oom-score-adj", "absolute", *self.values(900),
                                     "dir", "/nonexistent/folder")
            self.assertError(reply, "ERR CONFIG SET failed (possibly related to argument 'dir')")
            self.assertEqual(self.score(), first)
            self.assertEqual(self.client.value("CONFIG", "GET", "oom-score-adj*"), before)

    def testWhatTheKernelRefusesIsSaidAndLeavesAllAsItWas(self):
        self.client.value("CONFIG", "SET", "oom-score-adj", "absolute",
                          *self.values(self.at_start + 40))
        before = self.client.value("CONFIG", "GET", "oom-score-adj*")
        reply = self.client.call("CONFIG", "SET", *self.values(-900))
        if reply.kind != "error":
            self.skipTest("this process may lower its score")
        self.assertEqual(reply.value.decode(), self.REFUSED)
        self.assertEqual(self.score(), self.at_start + 40)
        self.assertEqual(self.client.value("CONFIG", "GET", "oom-score-adj*"), before)
        self.assertIn("Unable to write oom_score_adj: Permission denied", self.server.log())

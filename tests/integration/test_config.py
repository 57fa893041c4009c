"""Configuration from file, command line and standard input; refusals; CONFIG REWRITE."""

import os
import stat
import tempfile

from integration.base import OURS_ONLY, ServerTest
from support.server import runToExit

BASE = "port 0\nunixsocket s\nsave \"\"\n"
NOTHING = {"port": None, "unixsocket": None, "save": None}


class SourcesTest(ServerTest):
    def get(self, server, name):
        return self.connect(server).value("CONFIG", "GET", name)[1].value.decode()

    def fromFile(self, text, **keywords):
        # The socket stays on the command line, where the harness looks for it.
        return self.serve(config=text, directives={"port": None, "save": None}, **keywords)

    def testFileWithQuotesEscapesUnitsAndComments(self):
        server = self.fromFile(
            "# a comment\n\n   \nport 0\nsave \"\"\n  maxmemory 2mb  \nrequirepass \"a b\\x41\"\n"
            "timeout 30\nHZ 20\nsyslog-ident 'single quoted'\nmaxmemory-policy allkeys-lru\n")
        client = self.connect(server)
        self.assertError(client.call("GET", "k"), "NOAUTH")
        self.assertOk(client.call("AUTH", "a bA"))
        for name, value in (("maxmemory", "2097152"), ("timeout", "30"), ("hz", "20"),
                            ("syslog-ident", "single quoted"),
                            ("maxmemory-policy", "allkeys-lru")):
            self.assertEqual(client.value("CONFIG", "GET", name)[1].value.decode(), value)

    def testSaveLinesAddUp(self):
        server = self.fromFile("port 0\nsave 3600 1\nsave 60 1000\n")
        self.assertEqual(self.get(server, "save"), "3600 1 60 1000")

    def testCommandLineWinsOverTheFile(self):
        server = self.serve(config="port 0\nhz 20\ntimeout 7\n", directives={"hz": "30"})
        self.assertEqual(self.get(server, "hz"), "30")
        self.assertEqual(self.get(server, "timeout"), "7")

    def testStandardInputIsAFileToo(self):
        server = self.serve(arguments=["-"], stdin="port 0\nhz 33\nmaxmemory 1kb\n")
        self.assertEqual(self.get(server, "hz"), "33")
        self.assertEqual(self.get(server, "maxmemory"), "1024")

    def testCommandLineTakesSeveralWords(self):
        server = self.serve(directives={"save": ("3600", "1", "60", "2"), "hz": "11"})
        self.assertEqual(self.get(server, "save"), "3600 1 60 2")

    def testIncludeReadsOtherFilesByGlob(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, line in (("a.conf", "hz 21"), ("b.conf", "timeout 9")):
                with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                    file.write(line + "\n")
            server = self.fromFile(f"port 0\nsave \"\"\ninclude {folder}/*.conf\n")
        self.assertEqual(self.get(server, "hz"), "21")
        self.assertEqual(self.get(server, "timeout"), "9")

    def testUnixSocketPathFromFile(self):
        server = self.serve(config=BASE, directives=NOTHING, wait=False)
        server.directives["unixsocket"] = server.socket_path
        server.waitReady()
        self.assertEqual(self.connect(server).value("PING"), b"PONG")

    @OURS_ONLY
    def testRenamedCommandsKeepTheirNewNamesAndTheirLog(self):
        server = self.fromFile("port 0\nsave \"\"\nappendonly yes\nrename-command FLUSHALL \"\"\n"
                               "rename-command SET put\nrename-command DEL \"\"\n")
        client = self.connect(server)
        for words in (("FLUSHALL",), ("SET", "k", "v"), ("DEL", "k")):
            self.assertError(client.call(*words), "ERR unknown command")
        self.assertOk(client.call("put", "k", "v", "EX", 1000))
        self.assertOk(client.call("PUT", "l", "w"))
        self.assertOk(client.call("PUT", "gone", "w", "PX", 1))
        self.eventually(lambda: client.value("DBSIZE") == 2, "the key that expires")
        server.restart(crash=True)
        again = self.connect(server)
        self.assertEqual([again.value("GET", k) for k in ("k", "l", "gone")], [b"v", b"w", None])

    @OURS_ONLY
    def testEnvironmentSetsDirectives(self):
        server = self.serve(environment={"INKSTONE_HZ": "44", "INKSTONE_MAXMEMORY": "3mb",
                                         "INKSTONE_PORT": "tcp://10.0.0.1:6379"})
        self.assertEqual(self.get(server, "hz"), "44")
        self.assertEqual(self.get(server, "maxmemory"), "3145728")


class RefusalTest(ServerTest):
    def refused(self, text, line, shown, reason):
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/wrong.conf"
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            status, output = runToExit([path], cwd=folder)
        self.assertEqual(status, 1, output)
        self.assertIn("FATAL CONFIG FILE ERROR", output)
        self.assertIn(f"at line {line}", output)
        self.assertIn(f">>> '{shown}'", output)
        self.assertIn(reason, output)
        return output

    def testWrongValuesNameLineAndReason(self):
        for line, reason in (
                ("hz abc", "argument couldn't be parsed into an integer"),
                ("hz 1 2", "wrong number of arguments"),
                ("hz", "wrong number of arguments"),
                ("appendonly maybe", "argument must be 'yes' or 'no'"),
                ("port 70000", "argument must be between 0 and 65535 inclusive"),
                ("maxmemory lots", "argument must be a memory value"),
                ("nosuchdirective 1", "Bad directive or wrong number of arguments"),
                ("appendfilename a/b", "appendfilename can't be a path, just a filename"),
                ("maxmemory-policy bad", "argument(s) must be one of the following"),
                ("client-output-buffer-limit bad 1 1 1", "client"),
                ("save 1", "Invalid save parameters"),
                ("requirepass \"unbalanced", "Unbalanced quotes in configuration line")):
            with self.subTest(line=line):
                self.refused(f"# first\nport 0\n{line}\n", 3, line, reason)

    @OURS_ONLY
    def testTheFileIsNamed(self):
        self.assertIn("wrong.conf", self.refused("hz x\n", 1, "hz x", "integer"))

    @OURS_ONLY
    def testRenamingWhatIsNotThereOrOntoAnotherCommandIsRefused(self):
        for line, reason in (("NOSUCH x", "No such command in rename-command"),
                             ("GET SET", "Target command name already exists")):
            status, output = runToExit(["-"], stdin=f"port 0\nrename-command {line}\n")
            self.assertEqual(status, 1, output)
            self.assertIn("FATAL CONFIG FILE ERROR", output)
            self.assertIn(reason, output)

    def testWrongCommandLineIsRefused(self):
        status, output = runToExit(["--port", "0", "--hz", "abc"])
        self.assertEqual(status, 1, output)
        self.assertIn("argument couldn't be parsed into an integer", output)


class RewriteTest(ServerTest):
    TEXT = ("# the head comment\nport 0\nsave \"\"\n\n# how often\nhz 20\n# a password\n"
            "requirepass \"old one\"\ntimeout 5\n# the end\n")

    def start(self):
        server = self.serve(config=self.TEXT, directives={"port": None, "save": None})
        client = self.connect(server)
        client.value("AUTH", "old one")
        return server, client

    def text(self, server):
        return (server.dir / "test.conf").read_text()

    def testKeepsCommentsAndOrderAndReplacesInPlace(self):
        server, client = self.start()
        client.value("CONFIG", "SET", "hz", "77", "maxmemory", "5mb")
        self.assertOk(client.call("CONFIG", "REWRITE"))
        text = self.text(server)
        lines = text.splitlines()
        for comment in ("# the head comment", "# how often", "# a password", "# the end"):
            self.assertIn(comment, lines)
        self.assertEqual(lines[lines.index("# how often") + 1], "hz 77")
        self.assertIn("maxmemory 5mb", text)
        self.assertLess(lines.index("# the end"), lines.index("maxmemory 5mb"))

    def testWhatWasRewrittenStartsTheServerAgain(self):
        server, client = self.start()
        client.value("CONFIG", "SET", "requirepass", "new \"\n\x01 one", "hz", "55")
        client.value("CONFIG", "REWRITE")
        server.stop()
        server.start(wait=True)
        again = self.connect(server)
        self.assertOk(again.call("AUTH", "new \"\n\x01 one"))
        self.assertEqual(again.value("CONFIG", "GET", "hz")[1].value, b"55")

    def testRewritingTwiceChangesNothing(self):
        server, client = self.start()
        client.value("CONFIG", "SET", "hz", "77")
        client.value("CONFIG", "REWRITE")
        first = self.text(server)
        client.value("CONFIG", "REWRITE")
        self.assertEqual(self.text(server).rstrip(), first.rstrip())

    def testKeepsTheModeOfTheFileAndLeavesNoOtherFile(self):
        server, client = self.start()
        path = server.dir / "test.conf"
        os.chmod(path, 0o644)
        before = sorted(os.listdir(server.dir))
        client.value("CONFIG", "REWRITE")
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o644)
        self.assertEqual(sorted(os.listdir(server.dir)), before)

    def testWithoutAFileItIsRefused(self):
        client = self.connect(self.serve())
        self.assertError(client.call("CONFIG", "REWRITE"),
                         "ERR The server is running without a config file")

"""The rows of docs/differences.md that no other test holds."""

import re
import tempfile
import unittest
from pathlib import Path

from integration.base import OURS_ONLY, ServerTest
from support.server import ROOT, runToExit

# Accepted and kept, never with an effect; the values are none of the defaults.
NEVER_ACT = {
    "io-threads": "4",
    "io-threads-do-reads": "yes",
    "ignore-warnings": "ARM64-COW-BUG",
    "active-expire-effort": "10",
    "activerehashing": "no",
    "active-defrag-ignore-bytes": "1048576",
    "active-defrag-threshold-lower": "11",
    "active-defrag-threshold-upper": "99",
    "active-defrag-cycle-min": "2",
    "active-defrag-cycle-max": "24",
    "active-defrag-max-scan-fields": "999",
}
# How redis.conf.example says it.
WITHOUT_EFFECT = ("No effect: ", "Accepted so that existing files load.",
                  "kept for files\n# that set them.")


DIFFERENCES = ROOT / "docs" / "differences.md"
# A file, and what is said of the tests in it up to the next file.
TESTS = re.compile(r"(tests/\S+\.(?:py|cpp))((?:(?!tests/).)*)")
NAMES = re.compile(r"`(\w+)`|\"([^\"]+)\"")


def namesMissing(cell):
    """The tests that the last cell of a row names and that do not exist."""
    found = TESTS.findall(cell)
    if not found:
        return [f"no test in {cell!r}"]
    missing = []
    for path, said in found:
        file = ROOT / path
        # A long name is broken over two literals in C++.
        text = re.sub(r'"\s+"', "", file.read_text()) if file.is_file() else ""
        names = [(name or quoted).removesuffix(" ...") for name, quoted in NAMES.findall(said)]
        missing += [f"{path}: {name}" for name in names or [""] if not text or name not in text]
    return missing


class DocumentTest(unittest.TestCase):
    def testEveryLineNamesATestThatIsThere(self):
        rows = [line for line in DIFFERENCES.read_text().splitlines()
                if line.startswith("| ") and not line.startswith("| what ")]
        self.assertGreater(len(rows), 40)
        for row in rows:
            cells = row.strip("| ").split(" | ")
            self.assertEqual(len(cells), 4, row)
            self.assertEqual(namesMissing(cells[3]), [], row)

    def testATestThatIsNotThereIsNoticed(self):
        for cell in ("", "tests/no_such.py", "tests/support/server.py, `noSuchName`",
                     'tests/unit/config/units_test.cpp, "no such test"'):
            self.assertEqual(len(namesMissing(cell)), 1, cell)


def documented(name):
    """The paragraph of the example file that a directive stands in."""
    paragraphs = (ROOT / "redis.conf.example").read_text().split("\n\n")
    return next(text for text in paragraphs if f"\n#{name} " in text)


@OURS_ONLY
class DirectiveTest(ServerTest):
    def testDirectivesThatNeverActAreKept(self):
        client = self.connect(self.serve(directives=NEVER_ACT))
        for name, value in NEVER_ACT.items():
            self.assertEqual(client.value("CONFIG", "GET", name)[1].value, value.encode(), name)

    def testDirectivesThatNeverActAreNamedWhereUsersLook(self):
        differences = DIFFERENCES.read_text()
        for name in NEVER_ACT:
            self.assertIn(f"`{name}`", differences)
            text = documented(name)
            self.assertTrue(any(said in text for said in WITHOUT_EFFECT), text)

    def testMoreThreadsAreAskedForAndOneServes(self):
        server = self.serve(directives={"io-threads": "4"})
        client = self.connect(server)
        self.assertEqual(client.info("server")["io_threads_active"], "0")
        one = self.connect(self.serve())
        threads = [len(list(Path(f"/proc/{each.info('server')['process_id']}/task").iterdir()))
                   for each in (client, one)]
        self.assertEqual(*threads)

    def testActiveDefragmentationCannotBeSwitchedOn(self):
        reply = self.connect(self.serve()).call("CONFIG", "SET", "activedefrag", "yes")
        self.assertError(reply, "ERR CONFIG SET failed")
        self.assertIn(b"Active defragmentation cannot be enabled", reply.value)

    def testAMemorySizeOver64BitsIsRefused(self):
        client = self.connect(self.serve(directives={"maxmemory": "1gb"}))
        reply = client.call("CONFIG", "SET", "maxmemory", "99999999999gb")
        self.assertIn(b"argument must be a memory value", reply.value)
        self.assertEqual(client.value("CONFIG", "GET", "maxmemory")[1].value, b"1073741824")
        status, text = runToExit(["--port", "0", "--maxmemory", "18446744073709551616"])
        self.assertEqual(status, 1, text)
        self.assertIn("argument must be a memory value", text)

    def testAConfigurationFileOver64MegabytesIsRefused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "big.conf"
            for size, reason in ((64 * 1024 * 1024 + 1, "File too large"),
                                 (64 * 1024 * 1024, "line is longer than 1048576 bytes")):
                with open(path, "wb") as file:
                    file.truncate(size)
                status, text = runToExit([str(path)])
                self.assertEqual(status, 1, text)
                self.assertIn(reason, text)

    def testTheTitleTemplateActsAtOnce(self):
        server = self.serve()
        client = self.connect(server)
        shown = Path(f"/proc/{server.pid}/cmdline")
        self.assertOk(client.call("CONFIG", "SET", "proc-title-template", "{title} renamed"))
        self.assertEqual(client.value("CONFIG", "GET", "proc-title-template")[1].value,
                         b"{title} renamed")
        self.assertEqual(shown.read_bytes().rstrip(b"\0"), b"inkstone-server renamed")


@OURS_ONLY
class CommandTest(ServerTest):
    def testLoadaofWithoutALogFileIsAnErrorAndTheServerLives(self):
        client = self.connect(self.serve(directives={"enable-debug-command": "yes"}))
        client.value("SET", "k", "v")
        self.assertError(client.call("DEBUG", "LOADAOF"), "ERR The append-only file is off")
        self.assertEqual(client.value("GET", "k"), b"v")

    def testThereAreNoModules(self):
        server = self.serve(directives={"enable-module-command": "yes"})
        self.assertError(self.connect(server).call("MODULE", "LIST"), "ERR unknown command")
        status, text = runToExit(["--port", "0", "--loadmodule", "/x.so"])
        self.assertEqual(status, 1, text)
        self.assertIn("Can't load module from /x.so: this server has no modules yet", text)

    def testReplyBufferSwitchesChangeNothing(self):
        client = self.connect(self.serve(directives={"enable-debug-command": "yes"}))
        client.value("SET", "big", "x" * 100_000)
        before = client.info("memory")["mem_clients_normal"]
        for words in (("RESIZING", "0"), ("PEAK-RESET-TIME", "NEVER")):
            self.assertOk(client.call("DEBUG", "REPLYBUFFER", *words))
            client.value("GET", "big")
            self.assertEqual(client.info("memory")["mem_clients_normal"], before)


@OURS_ONLY
class LogTest(ServerTest):
    def testTheLogIsOneFileInDir(self):
        server = self.serve(directives={"appendonly": "yes"})
        self.assertOk(self.connect(server).call("SET", "k", "v"))
        server.stop()
        names = sorted(path.name for path in server.dir.iterdir() if path != server.log_path)
        self.assertEqual(names, ["appendonly.aof", "appendonly.aof.ledger"])

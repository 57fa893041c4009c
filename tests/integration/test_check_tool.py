"""inkstone-check-aof: the verdicts, exit statuses and cuts of the stock tool on the same files, and
where they differ, what the server does with the file."""

import random
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from integration.base import OURS_ONLY, SOAKING, ServerTest
from support.resp import encode
from support.server import ourBinary, stock

TOOL = str(Path(ourBinary()).parent / "inkstone-check-aof")
STOCK_TOOL = shutil.which("redis-check-aof")

WHOLE = (encode("SELECT", 0) + b"".join(encode("SET", f"k{i}", f"value {i}") for i in range(5))
         + encode("MULTI") + encode("INCR", "n") + encode("SET", "in", "v") + encode("EXEC")
         + encode("RPUSH", "list", b"\r\n*1\r\n", b"\x00\xff"))
TORN = b"*3\r\n$3\r\nSET\r\n$4\r\nlost\r\n$5\r\nva"
OPEN = encode("MULTI") + encode("SET", "lost", "v")
STAMPED = (b"#TS:1628217470\r\n" + encode("SELECT", 0) + encode("SET", "first", 1)
           + b"#TS:1628217475\r\n" + encode("SET", "second", 1)
           + b"#TS:1628217480\r\n" + encode("SET", "third", 1))
LOGS = {
    "whole": WHOLE,
    "empty": b"",
    "torn": WHOLE + TORN,
    "open transaction": WHOLE + OPEN,
    "garbage within": WHOLE + b"!garbage\r\n" + WHOLE,
    "garbage at the start": b"garbage\r\n" + WHOLE,
    "a length too long": WHOLE.replace(b"$7\r\n", b"$8\r\n", 1) + WHOLE,
    "a count too large": WHOLE.replace(b"*3", b"*9", 1) + WHOLE,
    "EXEC without MULTI": WHOLE + encode("EXEC") + WHOLE,
    "zeros at the end": WHOLE + b"\0" * 100,
    "zeros within": WHOLE + b"\0" * 100 + WHOLE,
    "letters for a number": WHOLE + b"*x\r\n" + WHOLE,
    "annotations": STAMPED,
}


class ToolTest(ServerTest):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="inkstone-check-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.assertIsNotNone(STOCK_TOOL, "redis-check-aof is not installed")

    def write(self, data, name="x.aof"):
        path = self.dir / name
        path.write_bytes(data)
        return path

    def check(self, tool, *words, answer=""):
        """Exit status and output."""
        done = subprocess.run([tool, *map(str, words)], input=answer, capture_output=True,
                              text=True, errors="replace", timeout=20, cwd=self.dir, check=False)
        return done.returncode, done.stdout

    def both(self, data, *options, answer=""):
        """(status, output, bytes of the file after) of our tool and of the stock one."""
        results = []
        for tool in (TOOL, STOCK_TOOL):
            path = self.write(data)
            status, text = self.check(tool, *options, path.name, answer=answer)
            results.append((status, text, path.read_bytes()))
        return results

    def analyzed(self, text):
        return [line for line in text.splitlines() if line.startswith("AOF analyzed:")]

    def kept(self):
        return [path.read_bytes() for path in sorted(self.dir.glob("*.cut-*"))]

    def stockLog(self):
        """The folder of a log in several files, written by the stock server."""
        server = stock(directives={"appendonly": "yes", "save": ""})
        self.addCleanup(server.discard)
        with server.client() as client:
            client.value("SET", "k", "v")
            client.value("RPUSH", "list", *range(10))
            client.value("BGREWRITEAOF")
            self.eventually(lambda: client.info("persistence")["aof_rewrite_in_progress"] == "0"
                            and list((server.dir / "appendonlydir").glob("*.2.base.rdb")),
                            "the stock server's rewrite")
            client.value("SET", "after", "v")
        server.stop()
        folder = self.dir / "appendonlydir"
        shutil.copytree(server.dir / "appendonlydir", folder)
        return folder


@OURS_ONLY
class VerdictTest(ToolTest):
    def testVerdictsOffsetsAndLinesAreThoseOfTheStockTool(self):
        for name, data in LOGS.items():
            with self.subTest(name):
                ours, theirs = self.both(data)
                self.assertEqual(ours[0], theirs[0], ours[1])
                self.assertEqual(ours[1].splitlines()[0], theirs[1].splitlines()[0])
                if name != "annotations":  # The stock tool does not count their lines.
                    self.assertEqual(self.analyzed(ours[1]), self.analyzed(theirs[1]))
                self.assertEqual(ours[2], data)

    def testEveryPrefixIsJudgedAsByTheStockTool(self):
        """All of them in `make soak`, else each fourth."""
        for length in range(0 if SOAKING else random.randrange(4), len(WHOLE), 1 if SOAKING else 4):
            ours, theirs = self.both(WHOLE[:length])
            self.assertEqual(ours[0], theirs[0], f"{length}: {ours[1]}")
            self.assertEqual(self.analyzed(ours[1]), self.analyzed(theirs[1]))

    def testTheFirstBadByteIsNamedWithWhatFollows(self):
        _, text = self.check(TOOL, self.write(WHOLE + b"!garbage\r\n" + WHOLE))
        self.assertIn(f"0x{len(WHOLE):16x}: Bad file format", text)
        self.assertIn('What follows there: "!garbage\\r\\n*2\\r\\n', text)

    def testACommandTheServerRefusesIsNotValidHereEither(self):
        for bad, said in ((encode("NOSUCH", "x"), "Unknown command 'NOSUCH'"),
                          (encode("SET", "x"), "Wrong number of arguments for 'set'")):
            with self.subTest(said):
                status, text = self.check(TOOL, self.write(WHOLE + bad + WHOLE))
                self.assertEqual(status, 1)
                self.assertIn(said, text)
                self.assertIn(f"ok_up_to={len(WHOLE)},", text)
                server = self.serve(directives={"appendonly": "yes"}, start=False)
                (server.dir / "appendonly.aof").write_bytes(WHOLE + bad + WHOLE)
                self.refusedToStart(server)

    def testUseAndFilesThatCannotBeRead(self):
        log = self.write(WHOLE)
        for words in ((), ("--what", log), (log, log), ("--fix", "--truncate-to-timestamp", 1, log),
                      ("--truncate-to-timestamp", "x", log), (self.dir / "none",), (self.dir,)):
            with self.subTest(words):
                status, text = self.check(TOOL, *words)
                self.assertEqual(status, self.check(STOCK_TOOL, *words)[0])
                self.assertEqual(status, 1)
                self.assertTrue(text)
        self.assertEqual(self.check(TOOL, "--help")[0], 0)
        self.assertRegex(self.check(TOOL, "--version")[1], r"^inkstone-check-aof v=\d")


@OURS_ONLY
class FixTest(ToolTest):
    def testFixingCutsWhereTheStockToolCutsAndKeepsWhatItCutOff(self):
        for name, data in LOGS.items():
            with self.subTest(name):
                for path in self.dir.glob("*.cut-*"):
                    path.unlink()
                ours, theirs = self.both(data, "--fix", answer="y\n")
                self.assertEqual(ours[0], theirs[0], ours[1])
                self.assertEqual(ours[2], theirs[2])
                cut = data[len(ours[2]):]
                self.assertEqual(self.kept(), [cut] if cut else [])
                self.assertEqual(self.check(TOOL, self.write(ours[2]))[0], 0)

    def testAnythingButYesChangesNothing(self):
        for answer in ("n\n", "", "\n", "N\n"):
            with self.subTest(answer):
                ours, theirs = self.both(WHOLE + TORN, "--fix", answer=answer)
                self.assertEqual((ours[0], ours[2]), (theirs[0], theirs[2]))
                self.assertEqual(ours[1].splitlines()[-2:], theirs[1].splitlines()[-2:])
                self.assertEqual((ours[0], ours[2]), (1, WHOLE + TORN))

    def testYesOnTheCommandLineDoesNotAsk(self):
        log = self.write(WHOLE + TORN)
        status, text = self.check(TOOL, "--fix", "--yes", log)
        self.assertEqual(status, 0, text)
        self.assertNotIn("Continue?", text)
        self.assertEqual(log.read_bytes(), WHOLE)

    def testALogOfLaterMomentsIsTakenBack(self):
        for second in (1628217470, 1628217474, 1628217475, 1628217480, 1628217490, 1628217469):
            with self.subTest(second):
                ours, theirs = self.both(STAMPED, "--truncate-to-timestamp", second)
                self.assertEqual((ours[0], ours[2]), (theirs[0], theirs[2]), ours[1])
                self.assertTrue(ours[1].splitlines()[1].startswith(
                    theirs[1].splitlines()[1]), (ours[1], theirs[1]))

    def testTheServerStartsFromAFixedLog(self):
        server = self.serve(directives={"appendonly": "yes"}, start=False)
        log = server.dir / "appendonly.aof"
        log.write_bytes(WHOLE + b"!garbage\r\n" + WHOLE)
        self.refusedToStart(server)
        self.assertEqual(self.check(TOOL, "--fix", "--yes", log)[0], 0)
        server.start()
        self.assertEqual(self.connect(server).value("DBSIZE"), 8)


@OURS_ONLY
class PreambleTest(ToolTest):
    def preamble(self):
        folder = self.stockLog()
        return (next(folder.glob("*.base.rdb")).read_bytes(),
                next(folder.glob("*.incr.aof")).read_bytes())

    def testAPreambleIsReadAndTheCommandsBehindItAreChecked(self):
        image, tail = self.preamble()
        for data in (image, image + tail, image + tail[:-3], image + tail + b"!", image[:-1],
                     image[:20], image + OPEN):
            ours, theirs = self.both(data)
            self.assertEqual(ours[0], theirs[0], ours[1])
            self.assertEqual(self.analyzed(ours[1]), self.analyzed(theirs[1]))

    def testNoDamageToAPreambleIsCalledValidNorCut(self):
        image, tail = self.preamble()
        for at in range(len(image)):
            data = bytearray(image + tail)
            data[at] ^= 0x41
            log = self.write(bytes(data))
            status, text = self.check(TOOL, "--fix", "--yes", log)
            if at >= 5:  # Before that it is no preamble, but a log that begins with garbage.
                self.assertEqual(status, 1, f"byte {at}: {text}")
                self.assertIn("not sane", text)
                self.assertRegex(text, r"\[offset \d+\] \w")
                self.assertEqual(log.read_bytes(), bytes(data))


@OURS_ONLY
class ManifestTest(ToolTest):
    def testALogInSeveralFilesIsCheckedWhole(self):
        manifest = next(self.stockLog().glob("*.manifest"))
        for tool in (TOOL, STOCK_TOOL):
            status, text = self.check(tool, manifest)
            self.assertEqual(status, 0, text)
            self.assertTrue(text.startswith("Start checking Multi Part AOF\n"))
            self.assertIn("All AOF files and manifest are valid", text)
        self.assertIn("appendfilename", self.check(TOOL, manifest)[1])

    def testDamageToItsFilesIsFoundAndOnlyTheLastIsCut(self):
        folder = self.stockLog()
        manifest = next(folder.glob("*.manifest"))
        last = next(folder.glob("*.incr.aof"))
        whole = last.read_bytes()
        for tool in (TOOL, STOCK_TOOL):
            last.write_bytes(whole + TORN)
            self.assertEqual(self.check(tool, manifest)[0], 1)
            self.assertEqual(self.check(tool, "--fix", manifest, answer="y\n")[0], 0)
            self.assertEqual(last.read_bytes(), whole)
        base = next(folder.glob("*.base.rdb"))
        image = base.read_bytes()
        for damage in (image[:-3], image + TORN, None):
            base.write_bytes(damage) if damage is not None else base.unlink()
            for tool in (TOOL, STOCK_TOOL):
                status, text = self.check(tool, "--fix", manifest, answer="y\n")
                self.assertEqual(status, 1, text)
            if damage is not None:
                self.assertEqual(base.read_bytes(), damage)


if __name__ == "__main__":
    unittest.main()

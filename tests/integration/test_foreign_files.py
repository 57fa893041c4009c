"""Files of other producers: what is sound is called sound and by its name, whatever of it this server
has; nothing offers to cut it, and nothing changes it."""

import base64
import bz2
import gzip
import io
import lzma
import shutil
import sqlite3
import subprocess
import tarfile
import zipfile
from pathlib import Path

from integration.base import OURS_ONLY, ServerTest
from support.aof import readLog
from support.resp import encode
from support.server import ourBinary, stock

LOG_TOOL = str(Path(ourBinary()).parent / "inkstone-check-aof")
DUMP_TOOL = str(Path(ourBinary()).parent / "inkstone-check-rdb")
ON = {"appendonly": "yes", "enable-debug-command": "yes"}

VALKEY = base64.b64decode("VkFMS0VZMDgw/gAAAWEBMf8AAAAAAAAAAA==")
EMPTY_KEY = base64.b64decode("UkVESVMwMDA5/gACAWsAAAFhATH/AAAAAAAAAAA=")
MODULE_AUX = base64.b64decode("UkVESVMwMDA594Gxx23Kl7TQAAICBQNhYmMA/gAAAWEBMf8AAAAAAAAAAA==")
PLAIN = b"REDIS0009\xfe\x00\x00\x01a\x011\xff" + bytes(8)
# A hash some of whose fields have deadlines, and versions that are not read.
VALKEY_HASH = b"VALKEY080\xfe\x00\x16\x01h\x01\x01f\x01v" + b"\xff" * 8 + b"\xff" + bytes(8)
VERSIONS = {b"REDIS0012": "Redis 7.4 or later, format 0012", b"REDIS0015": "format 0015",
            b"VALKEY081": "Valkey 9.2, format 081", b"VALKEY092": "format 092"}


def archives(data):
    """The same bytes as people pack them."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        info = tarfile.TarInfo("dump.rdb")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("dump.rdb", data)
    return {"gzip": gzip.compress(data), "xz": lzma.compress(data), "bzip2": bz2.compress(data),
            "zstd": b"\x28\xb5\x2f\xfd\x20" + data, "lz4": b"\x04\x22\x4d\x18\x64" + data,
            "a tar archive": packed.getvalue(), "a zip archive": zipped.getvalue(),
            "a SQLite database": b"SQLite format 3\0" + data}


def checksum(data):
    """CRC-64 of Jones, as docs/rdb-format.md describes it, in 8 bytes."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x95AC9329AC4BC9B5 if crc & 1 else 0)
    return crc.to_bytes(8, "little")


class FilesTest(ServerTest):
    def empty(self, **directives):
        return self.serve(start=False, directives={**ON, **directives})

    def parts(self, server, base, name="appendonly.aof.1.base.rdb"):
        """A log in several files with that base; all of them."""
        folder = server.dir / "appendonlydir"
        folder.mkdir()
        (folder / name).write_bytes(base)
        (folder / "appendonly.aof.1.incr.aof").write_bytes(encode("SET", "b", "2"))
        (folder / "appendonly.aof.manifest").write_text(
            f"file {name} seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n")
        return [folder / name, folder / "appendonly.aof.manifest"]

    def places(self, data):
        """(server, files to check) where data stands as preamble, as base, as dump."""
        server = self.empty()
        path = server.dir / "appendonly.aof"
        path.write_bytes(data + (encode("SET", "b", "2") if data[:5] in (b"REDIS", b"VALKE") else b""))
        yield "log", server, [path]
        server = self.empty()
        yield "base", server, self.parts(server, data)
        server = self.empty(appendonly="no")
        path = server.dir / "dump.rdb"
        path.write_bytes(data)
        yield "dump", server, [path]

    def contents(self, folder):
        return {path: path.read_bytes() for path in sorted(folder.rglob("*"))
                if path.is_file() and path.suffix not in (".log", ".conf")}

    def tool(self, tool, *words):
        done = subprocess.run([tool, *map(str, words)], capture_output=True, text=True, timeout=20,
                              errors="replace", check=False)
        return done.returncode, done.stdout

    def refusedAsSound(self, data, *named):
        for place, server, paths in self.places(data):
            with self.subTest(place=place, named=named):
                before = self.contents(server.dir)
                log = self.refusedToStart(server)
                for path in paths:
                    tools = [(DUMP_TOOL,)] if place == "dump" else [(LOG_TOOL,),
                             (LOG_TOOL, "--fix", "--yes", "--cut-at-unknown")]
                    for words in tools:
                        status, text = self.tool(*words, path)
                        self.assertEqual(status, 1, text)
                        self.assertNotIn("--fix", text)
                        self.assertNotIn("ERROR", text)
                        for name in named:
                            self.assertIn(name, text)
                for name in named:
                    self.assertIn(name, log)
                self.assertIn("sound" if data[:5] in (b"REDIS", b"VALKE") else "not damaged", log)
                for bad in ("--fix", "Bad file format", "check-rdb"):
                    self.assertNotIn(bad, log)
                self.assertEqual(self.contents(server.dir), before)


@OURS_ONLY
class ForeignFileTest(FilesTest):
    def testAFileOfValkey9WithoutNewTypesIsLoadedEverywhere(self):
        for place, server, paths in self.places(VALKEY):
            with self.subTest(place=place):
                for path in paths:
                    tool = DUMP_TOOL if place == "dump" else LOG_TOOL
                    self.assertEqual(self.tool(tool, path)[0], 0)
                server.start()
                client = self.connect(server)
                self.assertEqual(client.value("GET", "a"), b"1")
                self.assertEqual(client.value("GET", "b"), None if place == "dump" else b"2")

    def testNewTypesAndVersionsAreRefusedByName(self):
        self.refusedAsSound(VALKEY_HASH, "a hash whose fields have deadlines",
                            "written by Valkey 9, format 080")
        for header, name in VERSIONS.items():
            self.refusedAsSound(header + VALKEY[9:], name)

    def testPackedFilesAndOtherProgramsFilesAreRefusedByName(self):
        for name, data in archives(PLAIN).items():
            self.refusedAsSound(data, name)

    def testARealDatabaseOfSqliteIsKnown(self):
        server = self.empty()
        path = server.dir / "appendonly.aof"
        database = sqlite3.connect(path)
        database.execute("CREATE TABLE t (x)")
        database.commit()
        database.close()
        self.assertIn("it is a SQLite database", self.refusedToStart(server))

    def testAPayloadOfValkeyIsRestored(self):
        server = self.serve()
        client = self.connect(server)
        client.value("SET", "k", "v")
        payload = client.value("DUMP", "k")
        self.assertError(client.call("RESTORE", "x", 0, payload[:-10] + b"\x0c\x00" + payload[-8:]),
                         "ERR DUMP payload version or checksum are wrong")
        version80 = payload[:-10] + b"\x50\x00"
        self.assertOk(client.call("RESTORE", "x", 0, version80 + checksum(version80)))
        self.assertEqual(client.value("GET", "x"), b"v")


@OURS_ONLY
class MissingCommandTest(FilesTest):
    def stockLog(self, *middle):
        """The folder of a stock server's log with those commands in its middle."""
        server = stock(directives={"appendonly": "yes", "save": "", "aof-use-rdb-preamble": "no"})
        self.addCleanup(server.discard)
        with server.client() as client:
            client.value("SET", "a", "1")
            for words in middle:
                client.value(*words)
            client.value("SET", "b", "2")
        server.stop()
        return server.dir / "appendonlydir"

    LOGS = {"XADD": ("XADD", "s", "1-1", "f", "v"),
            "FUNCTION": ("FUNCTION", "LOAD", "#!lua name=l\nredis.register_function('f', "
                                             "function() return 1 end)")}

    def testAStockLogWithSuchACommandIsSoundInSeveralFilesOrOne(self):
        for name, words in self.LOGS.items():
            folder = self.stockLog(words)
            for one in (False, True):
                with self.subTest(name=name, one=one):
                    server = self.empty()
                    if one:
                        paths = [server.dir / "appendonly.aof"]
                        paths[0].write_bytes(next(folder.glob("*.incr.aof")).read_bytes())
                    else:
                        shutil.copytree(folder, server.dir / "appendonlydir")
                        paths = [server.dir / "appendonlydir" / "appendonly.aof.manifest"]
                    before = self.contents(server.dir)
                    log = self.refusedToStart(server)
                    self.assertIn(f"this server has no {name} yet", log)
                    self.assertIn("the log is sound", log)
                    self.assertNotIn("--fix", log)
                    status, text = self.tool(LOG_TOOL, *paths)
                    self.assertEqual(status, 1)
                    self.assertIn(f"this server has no {name} yet; the log is sound ({name} came "
                                  "with Redis 7.2 or before)", text)
                    self.assertNotIn("--fix", text)
                    self.assertEqual(self.tool(LOG_TOOL, "--fix", "--yes", *paths)[0], 1)
                    self.assertEqual(self.contents(server.dir), before)

    def testItIsCutThereOnlyWhenThatIsSaid(self):
        server = self.empty()
        path = server.dir / "appendonly.aof"
        path.write_bytes(encode("SET", "a", "1") + encode("XADD", "s", "1-1", "f", "v")
                         + encode("SET", "b", "2"))
        status, text = self.tool(LOG_TOOL, "--fix", "--yes", "--cut-at-unknown", path)
        self.assertEqual(status, 0, text)
        server.start()
        client = self.connect(server)
        self.assertEqual(client.value("GET", "a"), b"1")
        self.assertEqual(client.value("GET", "b"), None)
        kept = b"".join(path.read_bytes() for path in server.dir.glob("*.cut-*"))
        self.assertEqual(kept, encode("XADD", "s", "1-1", "f", "v") + encode("SET", "b", "2"))

    def testAWordThatNoServerKnowsIsWhatItWas(self):
        server = self.empty()
        path = server.dir / "appendonly.aof"
        path.write_bytes(encode("SET", "a", "1") + encode("XADF", "s") + encode("SET", "b", "2"))
        log = self.refusedToStart(server)
        self.assertIn("Unknown command 'XADF' reading the append only file", log)
        self.assertIn("--fix", log)
        self.assertEqual(self.tool(LOG_TOOL, "--fix", "--yes", path)[0], 0)
        server.start()


@OURS_ONLY
class OldFaultsTest(FilesTest):
    def testAKeyWithoutElementsIsLeftOutWithALine(self):
        for place, server, _ in self.places(EMPTY_KEY):
            with self.subTest(place=place):
                server.start()
                client = self.connect(server)
                self.assertEqual(client.value("EXISTS", "k"), 0)
                self.assertEqual(client.value("GET", "a"), b"1")
                log = server.log()
                self.assertIn("skipping empty key: k", log)
                self.assertIn("keys loaded: 1, keys expired: 0, empty keys skipped: 1.", log)

    def testAPayloadWithoutElementsIsRefused(self):
        client = self.connect(self.serve())
        for value in (b"\x02\x00", b"\x01\x00", b"\x10\x07\x07\x00\x00\x00\x00\x00\xff"):
            payload = value + b"\x0a\x00"
            self.assertError(client.call("RESTORE", "x", 0, payload + checksum(payload)),
                             "ERR Bad data format")
        self.assertEqual(client.value("DBSIZE"), 0)

    def testDataOfModulesThatBelongToNoKeyAreRefusedUnlessTheyAreToBeLeftOut(self):
        for place, server, paths in self.places(MODULE_AUX):
            with self.subTest(place=place):
                log = self.refusedToStart(server)
                self.assertIn("AUX module data I can't load: no matching module '", log)
                self.assertIn("rdb-skip-module-aux", log)
                self.assertNotIn("--fix", log)
                for path in paths:
                    status, text = self.tool(DUMP_TOOL if place == "dump" else LOG_TOOL, path)
                    self.assertEqual(status, 1, text)
                    self.assertIn("rdb-skip-module-aux", text)
                server.directives["rdb-skip-module-aux"] = "yes"
                server.start()
                self.assertEqual(self.connect(server).value("GET", "a"), b"1")
                self.assertEqual(server.log().count("DATA WERE LEFT OUT"), 1)


@OURS_ONLY
class DumpToolTest(FilesTest):
    def testStatusesAreThoseOfTheStockTool(self):
        server = self.serve(directives={**ON, "appendonly": "no"})
        client = self.connect(server)
        client.pipeline([("SET", f"k{i}", i) for i in range(20)])
        client.value("SAVE")
        sound = (server.dir / "dump.rdb").read_bytes()
        path = server.dir / "other.rdb"
        files = {"sound": sound, "torn": sound[:-20], "checksum": sound[:-1] + b"\xee",
                 "flipped": sound[:120] + bytes([sound[120] ^ 1]) + sound[121:], "empty": b"",
                 "text": b"nothing of the kind"}
        for name, data in files.items():
            with self.subTest(name=name):
                path.write_bytes(data)
                ours = self.tool(DUMP_TOOL, path)
                theirs = self.tool("redis-check-rdb", path)
                self.assertEqual(ours[0], theirs[0], ours[1])
                self.assertEqual("RDB looks OK" in ours[1], "RDB looks OK" in theirs[1])
                self.assertEqual(path.read_bytes(), data)
        self.assertEqual(self.tool(DUMP_TOOL)[0], 1)
        self.assertEqual(self.tool(DUMP_TOOL, server.dir / "none")[0], 1)
        self.assertEqual(self.tool(DUMP_TOOL, "--version")[0], 0)


@OURS_ONLY
class LinkTest(FilesTest):
    """A rewrite or save replaces the file that a link leads to; the link stays."""

    def linked(self, name, **directives):
        server = self.empty(**directives)
        far = server.dir / "far"
        far.mkdir()
        (server.dir / name).symlink_to(far / "real")
        server.start()
        return server, far / "real", server.dir / name

    def testARewriteFollowsALinkAndItsLedgerStandsThere(self):
        server, real, link = self.linked("appendonly.aof")
        client = self.connect(server)
        for i in range(100):
            client.value("SET", "k", i)
        inode = real.stat().st_ino
        client.value("BGREWRITEAOF")
        self.eventually(lambda: real.stat().st_ino != inode, "the rewrite")
        self.eventually(lambda: client.info("persistence")["aof_rewrite_in_progress"] == "0", "its end")
        client.value("SET", "after", "1")
        self.assertTrue(link.is_symlink())
        self.assertTrue(Path(f"{real}.ledger").exists())
        self.assertEqual([path.name for path in server.dir.glob("*.ledger")], [])
        server.restart(crash=True)
        client = self.connect(server)
        self.assertEqual(client.value("GET", "k"), b"99")
        self.assertEqual(client.value("GET", "after"), b"1")
        self.assertTrue(link.is_symlink())
        self.assertIn("compared with its checksum ledger", server.log())
        server.stop()
        status, text = self.tool(LOG_TOOL, link)
        self.assertEqual(status, 0)
        self.assertIn("All that it tells of is what was on the disk", text)

    def testATornEndIsCutAndKeptWhereTheLogIs(self):
        server, real, link = self.linked("appendonly.aof")
        self.connect(server).value("SET", "k", "v")
        server.kill()
        with real.open("ab") as log:
            log.write(b"*3\r\n$3\r\nSET")
        server.start()
        self.assertEqual(self.connect(server).value("GET", "k"), b"v")
        self.assertEqual(len(list(real.parent.glob("real.cut-*"))), 1)
        self.assertTrue(link.is_symlink())

    def testASaveFollowsALink(self):
        server, real, link = self.linked("dump.rdb", appendonly="no")
        client = self.connect(server)
        client.value("SET", "k", "v")
        for command in ("SAVE", "BGSAVE"):
            client.value("SET", "k", command)
            client.value(command)
            self.eventually(lambda: client.info("persistence")["rdb_bgsave_in_progress"] == "0", command)
            self.assertTrue(link.is_symlink())
            self.assertIn(command.encode(), real.read_bytes())
            self.assertEqual(list(real.parent.glob("temp-*")), [])
        server.restart(crash=True)
        self.assertEqual(self.connect(server).value("GET", "k"), b"BGSAVE")

    def testTheFirstLogIsWrittenWhereADanglingLinkLeads(self):
        server = self.empty()
        (server.dir / "dump.rdb").write_bytes(PLAIN)
        far = server.dir / "far"
        far.mkdir()
        (server.dir / "appendonly.aof").symlink_to("far/real")
        server.start()
        self.assertEqual(self.connect(server).value("GET", "a"), b"1")
        self.assertTrue((server.dir / "appendonly.aof").is_symlink())
        self.assertEqual((far / "real").read_bytes()[:5], b"REDIS")


@OURS_ONLY
class PhrasesTest(FilesTest):
    """Phrases that people who watch the log of a stock server look for."""

    def testTheStockServersPhrasesAreInTheLog(self):
        whole = encode("SET", "a", "1")
        cases = {
            "Bad file format reading the append only file": ("appendonly.aof", whole + b"!x" + whole),
            "Unexpected end of file reading the append only file": ("appendonly.aof", whole + b"*3\r\n$"),
            "RDB CRC error": ("dump.rdb", PLAIN[:-8] + b"checksum"),
            "Wrong RDB checksum expected:": ("dump.rdb", PLAIN[:-8] + b"checksum"),
            "Unexpected end of file reading the RDB file": ("dump.rdb", PLAIN[:-9]),
        }
        for phrase, (name, data) in cases.items():
            with self.subTest(phrase):
                server = self.empty(**{"aof-load-truncated": "no",
                                       "appendonly": "yes" if "aof" in name else "no"})
                (server.dir / name).write_bytes(data)
                self.assertIn(phrase, self.refusedToStart(server))

    def testARewriteThatIsGivenUpSaysThatItsChildIsKilled(self):
        server = self.serve(directives={**ON, "rdb-key-save-delay": "100000"})
        client = self.connect(server)
        client.pipeline([("SET", f"k{i}", i) for i in range(50)])
        client.value("BGREWRITEAOF")
        self.assertOk(client.call("CONFIG", "SET", "appendonly", "no"))
        self.assertIn("Killing AOF child", server.log())
        self.assertIn("Killing running AOF rewrite child: ", server.log())
        self.assertEqual(readLog(server.aofPath()) != [], True)

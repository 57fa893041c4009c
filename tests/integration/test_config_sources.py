"""Where a configuration comes from: files that include others, the environment, the image, files of other servers."""

import os
from pathlib import Path

from integration.base import OURS_ONLY, ServerTest
from support.server import runToExit

HARDENED = Path(__file__).resolve().parents[1] / "support" / "hardened"
NO_LISTENER = {"port": None, "save": None}
# Values that only a service manager or another machine has.
HERE = ("--daemonize", "no", "--supervised", "no", "--pidfile", "", "--logfile", "", "--dir", ".")


@OURS_ONLY
class HardenedConfigurationTest(ServerTest):
    """Lines of parts that are here, or that can be left out, are never refused."""

    def files(self):
        files = sorted(HARDENED.glob("*.conf"))
        self.assertEqual(len(files), 4)
        return files

    def testEachIsRight(self):
        for path in self.files():
            with self.subTest(path=path.name):
                status, output = runToExit(["--check-config", str(path)], cwd=HARDENED)
                self.assertEqual(status, 0, output)
                self.assertIn("The configuration is right.", output)
                self.assertIn("WARNING: 'repl-backlog-size 67108864' has no effect yet", output)
                self.assertNotIn("long and random", output)

    def testTheServerStartsWithEachAndRewritesIt(self):
        for path in self.files():
            with self.subTest(path=path.name):
                overruled = dict(zip([word[2:] for word in HERE[::2]], HERE[1::2]))
                server = self.serve(config=path.read_text(), wait=False,
                                    directives={**overruled, "save": None})
                server.waitLog("Ready to accept connections")
                log = server.log()
                self.assertEqual(log.count("WARNING: 'io-threads 4' has no effect"), 1)
                self.assertIn("ACL: user 'app' is allowed xadd, which this server does not have yet", log)
                self.assertEqual(server.stop(), 0)

    def testDebiansOwnIsRight(self):
        path = Path("/etc/redis/redis.conf")
        if not os.access(path, os.R_OK):
            self.skipTest("Debian's redis-server is not installed, or its configuration is private")
        status, output = runToExit(["--check-config", str(path)])
        self.assertEqual((status, output), (0, "The configuration is right.\n"))


@OURS_ONLY
class CheckTest(ServerTest):
    TEXT = ("port 0\nhz x\nnosuch 1\nuser bob on +nosuch\nrename-command NOSUCH \"\"\n"
            "replicaof 10.0.0.1 6379\nimport-mode yes\nuser eve on +get\naclfile users.acl\n")

    def testAllThatIsWrongIsToldAtOnceWithItsLine(self):
        server = self.serve(config=self.TEXT, directives=NO_LISTENER, start=False)
        for words in (["--check-config", "test.conf"], ["test.conf"]):
            status, output = runToExit(words, cwd=server.dir)
            self.assertEqual(status, 1, output)
            self.assertEqual(output.count("FATAL CONFIG FILE ERROR"), 1)
            for line, reason in (
                    (2, "argument couldn't be parsed into an integer"),
                    (3, "Bad directive or wrong number of arguments: no directive has this name"),
                    (4, "Error loading ACL rule '+nosuch' for the user named 'bob'"),
                    (5, "No such command in rename-command"),
                    (6, "it asks for replication, which this server does not have yet"),
                    (7, "that directive came with Valkey 8.1"),
                    (9, "Configuring Inkstone with users defined in redis.conf")):
                shown = self.TEXT.splitlines()[line - 1]
                self.assertIn(f"at line {line}\n>>> '{shown}'\n{reason}", output)
            self.assertNotIn("at line 1\n", output)
            self.assertNotIn("at line 8\n", output)

    def testNothingIsStartedAndNothingWritten(self):
        server = self.serve(config="port 0\nappendonly yes\nio-threads 4\n", start=False)
        before = sorted(os.listdir(server.dir))
        status, output = runToExit(["--check-config", "test.conf", "--hz", "20"], cwd=server.dir)
        self.assertEqual((status, output.splitlines()[-1]), (0, "The configuration is right."))
        self.assertIn("'io-threads 4' has no effect", output)
        self.assertEqual(sorted(os.listdir(server.dir)), before)
        self.assertEqual(runToExit(["--check-config", "test.conf", "--hz", "x"], cwd=server.dir)[0], 1)
        self.assertEqual(runToExit(["--check-config", "nosuch.conf"], cwd=server.dir)[0], 1)
        self.assertEqual(runToExit(["--check-config"])[0], 1)


@OURS_ONLY
class MissingPartTest(ServerTest):
    def testWhatChangesSafetyOrMeaningIsRefusedByName(self):
        for words, part in ((["--replicaof", "10.0.0.1", "6379"], "replication"),
                            (["--slaveof", "10.0.0.1", "6379"], "replication"),
                            (["--cluster-enabled", "yes"], "cluster mode"),
                            (["--tls-port", "6380"], "TLS"), (["--tls-replication", "yes"], "TLS")):
            status, output = runToExit(["--port", "0", *words])
            self.assertEqual(status, 1, output)
            self.assertIn(f"it asks for {part}, which this server does not have yet", output)
        client = self.connect(self.serve())
        self.assertError(client.call("CONFIG", "SET", "hz", "50", "tls-port", "6380"),
                         "ERR CONFIG SET failed (possibly related to argument 'tls-port') - it asks for TLS")
        self.assertEqual(client.value("CONFIG", "GET", "hz")[1].value, b"10")

    def testOthersWarnOnceAtStart(self):
        server = self.serve(directives={"maxmemory-policy": "allkeys-lru", "min-replicas-to-write": "1",
                                        "slowlog-max-len": "5", "masterauth": "secret"})
        log = server.log()
        for directive in ("maxmemory-policy allkeys-lru", "min-replicas-to-write 1", "slowlog-max-len 5",
                          "masterauth"):
            self.assertEqual(log.count(f"WARNING: '{directive}' has no effect yet"), 1, log)
        self.assertNotIn("secret", log)
        self.assertNotIn("WARNING: '", self.serve(directives={"maxmemory-policy": "noeviction"}).log())

    def testWhatIsSaidOfCommandsThatAreNotHereIsKept(self):
        rules = "+@all -eval -script +xadd"
        server = self.serve(config="rename-command MONITOR \"\"\nuser app on nopass ~* &* " + rules + "\n")
        client = self.connect(server)
        self.assertIn("ACL: user 'app' is allowed xadd, which", server.log())
        self.assertOk(client.call("ACL", "SETUSER", "x", "-module", "+fcall", "-@search"))
        self.assertIn("ACL: user 'x' is allowed fcall, which", server.log())
        self.assertOk(client.call("ACL", "SETUSER", "app", "-fcall"))
        self.assertOk(client.call("CONFIG", "REWRITE"))
        text = (server.dir / "test.conf").read_text()
        self.assertIn("rename-command MONITOR \"\"\n", text)
        self.assertIn(f"{rules} -fcall\n", text)
        self.assertIn("-@all -module +fcall -@search\n", text)
        server.restart()
        users = [line.value.decode() for line in self.connect(server).value("ACL", "LIST")]
        self.assertTrue(any(user.endswith(f"{rules} -fcall") for user in users), users)


@OURS_ONLY
class RewriteWithIncludesTest(ServerTest):
    """One server for many directives: those of the file, of includes before and behind, changed and not."""

    BEFORE = "hz 20\ntimeout 11\nsave 100 1\nuser bob on >b ~b* +get\nuser eve on >e +ping\nmaxmemory 1gb\n"
    BEHIND = "tcp-keepalive 50\nloglevel warning\nclient-output-buffer-limit pubsub 3mb 2mb 9\nuser tom on +get\n"
    MAIN = ("include before.inc\nsave \"\"\nsave 200 2\nhz 30\ntcp-keepalive 40\nuser ann on >a +get\n"
            "requirepass secret\ninclude behind.inc\nlatency-monitor-threshold 5\n")

    def start(self, **keywords):
        server = self.serve(config=self.MAIN, directives={"port": "0", "save": None}, start=False, **keywords)
        (server.dir / "before.inc").write_text(self.BEFORE)
        (server.dir / "behind.inc").write_text(self.BEHIND)
        server.start()
        return server, self.login(server)

    def login(self, server):
        client = self.connect(server)
        self.assertOk(client.call("AUTH", "secret"))
        return client

    def state(self, client):
        pairs = [part.value for part in client.value("CONFIG", "GET", "*")]
        users = sorted(line.value for line in client.value("ACL", "LIST"))
        return dict(zip(pairs[::2], pairs[1::2])), users

    def rewriteAndRestart(self, server, client):
        before = self.state(client)
        self.assertOk(client.call("CONFIG", "REWRITE"))
        text = (server.dir / "test.conf").read_text()
        server.restart()
        again = self.login(server)
        self.assertEqual(self.state(again), before)
        self.assertOk(again.call("CONFIG", "REWRITE"))
        self.assertEqual((server.dir / "test.conf").read_text(), text)
        self.assertEqual((server.dir / "before.inc").read_text(), self.BEFORE)
        self.assertEqual((server.dir / "behind.inc").read_text(), self.BEHIND)
        return text, again

    def testWhatNobodyChangedIsLeftToWhereItIs(self):
        server, client = self.start()
        text, _ = self.rewriteAndRestart(server, client)
        self.assertTrue(text.startswith(self.MAIN), text)
        for word in ("maxmemory", "timeout", "loglevel", "pubsub", "user bob", "user tom"):
            self.assertNotIn(word, text)

    def testWhatWasChangedHoldsAfterTheNextStart(self):
        server, client = self.start()
        client.value("CONFIG", "SET", "hz", "77", "timeout", "0", "tcp-keepalive", "60", "maxmemory", "0",
                     "save", "300 3 400 4", "loglevel", "notice", "latency-monitor-threshold", "0",
                     "client-output-buffer-limit", "pubsub 32mb 8mb 60 normal 1mb 1mb 1")
        client.value("ACL", "SETUSER", "bob", "+set")
        client.value("ACL", "SETUSER", "tom", "off")
        client.value("ACL", "SETUSER", "new", "on", ">n")
        client.value("ACL", "DELUSER", "ann")
        text, client = self.rewriteAndRestart(server, client)
        self.assertIn("requirepass secret\n", text)
        # The values change once more, back to what they were.
        client.value("CONFIG", "SET", "hz", "30", "timeout", "11", "save", "200 2", "loglevel", "warning")
        client.value("ACL", "SETUSER", "bob", "-set")
        self.rewriteAndRestart(server, client)

    def testAUserOfAnIncludedFileThatWasDeletedComesBackWithoutAnyRight(self):
        server, client = self.start()
        client.value("ACL", "DELUSER", "eve")
        self.assertOk(client.call("CONFIG", "REWRITE"))
        self.assertIn("CONFIG REWRITE: user 'eve' was deleted, but an included file declares it",
                      server.log())
        server.restart()
        again = self.login(server)
        users = [line.value for line in again.value("ACL", "LIST")]
        self.assertIn(b"user eve off sanitize-payload resetchannels -@all", users)
        self.assertError(self.connect(server).call("AUTH", "eve", "e"), "WRONGPASS")

    def testSecretsOfTheEnvironmentAndTheImagesDefaultsStayOutOfTheFile(self):
        server = self.serve(config="timeout 5\n", directives={"save": None}, environment={
            "INKSTONE_REQUIREPASS": "secret", "INKSTONE_USER": "bob on >hidden +get", "INKSTONE_HZ": "40",
            "INKSTONE_MASTERAUTH": "hidden", "INKSTONE_IMAGE_DEFAULTS": "protected-mode no"})
        client = self.login(server)
        self.assertEqual(client.value("CONFIG", "GET", "protected-mode")[1].value, b"no")
        client.value("CONFIG", "SET", "timeout", "6")
        before = self.state(client)
        self.assertOk(client.call("CONFIG", "REWRITE"))
        text = (server.dir / "test.conf").read_text()
        for word in ("secret", "hidden", "bob", "hz", "protected-mode", "requirepass", "user"):
            self.assertNotIn(word + " ", text)
        self.assertTrue(text.startswith("timeout 6\n"))
        server.restart()
        self.assertEqual(self.state(self.login(server)), before)
        (server.dir / "more.inc").write_text("protected-mode yes\n")
        (server.dir / "test.conf").write_text("include more.inc\n")
        server.restart()
        again = self.login(server)
        self.assertEqual(again.value("CONFIG", "GET", "protected-mode")[1].value, b"yes")

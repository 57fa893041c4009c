"""Access control lists against the real server: files, connections that are closed, restarts."""

import hashlib
import os
import stat

from integration.base import ServerTest, isRoot
from support.server import ours, stock

NO_KEY = "NOPERM No permissions to access a key"


class AclTest(ServerTest):
    def login(self, server, user, password="p", **keywords):
        client = self.connect(server, **keywords)
        self.assertOk(client.call("AUTH", user, password))
        return client

    def assertClosed(self, client):
        self.assertTrue(client.closedByServer())

    def users(self, client):
        return [line.value.decode() for line in client.value("ACL", "LIST")]

    def userLine(self, client, name):
        return next(line for line in self.users(client) if line.split(" ")[1] == name)


class UsersTest(AclTest):
    def setUp(self):
        self.server = self.serve()
        self.admin = self.connect(self.server)

    def testARestrictedUserDoesWhatItMayAndNothingElse(self):
        self.admin.value("ACL", "SETUSER", "bob", "on", ">p", "~app:*", "&news", "+@read", "+set",
                         "+publish", "-@dangerous")
        bob = self.login(self.server, "bob")
        self.assertOk(bob.call("SET", "app:1", "v"))
        self.assertEqual(bob.value("GET", "app:1"), b"v")
        self.assertError(bob.call("GET", "other"), NO_KEY)
        self.assertError(bob.call("DEL", "app:1"),
                         "NOPERM User bob has no permissions to run the 'del' command")
        self.assertError(bob.call("KEYS", "*"), "NOPERM User bob")
        self.assertError(bob.call("PUBLISH", "olds", "m"),
                         "NOPERM No permissions to access a channel")
        self.assertEqual(bob.value("PUBLISH", "news", "m"), 0)
        self.assertError(bob.call("ACL", "WHOAMI"), "NOPERM User bob has no permissions to run "
                         "the 'acl|whoami' command")

    def testAPipelineIsCheckedCommandByCommand(self):
        self.admin.value("ACL", "SETUSER", "bob", "on", ">p", "~a", "+get", "+set")
        bob = self.login(self.server, "bob")
        words = [("SET", "a", "1"), ("GET", "b"), ("GET", "a"), ("AUTH", "default", "x"),
                 ("GET", "b"), ("AUTH", "bob", "p"), ("GET", "b")]
        kinds = [reply.kind for reply in bob.pipeline(words)]
        self.assertEqual(kinds, ["simple", "error", "bulk", "simple", "nullbulk", "simple",
                                 "error"])

    def testClientsOfADeletedUserAreDisconnected(self):
        self.admin.value("ACL", "SETUSER", "bob", "on", ">p", "+@all", "~*")
        bob, waiting = self.login(self.server, "bob"), self.login(self.server, "bob")
        waiting.send("BLPOP", "k", "0")
        self.eventually(lambda: self.admin.info("clients")["blocked_clients"] == "1", "waiting")
        self.assertEqual(self.admin.value("ACL", "DELUSER", "bob"), 1)
        self.assertClosed(bob)
        self.assertClosed(waiting)
        self.assertEqual(self.admin.value("RPUSH", "k", "v"), 1)
        self.assertEqual(self.admin.value("LLEN", "k"), 1)

    def testWhoDeletesItselfLearnsSoBeforeItIsDisconnected(self):
        self.admin.value("ACL", "SETUSER", "bob", "on", ">p", "+@all")
        bob = self.login(self.server, "bob")
        self.assertEqual(bob.value("ACL", "DELUSER", "bob"), 1)
        self.assertClosed(bob)

    def testASubscriberThatLosesItsChannelIsDisconnected(self):
        self.admin.value("ACL", "SETUSER", "bob", "on", ">p", "+@all", "&a", "&b")
        one, other = self.login(self.server, "bob"), self.login(self.server, "bob")
        one.call("SUBSCRIBE", "a")
        other.call("SUBSCRIBE", "b")
        self.admin.value("ACL", "SETUSER", "bob", "resetchannels", "&b")
        self.assertClosed(one)
        self.assertEqual(self.admin.value("PUBLISH", "b", "m"), 1)
        self.assertEqual(other.read().value[2].value, b"m")

    def testRulesThatChangeHoldForConnectionsThatAreThere(self):
        self.admin.value("ACL", "SETUSER", "bob", "on", ">p", "+@all", "~*", "&*")
        bob = self.login(self.server, "bob")
        self.assertOk(bob.call("SET", "k", "v"))
        self.admin.value("ACL", "SETUSER", "bob", "-set")
        self.assertError(bob.call("SET", "k", "v"), "NOPERM")
        self.admin.value("ACL", "SETUSER", "bob", "+set", "resetkeys", "~a")
        self.assertError(bob.call("SET", "k", "v"), "NOPERM")
        self.admin.value("ACL", "SETUSER", "bob", "allkeys")
        self.assertOk(bob.call("SET", "k", "v"))

    def testASwitchedOffUserKeepsItsConnections(self):
        self.admin.value("ACL", "SETUSER", "bob", "on", ">p", "+ping")
        bob = self.login(self.server, "bob")
        self.admin.value("ACL", "SETUSER", "bob", "off")
        self.assertEqual(bob.value("PING"), b"PONG")
        self.assertError(self.connect(self.server).call("AUTH", "bob", "p"), "WRONGPASS")

    def testResetGoesBackToTheDefaultUser(self):
        self.admin.value("ACL", "SETUSER", "bob", "on", ">p", "+acl|whoami")
        bob = self.login(self.server, "bob")
        self.assertEqual(bob.value("ACL", "WHOAMI"), b"bob")
        self.assertEqual(bob.value("RESET"), b"RESET")
        self.assertEqual(bob.value("ACL", "WHOAMI"), b"default")
        self.assertOk(bob.call("SET", "k", "v"))

    def testHelloAuthenticatesAUser(self):
        self.admin.value("ACL", "SETUSER", "bob", "on", ">p", "+acl|whoami")
        client = self.connect(self.server)
        self.assertError(client.call("HELLO", "3", "AUTH", "bob", "x"), "WRONGPASS")
        self.assertEqual(client.call("HELLO", "3", "AUTH", "bob", "p").kind, "map")
        self.assertEqual(client.value("ACL", "WHOAMI"), b"bob")

    def testClientListShowsTheUserAndKillFindsIt(self):
        self.admin.value("ACL", "SETUSER", "bob", "on", ">p", "+ping")
        bob = self.login(self.server, "bob")
        self.assertIn(b"user=bob", self.admin.value("CLIENT", "LIST"))
        self.assertEqual(self.admin.value("CLIENT", "KILL", "USER", "bob"), 1)
        self.assertClosed(bob)

    def testDenialsAreCountedAndLogged(self):
        self.admin.value("ACL", "SETUSER", "bob", "on", ">p", "+get", "+publish", "~a")
        bob = self.login(self.server, "bob")
        for words in (("AUTH", "bob", "x"), ("SET", "a", "1"), ("GET", "b"), ("GET", "b"),
                      ("PUBLISH", "c", "m")):
            self.assertEqual(bob.call(*words).kind, "error")
        stats = self.admin.info("stats")
        self.assertEqual([stats["acl_access_denied_" + what]
                          for what in ("auth", "cmd", "key", "channel")], ["1", "1", "2", "1"])
        entries = [{key.value: value.value for key, value in zip(entry.value[::2],
                                                                 entry.value[1::2])}
                   for entry in self.admin.value("ACL", "LOG")]
        self.assertEqual([(entry[b"reason"], entry[b"object"], entry[b"count"])
                          for entry in entries],
                         [(b"channel", b"c", 1), (b"key", b"b", 2), (b"command", b"set", 1),
                          (b"auth", b"AUTH", 1)])
        self.assertEqual(list(entries[0]), [
            b"count", b"reason", b"context", b"object", b"username", b"age-seconds",
            b"client-info", b"entry-id", b"timestamp-created", b"timestamp-last-updated"])
        self.assertIn(b"user=bob", entries[0][b"client-info"])
        self.assertEqual([entry[b"entry-id"] for entry in entries], [3, 2, 1, 0])
        self.assertGreaterEqual(entries[1][b"timestamp-last-updated"],
                                entries[1][b"timestamp-created"])

    def testPasswordsAreNowhereInTheClear(self):
        self.admin.value("ACL", "SETUSER", "bob", "on", ">topsecret")
        digest = hashlib.sha256(b"topsecret").hexdigest()
        self.assertIn("#" + digest, self.userLine(self.admin, "bob"))
        self.login(self.server, "bob", "topsecret")
        for words in (("ACL", "LIST"), ("ACL", "GETUSER", "bob"), ("CLIENT", "LIST"),
                      ("ACL", "LOG"), ("INFO", "everything")):
            self.assertNotIn("topsecret", str(self.admin.call(*words)))
        self.assertNotIn("topsecret", self.server.log())

    def testTheLogIsLoadedWhateverTheDefaultUserMayDo(self):
        server = self.serve(directives={"appendonly": "yes"})
        self.connect(server).value("SET", "k", "v")
        server.stop()
        server.directives["user"] = [("default", "on", "nopass", "~*", "+get", "+ping")]
        server.start()
        client = self.connect(server)
        self.assertEqual(client.value("GET", "k"), b"v")
        self.assertError(client.call("SET", "k", "w"), "NOPERM")


class ConfigFileTest(AclTest):
    def testUsersOfTheFileAreThereFromTheStart(self):
        server = self.serve(config="user bob on >p ~a +get\nuser \"eve\" off (+set ~b)\n")
        client = self.connect(server)
        self.assertEqual(len(self.users(client)), 3)
        self.assertIn("(~b resetchannels -@all +set)", self.userLine(client, "eve"))
        self.assertError(self.login(server, "bob").call("GET", "b"), NO_KEY)

    def testTheDefaultUserOfTheFileComesBeforeRequirepass(self):
        server = self.serve(config="user default on >p ~* +@all\nrequirepass other\n")
        client = self.connect(server)
        self.assertError(client.call("PING"), "NOAUTH")
        self.assertError(client.call("AUTH", "other"), "WRONGPASS")
        self.assertOk(client.call("AUTH", "p"))

    def testAFileWithAWrongUserIsRefused(self):
        for lines, said in (
                ("user bob on +nosuch\n", "Error loading ACL rule '+nosuch' for the user named "
                 "'bob': Unknown command or category name in ACL"),
                ("user bob on\nuser bob off\n", "Error in user declaration 'bob': Duplicate user "
                 "found. A user can only be defined once in config files"),
                ("user \"a b\" on\n", "Spaces not allowed in ACL usernames"),
                ("user bob (+get\n", "Unmatched parenthesis"),
                ("user bob on\naclfile users.acl\n", "but not both"),
                ("aclfile users.acl\n", "Error loading ACLs, opening file 'users.acl': No such "
                 "file or directory")):
            with self.subTest(lines=lines):
                self.assertIn(said, self.refusedToStart(self.serve(config=lines, start=False)))

    def testConfigRewriteKeepsTheUsersForTheNextStart(self):
        server = self.serve(config="# top\nuser bob on >p ~a +get\n# end\n")
        client = self.connect(server)
        client.value("ACL", "SETUSER", "bob", "+set", "(%R~\"q\\ +@read)")
        client.value("ACL", "SETUSER", "eve", "on", ">x y", "&c", "+@all", "-@dangerous")
        client.value("ACL", "SETUSER", "default", ">d")
        before = self.users(client)
        self.assertOk(client.call("CONFIG", "REWRITE"))
        text = (server.dir / "test.conf").read_text()
        self.assertTrue(text.startswith("# top\nuser bob on"), text)
        self.assertIn("\n# end\n", text)
        server.restart()
        again = self.connect(server)
        self.assertOk(again.call("AUTH", "d"))
        self.assertEqual(self.users(again), before)
        self.assertOk(again.call("CONFIG", "REWRITE"))
        self.assertEqual((server.dir / "test.conf").read_text(), text)

    def testConfigRewriteLeavesTheDefaultUserToRequirepass(self):
        server = self.serve(config="user default on >other ~* &* +@all\n")
        client = self.login(server, "default", "other")
        self.assertOk(client.call("ACL", "SETUSER", "default", "resetpass"))
        client.value("CONFIG", "SET", "requirepass", "secret")
        self.assertOk(client.call("CONFIG", "REWRITE"))
        text = (server.dir / "test.conf").read_text()
        self.assertNotIn("user default", text)
        self.assertIn('requirepass "secret"', text)
        server.restart()
        self.login(server, "default", "secret")

    def testRequirepassIsAPasswordOfTheDefaultUser(self):
        server = self.serve()
        client = self.connect(server)
        client.value("CONFIG", "SET", "requirepass", "secret")
        digest = hashlib.sha256(b"secret").hexdigest()
        self.assertEqual(self.userLine(client, "default"),
                         f"user default on sanitize-payload #{digest} ~* &* +@all")
        self.assertEqual(client.value("CONFIG", "GET", "requirepass")[1].value, b"secret")
        client.value("ACL", "SETUSER", "default", ">more")
        self.login(server, "default", "more")
        client.value("CONFIG", "SET", "requirepass", "")
        self.assertEqual(self.userLine(client, "default"),
                         "user default on nopass sanitize-payload ~* &* +@all")

    def testChannelsOfNewUsersAreAConfiguredDefault(self):
        server = self.serve(directives={"acl-pubsub-default": "allchannels"})
        client = self.connect(server)
        client.value("ACL", "SETUSER", "bob")
        self.assertEqual(self.userLine(client, "bob"), "user bob off sanitize-payload &* -@all")
        client.value("CONFIG", "SET", "acl-pubsub-default", "resetchannels")
        client.value("ACL", "SETUSER", "eve")
        client.value("ACL", "SETUSER", "bob", "reset")
        for name in ("bob", "eve"):
            self.assertEqual(self.userLine(client, name),
                             f"user {name} off sanitize-payload resetchannels -@all")

    def testRulesNameCommandsAsTheyWereBeforeRenaming(self):
        server = self.serve(config="rename-command GET FETCH\nuser default on nopass ~* +@all "
                            "-get\n")
        client = self.connect(server)
        self.assertError(client.call("FETCH", "k"), "NOPERM User default has no permissions to "
                         "run the 'get' command")
        self.assertError(client.call("ACL", "SETUSER", "bob", "+fetch"), "ERR Error in ACL")
        self.assertOk(client.call("ACL", "SETUSER", "default", "+get"))
        self.assertEqual(client.call("FETCH", "k").kind, "nullbulk")


class AclFileTest(AclTest):
    def setUp(self):
        self.server = self.serve(directives={"aclfile": "users.acl"}, start=False)
        self.path = self.server.dir / "users.acl"
        self.write("user bob on >p ~a +get\nuser eve on >p +ping\n")
        self.server.start()
        self.admin = self.connect(self.server)

    def write(self, text):
        self.path.write_text(text)

    def testUsersOfTheFileAreThereFromTheStart(self):
        self.assertEqual([line.value for line in self.admin.value("ACL", "USERS")],
                         [b"bob", b"default", b"eve"])
        self.assertError(self.login(self.server, "bob").call("GET", "b"), NO_KEY)

    def testSaveWritesWhatLoadReads(self):
        os.chmod(self.path, 0o640)
        self.admin.value("ACL", "SETUSER", "new", "on", ">x", "~k*", "(+set %W~z)")
        before = self.users(self.admin)
        self.assertOk(self.admin.call("ACL", "SAVE"))
        self.assertEqual(self.path.read_text(), "\n".join(before) + "\n")
        self.assertEqual(stat.S_IMODE(self.path.stat().st_mode), 0o640)
        self.assertEqual(sorted(os.listdir(self.server.dir)), ["output.log", "s", "users.acl"])
        self.admin.value("ACL", "DELUSER", "new")
        self.assertOk(self.admin.call("ACL", "LOAD"))
        self.assertEqual(self.users(self.admin), before)

    def testLoadDisconnectsWhoIsGoneOrChangedAndNobodyElse(self):
        bob, eve = self.login(self.server, "bob"), self.login(self.server, "eve")
        self.write("user eve on >p +ping\nuser new on\n")
        self.assertOk(self.admin.call("ACL", "LOAD"))
        self.assertClosed(bob)
        self.assertEqual(eve.value("PING"), b"PONG")
        self.write("user eve on >p +ping +get\n")
        self.assertOk(self.admin.call("ACL", "LOAD"))
        self.assertClosed(eve)
        self.write("user default on nopass ~* +acl +ping\n")
        self.assertOk(self.admin.call("ACL", "LOAD"))
        self.assertError(self.admin.call("GET", "k"), "NOPERM User default")

    def testAFaultyFileChangesNothing(self):
        before = self.users(self.admin)
        bob = self.login(self.server, "bob")
        self.write("user bob off\nuser x +nosuch\nfoo\n")
        self.assertError(
            self.admin.call("ACL", "LOAD"),
            "ERR users.acl:2: Error in applying operation '+nosuch': Unknown command or category "
            "name in ACL. users.acl:3 should start with user keyword followed by the username. "
            "WARNING: ACL errors detected, no change to the previously active ACL rules was "
            "performed")
        self.assertEqual(self.users(self.admin), before)
        self.assertEqual(bob.call("GET", "a").kind, "nullbulk")
        self.path.unlink()
        self.assertError(self.admin.call("ACL", "LOAD"), "ERR Error loading ACLs, opening file "
                         "'users.acl': No such file or directory")

    def testAFaultyFileStopsTheStart(self):
        self.server.stop()
        self.write("user bob on\nuser bob off\n")
        log = self.refusedToStart(self.server)
        self.assertIn("because of ACL errors: WARNING: Duplicate user 'bob' found on line 2. ", log)

    def testAFailedSaveLeavesTheFile(self):
        if isRoot():
            self.path.unlink()
            self.path.mkdir()
        else:
            os.chmod(self.server.dir, 0o555)
            os.chmod(self.path, 0o444)
            self.addCleanup(os.chmod, self.server.dir, 0o755)
        self.assertError(self.admin.call("ACL", "SAVE"), "ERR There was an error trying to save "
                         "the ACLs. Please check the server logs for more information")
        self.assertIn("Saving the ACL file 'users.acl'", self.server.log())

    def testConfigRewriteLeavesUsersToTheFile(self):
        server = self.serve(config="aclfile users.acl\n", start=False)
        (server.dir / "users.acl").write_text("user bob on\n")
        server.start()
        client = self.connect(server)
        self.assertOk(client.call("CONFIG", "REWRITE"))
        text = (server.dir / "test.conf").read_text()
        self.assertIn("aclfile", text)
        self.assertNotIn("user bob", text)


class ExchangeTest(AclTest):
    """Files of users go from us to the stock server and back."""

    USERS = (
        ("bob", "on", ">p", "~a*", "%R~r*", "&c*", "+@read", "+set", "-@dangerous", "+config|get"),
        ("eve", "off", "nopass", "allkeys", "allchannels", "+@all", "-flushall", "(+get ~x)",
         "(%W~w* +@write)"),
        ("old", "on", "+select|0", "skip-sanitize-payload"))
    DRY_RUNS = (
        ("GET", "a1"), ("SET", "a1", "v"), ("SET", "r1", "v"), ("GET", "r1"), ("KEYS", "*"),
        ("CONFIG", "GET", "x"), ("CONFIG", "SET", "x", "y"), ("PUBLISH", "c1", "m"),
        ("SUBSCRIBE", "c1"), ("FLUSHALL",), ("SELECT", "0"), ("SELECT", "1"), ("PING",))

    def allowed(self, client):
        return [[client.call("ACL", "DRYRUN", user[0], *words).kind for words in self.DRY_RUNS]
                for user in self.USERS]

    def withFile(self, make, text):
        server = make(directives={"aclfile": "users.acl"}, start=False)
        self.addCleanup(server.discard)
        (server.dir / "users.acl").write_text(text)
        server.start()
        return server, self.connect(server)

    def testUsersSavedByOneServerAreTheSameOnTheOther(self):
        for first, second in ((ours, stock), (stock, ours)):
            with self.subTest(first=first.__name__):
                server, client = self.withFile(first, "")
                for user in self.USERS:
                    self.assertOk(client.call("ACL", "SETUSER", *user))
                self.assertOk(client.call("ACL", "SAVE"))
                text = (server.dir / "users.acl").read_text()
                other, reader = self.withFile(second, text)
                self.assertEqual(self.allowed(reader), self.allowed(client))
                self.login(other, "bob")
                # Written in its own form, and read back once more.
                self.assertOk(reader.call("ACL", "SAVE"))
                again = self.withFile(first, (other.dir / "users.acl").read_text())[1]
                self.assertEqual(self.allowed(again), self.allowed(client))

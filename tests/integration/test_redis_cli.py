"""redis-cli and redis-benchmark, as they are, on a real server."""

import queue
import subprocess
import threading

from integration.base import ServerTest
from support.resp import encode


class Program:
    """A program that runs beside the test; its lines come as it writes them."""

    def __init__(self, *words):
        self._process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *words], text=True,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.STDOUT)
        self._lines = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))

    def lines(self, count, timeout=30.0):
        """The next `count` lines; queue.Empty when one does not come in time."""
        return [self._lines.get(timeout=timeout) for _ in range(count)]

    def type(self, text):
        self._process.stdin.write(text)
        self._process.stdin.flush()

    def wait(self, timeout=30.0):
        """The status of a program that ends by itself, and the lines that nobody has read."""
        status = self._process.wait(timeout)
        self._reader.join(timeout)
        return status, list(self._lines.queue)

    def close(self):
        self._process.kill()
        self._process.wait()
        self._reader.join()
        self._process.stdin.close()
        self._process.stdout.close()


class CliTest(ServerTest):
    DIRECTIVES = {}

    def setUp(self):
        self.server = self.serve(tcp=True, directives=self.DIRECTIVES)
        self.control = self.connect(self.server)

    def words(self, *words):
        return ("redis-cli", "-s", self.server.socket_path, *words)

    def cli(self, *words, stdin=None):
        return self.run_(*self.words(*words), stdin=stdin)

    def begin(self, *words):
        """The same, running beside the test."""
        program = Program(*self.words(*words))
        self.addCleanup(program.close)
        return program

    def waitBlocked(self, count):
        self.eventually(lambda: self.control.info("clients")["blocked_clients"] == str(count),
                        f"{count} blocked clients")


class RedisCliTest(CliTest):
    def testSetAndGet(self):
        self.assertEqual(self.cli("SET", "k", "v"), "OK\n")
        self.assertEqual(self.cli("GET", "k"), "v\n")
        self.assertEqual(self.cli("-3", "GET", "none"), "\n")

    def testOverTcpWithDatabase(self):
        port = str(self.server.port)
        self.assertEqual(self.run_("redis-cli", "-p", port, "-n", "3", "SET", "k", "v"), "OK\n")
        self.assertEqual(self.run_("redis-cli", "-p", port, "-n", "3", "-3", "DBSIZE"), "1\n")

    def testPipeInsertsInBulk(self):
        data = b"".join(b"*3\r\n$3\r\nSET\r\n$6\r\nk%05d\r\n$1\r\nv\r\n" % i for i in range(20000))
        text = self.cli("--pipe", stdin=data).decode()
        self.assertIn("errors: 0, replies: 20000", text)
        self.assertEqual(self.cli("DBSIZE"), "20000\n")

    def testCommandsFromStandardInput(self):
        text = self.cli(stdin="SET k 'a b'\nGET k\nINCR n\n")
        self.assertEqual(text, "OK\na b\n1\n")

    def testTheLastArgumentFromStandardInput(self):
        self.assertEqual(self.cli("-x", "SET", "k", stdin="line\nand line"), "OK\n")
        self.assertEqual(self.control.value("GET", "k"), b"line\nand line")

    def testRepeats(self):
        self.assertEqual(self.cli("-r", "3", "-i", "0.01", "INCR", "n"), "1\n2\n3\n")

    def testRepliesAsJsonCsvAndForPeople(self):
        self.cli("HSET", "h", "f", "v")
        self.assertEqual(self.cli("--json", "HGETALL", "h"), '{"f":"v"}\n')
        self.assertEqual(self.cli("--csv", "HGETALL", "h"), '"f","v"\n')
        self.assertEqual(self.cli("--no-raw", "HGETALL", "h"), '1) "f"\n2) "v"\n')
        self.assertEqual(self.cli("--no-raw", "-3", "HGETALL", "h"), '1# "f" => "v"\n')

    def testScanAndBigkeys(self):
        self.cli("MSET", "a", "1", "b", "22", "c", "333")
        self.assertEqual(sorted(self.cli("--scan").split()), ["a", "b", "c"])
        self.assertEqual(self.cli("--scan", "--pattern", "b*"), "b\n")
        self.assertIn("Biggest string found '\"c\"' has 3 bytes", self.cli("--bigkeys"))

    def testInfoAndClientListAreReadable(self):
        self.assertIn("redis_version:", self.cli("INFO", "server"))
        self.assertIn("cmd=client|list", self.cli("CLIENT", "LIST"))


class PasswordTest(CliTest):
    DIRECTIVES = {"requirepass": "secret"}

    def setUp(self):
        self.server = self.serve(directives=self.DIRECTIVES)

    def testThePasswordIsAskedForAndTaken(self):
        self.assertIn("NOAUTH", self.cli("GET", "k"))
        for words in (("-a", "secret"), ("--user", "default", "--pass", "secret"),
                      ("-3", "-a", "secret")):
            self.assertEqual(self.cli(*words, "--no-auth-warning", "PING"), "PONG\n")
        self.assertIn("WRONGPASS", self.cli("-a", "other", "--no-auth-warning", "PING"))


class TransactionTest(CliTest):
    def testExec(self):
        text = self.cli(stdin="MULTI\nSET a 1\nINCR a\nGET a\nEXEC\nGET a\n")
        self.assertEqual(text, "OK\nQUEUED\nQUEUED\nQUEUED\nOK\n2\n2\n2\n")

    def testDiscard(self):
        text = self.cli(stdin="SET a 1\nMULTI\nINCR a\nDISCARD\nGET a\n")
        self.assertEqual(text, "OK\nOK\nQUEUED\nOK\n1\n")

    def testAWrongCommandDiscardsAll(self):
        text = self.cli(stdin="MULTI\nSET a 1\nNOSUCH\nEXEC\nEXISTS a\n")
        self.assertIn("ERR unknown command 'NOSUCH'", text)
        self.assertIn("EXECABORT Transaction discarded because of previous errors.", text)
        self.assertTrue(text.endswith("\n0\n"), text)

    def testAnErrorInsideDoesNotStopTheRest(self):
        text = self.cli(stdin="MULTI\nSET a x\nINCR a\nSET b 2\nEXEC\nGET b\n")
        self.assertIn("ERR value is not an integer or out of range", text)
        self.assertTrue(text.endswith("\n2\n"), text)

    def testAWatchedKeyThatWasChanged(self):
        program = self.begin("--no-raw")
        program.type("WATCH w\nMULTI\nSET k v\n")
        self.assertEqual(program.lines(3), ["OK", "OK", "QUEUED"])
        self.control.call("SET", "w", "v")
        program.type("EXEC\nEXISTS k\n")
        self.assertEqual(program.lines(2), ["(nil)", "(integer) 0"])


class BlockingTest(CliTest):
    def testItWaitsForAnElement(self):
        program = self.begin("BLPOP", "a", "b", "0")
        self.waitBlocked(1)
        self.control.call("RPUSH", "b", "v", "w")
        self.assertEqual(program.wait(), (0, ["b", "v"]))
        self.assertEqual(self.control.value("LLEN", "b"), 1)

    def testNothingComes(self):
        self.assertEqual(self.cli("--no-raw", "BLPOP", "k", "0.05"), "(nil)\n")
        self.assertEqual(self.cli("--no-raw", "BLMOVE", "k", "d", "LEFT", "LEFT", "0.05"), "(nil)\n")

    def testItGoesOnAfterwards(self):
        program = self.begin()
        program.type("BZPOPMIN z 0\nINCR n\n")
        self.waitBlocked(1)
        self.assertEqual(self.control.value("EXISTS", "n"), 0)
        self.control.call("ZADD", "z", "1.5", "m")
        self.assertEqual(program.lines(4), ["z", "m", "1.5", "1"])

    def testAClientThatIsKilledTakesNothing(self):
        program = self.begin("BLPOP", "k", "0")
        self.waitBlocked(1)
        program.close()
        self.waitBlocked(0)
        self.control.call("RPUSH", "k", "v")
        self.assertEqual(self.control.value("LLEN", "k"), 1)


class SubscriberTest(CliTest):
    DIRECTIVES = {"notify-keyspace-events": "KEA"}

    def testMessagesArriveInOrder(self):
        for protocol in ((), ("-3",)):
            with self.subTest(protocol=protocol):
                program = self.begin(*protocol, "SUBSCRIBE", "a", "b")
                self.assertEqual(program.lines(6), ["subscribe", "a", "1", "subscribe", "b", "2"])
                self.control.sendRaw(b"".join(encode("PUBLISH", "ab"[n % 2], n) for n in range(1000)))
                self.assertEqual([self.control.read().value for _ in range(1000)], [1] * 1000)
                expected = [line for n in range(1000) for line in ("message", "ab"[n % 2], str(n))]
                self.assertEqual(program.lines(3000), expected)
                program.close()
                self.eventually(lambda: self.control.value("PUBLISH", "a", "x") == 0, "its end")

    def testPatterns(self):
        program = self.begin("PSUBSCRIBE", "n*", "[xy]")
        self.assertEqual(program.lines(6), ["psubscribe", "n*", "1", "psubscribe", "[xy]", "2"])
        for channel in ("news", "z", "x"):
            self.cli("PUBLISH", channel, f"to {channel}")
        self.assertEqual(program.lines(8), ["pmessage", "n*", "news", "to news",
                                            "pmessage", "[xy]", "x", "to x"])

    def testShardChannels(self):
        program = self.begin("SSUBSCRIBE", "s")
        self.assertEqual(program.lines(3), ["ssubscribe", "s", "1"])
        self.assertEqual(self.cli("SPUBLISH", "s", "m"), "1\n")
        self.assertEqual(program.lines(3), ["smessage", "s", "m"])

    def testKeyspaceNotifications(self):
        program = self.begin("PSUBSCRIBE", "__key*__:*")
        program.lines(3)
        self.cli("-n", "2", "SET", "k", "v")
        self.assertEqual(program.lines(8), ["pmessage", "__key*__:*", "__keyspace@2__:k", "set",
                                            "pmessage", "__key*__:*", "__keyevent@2__:set", "k"])

    def testAMessageOfMegabytesArrivesWhole(self):
        program = self.begin("SUBSCRIBE", "c")
        program.lines(3)
        message = "x" * 3_000_000
        self.assertEqual(self.control.value("PUBLISH", "c", message), 1)
        self.assertEqual(program.lines(3), ["message", "c", message])

    def testTheEndOfTheServerEndsIt(self):
        program = self.begin("SUBSCRIBE", "c")
        program.lines(3)
        self.server.stop()
        status, lines = program.wait()
        self.assertEqual(status, 1, lines)
        self.assertIn("Server closed the connection", "\n".join(lines))


class RedisBenchmarkTest(ServerTest):
    def testRunsItsStringTestsWithoutErrors(self):
        server = self.serve()
        for pipeline in ("1", "16"):
            text = self.run_("redis-benchmark", "-s", server.socket_path, "-n", "20000", "-r",
                             "1000", "-P", pipeline, "-t", "ping_inline,ping_mbulk,set,get,incr,"
                             "mset", "--csv")
            self.assertEqual(text.count('"'), text.count('","') * 2 + 2 * len(text.splitlines()))
            for name in ("PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "MSET (10 keys)"):
                self.assertIn(f'"{name}"', text)
            self.assertNotIn("rror", text)

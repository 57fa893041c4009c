"""Clients that wait, against the real server: order, deadlines, durability, cost."""

import os
import resource
import time

from integration.base import OURS_ONLY, ServerTest
from integration.test_group_commit import SlowSyncTest
from support.resp import encode


class BlockingTest(ServerTest):
    def setUp(self):
        self.server = self.serve()
        self.control = self.connect(self.server)

    def waitBlocked(self, count):
        self.eventually(lambda: self.control.info("clients")["blocked_clients"] == str(count),
                        f"{count} blocked clients")

    def block(self, *words):
        """A client that waits with the command."""
        before = int(self.control.info("clients")["blocked_clients"])
        client = self.connect(self.server)
        client.send(*words)
        self.waitBlocked(before + 1)
        return client

    def testTheDeadlineIsKept(self):
        client = self.connect(self.server)
        for timeout_s in (0.05, 0.2, 0.333):
            started = time.monotonic()
            self.assertEqual(client.call("BLPOP", "k", timeout_s).kind, "nullarray")
            took = time.monotonic() - started
            self.assertGreaterEqual(took, timeout_s - 0.002)
            self.assertTookLess(took, timeout_s + 0.1)

    def testADeadlineThatComesLaterDoesNotDelayOneThatComesSooner(self):
        late, soon = self.block("BLPOP", "k", "30"), self.block("BLPOP", "k", "0.1")
        started = time.monotonic()
        self.assertEqual(soon.read().kind, "nullarray")
        self.assertTookLess(time.monotonic() - started, 0.3)
        self.control.call("RPUSH", "k", "v")
        self.assertEqual(late.read().value[1].value, b"v")
        self.assertEqual(self.control.info("clients")["clients_in_timeout_table"], "0")

    def testAClientThatIsGoneTakesNothing(self):
        self.block("BLPOP", "k", "0").close()
        self.waitBlocked(0)
        self.assertEqual(self.control.value("RPUSH", "k", "v"), 1)
        self.assertEqual(self.control.value("LLEN", "k"), 1)

    def testAKilledClientTakesNothing(self):
        client = self.block("BLPOP", "k", "0")
        ids = [line.split()[0][3:] for line in self.control.value("CLIENT", "LIST").decode().splitlines()
               if " flags=b " in line or " flags=bU " in line]
        self.assertEqual(len(ids), 1)
        self.control.sendRaw(encode("CLIENT", "KILL", "ID", ids[0]) + encode("RPUSH", "k", "v"))
        self.assertEqual([self.control.read().value, self.control.read().value], [1, 1])
        self.assertEqual(self.control.value("LLEN", "k"), 1)
        client.close()

    def testUnblock(self):
        for words, kind in ((("TIMEOUT",), "nullarray"), ((), "nullarray"), (("ERROR",), "error")):
            client = self.connect(self.server)
            number = client.value("CLIENT", "ID")
            self.assertEqual(self.control.value("CLIENT", "UNBLOCK", number, *words), 0)
            client.sendRaw(encode("BLPOP", "k", "0") + encode("PING"))
            self.waitBlocked(1)
            self.assertEqual(self.control.value("CLIENT", "UNBLOCK", number, *words), 1)
            reply = client.read()
            self.assertEqual(reply.kind, kind)
            if kind == "error":
                self.assertError(reply, "UNBLOCKED client unblocked via CLIENT UNBLOCK")
            self.assertEqual(client.read().value, b"PONG")

    def testUnblockEndsWait(self):
        client = self.connect(self.server)
        number = client.value("CLIENT", "ID")
        client.send("WAIT", "1", "0")
        self.waitBlocked(1)
        self.assertEqual(self.control.value("CLIENT", "UNBLOCK", number), 1)
        self.assertEqual(client.read().value, 0)

    def testAPipelineOfBlockingCommandsGetsEveryElementInOrder(self):
        count = 500
        client = self.connect(self.server)
        client.sendRaw(encode("BLPOP", "k", "0") * count)
        self.waitBlocked(1)
        self.control.sendRaw(b"".join(encode("RPUSH", "k", f"{n}", f"{n + 1}")
                                      for n in range(0, count, 2)))
        got = [client.read().value[1].value for _ in range(count)]
        self.assertEqual(got, [b"%d" % n for n in range(count)])
        self.assertEqual(self.control.read().value, 2)

    def testALongRequestBehindABlockingOneIsNotLost(self):
        client = self.connect(self.server)
        value = "x" * 300_000
        client.sendRaw(encode("BLPOP", "k", "0") + encode("SET", "big", value) + encode("SET", "end", "v")[:9])
        self.waitBlocked(1)
        client.sendRaw(encode("SET", "end", "v")[9:] + encode("STRLEN", "big"))
        time.sleep(0.05)
        self.assertEqual(self.control.value("EXISTS", "big"), 0)
        self.control.call("RPUSH", "k", "v")
        self.assertEqual(client.read().kind, "array")
        self.assertOk(client.read())
        self.assertOk(client.read())
        self.assertEqual(client.read().value, len(value))

    def testEveryClientOfALoopIsServedInTheOrderOfArrival(self):
        clients = [self.block("BLPOP", "k", "0") for _ in range(20)]
        self.assertEqual(self.control.value("RPUSH", "k", *range(20)), 20)
        for number, client in enumerate(clients):
            self.assertEqual(client.read().value[1].value, b"%d" % number)

    def testSkippedReplies(self):
        client = self.connect(self.server)
        client.sendRaw(encode("CLIENT", "REPLY", "SKIP") + encode("BLPOP", "k", "0") + encode("PING"))
        self.waitBlocked(1)
        self.control.call("RPUSH", "k", "v")
        self.assertEqual(client.read().value, b"PONG")

    def testATimeoutOfIdleClientsSparesThoseThatWait(self):
        self.control.call("CONFIG", "SET", "timeout", "1")
        client = self.block("BLPOP", "k", "0")
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            time.sleep(0.1)
        with self.server.client() as other:
            other.call("RPUSH", "k", "v")
        self.assertEqual(client.read().kind, "array")


@OURS_ONLY
class PauseTest(ServerTest):
    def setUp(self):
        self.server = self.serve()
        self.control = self.connect(self.server)

    def testWritesWaitAndKeysStay(self):
        client = self.connect(self.server)
        client.call("SET", "k", "v", "PX", "30")
        started = time.monotonic()
        self.control.call("CLIENT", "PAUSE", "600", "WRITE")
        time.sleep(0.1)
        replies = self.control.pipeline([("GET", "k"), ("DBSIZE",), ("RANDOMKEY",)])
        self.assertTookLess(time.monotonic() - started, 0.6)
        self.assertEqual([str(reply) for reply in replies], ["nullbulk", "int(1)", "nullbulk"])
        self.assertOk(client.call("SET", "j", "v"))
        self.assertGreater(time.monotonic() - started, 0.5)
        self.eventually(lambda: self.control.value("DBSIZE") == 1, "the end of the expired key")

    def testAllWaitAndTheLongerPauseCounts(self):
        started = time.monotonic()
        self.control.sendRaw(encode("CLIENT", "PAUSE", "500") + encode("CLIENT", "PAUSE", "100", "WRITE"))
        client = self.connect(self.server)
        self.assertEqual(client.call("PING").value, b"PONG")
        self.assertGreater(time.monotonic() - started, 0.4)

    def testExecWithWritesWaits(self):
        client = self.connect(self.server)
        client.sendRaw(encode("MULTI") + encode("SET", "k", "v"))
        client.read(), client.read()
        self.control.call("CLIENT", "PAUSE", "100000", "WRITE")
        client.sendRaw(encode("EXEC") + encode("GET", "k"))
        self.eventually(lambda: self.control.info("clients")["blocked_clients"] == "1", "EXEC waits")
        self.assertEqual(self.control.call("GET", "k").kind, "nullbulk")
        self.assertOk(self.control.call("CLIENT", "UNPAUSE"))
        self.assertEqual(client.read().kind, "array")
        self.assertEqual(client.read().value, b"v")


@OURS_ONLY
class DurabilityTest(SlowSyncTest):
    SYNC_S = 0.25

    def setUp(self):
        self.server = self.serveSlow("always", int(self.SYNC_S * 1000))
        self.control = self.connect(self.server)

    def testTheReplyOfAServedClientWaitsForTheLog(self):
        client = self.connect(self.server)
        client.send("BLPOP", "k", "0")
        self.eventually(lambda: self.control.info("clients")["blocked_clients"] == "1", "the client")
        self.assertGreater(self.took(lambda: (self.control.send("RPUSH", "k", "v"), client.read())), self.SYNC_S * 0.9)
        self.assertIn(b"LPOP", self.server.aofPath().read_bytes())
        self.assertEqual(self.control.read().value, 1)

    def testServedElementsAreLoggedAsTakenInTheirPlainForm(self):
        client = self.connect(self.server)
        client.sendRaw(encode("BLPOP", "k", "0") + encode("BLMOVE", "k", "j", "LEFT", "RIGHT", "0") +
                       encode("BRPOPLPUSH", "j", "i", "0") + encode("BZPOPMIN", "z", "0") +
                       encode("BLMPOP", "0", "1", "i", "LEFT") + encode("BZMPOP", "0", "1", "z", "MAX"))
        self.control.call("RPUSH", "k", "a", "b")
        self.control.call("ZADD", "z", "1", "m", "2", "n")
        for _ in range(6):
            client.read()
        text = self.server.aofPath().read_bytes()
        for words in (("LPOP", "k"), ("LMOVE", "k", "j", "LEFT", "RIGHT"), ("RPOPLPUSH", "j", "i"),
                      ("ZPOPMIN", "z"), ("LPOP", "i", "1"), ("ZPOPMAX", "z", "1")):
            self.assertIn(encode(*words), text)
        self.assertNotIn(b"\r\nB", text)
        self.server.restart(crash=True)
        self.assertEqual(self.connect(self.server).value("DBSIZE"), 0)

    def testWaitaofWaitsForTheDisk(self):
        server = self.serveSlow("everysec", int(self.SYNC_S * 1000))
        client = self.connect(server)
        self.assertEqual([item.value for item in client.call("WAITAOF", "1", "0", "0").value], [1, 0])
        started = time.monotonic()
        self.assertOk(client.call("SET", "k", "v"))
        self.assertEqual([item.value for item in client.call("WAITAOF", "1", "0", "1").value], [0, 0])
        self.assertEqual([item.value for item in client.call("WAITAOF", "1", "0", "0").value], [1, 0])
        self.assertGreater(time.monotonic() - started, self.SYNC_S * 0.9)
        self.assertEqual([item.value for item in client.call("WAITAOF", "1", "1", "50").value], [1, 0])
        self.assertEqual([item.value for item in client.call("WAITAOF", "0", "0", "0").value], [1, 0])

    def testWaitaofNeedsTheLog(self):
        client = self.connect(self.serve())
        self.assertError(client.call("WAITAOF", "1", "0", "0"),
                         "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.")
        self.assertEqual([item.value for item in client.call("WAITAOF", "0", "0", "0").value], [0, 0])
        for words, error in ((("2", "0", "0"), "ERR value is out of range, value must between 0 and 1"),
                             (("x", "0", "0"), "ERR value is not an integer or out of range"),
                             (("0", "-1", "0"), "ERR value is out of range, must be positive"),
                             (("0", "0", "-1"), "ERR timeout is negative"),
                             (("0", "0", "x"), "ERR timeout is not an integer or out of range")):
            self.assertError(client.call("WAITAOF", *words), error)


class ManyClientsTest(ServerTest):
    COUNT = 10_000

    def setUp(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = self.COUNT + 200
        if hard != resource.RLIM_INFINITY and hard < wanted:
            self.skipTest(f"needs {wanted} descriptors, {hard} are allowed")
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

    def cpuSeconds(self, server):
        with open(f"/proc/{server.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def testTheyCostNothingWhileNothingHappens(self):
        server = self.serve(directives={"maxclients": self.COUNT + 100})
        control = self.connect(server, timeout=60.0)
        clients = []
        for number in range(self.COUNT):
            client = self.connect(server, timeout=60.0)
            client.send("BLPOP", f"key:{number}", "1000")
            clients.append(client)
        self.eventually(lambda: control.info("clients")["blocked_clients"] == str(self.COUNT), "all wait")
        before = self.cpuSeconds(server)
        time.sleep(2)
        self.assertTookLess(self.cpuSeconds(server) - before, 0.2)
        for number in (0, self.COUNT // 2, self.COUNT - 1):
            control.call("RPUSH", f"key:{number}", "v")
            self.assertEqual(clients[number].read().value[1].value, b"v")

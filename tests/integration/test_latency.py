"""LATENCY: what the server itself found slow."""

import re
import time

from integration.base import ServerTest
from integration.test_group_commit import SlowSyncTest


def numbers(reply):
    return [[item.value for item in sample.value] for sample in reply.value]


class LatencyTest(ServerTest):
    def setUp(self):
        self.client = self.connect(self.serve(directives={"latency-monitor-threshold": "200",
                                                          "enable-debug-command": "yes"}))

    def testACommandThatTookLongIsRemembered(self):
        self.client.call("PING")
        self.assertEqual(self.client.call("LATENCY", "LATEST").value, ())
        before = int(time.time())
        self.client.call("DEBUG", "SLEEP", "0.25")
        (name, when, last, longest), = numbers(self.client.call("LATENCY", "LATEST"))
        self.assertEqual(name, b"command")
        self.assertLessEqual(before, when)
        self.assertLessEqual(when, time.time())
        self.assertGreaterEqual(last, 250)
        self.assertEqual(longest, last)
        self.assertEqual(numbers(self.client.call("LATENCY", "HISTORY", "command")), [[when, last]])
        self.assertIn("command - high", self.client.value("LATENCY", "GRAPH", "command").decode())
        self.assertEqual(self.client.value("LATENCY", "RESET", "command"), 1)
        self.assertEqual(self.client.call("LATENCY", "LATEST").value, ())

    def testHistogramsGrowWithTheirUpperEnds(self):
        for _ in range(100):
            self.client.call("SET", "k", "v")
        self.client.call("DEBUG", "SLEEP", "0.03")
        reply = self.client.call("LATENCY", "HISTOGRAM", "set", "debug")
        name, (_, calls, _, buckets), other, (_, slept, _, slow) = (
            item.value if item.kind == "bulk" else [part.value for part in item.value]
            for item in reply.value)
        self.assertEqual((name, calls, other, slept), (b"set", 100, b"debug", 1))
        ends, counts = ([item.value for item in buckets[first::2]] for first in (0, 1))
        self.assertEqual(ends, sorted(set(ends)))
        self.assertEqual(counts, sorted(set(counts)))
        self.assertEqual(counts[-1], 100)
        self.assertGreaterEqual(slow[0].value, 30_000)
        self.assertLess(slow[0].value, 30_000_000)

    def testWithTrackingOffThereAreNoHistograms(self):
        self.client.call("CONFIG", "SET", "latency-tracking", "no")
        self.client.call("GET", "k")
        self.assertEqual(self.client.call("LATENCY", "HISTOGRAM", "get").value, ())


class SlowDiskTest(SlowSyncTest):
    def testSyncsOfTheLogAreEventsAndTheDoctorTellsOfGroups(self):
        server = self.serveSlow("always", 50, **{"latency-monitor-threshold": "20"})
        client = self.connect(server)
        self.assertOk(client.call("SET", "k", "v"))
        events = {event[0]: event[2] for event in numbers(client.call("LATENCY", "LATEST"))}
        self.assertGreaterEqual(events[b"aof-fsync-always"], 50)
        # Nobody but the writer waited; a busy machine may hold up a command, but hardly for so long.
        self.assertTookLess(events.get(b"command", 0), 50, "a command")
        report = client.value("LATENCY", "DOCTOR").decode()
        self.assertIn("aof-fsync-always: 1 latency spikes", report)
        groups, longest = map(int, re.search(r"its thread: (\d+), .* the longest (\d+) us", report).groups())
        self.assertEqual(str(groups), client.info("persistence")["aof_writer_groups"])
        self.assertGreaterEqual(longest, 50_000)

    def testUnderEverysecTheSyncsThereAreAreToldOf(self):
        server = self.serveSlow("everysec", 50, **{"latency-monitor-threshold": "20"})
        client = self.connect(server)
        self.assertOk(client.call("SET", "k", "v"))
        self.eventually(lambda: int(client.info("persistence")["aof_writer_fsyncs"]) > 0, "a sync")
        fields = client.info("persistence")
        self.assertEqual(fields["aof_writer_groups"], "1")
        self.assertEqual(fields["aof_writer_last_group_bytes"], str(server.aofPath().stat().st_size))
        self.assertGreaterEqual(int(fields["aof_writer_last_fsync_usec"]), 50_000)
        self.assertGreaterEqual(int(fields["aof_writer_max_fsync_usec"]), int(fields["aof_writer_last_fsync_usec"]))
        report = client.value("LATENCY", "DOCTOR").decode()
        syncs, last = map(int, re.search(r"of (\d+) syncs the last took (\d+) us", report).groups())
        self.assertGreater(syncs, 0)
        self.assertGreaterEqual(last, 50_000)

#!/usr/bin/python3
"""The parts of the benchmarks that can be wrong without a server: parsing, ordering, ratios."""

import os
import socket
import tempfile
import unittest
from pathlib import Path

import bench
import conversations
import data
import load
import report
import rewrites
import servers
from workloads import SCALES, WORKLOADS

CSV = (
    '"test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"\n'
    '"SET","1324503.38","0.436","0.136","0.391","0.783","1.031","1.719"\n'
)


def taken(stock, ours):
    return {"stock": {"figure": stock}, "ours": {"figure": ours}}


class UnitsTest(unittest.TestCase):
    def testSchedstatGivesTimeOnCpu(self):
        self.assertEqual(servers.parseSchedstat("264172929 9845569 655\n"), 264172929)

    def testStatAddsUserAndSystemTicksWhateverTheNameHolds(self):
        fields = "S 1 2 3 4 5 6 7 8 9 10 15 11 0 0"
        self.assertEqual(servers.parseStatTicks(f"77 (a b) c) {fields}"), 26)

    def testBenchmarkCsvGivesRateAndLatencies(self):
        self.assertEqual(load.parseBenchmarkCsv(CSV), (1324503.38, 0.391, 1.031))

    def testBenchmarkErrorIsNotAFigure(self):
        with self.assertRaises(RuntimeError):
            load.parseBenchmarkCsv("Could not connect to server\n")

    def testKeysAndValuesHaveTheSizesOfTheMeasures(self):
        self.assertEqual(len(data.keyOf(4_999_999)), 16)
        self.assertEqual(len(data.valueOf(1)), 32)
        for name, sizes in {"one_hash": [14, 24], "one_set": [15], "one_zset": [15], "one_list": [32]}.items():
            request = next(iter(data.FILLS[name](999_999, 1_000_000)))
            self.assertEqual([len(word) for word in request.split(b"\r\n")[-2 * len(sizes):-1:2]], sizes, name)

    def testFillsAddEveryElementOnce(self):
        for name in ("list", "zset", "one_set", "one_hash", "hashes_of_5", "strings"):
            whole = b"".join(data.FILLS[name](0, 130))
            parts = b"".join(data.FILLS[name](0, 50)) + b"".join(data.FILLS[name](50, 130))
            self.assertEqual(whole, parts, name)
            self.assertEqual(whole.count(b"00129\r\n"), 2 if name in ("one_hash", "strings") else 1, name)

    def testPlacesInTheMiddleAreFilledIn(self):
        self.assertEqual(data.filledIn(("LINDEX", "list", "{middle}"), 1000), ("LINDEX", "list", "500"))
        self.assertEqual(data.filledIn("get", 1000), "get")

    def testEveryRowNamesItsFillAndItsNumber(self):
        for workload in WORKLOADS:
            self.assertIn(workload.fill, data.FILLS)
            self.assertIn(workload.refill, ("", *data.FILLS))
            for scale in SCALES.values():
                self.assertGreater(getattr(scale, workload.keys), 0)

    def testEveryRowNamesItsKind(self):
        for workload in WORKLOADS:
            self.assertIn(workload.kind, bench.KINDS)
            if workload.kind == "conversation":
                self.assertIn(workload.command, conversations.KINDS)

    def testAConversationComparesEveryByte(self):
        here, there = socket.socketpair()
        with here, there:
            there.sendall(b"+OK\r\n+OK\r\n-ERR\r\n")
            conversations.expect(here, b"+OK\r\n" * 2)
            with self.assertRaisesRegex(RuntimeError, "-ERR"):
                conversations.expect(here, b"+QUEUE")
            there.sendall(b"+O")
            there.close()
            with self.assertRaisesRegex(RuntimeError, "closed"):
                conversations.expect(here, b"+OK\r\n")

    def testALoadGeneratorLeavesItsCore(self):
        before = os.sched_getaffinity(0)
        with load.onCore(min(before)):
            self.assertEqual(os.sched_getaffinity(0), {min(before)})
        self.assertEqual(os.sched_getaffinity(0), before)

    def testSeveralNamesMayBeChosenAtOnce(self):
        self.assertEqual([w.name for w in bench.chosenWorkloads(["lpush,rpop", "hset"])], ["lpush", "rpop", "hset"])

    def testLogHoldsOneSetPerCommand(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "log"
            load.writeLog(path, 3)
            self.assertEqual(path.read_bytes().count(b"$3\r\nSET\r\n"), 3)

    def testNeitherSideAlwaysGoesFirst(self):
        self.assertNotEqual(bench.orderOf(0), bench.orderOf(1))

    def testMixedDataHasEveryKindAndMatchesWhatTheGeneratorChanges(self):
        text = b"".join(data.mixed(3, 2, 60))
        self.assertEqual([text.count(name) for name in (b"SET\r\n$16", b"HSET\r\n$17", b"ZADD\r\n$4")], [3, 2, 2])
        self.assertIn(b"key:000000000002", text)
        self.assertIn(b"hash:000000000001", text)
        self.assertIn(b"field:4", text)
        self.assertIn(b"member:00000059", text)

    def testSharedPagesCountInParts(self):
        self.assertEqual(servers.parsePssAnonymous("Rss: 9 kB\nPss: 8 kB\nPss_Anon:          6 kB\n"), 6144)

    def testPercentileIsAValueThatWasMeasured(self):
        self.assertEqual(rewrites.percentile(range(1000), 0.999), 999)
        self.assertEqual(rewrites.percentile([7], 0.5), 7)
        with self.assertRaises(RuntimeError):
            rewrites.percentile([], 0.999)

    def testRatioIsTheMedianOfTheRoundsAndDecides(self):
        workload = WORKLOADS[0]
        row = bench.summarize(workload, [taken(2.0, 1.0), taken(1.0, 3.0), taken(4.0, 2.0)])
        self.assertEqual((row["ratio"], row["pass"]), (0.5, 0.5 <= workload.bar))
        self.assertFalse(bench.summarize(workload, [taken(1.0, 1.0)])["pass"])

    def testPausesOfTheMachineAreLeftOut(self):
        workload = next(w for w in WORKLOADS if w.kind == "pause")

        def pauses(*parts):
            return {"figure": max(parts), "pauses_us": list(parts)}

        rounds = [{"stock": pauses(10.0, 100.0, 7.0), "ours": pauses(900.0, 40.0, 5.0)},
                  {"stock": pauses(800.0, 120.0, 6.0), "ours": pauses(30.0, 700.0, 4.0)}]
        row = bench.summarize(workload, rounds)
        self.assertEqual((row["ratio"], row["ours"]["figure"], row["stock"]["figure"]), (0.4, 40.0, 100.0))

    def testMissedBarIsSaidInTheTable(self):
        row = bench.summarize(WORKLOADS[0], [taken(1.0, 1.0)])
        self.assertIn("MISS", report.line(row))

    def testEveryPipelineHasANumberOfCommands(self):
        for scale in SCALES.values():
            for workload in WORKLOADS:
                self.assertIn(workload.pipeline, scale.commands)

    def testNamesAreUnique(self):
        self.assertEqual(len({workload.name for workload in WORKLOADS}), len(WORKLOADS))


if __name__ == "__main__":
    unittest.main()

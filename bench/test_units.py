#!/usr/bin/python3
"""The parts of the benchmarks that can be wrong without a server: parsing, ordering, ratios."""

import tempfile
import unittest
from pathlib import Path

import bench
import load
import report
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
        self.assertEqual(len(load.keyOf(4_999_999)), 16)
        self.assertEqual(len(load.plainValue(1)), 32)

    def testLogHoldsOneSetPerCommand(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "log"
            load.writeLog(path, 3)
            self.assertEqual(path.read_bytes().count(b"$3\r\nSET\r\n"), 3)

    def testNeitherSideAlwaysGoesFirst(self):
        self.assertNotEqual(bench.orderOf(0), bench.orderOf(1))

    def testRatioIsTheMedianOfTheRoundsAndDecides(self):
        workload = WORKLOADS[0]
        row = bench.summarize(workload, [taken(2.0, 1.0), taken(1.0, 3.0), taken(4.0, 2.0)])
        self.assertEqual((row["ratio"], row["pass"]), (0.5, 0.5 <= workload.bar))
        self.assertFalse(bench.summarize(workload, [taken(1.0, 1.0)])["pass"])

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

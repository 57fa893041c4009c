#include <catch2/catch.hpp>

#include "server/command_table/command_table.h"
#include "server/command_table/errors.h"
#include "server/commands/latency/latency_graph.h"
#include "server/process/latency_monitor.h"
#include "server/process/runtime.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {
namespace {

using Sample = LatencyMonitor::Sample;

class LatencyFixture : public ServerFixture {
 public:
  LatencyFixture() : ServerFixture({"--latency-monitor-threshold", "10"}) {}
};

}  // namespace

TEST_CASE("a monitor keeps what reaches the threshold, until it is reset") {
  int64_t threshold_ms = 0;
  LatencyMonitor monitor(threshold_ms);
  monitor.record("fork", 1000);
  CHECK(monitor.events().empty());
  threshold_ms = 10;
  monitor.record("fork", 9);
  CHECK(monitor.events().empty());
  monitor.record("fork", 10);
  REQUIRE(monitor.find("fork") != nullptr);
  CHECK(monitor.find("fork")->longestMs() == 10);
  CHECK(monitor.find("command") == nullptr);
  CHECK(monitor.reset("fork"));
  CHECK_FALSE(monitor.reset("fork"));
}

TEST_CASE("an event keeps the longest sample of each second, and the last 160 seconds") {
  LatencyMonitor::Event event;
  event.add({7, 30});
  event.add({7, 20});
  event.add({7, 40});
  REQUIRE(event.samples().size() == 1);
  CHECK(event.samples()[0].milliseconds == 40);
  for (int64_t second = 8; second < 8 + 160; ++second) event.add({second, 5});
  const std::vector<Sample> samples = event.samples();
  REQUIRE(samples.size() == 160);
  CHECK(samples.front().unix_seconds == 8);
  CHECK(samples.back().unix_seconds == 167);
  CHECK(event.longestMs() == 40);
}

// Redis 7.0.15 draws these samples like this.
TEST_CASE("samples are drawn as columns of twelve heights") {
  const std::vector<Sample> samples = {{498, 2}, {499, 11}, {500, 30}, {501, 20},
                                       {502, 5}, {503, 1},  {504, 50}};
  CHECK(drawLatencyGraph("command", 50, samples, 504) ==
        "command - high 50 ms, low 1 ms (all time high 50 ms)\n" + std::string(80, '-') + "\n" +
            "      #\n"
            "  o   |\n"
            "  |o  |\n"
            "_#||__|\n"
            "       \n"
            "6543210\n"
            "sssssss\n");
}

TEST_CASE("ages are told in the largest unit, equal samples lie at the bottom") {
  const std::vector<Sample> samples = {
      {1000000 - 2 * 86400, 5}, {1000000 - 3 * 3600, 5}, {1000000 - 12 * 60, 5}, {1000001, 5}};
  CHECK(drawLatencyGraph("fork", 9, samples, 1000000) ==
        "fork - high 5 ms, low 5 ms (all time high 9 ms)\n" + std::string(80, '-') + "\n" +
            "    \n    \n    \n____\n    \n2310\ndh2s\n  m \n");
}

TEST_CASE_METHOD(LatencyFixture, "LATENCY LATEST, HISTORY and RESET tell of recorded events") {
  CHECK(runLine("LATENCY LATEST") == array({}));
  CHECK(runLine("LATENCY HISTORY fork") == array({}));
  parts().runtime.latency.record("fork", 12);
  const std::string when = integer(parts().runtime.latency.find("fork")->samples()[0].unix_seconds);
  CHECK(runLine("LATENCY LATEST") ==
        array({array({bulk("fork"), when, integer(12), integer(12)})}));
  CHECK(runLine("LATENCY HISTORY fork") == array({array({when, integer(12)})}));
  CHECK(runLine("LATENCY RESET none fork") == integer(1));
  parts().runtime.latency.record("fork", 12);
  parts().runtime.latency.record("command", 12);
  CHECK(runLine("LATENCY RESET") == integer(2));
  CHECK(runLine("LATENCY LATEST") == array({}));
}

TEST_CASE_METHOD(LatencyFixture, "LATENCY GRAPH needs samples") {
  CHECK(runLine("LATENCY GRAPH fork") == errorReply("ERR No samples available for event 'fork'"));
  parts().runtime.latency.record("fork", 12);
  CHECK(runLine("LATENCY GRAPH fork").find("fork - high 12 ms, low 12 ms") != std::string::npos);
}

TEST_CASE_METHOD(LatencyFixture, "LATENCY DOCTOR says what took long and what may help") {
  CHECK(runLine("LATENCY DOCTOR").find("Nothing took as long") != std::string::npos);
  parts().runtime.latency.record("fork", 12);
  parts().runtime.latency.record("aof-write-alone", 30);
  const std::string report = runLine("LATENCY DOCTOR");
  CHECK(report.find("fork: 1 latency spikes (average 12ms, mean deviation 0ms") !=
        std::string::npos);
  CHECK(report.find("page tables") != std::string::npos);
  CHECK(report.find("Writing to the log took long") != std::string::npos);
  CHECK(report.find("The log:") == std::string::npos);
  startLog();
  CHECK(runLine("LATENCY DOCTOR").find("The log: 0 bytes wait for the disk") != std::string::npos);
  configure("latency-monitor-threshold", "0");
  CHECK(runLine("LATENCY DOCTOR").find("Latency monitoring is off") != std::string::npos);
}

TEST_CASE_METHOD(LatencyFixture, "LATENCY HISTOGRAM cumulates the calls of commands") {
  CHECK(runLine("LATENCY HISTOGRAM get none") == array({}));
  LatencyHistogram& get = parts().commands.findFull("get")->stats.latency;
  for (const int64_t nanoseconds : {0, 1000, 1100, 40'000, 40'001}) get.record(nanoseconds);
  const std::string buckets =
      array({integer(1), integer(2), integer(2), integer(3), integer(66), integer(5)});
  CHECK(runLine("LATENCY HISTOGRAM get") ==
        array({bulk("get"), array({bulk("calls"), integer(5), bulk("histogram_usec"), buckets})}));
  // Of a container all that ran.
  parts().commands.findFull("config|get")->stats.latency.record(1);
  parts().commands.findFull("config|set")->stats.latency.record(1);
  const std::string report = runLine("LATENCY HISTOGRAM config");
  CHECK(report.find("config|get") != std::string::npos);
  CHECK(report.find("config|set") != std::string::npos);
  CHECK(runLine("LATENCY HISTOGRAM").find(bulk("get")) != std::string::npos);
}

TEST_CASE_METHOD(LatencyFixture, "commands that take long are events, by how they should be") {
  runLine("DEBUG SLEEP 0.012");
  REQUIRE(parts().runtime.latency.find("command") != nullptr);
  CHECK(parts().runtime.latency.find("command")->longestMs() >= 12);
  CHECK(parts().runtime.latency.find("fast-command") == nullptr);
}

}  // namespace inkstone::test

#include <algorithm>
#include <catch2/catch.hpp>

#include "server/command_table/errors.h"
#include "server/commands/server/server_lolwut.h"
#include "server/durability/durability.h"
#include "server/info/info_report.h"
#include "server/process/runtime.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {
namespace {

std::string headings(ServerFixture& fixture, const ServerFixture::Args& sections) {
  const std::string report = infoReport(fixture.parts(), sections);
  std::string found;
  for (size_t at = report.find("# "); at != std::string::npos; at = report.find("# ", at + 1)) {
    found += report.substr(at + 2, report.find("\r\n", at) - at - 2) + ' ';
  }
  return found;
}

std::string fieldOf(ServerFixture& fixture, const std::string& name) {
  const ServerFixture::Args all = {"everything"};
  const std::string report = infoReport(fixture.parts(), all);
  const size_t at = report.find("\r\n" + name + ":");
  INFO(name);
  REQUIRE(at != std::string::npos);
  const size_t begin = at + name.size() + 3;
  return report.substr(begin, report.find("\r\n", begin) - begin);
}

}  // namespace

TEST_CASE("INFO gives the sections asked for, each once, in its own order") {
  ServerFixture fixture;
  const std::string defaults =
      "Server Clients Memory Persistence Stats Replication CPU Modules Errorstats Cluster "
      "Keyspace ";
  const std::string all =
      "Server Clients Memory Persistence Stats Replication CPU Modules Commandstats Errorstats "
      "Latencystats Cluster Keyspace ";
  CHECK(headings(fixture, {}) == defaults);
  CHECK(headings(fixture, {"default"}) == defaults);
  CHECK(headings(fixture, {"all"}) == all);
  CHECK(headings(fixture, {"EVERYTHING"}) == all);
  CHECK(headings(fixture, {"keyspace", "CPU", "cpu", "nosuch"}) == "CPU Keyspace ");
  CHECK(headings(fixture, {"nosuch"}).empty());
  CHECK(fixture.run({"INFO", "modules"}) == bulk("# Modules\r\n"));
  CHECK(fixture.run({"INFO", "cluster", "modules"}) ==
        bulk("# Modules\r\n\r\n# Cluster\r\ncluster_enabled:0\r\n"));
}

TEST_CASE("no two fields of INFO have one name") {
  std::vector<std::string_view> names;
  for (const InfoSection& section : infoSections()) {
    for (const InfoField& field : section.fields) names.push_back(field.name);
  }
  std::sort(names.begin(), names.end());
  CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
  CHECK(names.size() > 100);
}

TEST_CASE("INFO counts keys, hits, errors and commands") {
  ServerFixture fixture;
  fixture.run({"SET", "k", "v"});
  fixture.run({"SET", "e", "v", "PXAT", "33177117420000"});
  fixture.run({"GET", "k"});
  fixture.run({"GET", "none"});
  fixture.run({"INCR", "k"});
  fixture.run({"GET"});
  fixture.run({"CONFIG", "GET", "hz"});
  CHECK(fieldOf(fixture, "keyspace_hits") == "1");
  CHECK(fieldOf(fixture, "keyspace_misses") == "1");
  CHECK(fieldOf(fixture, "total_error_replies") == "2");
  CHECK(fieldOf(fixture, "errorstat_ERR") == "count=2");
  CHECK(fieldOf(fixture, "rdb_changes_since_last_save") == "2");
  CHECK(fieldOf(fixture, "db0").starts_with("keys=2,expires=1,avg_ttl="));
  CHECK(fieldOf(fixture, "cmdstat_get").starts_with("calls=2,usec="));
  CHECK(fieldOf(fixture, "cmdstat_get").ends_with(",rejected_calls=1,failed_calls=0"));
  CHECK(fieldOf(fixture, "cmdstat_incr").ends_with(",rejected_calls=0,failed_calls=1"));
  CHECK(fieldOf(fixture, "cmdstat_config|get").starts_with("calls=1,"));
  CHECK(fieldOf(fixture, "latency_percentiles_usec_set").starts_with("p50="));
}

TEST_CASE("CONFIG RESETSTAT sets the counters back") {
  ServerFixture fixture;
  fixture.run({"GET", "none"});
  fixture.run({"NOSUCH"});
  CHECK(fixture.run({"CONFIG", "RESETSTAT"}) == kOk);
  CHECK(fieldOf(fixture, "keyspace_misses") == "0");
  CHECK(fieldOf(fixture, "total_error_replies") == "0");
  const ServerFixture::Args all = {"all"};
  const std::string report = infoReport(fixture.parts(), all);
  CHECK(report.find("cmdstat_get") == std::string::npos);
  CHECK(report.find("errorstat_") == std::string::npos);
}

TEST_CASE("sizes are written for people") {
  CHECK(infoHumanBytes(0) == "0B");
  CHECK(infoHumanBytes(1023) == "1023B");
  CHECK(infoHumanBytes(1024) == "1.00K");
  CHECK(infoHumanBytes(1572864) == "1.50M");
  CHECK(infoHumanBytes(5ULL << 30) == "5.00G");
  CHECK(infoHumanBytes(3ULL << 40) == "3.00T");
  CHECK(infoHumanBytes(uint64_t{1} << 62) == "4096.00P");
}

TEST_CASE("the log's fields are shown while it is on") {
  ServerFixture fixture;
  const ServerFixture::Args sections = {"persistence"};
  CHECK(infoReport(fixture.parts(), sections).find("aof_current_size") == std::string::npos);
  fixture.startLog();
  fixture.run({"SET", "k", "v"});
  CHECK(fieldOf(fixture, "aof_enabled") == "1");
  CHECK(fieldOf(fixture, "aof_buffer_length") != "0");
}

TEST_CASE("progress is shown while the log is loaded") {
  ServerFixture fixture;
  fixture.parts().durability.loading.begin(2000);
  CHECK(fieldOf(fixture, "loading") == "1");
  CHECK(fieldOf(fixture, "loading_total_bytes") == "2000");
  CHECK(fieldOf(fixture, "loading_loaded_perc") == "0.00");
  fixture.parts().durability.loading.setServing(false);
  CHECK(fixture.parts().durability.loading.progress(500, 1));
  CHECK(fieldOf(fixture, "loading_loaded_bytes") == "500");
  CHECK(fieldOf(fixture, "loading_loaded_perc") == "25.00");
  CHECK(fixture.run({"GET", "k"}) == errorReply(errors::kLoading));
  fixture.parts().durability.loading.end();
  CHECK(fieldOf(fixture, "loading") == "0");
}

TEST_CASE("SHUTDOWN refuses what it does not understand, and stops without a reply") {
  ServerFixture fixture;
  for (std::string_view words :
       {"BAD", "SAVE NOSAVE", "ABORT NOW", "NOW ABORT", "NOSAVE FORCE x"}) {
    INFO(words);
    CHECK(fixture.runLine("SHUTDOWN " + std::string(words)) == errorReply(errors::kSyntax));
  }
  CHECK(fixture.run({"SHUTDOWN", "ABORT"}) == errorReply(errors::kNoShutdown));
  CHECK_FALSE(fixture.parts().runtime.stopping());
  CHECK(fixture.run({"SHUTDOWN", "NOSAVE", "NOW", "FORCE"}).empty());
  CHECK(fixture.parts().runtime.stopping());
  CHECK(fixture.client().close_after_reply);
}

TEST_CASE("TIME gives seconds and microseconds of now") {
  ServerFixture fixture;
  const std::string reply = fixture.run({"TIME"});
  CHECK(reply.starts_with("*2\r\n$10\r\n"));
  const auto seconds = std::stoll(reply.substr(9));
  CHECK(seconds == fixture.parts().runtime.clock.unixSeconds());
}

TEST_CASE("LOLWUT draws as large as asked, the same for one seed") {
  const std::string picture = drawInk(40, 10, 20, 1);
  CHECK(picture.size() == 41 * 10);
  CHECK(std::count(picture.begin(), picture.end(), '\n') == 10);
  CHECK(picture == drawInk(40, 10, 20, 1));
  CHECK(picture != drawInk(40, 10, 20, 2));
  CHECK(picture.find_first_not_of(" \n") != std::string::npos);
  ServerFixture fixture;
  const std::string reply = fixture.run({"LOLWUT", "VERSION", "1", "10", "2", "3"});
  CHECK(reply.find("Redis ver. 7.2.5") != std::string::npos);
  CHECK(reply.ends_with("\n\r\n"));
  CHECK(fixture.run({"LOLWUT", "VERSION", "x"}) == errorReply(errors::kNotInteger));
}

}  // namespace inkstone::test

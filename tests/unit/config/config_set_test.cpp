#include <catch2/catch.hpp>

#include "config/config.h"
#include "tests/unit/config/temp_dir.h"

using namespace inkstone;
using Pairs = std::vector<Config::Pair>;

namespace {

std::string shown(const Config& config, std::string_view name) {
  const auto found = config.get({name});
  return found.empty() ? "(none)" : found[0].second;
}

std::string setOne(Config& config, const std::string& name, const std::string& value) {
  return config.set(Pairs{{name, value}}).error;
}

std::string failed(const std::string& name, const std::string& reason) {
  return "CONFIG SET failed (possibly related to argument '" + name + "') - " + reason;
}

struct Refused {
  const char* name;
  const char* value;
  const char* reason;
};

}  // namespace

TEST_CASE("values are refused with the words of Redis and leave the old ones") {
  const Refused refused = GENERATE(values<Refused>(
      {{"port", "70000", "argument must be between 0 and 65535 inclusive"},
       {"port", "abc", "argument couldn't be parsed into an integer"},
       {"hz", "05", "argument couldn't be parsed into an integer"},
       {"maxclients", "0", "argument must be between 1 and 4294967295 inclusive"},
       {"slowlog-log-slower-than", "-2",
        "argument must be between -1 and 9223372036854775807 inclusive"},
       {"list-max-ziplist-size", "2147483648",
        "argument must be between -2147483648 and 2147483647 inclusive"},
       {"maxmemory", "1tb", "argument must be a memory value"},
       {"proto-max-bulk-len", "1k",
        "argument must be between 1048576 and 9223372036854775807 inclusive"},
       {"repl-backlog-size", "0", "argument must be between 1 and 9223372036854775807 inclusive"},
       {"maxmemory-clients", "101%", "percentage argument must be less or equal to 100"},
       {"maxmemory-clients", "-5%", "argument must be a memory or percent value"},
       {"activerehashing", "1", "argument must be 'yes' or 'no'"},
       {"appendfsync", "x", "argument(s) must be one of the following: everysec, always, no"},
       {"oom-score-adj", "x",
        "argument(s) must be one of the following: no, yes, relative, absolute"},
       {"maxmemory-policy", "",
        "argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random, "
        "volatile-ttl, "
        "allkeys-lru, allkeys-lfu, allkeys-random, noeviction"},
       {"shutdown-on-sigint", "save,now",
        "argument(s) must be one of the following: default, save, nosave, now, force"},
       {"shutdown-on-sigint", "save nosave",
        "shutdown options SAVE and NOSAVE can't be used simultaneously"},
       {"save", "3600", "Invalid save parameters"},
       {"save", "0 1", "Invalid save parameters"},
       {"save", "  ", "Invalid save parameters"},
       {"client-output-buffer-limit", "normal 1 2",
        "Wrong number of arguments in buffer limit configuration."},
       {"client-output-buffer-limit", "master 1 2 3",
        "Invalid client class specified in buffer limit configuration."},
       {"client-output-buffer-limit", "normal 1 2 -3",
        "Error in hard, soft or soft_seconds setting in buffer limit configuration."},
       {"oom-score-adj-values", "1 2", "wrong number of arguments"},
       {"oom-score-adj-values", "2001 1 1",
        "Invalid oom-score-adj-values, elements must be between -2000 and 2000."},
       {"notify-keyspace-events", "q", "Invalid event class character. Use 'Ag$lshzxeKEtmdn'."},
       {"latency-tracking-info-percentiles", "101",
        "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]"},
       {"latency-tracking-info-percentiles", "1 x",
        "Invalid latency-tracking-info-percentiles parameters"},
       {"proc-title-template", "{bad}", "template format is invalid or contains unknown variables"},
       {"cluster-announce-hostname", "a_b",
        "Hostnames may only contain alphanumeric characters, hyphens or dots"},
       {"unixsocketperm", "700", "can't set immutable config"},
       {"replicaof", "a 1", "can't set immutable config"},
       {"dir", "/", "can't set protected config"},
       {"dbfilename", "a", "can't set protected config"}}));
  Config config;
  const std::string before = shown(config, refused.name);
  CHECK(setOne(config, refused.name, refused.value) == failed(refused.name, refused.reason));
  CHECK(shown(config, refused.name) == before);
}

TEST_CASE("values are shown in their canonical form") {
  Config config;
  const auto becomes = [&](const std::string& name, const std::string& value) {
    INFO(name << " " << value);
    CHECK(setOne(config, name, value).empty());
    return shown(config, name);
  };
  CHECK(becomes("MaxMemory", "10MB") == "10485760");
  CHECK(config.values().maxmemory == 10485760U);
  CHECK(becomes("maxmemory-clients", "5%") == "5%");
  CHECK(config.values().maxmemory_clients == -5);
  CHECK(becomes("maxmemory-clients", "1k") == "1000");
  CHECK(becomes("save", "10 20 30 40") == "10 20 30 40");
  CHECK(becomes("save", "5 6") == "5 6");
  CHECK(becomes("save", "") == "");
  CHECK(becomes("client-output-buffer-limit", "replica 1mb 2 3") ==
        "normal 0 0 0 slave 1048576 2 3 pubsub 33554432 8388608 60");
  CHECK(becomes("appendfsync", "ALWAYS") == "always");
  CHECK(config.values().appendfsync == AppendFsync::kAlways);
  CHECK(becomes("oom-score-adj", "relative") == "yes");
  CHECK(becomes("shutdown-on-sigterm", "now SAVE default") == "save now");
  CHECK(becomes("bind", "127.0.0.1 -::1") == "127.0.0.1 -::1");
  CHECK(becomes("bind", "") == "");
  CHECK(config.values().bind.empty());
  CHECK(becomes("latency-tracking-info-percentiles", "100 0.001") == "100 0.001");
  CHECK(becomes("hz", "0") == "1");
  CHECK(becomes("hz", "1000") == "500");
  CHECK(becomes("repl-backlog-size", "1") == "16384");
  CHECK(becomes("slave-priority", "7") == "7");
  CHECK(config.values().replica_priority == 7);
}

TEST_CASE("all pairs are set or none") {
  Config config;
  CHECK(config.set(Pairs{{"hz", "20"}, {"port", "x"}}).error ==
        failed("port", "argument couldn't be parsed into an integer"));
  CHECK(config.set(Pairs{{"hz", "20"}, {"nosuch", "1"}}).error ==
        "Unknown option or number of arguments for CONFIG SET - 'nosuch'");
  CHECK(config.set(Pairs{{"hz", "20"}, {"HZ", "30"}}).error == failed("HZ", "duplicate parameter"));
  CHECK(config.values().hz == 10);
  CHECK(config.set(Pairs{{"hz", "20"}, {"timeout", "30"}}).ok());
  CHECK(config.values().hz == 20);
  CHECK(config.values().timeout == 30);
}

TEST_CASE("protected directives follow enable-protected-configs") {
  const TempDir dir;
  Config config;
  REQUIRE(config.loadString("enable-protected-configs local").ok());
  CHECK_FALSE(config.set(Pairs{{"dir", dir.path()}}, {.local_client = false}).ok());
  CHECK(config.set(Pairs{{"dir", dir.path()}}).ok());
  CHECK(config.values().dir == dir.path());
  CHECK(setOne(config, "dir", "/nosuch/dir") == failed("dir", "No such file or directory"));
  CHECK(setOne(config, "dbfilename", "a/b") ==
        failed("dbfilename", "dbfilename can't be a path, just a filename"));
}

TEST_CASE("what would disturb loading is refused while loading") {
  Config config;
  const auto refused = config.set(Pairs{{"appendonly", "yes"}}, {.loading = true});
  CHECK(refused.code == "LOADING");
  CHECK(refused.error == "Redis is loading the dataset in memory");
  CHECK(config.set(Pairs{{"maxmemory", "1gb"}}, {.loading = true}).ok());
}

TEST_CASE("hooks run after all values are set, once each, only for changes") {
  Config config;
  int runs = 0;
  config.onChange({"port", "bind"}, [&](const ConfigValues& before, const ConfigValues& now) {
    ++runs;
    CHECK(before.port == 6379);
    CHECK(now.port == 1);
    CHECK(config.values().timeout == 9);
    return std::optional<std::string>();
  });
  CHECK(config.set(Pairs{{"port", "1"}, {"bind", "::1"}, {"timeout", "9"}}).ok());
  CHECK(config.set(Pairs{{"port", "1"}, {"timeout", "10"}}).ok());
  CHECK(runs == 1);
}

TEST_CASE("a refusing hook rolls everything back, hooks that ran see the old values again") {
  Config config;
  std::vector<int64_t> seen;
  config.onChange("hz", [&](const ConfigValues&, const ConfigValues& now) {
    seen.push_back(now.hz);
    return std::optional<std::string>();
  });
  config.onChange("maxclients", [](const ConfigValues& before, const ConfigValues& now) {
    return now.maxclients > before.maxclients ? std::optional<std::string>("too many")
                                              : std::nullopt;
  });
  CHECK(config.set(Pairs{{"hz", "50"}, {"maxclients", "20000"}}).error ==
        failed("maxclients", "too many"));
  CHECK(seen == std::vector<int64_t>{50, 10});
  CHECK(config.values().hz == 10);
  CHECK(config.values().maxclients == 10000);
}

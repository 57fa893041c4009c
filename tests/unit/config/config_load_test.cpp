#include <catch2/catch.hpp>

#include "config/config.h"
#include "config/loader.h"
#include "tests/unit/config/temp_dir.h"

using namespace inkstone;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using Words = std::vector<std::string>;

namespace {

std::string shown(const Config& config, std::string_view name) {
  return config.get({name}).at(0).second;
}

// The reason a single line is refused, or "" when it is not.
std::string reasonOf(const std::string& line) {
  Config config;
  const std::string error = config.loadString(line).error;
  return error.empty() ? error : error.substr(error.rfind('\n') + 1);
}

}  // namespace

TEST_CASE("an error names product, file, line and reason, and changes nothing") {
  const TempDir dir;
  const std::string path = dir.write("a.conf", "hz 20\n\n  appendonly maybe \n");
  Config config;
  const std::string error = config.loadFile(path).error;
  CHECK_THAT(error, StartsWith("*** FATAL CONFIG FILE ERROR (Inkstone "));
  CHECK_THAT(error,
             EndsWith(") ***\nReading the configuration file '" + path +
                      "', at line 3\n>>> 'appendonly maybe'\nargument must be 'yes' or 'no'"));
  CHECK(config.values().hz == 10);
  CHECK(config.filePath().empty());
}

TEST_CASE("a file that cannot be opened is named") {
  Config config;
  CHECK(config.loadFile("/nosuch/x.conf").error ==
        "Fatal error, can't open config file '/nosuch/x.conf': No such file or directory");
  CHECK(config.loadFile("/").error == "Fatal error, can't open config file '/': Is a directory");
}

TEST_CASE("lines are refused as Redis refuses them") {
  const std::string unknown =
      "Bad directive or wrong number of arguments: no directive has this name";
  const std::string wrong_count =
      "Bad directive or wrong number of arguments: the number of arguments is wrong";
  CHECK(reasonOf("nosuch 1") == unknown);
  CHECK(reasonOf("hz") == "wrong number of arguments");
  CHECK(reasonOf("hz 1 2") == "wrong number of arguments");
  CHECK(reasonOf("hz 20 # twenty") == "wrong number of arguments");
  CHECK(reasonOf("requirepass \"a") == "Unbalanced quotes in configuration line");
  CHECK(reasonOf("include") == wrong_count);
  CHECK(reasonOf("include a b") == wrong_count);
  CHECK(reasonOf("include -") == "what is included must be a file");
  CHECK(reasonOf("rename-command GET") == wrong_count);
  CHECK(reasonOf("user") == wrong_count);
  CHECK(reasonOf("loadmodule /x.so a") ==
        "Can't load module from /x.so: this server has no modules yet; server aborting");
  CHECK(reasonOf("sentinel x") == "sentinel directive while not in sentinel mode");
  CHECK(reasonOf("replicaof a") == "wrong number of arguments");
  CHECK(reasonOf("replicaof a 70000") == "Invalid master port");
  CHECK(reasonOf("replicaof a 1\ncluster-enabled yes") ==
        "replicaof directive not allowed in cluster mode");
  CHECK(reasonOf("dir /nosuch") == "No such file or directory");
  CHECK(reasonOf("dbfilename a/b") == "dbfilename can't be a path, just a filename");
  CHECK(reasonOf("appendfilename a/b") == "appendfilename can't be a path, just a filename");
  CHECK(reasonOf("appendfilename \"\"") == "appendfilename can't be empty");
  CHECK(reasonOf("appenddirname a/b") == "appenddirname can't be a path, just a dirname");
  CHECK(reasonOf("unixsocketperm 1777") == "argument must be between 0 and 777 inclusive");
  CHECK(reasonOf("unixsocketperm 778") == "argument couldn't be parsed as an octal number");
  CHECK(reasonOf("bind 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17") ==
        "Too many bind addresses specified.");
  CHECK_THAT(reasonOf("activedefrag yes"), StartsWith("Active defragmentation cannot be enabled"));
  CHECK_THAT(reasonOf("hz " + std::string(kConfigLineBytesMax, ' ') + "5x" + std::string(9, 'x')),
             StartsWith("line is longer than"));
}

TEST_CASE("names ignore case, blanks and comments are skipped, old directives forgotten") {
  Config config;
  REQUIRE(config
              .loadString("# c\n\t\n  HZ '20'\t\r\nmaxclients \"9\"\nlist-max-ziplist-entries 3\n"
                          "lua-replicate-commands no\nslave-priority 4\nrequirepass a#b")
              .ok());
  CHECK(config.values().hz == 20);
  CHECK(config.values().maxclients == 9);
  CHECK(config.values().replica_priority == 4);
  CHECK(config.values().requirepass == "a#b");
}

TEST_CASE("the first save line replaces the defaults, further ones add") {
  Config config;
  REQUIRE(config.loadString("save 1 2\nsave \"3 4 5 6\"").ok());
  CHECK(shown(config, "save") == "1 2 3 4 5 6");
  REQUIRE(config.loadArguments({"--save", "7", "8"}).ok());
  CHECK(shown(config, "save") == "1 2 3 4 5 6 7 8");
  REQUIRE(config.loadArguments({"--save", ""}).ok());
  CHECK(shown(config, "save").empty());
}

TEST_CASE("file-only directives are kept") {
  Config config;
  REQUIRE(config.loadString("user bob on  +@all\nrename-command GET \"\"").ok());
  CHECK(config.values().users == Words{"bob on  +@all"});
  CHECK(config.values().renamed_commands == std::vector<RenamedCommand>{{"GET", ""}});
  REQUIRE(config.loadString("slaveof No one").ok());
  CHECK(shown(config, "replicaof").empty());
}

TEST_CASE("a user on the command line replaces the one of the file") {
  Config config;
  REQUIRE(config.loadString("user bob on +@all\nuser eve on").ok());
  REQUIRE(config.loadEnvironment({"INKSTONE_USER=bob off"}).ok());
  CHECK(config.values().users == Words{"eve on", "bob off"});
  REQUIRE(config.loadArguments({"--user", "eve", "off"}).ok());
  CHECK(config.values().users == Words{"bob off", "\"eve\" \"off\""});
}

TEST_CASE("a user is declared once, whichever file says so") {
  const TempDir dir;
  dir.write("a.inc", "user \"bob\" off");
  Config config;
  const std::string error =
      config.loadString("dir " + dir.path() + "\nuser bob on\nuser eve on\ninclude a.inc").error;
  CHECK(error.find("Error in user declaration 'bob': Duplicate user found. A user can only be "
                   "defined once in config files") != std::string::npos);
}

TEST_CASE("includes take globs, keep their place, and name their own lines in errors") {
  const TempDir dir;
  dir.write("a1.inc", "hz 11\nmaxclients 11");
  dir.write("a2.inc", "hz 12");
  dir.write("bad.inc", "hz 1\nbad 1\n");
  Config config;
  REQUIRE(
      config
          .loadFile(dir.write("c.conf", "maxclients 1\ninclude " + dir.path() +
                                            "/a*.inc\ninclude " + dir.path() + "/zz*\ntimeout 3"))
          .ok());
  CHECK(config.values().hz == 12);
  CHECK(config.values().maxclients == 11);
  CHECK(config.values().timeout == 3);
  const std::string error =
      config.loadFile(dir.write("d.conf", "include " + dir.path() + "/bad.inc")).error;
  CHECK_THAT(error, EndsWith("file '" + dir.path() +
                             "/bad.inc', at line 2\n>>> 'bad 1'\n"
                             "Bad directive or wrong number of arguments: no directive has this "
                             "name"));
}

TEST_CASE("a user of an included file may be declared anew behind the include, and only there") {
  const TempDir dir;
  const std::string include = "include " + dir.write("a.inc", "user bob on +get\n") + "\n";
  Config config;
  REQUIRE(config.loadFile(dir.write("a.conf", include + "user bob off\n")).ok());
  CHECK(config.values().users == Words{"bob off"});
  CHECK_FALSE(Config().loadFile(dir.write("b.conf", "user bob off\n" + include)).ok());
  CHECK_FALSE(Config().loadFile(dir.write("c.conf", include + "user bob on\nuser bob off\n")).ok());
  CHECK_FALSE(
      Config().loadFile(dir.write("d.conf", include + "include " + dir.path() + "/a.inc\n")).ok());
}

TEST_CASE("include cycles and deep nesting end in an error") {
  const TempDir dir;
  Config config;
  const std::string self = dir.write("self.conf", "include " + dir.path() + "/./self.conf");
  CHECK_THAT(config.loadFile(self).error, EndsWith("(the file includes itself)"));
  for (size_t i = 0; i <= kIncludeDepthMax; ++i) {
    dir.write(std::to_string(i), "include " + dir.path() + "/" + std::to_string(i + 1));
  }
  CHECK_THAT(config.loadFile(dir.path() + "/0").error,
             EndsWith("include nested more than 16 deep"));
}

TEST_CASE("dir becomes absolute and moves what is relative") {
  const TempDir dir;
  dir.write("x.inc", "hz 33");
  Config config;
  REQUIRE(config.loadString("dir " + dir.path() + "/.\ninclude x.inc").ok());
  CHECK(config.values().dir == dir.path());
  CHECK(config.values().hz == 33);
}

TEST_CASE("the command line splits into file, standard input and options") {
  CommandLine line = Config::splitCommandLine({"a.conf", "--hz", "20", "-"});
  CHECK(line.file == "a.conf");
  CHECK(line.from_stdin);
  CHECK(line.options == Words{"--hz", "20"});
  line = Config::splitCommandLine({"-", "--requirepass", "-", "--hz", "20"});
  CHECK_FALSE(line.file);
  CHECK(line.from_stdin);
  CHECK(line.options == Words{"--requirepass", "-", "--hz", "20"});
}

TEST_CASE("options are read as Redis reads them") {
  Config config;
  REQUIRE(
      config
          .loadArguments({"--hz 20", "--masterauth", "--abc", "--requirepass", "a b", "--bind",
                          "::1", "127.0.0.1", "--client-output-buffer-limit", "normal 1 2 3", "--"})
          .ok());
  CHECK(config.values().hz == 20);
  CHECK(config.values().masterauth == "--abc");
  CHECK(config.values().requirepass == "a b");
  CHECK(config.values().bind == Words{"::1", "127.0.0.1"});
  CHECK(config.values().client_output_buffer_limit[kClientNormal] == OutputBufferLimit{1, 2, 3});
  REQUIRE(config.loadArguments({"--save", "--hz", "21"}).ok());
  CHECK(config.values().save.empty());
  CHECK(config.values().hz == 21);
  CHECK(Config().loadArguments({"--save"}).ok());
}

TEST_CASE("a wrong option is shown as a line of the command line") {
  Config config;
  CHECK_THAT(config.loadArguments({"--port", "1", "--hz", "20", "30"}).error,
             EndsWith("Reading the command line, at line 2\n>>> 'hz \"20\" \"30\"'\nwrong number "
                      "of arguments"));
  CHECK_THAT(config.loadArguments({"--hz"}).error, EndsWith(">>> 'hz'\nwrong number of arguments"));
}

TEST_CASE("the environment names directives in capitals") {
  Config config;
  REQUIRE(config.loadString("save 1 2").ok());
  REQUIRE(
      config
          .loadEnvironment({"PATH=/bin", "INKSTONE_APPENDONLY=yes", "INKSTONE_SAVE=3600 1 300 100",
                            "INKSTONE_REQUIREPASS=a b \"", "INKSTONE_SERVER_CPULIST=0-1",
                            "INKSTONE_SLAVE_PRIORITY=3", "INKSTONE_IMAGE_VERSION=1"})
          .ok());
  CHECK(config.values().appendonly);
  CHECK(shown(config, "save") == "3600 1 300 100");
  CHECK(config.values().requirepass == "a b \"");
  CHECK(config.values().server_cpulist == "0-1");
  CHECK(config.values().replica_priority == 3);
  REQUIRE(config.loadEnvironment({"INKSTONE_SAVE="}).ok());
  CHECK(config.values().save.empty());
}

TEST_CASE("variables of services called inkstone, of the image and of our tests are left alone") {
  Config config;
  REQUIRE(
      config
          .loadEnvironment(
              {"INKSTONE_SERVICE_HOST=10.0.0.1", "INKSTONE_SERVICE_PORT=6379",
               "INKSTONE_SERVICE_PORT_REDIS=6379", "INKSTONE_PORT=tcp://10.0.0.1:6379",
               "INKSTONE_PORT_6379_TCP=tcp://10.0.0.1:6379", "INKSTONE_PORT_6379_TCP_PROTO=tcp",
               "INKSTONE_PORT_6379_TCP_PORT=6379", "INKSTONE_PORT_6379_TCP_ADDR=10.0.0.1",
               "INKSTONE_PORT_53_UDP=udp://10.0.0.1:53", "INKSTONE_CACHE_SERVICE_HOST=10.0.0.2",
               "INKSTONE_CACHE_PORT=udp://10.0.0.2:1", "INKSTONE_CACHE_PORT_1_UDP_ADDR=10.0.0.2",
               "INKSTONE_IMAGE_VERSION=1", "INKSTONE_TEST_SERVER=/a/b"})
          .ok());
  CHECK(config.get({"*"}) == Config().get({"*"}));
  REQUIRE(config.loadEnvironment({"INKSTONE_PORT=7000"}).ok());
  CHECK(config.values().port == 7000);
}

TEST_CASE("variables that only resemble those of a service are refused") {
  const std::string name = GENERATE(as<std::string>(), "INKSTONE_PORT_6379", "INKSTONE_PORT_TCP",
                                    "INKSTONE_PORT_1_TCP_X", "INKSTONE_PORT_1_HTTP",
                                    "INKSTONE_SERVICE", "INKSTONE_SERVER", "INKSTONE_TESTS");
  Config config;
  CHECK(config.loadEnvironment({name + "=1"}).error ==
        "Fatal error, environment variable '" + name + "' names no directive");
}

TEST_CASE("wrong variables are named") {
  Config config;
  CHECK(config.loadEnvironment({"INKSTONE_NOSUCH=1"}).error ==
        "Fatal error, environment variable 'INKSTONE_NOSUCH' names no directive");
  CHECK_THAT(config.loadEnvironment({"INKSTONE_HZ=x"}).error,
             EndsWith("Reading the environment\n>>> 'INKSTONE_HZ=x'\nargument couldn't be parsed "
                      "into an integer"));
}

TEST_CASE("file, environment and command line overrule each other in this order") {
  const TempDir dir;
  const std::string path = dir.write("a.conf", "hz 1\ntimeout 1\nport 1\n");
  Config config;
  REQUIRE(config
              .loadAll(Config::splitCommandLine({path, "--port", "3"}),
                       {"INKSTONE_TIMEOUT=2", "INKSTONE_PORT=2"})
              .ok());
  CHECK(config.values().hz == 1);
  CHECK(config.values().timeout == 2);
  CHECK(config.values().port == 3);
  CHECK(config.filePath() == path);
  Config other;
  CHECK_FALSE(other.loadAll(Config::splitCommandLine({path, "--port", "x"}), {}).ok());
  CHECK(other.values().hz == 10);
  CHECK(other.filePath().empty());
}

TEST_CASE("one load tells all that is wrong, wherever it stands, and nothing else") {
  const TempDir dir;
  const std::string included = dir.write("x.inc", "timeout 1\nhz x\n");
  const std::string path =
      dir.write("a.conf", "appendonly maybe\nport 7\ninclude " + included + "\nnosuch 1\n");
  Config config;
  const std::string error =
      config
          .loadAll(Config::splitCommandLine({path, "--port", "x", "--hz", "7"}),
                   {"INKSTONE_NOSUCH=1", "INKSTONE_TIMEOUT=-1", "INKSTONE_HZ=8"})
          .error;
  const std::string file = "Reading the configuration file '";
  CHECK_THAT(error, StartsWith("*** FATAL CONFIG FILE ERROR (Inkstone "));
  CHECK(
      error.substr(error.find('\n') + 1) ==
      file + path + "', at line 1\n>>> 'appendonly maybe'\nargument must be 'yes' or 'no'\n" +
          file + included +
          "', at line 2\n>>> 'hz x'\nargument couldn't be parsed into an integer\n" + file + path +
          "', at line 4\n>>> 'nosuch 1'\nBad directive or wrong number of arguments: no directive "
          "has this name\n"
          "Fatal error, environment variable 'INKSTONE_NOSUCH' names no directive\n"
          "Reading the environment\n>>> 'INKSTONE_TIMEOUT=-1'\nargument must be between 0 and "
          "2147483647 inclusive\n"
          "Reading the command line, at line 1\n>>> 'port \"x\"'\nargument couldn't be parsed into "
          "an integer");
  CHECK(config.values().port == 6379);
}

TEST_CASE("lines that only the server understands are asked for with the final values") {
  const TempDir dir;
  Config config;
  std::vector<Words> asked;
  config.checkLinesWith([&](const ConfigValues& values,
                            std::span<const std::string> words) -> std::optional<std::string> {
    CHECK(values.hz == 20);
    asked.emplace_back(words.begin(), words.end());
    if (words.back() == "bad") return "is bad";
    return std::nullopt;
  });
  const std::string path =
      dir.write("a.conf", "user bob on\nrename-command GET bad\naclfile x\nuser eve bad\nhz 20\n");
  const std::string error = config.loadFile(path).error;
  CHECK(asked == std::vector<Words>{{"user", "bob", "on"},
                                    {"rename-command", "GET", "bad"},
                                    {"aclfile", "x"},
                                    {"user", "eve", "bad"}});
  CHECK_THAT(error, EndsWith("at line 2\n>>> 'rename-command GET bad'\nis bad\nReading the "
                             "configuration file '" +
                             path + "', at line 4\n>>> 'user eve bad'\nis bad"));
}

TEST_CASE("directives that came after 7.2 are left out with a warning where nothing changes") {
  Config config;
  REQUIRE(config
              .loadString("hz 20\nlog-format logfmt\nIMPORT-MODE no\nrdma-port 0\n"
                          "search-timeout 7\nprimaryauth x\ncommandlog-slow-execution-max-len 7\n"
                          "unixsocketgroup \"\"")
              .ok());
  CHECK(config.values().masterauth == "x");
  CHECK(config.values().slowlog_max_len == 7);
  const Words warnings = config.warnings();
  REQUIRE(warnings.size() == 4);
  CHECK(warnings[0] ==
        "'log-format logfmt' is left out (line 2 of the configuration file '(string)'): that "
        "directive came with Valkey 8.1, this server does not have it, and it can be left out");
  CHECK_THAT(warnings[1], StartsWith("'search-timeout 7' is left out (line 5 of "));
  CHECK(reasonOf("import-mode yes") ==
        "that directive came with Valkey 8.1, and this server cannot do what it asks for");
  CHECK(reasonOf("unixsocketgroup staff").find("Valkey 8.0") != std::string::npos);
  CHECK(reasonOf("log-format") ==
        "Bad directive or wrong number of arguments: the number of arguments is wrong");
}

TEST_CASE("what would change safety or meaning, and is not here, is refused by name") {
  const auto refusal = [](const std::string& part) {
    return "it asks for " + part +
           ", which this server does not have yet, and cannot be left without effect";
  };
  CHECK(reasonOf("replicaof 10.0.0.1 6379") == refusal("replication"));
  CHECK(reasonOf("slaveof 10.0.0.1 6379") == refusal("replication"));
  CHECK(reasonOf("cluster-enabled yes") == refusal("cluster mode"));
  CHECK(reasonOf("tls-port 6380") == refusal("TLS"));
  CHECK(reasonOf("tls-replication yes") == refusal("TLS"));
  CHECK(reasonOf("tls-cluster yes") == refusal("TLS"));
  CHECK(reasonOf("replicaof no one\ncluster-enabled no\ntls-port 0\ntls-cluster no").empty());
  Config config;
  CHECK(config.set(std::vector<Config::Pair>{{"tls-port", "6380"}}).error ==
        "CONFIG SET failed (possibly related to argument 'tls-port') - " + refusal("TLS"));
  CHECK(config.values().tls_port == 0);
}

TEST_CASE("directives that are not at their default and do not act are named, without secrets") {
  Config config;
  CHECK(config.warnings().empty());
  REQUIRE(config
              .loadString("maxmemory-policy allkeys-lru\nmin-replicas-to-write 1\nio-threads 4\n"
                          "masterauth secret\ndynamic-hz no\nhz 20\nslowlog-max-len 128\n"
                          "client-output-buffer-limit replica 1mb 1mb 1\n")
              .ok());
  CHECK(
      config.warnings() ==
      Words{"'io-threads 4' has no effect: this server has nothing that it could act on",
            "'dynamic-hz no' has no effect yet",
            "'maxmemory-policy allkeys-lru' has no effect yet: it acts with eviction, which this "
            "server does not have yet",
            "'masterauth' has no effect yet: it acts with replication, which this server does not "
            "have yet",
            "'min-replicas-to-write 1' has no effect yet: it acts with replication, which this "
            "server does not have yet"});
}

TEST_CASE("the image's defaults stand behind everything that anybody says") {
  const TempDir dir;
  const std::string defaults = "INKSTONE_IMAGE_DEFAULTS=protected-mode no\nhz 20";
  const std::string included = dir.write("x.inc", "protected-mode yes\n");
  const std::string path = dir.write("a.conf", "include " + included + "\n");
  Config config;
  REQUIRE(config.loadAll(Config::splitCommandLine({path}), {defaults}).ok());
  CHECK(config.values().protected_mode);
  CHECK(config.values().hz == 20);
  const auto protectedBy = [&](const Words& line, const Words& environment) {
    Config other;
    Words all = {defaults};
    all.insert(all.end(), environment.begin(), environment.end());
    REQUIRE(other.loadAll(Config::splitCommandLine(line), all).ok());
    return other.values().protected_mode;
  };
  CHECK_FALSE(protectedBy({}, {}));
  CHECK(protectedBy({"--protected-mode", "yes"}, {}));
  CHECK(protectedBy({}, {"INKSTONE_PROTECTED_MODE=yes"}));
  CHECK(protectedBy({dir.write("b.conf", "protected-mode yes\n")}, {}));
  CHECK_THAT(Config().loadAll({}, {"INKSTONE_IMAGE_DEFAULTS=hz x"}).error,
             EndsWith("Reading the image's defaults, at line 1\n>>> 'hz x'\nargument couldn't be "
                      "parsed into an integer"));
}

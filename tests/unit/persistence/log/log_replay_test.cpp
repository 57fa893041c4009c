#include "persistence/log/log_replay.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/unit/persistence/log/replay_bench.h"

using namespace inkstone;
using namespace inkstone::test;

using Commands = std::vector<std::string>;

TEST_CASE("a log is replayed command by command") {
  ReplayBench bench(resp({"SELECT", "0"}) + resp({"SET", "k", "v w"}) + resp({"del", "k", ""}));
  const LoadResult result = bench.load();
  REQUIRE(result.status == LoadStatus::kLoaded);
  REQUIRE(result.ok());
  REQUIRE(result.commands == 3);
  REQUIRE(result.bytes == bench.text().size());
  REQUIRE(result.message.empty());
  REQUIRE(bench.replayer.commands == Commands{"SELECT 0", "SET k v w", "del k "});
}

TEST_CASE("an empty log is valid and a missing one is told apart from it") {
  ReplayBench bench("");
  REQUIRE(bench.load().status == LoadStatus::kLoaded);
  REQUIRE_FALSE(bench.files.remove(kPath));
  REQUIRE(bench.load().status == LoadStatus::kNoFile);
  REQUIRE_FALSE(bench.files.exists(kPath).value);
}

TEST_CASE("annotations are skipped wherever a command may stand") {
  ReplayBench bench("#TS:1\r\n" + resp({"SET", "a", "1"}) + "#anything\n#TS:2\r\n" +
                    resp({"MULTI"}) + "#TS:3\r\n" + resp({"SET", "b", "#"}) + "#TS:4\r\n" +
                    resp({"EXEC"}) + "#TS:5\r\n");
  REQUIRE(bench.load().status == LoadStatus::kLoaded);
  REQUIRE(bench.replayer.commands == Commands{"SET a 1", "SET b #"});
}

TEST_CASE(
    "the commands of a transaction are replayed once its EXEC was seen, without MULTI and EXEC") {
  ReplayBench bench(resp({"SET", "a", "1"}) + resp({"MULTI"}) + resp({"SET", "b", "2"}) +
                    resp({"SET", "c", "3"}) + resp({"EXEC"}) + resp({"multi"}) + resp({"exec"}) +
                    resp({"SET", "d", "4"}));
  const LoadResult result = bench.load();
  REQUIRE(result.status == LoadStatus::kLoaded);
  REQUIRE(result.commands == 4);
  REQUIRE(bench.replayer.commands == Commands{"SET a 1", "SET b 2", "SET c 3", "SET d 4"});
  REQUIRE(bench.replayer.batch_sizes == std::vector<size_t>{1, 2, 1});
}

TEST_CASE("a second MULTI within a transaction changes nothing") {
  ReplayBench bench(resp({"MULTI"}) + resp({"SET", "a", "1"}) + resp({"MULTI"}) +
                    resp({"SET", "b", "2"}) + resp({"EXEC"}));
  REQUIRE(bench.load().status == LoadStatus::kLoaded);
  REQUIRE(bench.replayer.commands == Commands{"SET a 1", "SET b 2"});
}

TEST_CASE("EXEC without MULTI is damage") {
  ReplayBench bench(resp({"SET", "a", "1"}) + resp({"EXEC"}));
  const LoadResult result = bench.load();
  REQUIRE(result.status == LoadStatus::kDamaged);
  REQUIRE(result.offset == resp({"SET", "a", "1"}).size());
  REQUIRE(bench.replayer.commands == Commands{"SET a 1"});
}

TEST_CASE("commands arrive in batches of at most 64, and none is lost at a batch's end") {
  std::string log;
  Commands expected;
  for (int i = 0; i < 1000; ++i) {
    log += resp({"INCR", std::to_string(i)});
    expected.push_back("INCR " + std::to_string(i));
  }
  ReplayBench bench(log);
  REQUIRE(bench.load().commands == 1000);
  REQUIRE(bench.replayer.commands == expected);
  REQUIRE(*std::max_element(bench.replayer.batch_sizes.begin(), bench.replayer.batch_sizes.end()) ==
          64);
  REQUIRE(bench.replayer.batch_sizes.size() == 16);
}

TEST_CASE("a log of many chunks, with values larger than a chunk, is replayed whole") {
  std::string log;
  Commands expected;
  for (int i = 0; i < 12; ++i) {
    const std::string value(static_cast<size_t>(i) * 400'001, static_cast<char>('a' + i));
    const bool transaction = i % 3 == 2;
    if (transaction) log += resp({"MULTI"}) + resp({"SET", "before", "x"});
    log += resp({"SET", "k" + std::to_string(i), value});
    if (transaction) log += resp({"EXEC"});
    if (transaction) expected.push_back("SET before x");
    expected.push_back("SET k" + std::to_string(i) + " " + value);
  }
  ReplayBench bench(log);
  REQUIRE(bench.load().status == LoadStatus::kLoaded);
  // The extra parentheses keep a failure from printing megabytes.
  REQUIRE((bench.replayer.commands == expected));
}

TEST_CASE("progress is reported at least every 1000 commands") {
  std::string log;
  for (int i = 0; i < 10'000; ++i) log += resp({"INCR", "n"});
  ReplayBench bench(log);
  REQUIRE(bench.load().status == LoadStatus::kLoaded);
  REQUIRE(bench.replayer.progress_bytes.size() >= 10);
  REQUIRE(
      std::is_sorted(bench.replayer.progress_bytes.begin(), bench.replayer.progress_bytes.end()));
  uint64_t last = 0;
  for (const uint64_t bytes : bench.replayer.progress_bytes) {
    REQUIRE(bytes - last <= 1000 * resp({"INCR", "n"}).size());
    last = bytes;
  }
}

TEST_CASE("progress is reported every 100 ms when commands are slow, also within a transaction") {
  std::string log = resp({"MULTI"});
  for (int i = 0; i < 640; ++i) log += resp({"INCR", "n"});
  log += resp({"EXEC"});
  ReplayBench bench(log);
  bench.replayer.answer = [&](const std::string&) {
    bench.clock.advance(2);
    return ReplayStatus{};
  };
  REQUIRE(bench.load().status == LoadStatus::kLoaded);
  REQUIRE(bench.replayer.progress_bytes.size() == 10);
}

TEST_CASE("a load that is interrupted changes nothing on disk, however the log ends") {
  std::string log;
  for (int i = 0; i < 3000; ++i) log += resp({"INCR", "n"});
  log += "*2\r\n$3";
  ReplayBench bench(log);
  bench.replayer.stop_after = 1;
  const LoadResult result = bench.load();
  REQUIRE(result.status == LoadStatus::kAborted);
  REQUIRE_FALSE(result.ok());
  REQUIRE(result.commands < 1100);
  REQUIRE(bench.text() == log);
  REQUIRE(bench.files.listDirectory(kDirectory).value.size() == 1);
}

TEST_CASE(
    "an unknown command or a wrong number of arguments stops the load and names file and offset") {
  const auto outcome = GENERATE(ReplayOutcome::kUnknownCommand, ReplayOutcome::kUnknownSubcommand,
                                ReplayOutcome::kWrongArity);
  const std::string good = resp({"SET", "a", "1"}) + resp({"SET", "b", "1"});
  ReplayBench bench(good + resp({"BAD\n", "x"}) + resp({"SET", "c", "1"}));
  bench.replayer.answer = [&](const std::string& command) {
    return ReplayStatus{command.starts_with("BAD") ? outcome : ReplayOutcome::kOk, 0, {}};
  };
  const LoadResult result = bench.load();
  REQUIRE(result.status == LoadStatus::kDamaged);
  REQUIRE(result.offset == good.size());
  REQUIRE(result.commands == 2);
  REQUIRE(result.message.find(kPath) != std::string::npos);
  REQUIRE(result.message.find("'BAD?'") != std::string::npos);
  REQUIRE(result.message.find("offset " + std::to_string(good.size())) != std::string::npos);
  REQUIRE(result.message.find("inkstone-check-aof --fix " + kPath) != std::string::npos);
}

TEST_CASE("a command that other servers have is no damage, and no cut is offered") {
  const std::string good = resp({"SET", "a", "1"});
  const std::string name =
      GENERATE(as<std::string>{}, "XADD", "function", "HPEXPIREAT", "JSON.SET");
  ReplayBench bench(good + resp({name, "x"}) + resp({"SET", "c", "1"}));
  bench.replayer.answer = [&](const std::string& command) {
    const bool unknown = command.starts_with(name);
    return ReplayStatus{unknown ? ReplayOutcome::kUnknownCommand : ReplayOutcome::kOk, 0, {}};
  };
  const LoadResult result = bench.load();
  REQUIRE(result.status == LoadStatus::kUnsupported);
  REQUIRE_FALSE(result.ok());
  REQUIRE(result.offset == good.size());
  REQUIRE_THAT(result.message, Catch::Contains(kPath) && Catch::Contains("the log is sound") &&
                                   Catch::Contains("this server has no ") &&
                                   !Catch::Contains("--fix"));
  // A known name with a subcommand that is not there is what it was.
  bench.replayer.answer = [&](const std::string& command) {
    const bool unknown = command.starts_with(name);
    return ReplayStatus{unknown ? ReplayOutcome::kUnknownSubcommand : ReplayOutcome::kOk, 0, {}};
  };
  REQUIRE(bench.load().status == LoadStatus::kDamaged);
}

TEST_CASE("a file of another kind in the log's place is called by its name, and never damaged") {
  const std::string gzip = std::string("\x1f\x8b\x08\x00", 4) + "rest";
  const std::string tar = std::string(257, 'x') + "ustar" + std::string(300, '\0');
  const std::string sqlite = std::string("SQLite format 3\0", 16) + "rest";
  const std::string kind = GENERATE_COPY(as<std::string>{}, gzip, tar, sqlite);
  ReplayBench bench(kind);
  const LoadResult result = bench.load();
  REQUIRE(result.status == LoadStatus::kUnsupported);
  REQUIRE_THAT(result.message, Catch::Contains(kPath) && Catch::Contains("It is not damaged") &&
                                   !Catch::Contains("--fix"));
  REQUIRE(bench.text() == kind);
  REQUIRE(bench.replayer.images == 0);
  // Behind a command it is damage.
  ReplayBench behind(resp({"SET", "a", "1"}) + kind);
  REQUIRE(behind.load().status == LoadStatus::kDamaged);
}

TEST_CASE("an image with Valkey's magic is handed over like one of Redis") {
  ReplayBench bench("VALKEY080" + resp({"SET", "a", "1"}));
  bench.replayer.image.end_offset = 9;
  REQUIRE(bench.load().status == LoadStatus::kLoaded);
  REQUIRE(bench.replayer.images == 1);
  ReplayBench other("VALKEYxyz");
  REQUIRE(other.load().status == LoadStatus::kDamaged);
}

TEST_CASE(
    "commands that answer with an error are counted, the first is logged, and the load goes on") {
  const std::string first = resp({"SET", "a", "1"});
  ReplayBench bench(first + resp({"FAIL", "1"}) + resp({"SET", "b", "1"}) + resp({"FAIL", "2"}) +
                    resp({"FAIL", "3"}));
  bench.replayer.answer = [&](const std::string& command) {
    return command.starts_with("FAIL") ? ReplayStatus{ReplayOutcome::kErrorReply, 0, "WRONGTYPE x"}
                                       : ReplayStatus{};
  };
  const LoadResult result = bench.load();
  REQUIRE(result.status == LoadStatus::kLoaded);
  REQUIRE(result.commands == 5);
  REQUIRE(result.error_replies == 3);
  REQUIRE(bench.replayer.commands == Commands{"SET a 1", "SET b 1"});
  REQUIRE(bench.sink.lines.size() == 1);
  REQUIRE(bench.sink.countContaining("offset " + std::to_string(first.size())) == 1);
  REQUIRE(bench.sink.countContaining("WRONGTYPE x") == 1);
}

TEST_CASE("an image at the start is handed over, and what follows it is replayed") {
  const std::string image = "REDIS0010 whatever an image holds";
  const std::string commands = resp({"SET", "a", "1"}) + resp({"SET", "b", "2"});
  ReplayBench bench(image + commands);
  bench.replayer.image.end_offset = image.size();
  const LoadResult result = bench.load();
  REQUIRE(result.status == LoadStatus::kLoaded);
  REQUIRE(bench.replayer.images == 1);
  REQUIRE(bench.replayer.commands == Commands{"SET a 1", "SET b 2"});
}

TEST_CASE("an image may be all there is, and only the start of a log may be one") {
  ReplayBench bench("REDIS0010");
  REQUIRE(bench.load().status == LoadStatus::kLoaded);
  REQUIRE(bench.replayer.commands.empty());
  ReplayBench behind(resp({"SET", "a", "1"}) + "REDIS0010");
  REQUIRE(behind.load().status == LoadStatus::kDamaged);
  REQUIRE(behind.replayer.images == 0);
}

TEST_CASE("offsets of what stands behind an image are those of the file") {
  const std::string image = "REDIS0010 image";
  const std::string good = resp({"SET", "a", "1"});
  ReplayBench damaged(image + good + "rubbish");
  damaged.replayer.image.end_offset = image.size();
  LoadResult result = damaged.load();
  REQUIRE(result.status == LoadStatus::kDamaged);
  REQUIRE(result.offset == image.size() + good.size());

  ReplayBench torn(image + good + resp({"SET", "b", "2"}).substr(0, 10));
  torn.replayer.image.end_offset = image.size();
  result = torn.load();
  REQUIRE(result.status == LoadStatus::kTailCut);
  REQUIRE(torn.text() == image + good);
}

TEST_CASE("an image that cannot be loaded is refused with file, offset and way out") {
  struct Failure {
    RdbError::Kind kind;
    LoadStatus status;
    const char* text;
  };
  const Failure failure =
      GENERATE(Failure{RdbError::Kind::kDamaged, LoadStatus::kDamaged, "inkstone-check-rdb"},
               Failure{RdbError::Kind::kTruncated, LoadStatus::kDamaged, "Unexpected end of file"},
               Failure{RdbError::Kind::kUnsupported, LoadStatus::kUnsupported, "in another form"},
               Failure{RdbError::Kind::kIo, LoadStatus::kIoError, "Input/output error"});
  ReplayBench bench("REDIS0010 image" + resp({"SET", "a", "1"}));
  bench.replayer.image.status = ImageResult::Status::kFailed;
  bench.replayer.image.error = {failure.kind, 12, "a reason",
                                std::make_error_code(std::errc::io_error)};
  const LoadResult result = bench.load();
  REQUIRE(result.status == failure.status);
  REQUIRE(result.offset == 12);
  REQUIRE_THAT(result.message, Catch::Contains(kPath) && Catch::Contains("offset 12") &&
                                   Catch::Contains(failure.text));
  REQUIRE(bench.replayer.commands.empty());
}

TEST_CASE("an image that is interrupted is an interrupted load") {
  ReplayBench bench("REDIS0010 image");
  bench.replayer.image.status = ImageResult::Status::kAborted;
  REQUIRE(bench.load().status == LoadStatus::kAborted);
}

TEST_CASE("a torn end can be left as it is") {
  const std::string log = resp({"SET", "a", "1"}) + "*2\r\n$3";
  ReplayBench bench(log);
  const LoadResult result = LogReplay(bench.files, bench.clock, bench.sink)
                                .load(bench.settings, bench.replayer, TornEnd::kLeave);
  REQUIRE(result.status == LoadStatus::kTailLeft);
  REQUIRE(result.ok());
  REQUIRE(result.offset == log.size() - 6);
  REQUIRE_THAT(result.message, Catch::Contains(kPath) && Catch::Contains("the 6 bytes behind it"));
  REQUIRE(bench.replayer.commands == Commands{"SET a 1"});
  REQUIRE(bench.text() == log);
  REQUIRE(bench.files.listDirectory(kDirectory).value.size() == 1);
}

TEST_CASE("a log that cannot be read is an error that names it") {
  const Call failing = GENERATE(Call::kOpenRead, Call::kRead);
  ReplayBench bench(resp({"SET", "a", "1"}));
  bench.files.failNth(failing, 1, std::errc::io_error);
  const LoadResult result = bench.load();
  REQUIRE(result.status == LoadStatus::kIoError);
  REQUIRE(result.message.find(kPath) != std::string::npos);
  REQUIRE(result.message.find("Input/output error") != std::string::npos);
}

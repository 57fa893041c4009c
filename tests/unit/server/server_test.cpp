// A whole server, with its threads, on a disk that loses at a power cut what was never synced.
#include "server/server.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "tests/unit/persistence/fault_file_system.h"
#include "tests/unit/seeded_random.h"

namespace inkstone::test {
namespace {

class ServerOnFaults {
 public:
  ServerOnFaults(FaultFileSystem& files, const std::string& appendfsync) {
    const std::vector<std::string> directives = {"--appendonly", "yes",    "--appendfsync",
                                                 appendfsync,    "--save", ""};
    REQUIRE(config_.loadArguments(directives).error == "");
    config_.update([](ConfigValues& values) { values.loglevel = LogLevel::kNothing; });
    server_ = std::make_unique<Server>(config_, logger_, Environment{files, log_clock_});
    DataLoader& loader = server_->parts().durability.data_loader;
    refusal = loader.loadAtStart();
    if (refusal.empty()) refusal = loader.openLog();
    client_ = std::make_unique<Client>(1, server_->parts().clients.output_blocks);
  }
  ~ServerOnFaults() { server_->parts().clients.forget(*client_); }

  void run(const std::vector<std::string_view>& args) {
    server_->parts().executor.execute(*client_, args);
    static_cast<void>(client_->output().takeAll());
  }
  // Turns of the loop until every reply may leave; false when that takes too long.
  bool acknowledge() {
    AppendOnlyLog& log = server_->parts().durability.log;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!server_->parts().clients.gate.isOpen()) {
      if (std::chrono::steady_clock::now() > until) return false;
      server_->eventLoop().serveWithoutWaiting();
      log.onCompletions();
      std::this_thread::yield();
    }
    return true;
  }
  void turn() { server_->eventLoop().serveWithoutWaiting(); }
  bool has(std::string_view key) {
    const Database& db = server_->parts().data.keyspace[0];
    return static_cast<bool>(db.find(db.hashOf(key), key));
  }
  size_t keys() { return server_->parts().data.keyspace.keyCount(); }

  std::string refusal;

 private:
  Config config_;
  Logger logger_;
  SystemLogClock log_clock_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Client> client_;
};

}  // namespace

TEST_CASE("What a server acknowledged under always is there after any number of power cuts") {
  testing::SeededRandom random("power cuts of a whole server");
  FaultFileSystem files;
  std::set<std::string> acknowledged;
  int next = 0;
  for (int life = 0; life < 20; ++life) {
    ServerOnFaults server(files, "always");
    REQUIRE(server.refusal == "");
    for (const std::string& key : acknowledged) REQUIRE(server.has(key));
    const uint64_t writes = random.below(20);
    for (uint64_t i = 0; i < writes; ++i) {
      const std::string key = "key" + std::to_string(next++);
      server.run({"SET", key, "value"});
      if (random.below(3) == 0) continue;
      REQUIRE(server.acknowledge());
      for (int n = 0; n < next; ++n) {
        const std::string earlier = "key" + std::to_string(n);
        if (server.has(earlier)) acknowledged.insert(earlier);
      }
    }
    files.powerCut();
  }
  REQUIRE(acknowledged.size() > 20);
}

TEST_CASE("A server whose disk does not sync acknowledges nothing under always") {
  FaultFileSystem files;
  {
    ServerOnFaults server(files, "always");
    REQUIRE(server.refusal == "");
    server.run({"SET", "first", "value"});
    REQUIRE(server.acknowledge());
    files.holdSyncs();
    server.run({"SET", "second", "value"});
    server.turn();
    files.waitUntilSyncHeld();
    files.powerCut();
    files.releaseSyncs();
  }
  ServerOnFaults next(files, "always");
  REQUIRE(next.refusal == "");
  CHECK(next.has("first"));
  CHECK_FALSE(next.has("second"));
}

}  // namespace inkstone::test

// The one composition point: owns everything that lives as long as the server and hands out
// references.
#pragma once

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "config/config.h"
#include "persistence/append_only_log.h"
#include "persistence/background_sync.h"
#include "persistence/posix_file_system.h"
#include "protocol/output_buffer.h"
#include "server/client_registry.h"
#include "server/clock.h"
#include "server/command_table.h"
#include "server/executor.h"
#include "server/expire_cycle.h"
#include "server/lazy_free.h"
#include "server/listeners.h"
#include "server/loading.h"
#include "server/logger.h"
#include "server/server_stats.h"
#include "storage/access_clock.h"
#include "storage/keyspace.h"

namespace inkstone {

// What DEBUG and tests switch.
struct DebugSwitches {
  bool active_expire = true;
  bool cron_paused = false;
};

class Server {
 public:
  // `config` is complete; it must outlive the server. Nothing is opened yet.
  Server(Config& config, Logger& logger);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Opens the sockets, loads the log, serves until shutdown. Returns the exit status of the
  // process.
  int run();

  // Ends run() at the end of this turn with `status`.
  void stop(int status);
  bool stopping() const { return exit_status_.has_value(); }

  // Flushes and syncs what is to be kept, then stops. False with a line in the log when that fails
  // and `force` is not set.
  bool prepareShutdown(bool force);

  // Log settings as the configuration has them.
  AppendOnlySettings logSettings() const;
  // Loads the log into the empty keyspace and opens it for appending; an error text on failure.
  std::optional<std::string> loadLog();

  // Counts turns of the loop's work and sends what is owed; the order in it is the durability
  // promise.
  void beforeSleep();

  Config& config;
  const ConfigValues& settings;
  Logger& logger;
  // Single-threaded: Asio takes no locks. Other threads wake it through eventfds.
  asio::io_context io{ASIO_CONCURRENCY_HINT_UNSAFE};
  Clock clock;
  ServerStats stats;
  AccessClock access_clock;
  CommandTable commands;
  Keyspace keyspace;
  OutputBlockPool output_blocks;
  ClientRegistry clients;
  Executor executor;
  ExpireCycle expire_cycle;
  LazyFree lazy_free;
  Loading loading;
  DebugSwitches debug;

  PosixFileSystem files;
  SystemLogClock log_clock;
  BackgroundSync background;
  AppendOnlyLog log;

  // Changes of the data set since start (INFO rdb_changes_since_last_save until a save exists).
  uint64_t dirty = 0;
  const std::string run_id;
  const int64_t started_unix_s;
  int64_t started_memory = 0;

 private:
  class LatencySink;

  void turn();
  void startTimers();
  void serverCron();
  void watchCompletions();
  void installSignals();
  void onSignal(int number);
  void registerHooks();

  std::optional<int> exit_status_;
  std::unique_ptr<Listeners> listeners_;
  asio::steady_timer cron_timer_;
  asio::posix::stream_descriptor completions_;
  asio::signal_set signals_;
  int termination_signals_ = 0;
};

}  // namespace inkstone

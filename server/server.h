// The one composition point: owns everything that lives as long as the server and hands out
// references.
#pragma once

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "persistence/files/posix_file_system.h"
#include "persistence/log/append_only_log.h"
#include "persistence/log/background_sync.h"
#include "protocol/output_buffer.h"
#include "server/clients/client_memory.h"
#include "server/clients/client_pause.h"
#include "server/clients/client_registry.h"
#include "server/clients/output_limits.h"
#include "server/clients/pushes.h"
#include "server/command_table/command_table.h"
#include "server/durability/child_process.h"
#include "server/durability/data_loader.h"
#include "server/durability/data_locks.h"
#include "server/durability/loading.h"
#include "server/durability/log_rewrite.h"
#include "server/durability/snapshots.h"
#include "server/execution/executor.h"
#include "server/execution/expire_cycle.h"
#include "server/execution/key_events.h"
#include "server/execution/lazy_free.h"
#include "server/execution/pending_keys.h"
#include "server/net/connections.h"
#include "server/net/listeners.h"
#include "server/net/loop_relay.h"
#include "server/net/read_buffer.h"
#include "server/net/socket_poller.h"
#include "server/process/clock.h"
#include "server/process/collation.h"
#include "server/process/latency_monitor.h"
#include "server/process/logger.h"
#include "server/process/oom_score.h"
#include "server/process/random_engine.h"
#include "server/process/server_stats.h"
#include "storage/access_clock.h"
#include "storage/keyspace.h"

namespace inkstone {

class AccessControl;
class Blocking;
class PubSub;
class Tracking;

// What DEBUG and tests switch.
struct DebugSwitches {
  bool active_expire = true;
  bool cron_paused = false;
  // Of files and payloads.
  bool verify_checksums = true;
  bool dict_resizing = true;
};

// What SHUTDOWN's words and the directives shutdown-on-* ask for.
struct ShutdownOptions {
  // A snapshot whatever the save points say, or none. Neither: one if there are save points.
  bool save = false;
  bool nosave = false;
  // Stop although something that should be kept could not be.
  bool force = false;
};

class Server {
 public:
  // `config` is complete; both must outlive the server. Nothing is opened yet.
  Server(Config& config_in, Logger& logger_in);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Opens the sockets, loads the log, serves until shutdown. Returns the exit status of the
  // process.
  int run();

  // Called once when the data files are locked and the sockets are open: from here on this process
  // is the server.
  std::function<void()> on_listening = [] {};
  // Called once when everything is loaded and connections are served (supervised).
  std::function<void()> on_ready = [] {};
  // Changes what ps shows as the program's name.
  std::function<void(const std::string&)> show_title = [](const std::string&) {};
  // Called once when it stops serving.
  std::function<void()> on_stop = [] {};

  // Ends run() when this turn is over, with `status`.
  void stop(int status);
  bool stopping() const { return exit_status_.has_value(); }

  // Stops the child, flushes and syncs the log, writes a snapshot where one is wanted, then stops.
  // False when one of these failed, unless options.force: the server goes on, and a line in the log
  // says why. While it runs, SIGINT ends the process at once, and SIGTERM changes nothing.
  bool prepareShutdown(const ShutdownOptions& options);

  AppendOnlySettings logSettings() const;
  // `dir`: absolute, or "." if it is gone.
  std::string dataDirectory() const;

  // One round of the loop's work without waiting, for the time the loop is busy loading.
  void serveWhileLoading();

  // Sends what the turn's commands brought about; the order in it is the durability promise.
  void beforeSleep();

  // Every write made so far may be acknowledged, so any reply may leave, whatever it has seen.
  bool nothingToFlush() const { return log.acknowledgeableOffset() == log.fedOffset(); }

  // A reply need not wait for the end of the turn: nothing stands out that whoever gets it may
  // count on.
  bool mayAnswer() const;

  // Undoes what the server keeps of a client beside the client itself: what it watches, listens to
  // and waits for.
  void forget(Client& client);

  // Destroys an entry that is in no table any more, a big value on another thread.
  void freeLazily(Database& database, Entry* entry);
  // Destroys a value that has no key; with `lazy` a big one on another thread.
  void destroyValue(const Value& value, bool lazy);

  Connections& connections() { return connections_; }
  Listeners& listeners() { return listeners_; }
  SocketPoller& poller() { return poller_; }
  const LoopRelay& relay() const { return relay_; }

  Config& config;
  const ConfigValues& settings;
  Logger& logger;
  // Single-threaded, though not always in the same thread (LoopRelay): Asio takes no locks. Other
  // threads wake it through eventfds.
  asio::io_context io{ASIO_CONCURRENCY_HINT_UNSAFE};
  Clock clock;
  ServerStats stats;
  AccessClock access_clock;
  CommandTable commands;
  Keyspace keyspace;
  KeyEvents key_events;
  RandomEngine random;
  Collation collation;
  OutputBlockPool output_blocks;
  ReadBuffer read_buffer;
  ClientRegistry clients;
  Executor executor;
  Pushes pushes;
  ClientPause pause;
  ClientMemory client_memory{*this};
  OutputLimits output_limits{*this};
  const std::unique_ptr<AccessControl> acl;
  const std::unique_ptr<PubSub> pubsub;
  const std::unique_ptr<Tracking> tracking;
  const std::unique_ptr<Blocking> blocking;
  ExpireCycle expire_cycle;
  LazyFree lazy_free;
  PendingKeys pending_keys;
  LatencyMonitor latency;
  Loading loading;
  DebugSwitches debug;

  PosixFileSystem files;
  SystemLogClock log_clock;
  BackgroundSync background;
  LogWriter log_writer;
  AppendOnlyLog log;

  OomScore oom_score;
  ChildProcess child;
  Snapshots snapshots;
  LogRewrite log_rewrite;
  DataLoader data_loader;
  DataLocks data_locks{*this};

  // Changes of the data set since start or the last save.
  uint64_t dirty = 0;
  // 40 hexadecimal digits, new with every start.
  const std::string run_id;
  const int64_t started_unix_s;
  int64_t started_memory = 0;

 private:
  // Runs turns; see LoopRelay::run().
  bool serve();
  void turn();
  bool commitDeferredGroup();
  void startCron();
  void serverCron();
  void sampleRates();
  void waitWhileGathering();
  void waitWhileFailing();
  void sendPushes();
  void watchCompletions(asio::posix::stream_descriptor& completions, int fd);
  // server/shutdown.cpp
  bool finishLog(bool force);
  bool saveBeforeExit(const ShutdownOptions& options);
  void watchSignals();
  void onSignal(int number);
  void applySettings();
  void registerConfigHooks();
  std::vector<std::string> readyLines() const;

  std::optional<int> exit_status_;
  LoopRelay relay_;
  SocketPoller poller_;
  Connections connections_;
  Listeners listeners_;
  asio::steady_timer cron_timer_;
  asio::posix::stream_descriptor sync_completions_;
  asio::posix::stream_descriptor write_completions_;
  asio::steady_timer gather_timer_;
  bool gather_timer_armed_ = false;
  asio::steady_timer failing_timer_;
  bool failing_timer_armed_ = false;
  asio::signal_set signals_;
  int turns_without_asio_ = 0;
  int64_t last_sample_ms_ = 0;
  int64_t last_limit_check_ms_ = 0;
};

}  // namespace inkstone

#include "server/server.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "persistence/files/paths.h"
#include "server/acl/access_control.h"
#include "server/clients/blocking.h"
#include "server/clients/pubsub.h"
#include "server/clients/tracking.h"
#include "server/commands/families.h"
#include "server/process/process.h"
#include "server/process/random_bytes.h"
#include "storage/memory_usage.h"
#include "storage/page_return.h"

namespace inkstone {
namespace {

// Handlers run between two flushes at most; more that are ready wait for the next turn.
constexpr int kHandlersPerTurn = 1024;
// Freeing a value on another thread costs more than freeing it if it takes no more pieces than
// this.
constexpr size_t kLazyEffortMin = 64;

KeyHasher::Secret randomSecret() {
  KeyHasher::Secret secret;
  fillRandom(secret);
  return secret;
}

uint64_t randomSeed() {
  std::array<unsigned char, sizeof(uint64_t)> bytes;
  fillRandom(bytes);
  return std::bit_cast<uint64_t>(bytes);
}

EncodingRules encodingRules(const ConfigValues& settings) {
  EncodingRules rules;
  rules.hash_max_listpack_entries = static_cast<size_t>(settings.hash_max_listpack_entries);
  rules.hash_max_listpack_value = settings.hash_max_listpack_value;
  rules.list_max_listpack_size = settings.list_max_listpack_size;
  rules.list_compress_depth = settings.list_compress_depth;
  rules.set_max_intset_entries = static_cast<size_t>(settings.set_max_intset_entries);
  rules.set_max_listpack_entries = static_cast<size_t>(settings.set_max_listpack_entries);
  rules.set_max_listpack_value = settings.set_max_listpack_value;
  rules.zset_max_listpack_entries = static_cast<size_t>(settings.zset_max_listpack_entries);
  rules.zset_max_listpack_value = settings.zset_max_listpack_value;
  return rules;
}

}  // namespace

Server::Server(Config& config_in, Logger& logger_in)
    : config(config_in),
      settings(config_in.values()),
      logger(logger_in),
      keyspace(static_cast<size_t>(settings.databases), randomSecret()),
      key_events(*this),
      random(randomSeed()),
      executor(*this),
      pushes(*this),
      pause(*this),
      acl(std::make_unique<AccessControl>(*this)),
      pubsub(std::make_unique<PubSub>(*this)),
      tracking(std::make_unique<Tracking>(*this)),
      blocking(std::make_unique<Blocking>(*this)),
      expire_cycle(*this),
      latency(settings.latency_monitor_threshold),
      loading(*this),
      background([cpulist = settings.bio_cpulist] { static_cast<void>(setCpuAffinity(cpulist)); }),
      log_writer([cpulist = settings.bio_cpulist] { static_cast<void>(setCpuAffinity(cpulist)); }),
      log(files, background, log_clock, logger, latency),
      child(*this),
      snapshots(*this),
      log_rewrite(*this),
      data_loader(*this),
      run_id(randomHex(40)),
      started_unix_s(std::time(nullptr)),
      poller_(io, clock),
      connections_(*this),
      listeners_(*this),
      cron_timer_(io),
      sync_completions_(io),
      write_completions_(io),
      gather_timer_(io),
      failing_timer_(io),
      signals_(io) {
  log.useWriter(log_writer);
  log.keepLedger();
  registerFamilies(commands);
  registerConfigHooks();
  applySettings();
  started_memory = usedMemory();
}

Server::~Server() {
  listeners_.close();
  connections_.closeAll();
  // The descriptors belong to the threads.
  if (sync_completions_.is_open()) sync_completions_.release();
  if (write_completions_.is_open()) write_completions_.release();
}

void Server::applySettings() {
  access_clock.setTime(clock.unixMs());
  const bool lfu = settings.maxmemory_policy == MaxmemoryPolicy::kAllkeysLfu ||
                   settings.maxmemory_policy == MaxmemoryPolicy::kVolatileLfu;
  access_clock.setPolicy(lfu, {static_cast<uint32_t>(settings.lfu_log_factor),
                               static_cast<uint32_t>(settings.lfu_decay_time)});
  logger.setLevel(settings.loglevel);
  key_events.setInterest(KeyEvents::kNotifications, settings.notify_keyspace_events != 0);
  EncodingRules rules = encodingRules(settings);
  // No directive: DEBUG sets it.
  rules.list_packed_threshold = keyspace.encodingRules().list_packed_threshold;
  keyspace.setEncodingRules(rules);
  returnPagesInBackground(settings.jemalloc_bg_thread);
  // What cannot be used here is the environment's locale: names are checked as they are set.
  if (!collation.use(settings.locale_collate)) {
    logger.warning("The environment names no locale that exists; texts are sorted by their bytes.");
  }
}

int Server::run() {
  watchSignals();
  // Before listening: opening a unix socket takes it from the server that has it.
  if (const std::string refusal = data_locks.lockAtStart(); !refusal.empty()) {
    logger.warning("{}", refusal);
    return 1;
  }
  if (const std::string error = listeners_.open(settings); !error.empty()) {
    logger.warning("{}", error);
    return 1;
  }
  if (listeners_.count() == 0) {
    logger.warning("Configured to not listen anywhere, exiting.");
    return 1;
  }
  on_listening();
  if (const std::string error = oom_score.applyToServer(settings); !error.empty()) {
    logger.warning("{}", error);
  }
  logger.notice("Server initialized");
  std::string error = data_loader.loadAtStart();
  if (error.empty() && !stopping()) error = data_loader.openLog();
  if (!error.empty()) {
    logger.warning("{}", error);
    return 1;
  }
  if (!stopping()) {
    watchCompletions(sync_completions_, background.completionFd());
    watchCompletions(write_completions_, log_writer.completionFd());
    startCron();
    for (const std::string& ready : readyLines()) logger.notice("{}", ready);
    on_ready();
    log_writer.useLoop();
    relay_.run([this] { return serve(); });
  }
  on_stop();
  listeners_.close();
  connections_.closeAll();
  logger.notice("Inkstone is now ready to exit, bye bye...");
  return *exit_status_;
}

std::vector<std::string> Server::readyLines() const {
  std::vector<std::string> lines;
  if (settings.port != 0) lines.emplace_back("Ready to accept connections tcp");
  if (!settings.unixsocket.empty()) lines.emplace_back("Ready to accept connections unix");
  return lines;
}

bool Server::serve() {
  while (!stopping()) {
    turn();
    if (log_writer.hasDeferred() && !commitDeferredGroup()) return false;
  }
  return true;
}

// False when another thread runs the loop since: then nothing here may be touched.
bool Server::commitDeferredGroup() {
  const bool kept = relay_.lend([this, group = *log_writer.takeDeferred()]() mutable {
    log_writer.commit(std::move(group));
  });
  // Those who wait for the group get their replies.
  if (kept) beforeSleep();
  return kept;
}

// Under load the sockets are ready again when a turn is over; asking them first leaves Asio out of
// most turns, but never for long.
void Server::turn() {
  constexpr int kTurnsWithoutAsio = 32;
  bool busy = poller_.dispatch() > 0;
  if (!busy && (clients.pushesPending() || log_writer.hasDeferred())) {
    poller_.noteWake();
    busy = true;
  }
  if (!busy && poller_.dispatchSoon() == 0) {
    poller_.wakeWhenReady();
    io.run_one();
    turns_without_asio_ = 0;
  } else if (++turns_without_asio_ == kTurnsWithoutAsio) {
    io.poll_one();
    turns_without_asio_ = 0;
  }
  beforeSleep();
  ++stats.loop_turns;
  stats.loop_duration_ns += Clock::readMonotonicNs() - poller_.wokeAtNs();
}

void Server::serveWhileLoading() {
  poller_.dispatch();
  for (int i = 0; i < kHandlersPerTurn && io.poll_one() > 0; ++i) {
  }
  beforeSleep();
  // The turn that could commit it is not over for long.
  log_writer.submitDeferred();
}

// The durability promise rests on this order: what the turn's commands wrote goes to the log, and
// only then do replies go to sockets. Only a connection that finds nothing on its way to the log
// sends earlier (Connection::onReadable). Guarded by
// tests/integration/test_reply_order.py.
void Server::beforeSleep() {
  clock.advance();
  connections_.runResumed();
  expire_cycle.run();
  tracking->sendBroadcasts();
  log_writer.noteOtherWork(static_cast<int64_t>(stats.commands_processed) -
                           static_cast<int64_t>(log.fedCommands()));
  if (log.flushAppendOnlyFile(FlushMode::kNormal) == FlushOutcome::kFatal) {
    // Policy always cannot be kept: those who wait must not be told that it was.
    stop(1);
    return;
  }
  if (log.gathersUntilUs()) waitWhileGathering();
  if (log.failureDueMs()) waitWhileFailing();
  log_rewrite.onTurn();
  blocking->onFlushed();
  if (nothingToFlush()) pending_keys.clear();
  // Before the replies: whoever had a client closed may count on it.
  connections_.closePending();
  connections_.sendPending(log.acknowledgeableOffset());
  if (clients.pushesPending()) sendPushes();
  if (!log.queueFull()) connections_.resumeReading();
  client_memory.enforce();
  connections_.closePending();
  connections_.freeRetired();
}

void Server::sendPushes() {
  constexpr int64_t kLeastNs = 500'000;
  constexpr int64_t kMostNs = 100'000'000;
  const int64_t now_ns = Clock::readMonotonicNs();
  const int64_t budget_ns = std::clamp(now_ns - poller_.wokeAtNs(), kLeastNs, kMostNs);
  // In the last turn there is no next one.
  const int64_t until_ns = stopping() ? INT64_MAX : now_ns + budget_ns;
  connections_.sendPushes(log.acknowledgeableOffset(), until_ns);
}

bool Server::mayAnswer() const {
  return nothingToFlush() && !tracking->broadcastsPending() && !clients.closesPending();
}

void Server::stop(int status) {
  if (!exit_status_.has_value()) exit_status_ = status;
}

std::string Server::dataDirectory() const {
  std::error_code gone;
  const std::string directory = std::filesystem::current_path(gone).string();
  return gone ? "." : directory;
}

AppendOnlySettings Server::logSettings() const {
  AppendOnlySettings log_settings;
  // All that is done about the log is done where it is, even if its name is a link. Absolute, so
  // that it stays where it is when `dir` changes.
  const PathParts place = linkTargetParts(dataDirectory() + "/" + settings.appendfilename);
  log_settings.directory = place.directory;
  log_settings.filename = place.filename;
  switch (settings.appendfsync) {
    case AppendFsync::kAlways:
      log_settings.fsync = FsyncPolicy::kAlways;
      break;
    case AppendFsync::kEverysec:
      log_settings.fsync = FsyncPolicy::kEverySecond;
      break;
    case AppendFsync::kNo:
      log_settings.fsync = FsyncPolicy::kNo;
      break;
  }
  log_settings.no_fsync_on_rewrite = settings.no_appendfsync_on_rewrite;
  log_settings.load_truncated = settings.aof_load_truncated;
  log_settings.timestamp_enabled = settings.aof_timestamp_enabled;
  log_settings.disk_reserve_bytes = settings.aof_disk_reserve;
  log_settings.incremental_fsync = settings.aof_rewrite_incremental_fsync;
  log_settings.bulk_bytes_max = settings.proto_max_bulk_len;
  return log_settings;
}

void Server::forget(Client& client) {
  key_events.unwatch(client);
  pubsub->unsubscribeAll(client);
  tracking->disable(client);
  client_memory.forget(client);
  blocking->forget(client);
  pushes.forget(client);
}

void Server::freeLazily(Database& database, Entry* entry) {
  if (hasObject(entry->encoding()) && freeEffort(valueOf(*entry)) > kLazyEffortMin) {
    return lazy_free.submit(database.takeValue(entry));
  }
  database.destroyEntry(entry);
}

void Server::destroyValue(const Value& value, bool lazy) {
  if (lazy && freeEffort(value) > kLazyEffortMin) return lazy_free.submit(value);
  inkstone::destroyValue(value);
}

void Server::startCron() {
  const int64_t hz = std::clamp<int64_t>(settings.hz, 1, 500);
  cron_timer_.expires_after(std::chrono::milliseconds(1000 / hz));
  cron_timer_.async_wait([this](const asio::error_code& error) {
    if (error) return;
    poller_.noteWake();
    if (!debug.cron_paused) serverCron();
    startCron();
  });
}

void Server::serverCron() {
  constexpr int64_t kSampleMs = 100;
  constexpr int64_t kLimitCheckMs = 1000;
  access_clock.setTime(clock.unixMs());
  const int64_t now_ms = clock.monotonicMs();
  if (now_ms - last_sample_ms_ >= kSampleMs) {
    last_sample_ms_ = now_ms;
    sampleRates();
    output_blocks.trim();
    if (!settings.jemalloc_bg_thread) decayFreeMemory();
  }
  if (now_ms - last_limit_check_ms_ >= kLimitCheckMs) {
    last_limit_check_ms_ = now_ms;
    connections_.checkLimits();
  }
  if (log.onCron() == FlushOutcome::kFatal) return stop(1);
  child.onCron();
  log_rewrite.onCron();
  snapshots.onCron();
}

void Server::sampleRates() {
  const int64_t now_ms = clock.monotonicMs();
  stats.commands_rate.sample(stats.commands_processed, now_ms);
  stats.input_rate.sample(stats.net_input_bytes, now_ms);
  stats.output_rate.sample(stats.net_output_bytes, now_ms);
  stats.turns_rate.sample(stats.loop_turns, now_ms);
  stats.loop_time_rate.sample(static_cast<uint64_t>(stats.loop_duration_ns), now_ms);
  stats.peak_memory = std::max(stats.peak_memory, usedMemory());
}

// The turn that follows flushes the log. A clock that is behind makes it wait once more.
void Server::waitWhileGathering() {
  if (gather_timer_armed_) return;
  gather_timer_armed_ = true;
  const int64_t left_us = *log.gathersUntilUs() - log_clock.monotonicUs();
  gather_timer_.expires_after(std::chrono::microseconds(std::max<int64_t>(left_us, 0)));
  gather_timer_.async_wait([this](const asio::error_code&) { gather_timer_armed_ = false; });
}

// The turn that follows flushes the log.
void Server::waitWhileFailing() {
  if (failing_timer_armed_) return;
  failing_timer_armed_ = true;
  const int64_t left_ms = *log.failureDueMs() - log_clock.monotonicMs();
  failing_timer_.expires_after(std::chrono::milliseconds(std::max<int64_t>(left_ms, 0)));
  failing_timer_.async_wait([this](const asio::error_code&) { failing_timer_armed_ = false; });
}

// The turn that follows takes them, in beforeSleep as well.
void Server::watchCompletions(asio::posix::stream_descriptor& completions, int fd) {
  if (!completions.is_open()) completions.assign(fd);
  completions.async_wait(asio::posix::stream_descriptor::wait_read,
                         [this, &completions, fd](const asio::error_code& error) {
                           if (error) return;
                           poller_.noteWake();
                           log.onCompletions();
                           watchCompletions(completions, fd);
                         });
}

}  // namespace inkstone

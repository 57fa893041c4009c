// Decides when the AOF is rewritten: BGREWRITEAOF, growth, repair after lost bytes, and switching
// the AOF on. It also follows the rewrite to its end. The work is done by the child
// (persistence/rewrite/rewrite_child.h) and by BackgroundRewrite.
#pragma once

#include <asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <string>

#include "persistence/files/retry_delay.h"
#include "persistence/files/rewrite_steps.h"
#include "persistence/rewrite/background_rewrite.h"
#include "persistence/rewrite/rewrite_child.h"
#include "server/durability/child_process.h"

namespace inkstone {

class AppendOnlyLog;
class DataLocks;
class DataSet;
class Executor;
class Runtime;

// Fields of INFO persistence.
struct RewriteStats {
  // aof_rewrites, aof_rewrites_consecutive_failures
  uint64_t started = 0;
  uint64_t consecutive_failures = 0;
  // aof_last_bgrewrite_status
  bool last_ok = true;
  // The duration of the last rewrite; -1 when there was none.
  int64_t last_seconds = -1;
  uint64_t last_cow_bytes = 0;
};

// For the loop thread.
class LogRewrite {
 public:
  enum class Start : uint8_t {
    kStarted,
    // A save or a transaction is under way, and the rewrite follows it.
    kScheduled,
    kAlreadyRunning,
    // The failure is in the server log.
    kFailed,
  };

  // All must outlive this object.
  LogRewrite(Runtime& runtime, DataSet& data, AppendOnlyLog& log, Executor& executor,
             ChildProcess& child, DataLocks& data_locks);
  ~LogRewrite();
  LogRewrite(const LogRewrite&) = delete;
  LogRewrite& operator=(const LogRewrite&) = delete;

  // BGREWRITEAOF. It works with the AOF off, too: then the file holds the data set of that moment.
  Start start();

  // CONFIG SET appendonly yes: starts a rewrite, and the AOF is on when it has ended
  // (AOF_WAIT_REWRITE). A rewrite that fails is tried again. Returns false, and changes nothing, if
  // it cannot be started.
  [[nodiscard]] bool switchOn();
  // CONFIG SET appendonly no: stops the rewrite, writes and syncs the AOF, and closes it.
  void switchOff();
  // Whether the AOF is to be on and is not yet.
  bool waiting() const { return waiting_; }

  // Call it in every turn, after the AOF was flushed.
  void onTurn();
  // Call every tick of serverCron.
  void onCron();

  // Call it before the server exits and before its children are stopped. Returns false, with a line
  // in the server log, if the data set is in no AOF yet and may not be given up (`force`). A
  // rewrite that is being put in place is dropped.
  [[nodiscard]] bool prepareShutdown(bool force);

  bool inProgress() const { return rewrite_.phase() != BackgroundRewrite::Phase::kIdle; }
  bool scheduled() const { return scheduled_; }
  int64_t currentSeconds() const;
  uint64_t bufferLength() const { return rewrite_.bufferLength(); }
  uint64_t bufferPeak() const { return rewrite_.bufferPeak(); }
  const RewriteStats& stats() const { return stats_; }
  void resetStats() { stats_.started = 0; }

  // How and where an AOF would be written now.
  RewriteRequest request() const;

  // The steps at which tests stop a rewrite (DEBUG REWRITE-STEP).
  RewriteSteps steps;

 private:
  bool mustWait() const;
  [[nodiscard]] bool startChild();
  int runChild(RewriteRequest request, const RewriteChannel& channel, ChildReporter& reporter);
  void unlockIdleLog();
  void watchChannel();
  void unwatchChannel();
  void watchSync();
  void send();
  void onChildEnd(const ChildEnd& end, const std::string& directory);
  void advance();
  void finished(bool ok);
  void abandon();
  void giveWay();
  // Why a rewrite should begin now although nobody asked for it; empty if there is no reason.
  std::string reasonToStart() const;
  bool enoughSpace();
  uint64_t estimatedBytes() const;

  Runtime& runtime_;
  DataSet& data_;
  AppendOnlyLog& log_;
  Executor& executor_;
  ChildProcess& child_;
  DataLocks& data_locks_;
  BackgroundRewrite rewrite_;
  RetryDelay retry_;
  RewriteStats stats_;
  bool scheduled_ = false;
  bool waiting_ = false;
  // The child of the rewrite under way, even after it has ended.
  pid_t pid_ = 0;
  bool space_warned_ = false;
  int64_t started_ms_ = 0;
  int64_t blocked_ms_ = 0;
  bool waiting_to_send_ = false;
  asio::posix::stream_descriptor data_pipe_;
  asio::posix::stream_descriptor ack_pipe_;
  bool waiting_for_sync_ = false;
  asio::posix::stream_descriptor synced_;
};

}  // namespace inkstone

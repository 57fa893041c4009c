// The event loop. In each turn it serves the sockets that are ready, then brings the turn's writes
// to the log, and only then sends the replies (beforeSleep()).
#pragma once

#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>

#include "server/execution/server_parts.h"

namespace inkstone {

class AppendOnlyLog;
class LogStack;
class LogWriter;

// For the loop thread, which may change (LoopRelay).
class EventLoop {
 public:
  // All must outlive this object.
  EventLoop(const ServerParts& parts, LogStack& log_stack);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Runs turns until the server is to stop.
  void run();

  // Does one round of the loop's work without waiting. For the time when the loop is busy loading.
  void serveWithoutWaiting();

  // Writes the log and sends the replies of the turn; the order in it is the durability promise.
  void beforeSleep();

 private:
  // Runs turns; see LoopRelay::run().
  bool serve();
  void turn();
  bool commitDeferredGroup();
  void waitWhileGathering();
  void waitWhileFailing();
  void sendPushes();
  void watchCompletions(asio::posix::stream_descriptor& completions, int fd);

  const ServerParts& parts_;
  LogStack& log_stack_;
  AppendOnlyLog& log_;
  LogWriter& log_writer_;
  asio::posix::stream_descriptor sync_completions_;
  asio::posix::stream_descriptor write_completions_;
  asio::steady_timer gather_timer_;
  bool gather_timer_armed_ = false;
  asio::steady_timer failing_timer_;
  bool failing_timer_armed_ = false;
  int turns_without_asio_ = 0;
};

}  // namespace inkstone

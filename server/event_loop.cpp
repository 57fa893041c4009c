#include "server/event_loop.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "server/clients/clients.h"
#include "server/durability/durability.h"
#include "server/execution/executor.h"
#include "server/execution/expire_cycle.h"
#include "server/net/network.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

// At most this many handlers run between two flushes; others that are ready wait for the next turn.
constexpr int kHandlersPerTurn = 1024;

}  // namespace

EventLoop::EventLoop(const ServerParts& parts, LogStack& log_stack)
    : parts_(parts),
      log_stack_(log_stack),
      log_(log_stack.log),
      log_writer_(log_stack.writer),
      sync_completions_(parts.runtime.io),
      write_completions_(parts.runtime.io),
      gather_timer_(parts.runtime.io),
      failing_timer_(parts.runtime.io) {}

EventLoop::~EventLoop() {
  // The descriptors belong to the threads.
  if (sync_completions_.is_open()) sync_completions_.release();
  if (write_completions_.is_open()) write_completions_.release();
}

void EventLoop::run() {
  watchCompletions(sync_completions_, log_stack_.background.completionFd());
  watchCompletions(write_completions_, log_writer_.completionFd());
  log_writer_.useLoop();
  parts_.network.relay.run([this] { return serve(); });
}

bool EventLoop::serve() {
  while (!parts_.runtime.stopping()) {
    turn();
    if (log_writer_.hasDeferred() && !commitDeferredGroup()) return false;
  }
  return true;
}

// Returns false when another thread has taken the loop over. Then nothing of the loop may be
// touched any more.
bool EventLoop::commitDeferredGroup() {
  LogWriter& writer = log_writer_;
  const bool kept = parts_.network.relay.lend(
      [&writer, group = *writer.takeDeferred()]() mutable { writer.commit(std::move(group)); });
  // The clients that wait for the group get their replies.
  if (kept) beforeSleep();
  return kept;
}

// Under load the sockets are ready again when a turn is over. So they are asked first, and Asio is
// left out of most turns, but never for long.
void EventLoop::turn() {
  constexpr int kTurnsWithoutAsio = 32;
  SocketPoller& poller = parts_.network.poller;
  bool busy = poller.dispatch() > 0;
  if (!busy && (parts_.clients.registry.pushesPending() || log_writer_.hasDeferred())) {
    poller.noteWake();
    busy = true;
  }
  if (!busy && poller.dispatchSoon() == 0) {
    poller.wakeWhenReady();
    parts_.runtime.io.run_one();
    turns_without_asio_ = 0;
  } else if (++turns_without_asio_ == kTurnsWithoutAsio) {
    parts_.runtime.io.poll_one();
    turns_without_asio_ = 0;
  }
  beforeSleep();
  ServerStats& stats = parts_.runtime.stats;
  ++stats.loop_turns;
  stats.loop_duration_ns += Clock::readMonotonicNs() - poller.wokeAtNs();
}

void EventLoop::serveWithoutWaiting() {
  parts_.network.poller.dispatch();
  for (int i = 0; i < kHandlersPerTurn && parts_.runtime.io.poll_one() > 0; ++i) {
  }
  beforeSleep();
  // The turn that could commit the group inline does not end soon.
  log_writer_.submitDeferred();
}

// The durability promise rests on this order: the writes of the turn's commands go to the log, and
// only then do replies go to sockets. Only a connection that finds nothing on its way to the log
// sends earlier (Connection::sendOrSchedule). Guarded by tests/integration/test_reply_order.py.
void EventLoop::beforeSleep() {
  Runtime& runtime = parts_.runtime;
  Clients& clients = parts_.clients;
  Connections& connections = parts_.network.connections;
  runtime.clock.advance();
  connections.runResumed();
  // The deletions have to be fed to the log before clients are told about them.
  if (parts_.expire_cycle.run()) parts_.executor.settleSideEffects(nullptr);
  if (clients.tracking.sendBroadcasts()) parts_.executor.settleSideEffects(nullptr);
  log_writer_.noteOtherWork(static_cast<int64_t>(runtime.stats.commands_processed) -
                            static_cast<int64_t>(log_.fedCommands()));
  if (log_.flushAppendOnlyFile(FlushMode::kNormal) == FlushOutcome::kFatal) {
    // The policy always cannot be kept, and clients that wait must not be told that it was.
    return runtime.stop(1);
  }
  if (log_.gathersUntilUs()) waitWhileGathering();
  if (log_.failureDueMs()) waitWhileFailing();
  parts_.durability.log_rewrite.onTurn();
  clients.blocking.onFlushed();
  clients.gate.forgetAcknowledged();
  // This comes before the replies: the client that asked to close another may rely on it.
  connections.closePending();
  connections.sendPending(log_.acknowledgeableOffset());
  if (clients.registry.pushesPending()) sendPushes();
  if (!log_.queueFull()) connections.resumeReading();
  clients.memory.enforce();
  connections.closePending();
  connections.freeRetired();
}

void EventLoop::sendPushes() {
  constexpr int64_t kLeastNs = 500'000;
  constexpr int64_t kMostNs = 100'000'000;
  const int64_t now_ns = Clock::readMonotonicNs();
  const int64_t budget_ns =
      std::clamp(now_ns - parts_.network.poller.wokeAtNs(), kLeastNs, kMostNs);
  // After the last turn there is no next one.
  const int64_t until_ns = parts_.runtime.stopping() ? INT64_MAX : now_ns + budget_ns;
  parts_.network.connections.sendPushes(log_.acknowledgeableOffset(), until_ns);
}

// The turn that begins with the timer flushes the log. If the clock of the log is behind, it waits
// once more.
void EventLoop::waitWhileGathering() {
  if (gather_timer_armed_) return;
  gather_timer_armed_ = true;
  const int64_t left_us = *log_.gathersUntilUs() - parts_.runtime.log_clock.monotonicUs();
  gather_timer_.expires_after(std::chrono::microseconds(std::max<int64_t>(left_us, 0)));
  gather_timer_.async_wait([this](const asio::error_code&) { gather_timer_armed_ = false; });
}

// The turn that begins with the timer flushes the log.
void EventLoop::waitWhileFailing() {
  if (failing_timer_armed_) return;
  failing_timer_armed_ = true;
  const int64_t left_ms = *log_.failureDueMs() - parts_.runtime.log_clock.monotonicMs();
  failing_timer_.expires_after(std::chrono::milliseconds(std::max<int64_t>(left_ms, 0)));
  failing_timer_.async_wait([this](const asio::error_code&) { failing_timer_armed_ = false; });
}

// The turn that begins with this takes the completions; beforeSleep takes them as well.
void EventLoop::watchCompletions(asio::posix::stream_descriptor& completions, int fd) {
  if (!completions.is_open()) completions.assign(fd);
  completions.async_wait(asio::posix::stream_descriptor::wait_read,
                         [this, &completions, fd](const asio::error_code& error) {
                           if (error) return;
                           parts_.network.poller.noteWake();
                           log_.onCompletions();
                           watchCompletions(completions, fd);
                         });
}

}  // namespace inkstone

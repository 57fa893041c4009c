// Finds the client sockets that are ready.
//
// Asio arms a descriptor again for every wait, which costs a system call for each request. So
// client sockets have an epoll set of their own, in which they are armed once and edge-triggered.
// Under load the loop asks that set, with one system call in each turn. When no socket is ready,
// Asio waits for the set, as for one descriptor, together with timers, signals and everything else.
//
// Edge-triggered means that a socket is told once that there is something to read, and again only
// when more comes. So it has to read until a read comes back short, or call rearm() to be told
// again.
#pragma once

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <vector>

#include "server/process/clock.h"

namespace inkstone {

class PolledSocket {
 public:
  virtual ~PolledSocket() = default;
  // There is something to read, or the peer is gone. With `hung_up` the peer will send no more.
  // Then the socket has to read up to the end of the stream, because it is not told again after a
  // read that comes back short.
  virtual void onReadable(bool hung_up) = 0;
  // The kernel can take more, after it took less than it was given.
  virtual void onWritable() = 0;
};

class SocketPoller {
 public:
  // Throws std::system_error when the machine has no descriptor left.
  SocketPoller(asio::io_context& io, Clock& clock);
  ~SocketPoller();
  SocketPoller(const SocketPoller&) = delete;
  SocketPoller& operator=(const SocketPoller&) = delete;

  // Begins to wait for readiness. The socket object must live until remove(), and until
  // dispatching() is false.
  [[nodiscard]] bool add(int fd, PolledSocket& socket);
  // Tells the socket again if there is still something to read.
  void rearm(int fd, PolledSocket& socket);
  // Calls the socket as readable once more in the next turn, whatever the descriptor says: its stream
  // still holds bytes (ByteStream::hasPending()).
  void readAgain(PolledSocket& socket) { again_.push_back(&socket); }
  // To be called before the descriptor is closed.
  void remove(int fd, PolledSocket& socket);

  // The loop has something to do: sets the clock, from which commands move it on.
  void noteWake() {
    clock_.refresh();
    woke_at_ns_ = clock_.monotonicNs();
  }
  int64_t wokeAtNs() const { return woke_at_ns_; }

  // Calls every socket that is ready; returns how many were. Does not wait.
  int dispatch();
  // Does the same for sockets that become ready within kSpinNs, by asking again and again. Sleeping
  // and being woken would cost about as much CPU time, and would delay the next request. It only
  // asks while that mostly succeeds, which means under load.
  int dispatchSoon();
  // Makes io_context::run_one() return when a socket is ready, or if one is already.
  void wakeWhenReady();

  // Whether sockets are being called, so that none may be destroyed.
  bool dispatching() const { return depth_ > 0; }

 private:
  static constexpr int64_t kSpinNs = 4'000;
  static constexpr int kSpinScoreMax = 16;
  static constexpr int kSpinFailureCost = 4;
  // While spinning does not pay, it is tried again once in so many idle turns.
  static constexpr uint32_t kSpinProbeTurns = 64;

  bool spinPays() { return spin_score_ > 0 || ++idle_turns_ % kSpinProbeTurns == 0; }

  asio::posix::stream_descriptor epoll_;
  Clock& clock_;
  int64_t woke_at_ns_ = 0;
  bool waiting_ = false;
  int spin_score_ = 0;
  uint32_t idle_turns_ = 0;
  int depth_ = 0;
  std::vector<PolledSocket*> again_;
};

}  // namespace inkstone

// CLIENT PAUSE: for a while all commands wait, or those that write.
#pragma once

#include <asio/steady_timer.hpp>
#include <cstdint>

namespace inkstone {

class Blocking;
class Runtime;

class ClientPause {
 public:
  enum class Mode : uint8_t { kNone, kWrite, kAll };

  ClientPause(Runtime& runtime, Blocking& blocking);

  bool active() const { return mode_ != Mode::kNone; }
  Mode mode() const { return mode_; }
  // Whether a command has to wait. `writes` means that it changes the data set, or may change it.
  bool stops(bool writes) const { return mode_ == Mode::kAll || (mode_ == Mode::kWrite && writes); }

  // Begins a pause, which lasts until `until_ms` (monotonic). When two pauses overlap, the later
  // end and the stricter mode count.
  void begin(Mode mode, int64_t until_ms);
  // Ends the pause; the clients that wait for that go on.
  void end();

 private:
  Runtime& runtime_;
  Blocking& blocking_;
  asio::steady_timer timer_;
  Mode mode_ = Mode::kNone;
  int64_t until_ms_ = 0;
};

}  // namespace inkstone

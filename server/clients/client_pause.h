// CLIENT PAUSE: commands wait for a while, those that write or all.
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
  // A command has to wait; `writes`: it changes the data set, or may.
  bool stops(bool writes) const { return mode_ == Mode::kAll || (mode_ == Mode::kWrite && writes); }

  // Until then (monotonic). Of two pauses the later end and the stricter mode count.
  void begin(Mode mode, int64_t until_ms);
  // Who waits for it goes on.
  void end();

 private:
  Runtime& runtime_;
  Blocking& blocking_;
  asio::steady_timer timer_;
  Mode mode_ = Mode::kNone;
  int64_t until_ms_ = 0;
};

}  // namespace inkstone

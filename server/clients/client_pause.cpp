#include "server/clients/client_pause.h"

#include <algorithm>

#include "server/clients/blocking.h"
#include "server/process/runtime.h"

namespace inkstone {

ClientPause::ClientPause(Runtime& runtime, Blocking& blocking)
    : runtime_(runtime), blocking_(blocking), timer_(runtime.io) {}

void ClientPause::begin(Mode mode, int64_t until_ms) {
  mode_ = std::max(mode_, mode);
  runtime_.conditions.set(Conditions::kPaused, mode_ != Mode::kNone);
  until_ms_ = std::max(until_ms_, until_ms);
  const int64_t left_ms = std::max<int64_t>(until_ms_ - runtime_.clock.monotonicMs(), 0);
  // A pause that is longer than a timer can be set for has no end that anybody would see.
  constexpr int64_t kWaitMaxMs = 365LL * 24 * 3600 * 1000;
  timer_.expires_after(std::chrono::milliseconds(std::min(left_ms, kWaitMaxMs)));
  timer_.async_wait([this](const asio::error_code& error) {
    if (!error) end();
  });
}

void ClientPause::end() {
  mode_ = Mode::kNone;
  runtime_.conditions.set(Conditions::kPaused, false);
  until_ms_ = 0;
  timer_.cancel();
  blocking_.resumePostponed();
}

}  // namespace inkstone

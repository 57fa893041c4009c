#include "server/clients/client_pause.h"

#include <algorithm>

#include "server/clients/blocking.h"
#include "server/server.h"

namespace inkstone {

ClientPause::ClientPause(Server& server) : server_(server), timer_(server.io) {}

void ClientPause::begin(Mode mode, int64_t until_ms) {
  mode_ = std::max(mode_, mode);
  until_ms_ = std::max(until_ms_, until_ms);
  const int64_t left_ms = std::max<int64_t>(until_ms_ - server_.clock.monotonicMs(), 0);
  // More than a timer can be set for is as good as for ever.
  constexpr int64_t kWaitMaxMs = 365LL * 24 * 3600 * 1000;
  timer_.expires_after(std::chrono::milliseconds(std::min(left_ms, kWaitMaxMs)));
  timer_.async_wait([this](const asio::error_code& error) {
    if (!error) end();
  });
}

void ClientPause::end() {
  mode_ = Mode::kNone;
  until_ms_ = 0;
  timer_.cancel();
  server_.blocking->resumePostponed();
}

}  // namespace inkstone

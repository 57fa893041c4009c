#include "server/loading.h"

#include "server/server.h"

namespace inkstone {

Loading::Loading(Server& server) : server_(server), client_(0, server.output_blocks) {
  client_.replaying = true;
  client_.authenticated = true;
  client_.reply().setMuted(true);
}

void Loading::begin(uint64_t total_bytes) {
  active_ = true;
  total_bytes_ = total_bytes;
  loaded_bytes_ = 0;
  started_unix_s_ = server_.clock.unixSeconds();
  started_ms_ = server_.clock.monotonicMs();
  client_.db = 0;
}

int64_t Loading::elapsedMs() const {
  return server_.clock.monotonicMs() - started_ms_;
}

ReplayStatus Loading::replayBatch(std::span<const ReplayRequest> requests) {
  return server_.executor.replay(client_, requests);
}

bool Loading::progress(uint64_t loaded_bytes, uint64_t commands) {
  static_cast<void>(commands);
  loaded_bytes_ = loaded_bytes;
  if (serving_) server_.serveWhileLoading();
  return !server_.stopping();
}

}  // namespace inkstone

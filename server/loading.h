// Loading the log: runs its commands, and keeps the server answering meanwhile.
#pragma once

#include <cstdint>

#include "persistence/log_loader.h"
#include "protocol/output_buffer.h"
#include "server/client.h"

namespace inkstone {

class Server;

class Loading final : public CommandReplayer {
 public:
  explicit Loading(Server& server);

  // From begin() to end() clients get -LOADING and INFO shows the progress.
  void begin(uint64_t total_bytes);
  void end() { active_ = false; }

  bool active() const { return active_; }
  uint64_t totalBytes() const { return total_bytes_; }
  uint64_t loadedBytes() const { return loaded_bytes_; }
  int64_t startedUnixSeconds() const { return started_unix_s_; }
  int64_t elapsedMs() const;

  ReplayStatus replayBatch(std::span<const ReplayRequest> requests) override;
  // Off: progress() leaves the sockets alone. For a load that a command asks for, whose client must
  // not go away meanwhile.
  void setServing(bool serving) { serving_ = serving; }
  // Serves the sockets; false when the server is to stop.
  bool progress(uint64_t loaded_bytes, uint64_t commands) override;

 private:
  Server& server_;
  Client client_;
  bool active_ = false;
  bool serving_ = true;
  uint64_t total_bytes_ = 0;
  uint64_t loaded_bytes_ = 0;
  int64_t started_unix_s_ = 0;
  int64_t started_ms_ = 0;
};

}  // namespace inkstone

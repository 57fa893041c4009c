// Loads data: executes the commands of an AOF and takes over RDB images, and lets the server answer
// clients meanwhile.
#pragma once

#include <cstdint>
#include <functional>

#include "persistence/log/log_replay.h"
#include "protocol/output_buffer.h"
#include "server/clients/client.h"
#include "server/execution/key_delay.h"

namespace inkstone {

class DataSet;
class Executor;
class KeyspaceFiller;
class Runtime;

// The purpose for which an image is loaded.
enum class ImageUse : uint8_t {
  // The image is the state that an AOF goes on from. Expired keys stay, because what follows
  // deletes them.
  kPreamble,
  // The image is all there is. Expired keys are left out.
  kSnapshot,
  // The image is added to the data that are there, and replaces keys of the same name.
  kMerge,
};

class Loading final : public CommandReplayer {
 public:
  // All must outlive this object. `serve` runs a turn of the loop without waiting.
  Loading(Runtime& runtime, DataSet& data, Executor& executor, OutputBlockPool& output_blocks,
          std::function<void()> serve);

  // From begin() to end() clients get -LOADING, and INFO shows the progress over all files
  // together.
  void begin(uint64_t total_bytes);
  void end();
  // Another file begins: offsets in it come behind what is loaded, and commands act on database 0.
  void nextFile();

  bool active() const;
  uint64_t totalBytes() const { return total_bytes_; }
  uint64_t loadedBytes() const { return loaded_bytes_; }
  int64_t startedUnixSeconds() const { return started_unix_s_; }
  int64_t elapsedMs() const;
  // Keys of the last image, for INFO's rdb_last_load_keys_*.
  uint64_t imageKeysLoaded() const { return image_keys_loaded_; }
  uint64_t imageKeysExpired() const { return image_keys_expired_; }

  // Without serving, progress() leaves the sockets alone. This is for a load that a command asks
  // for, whose client must not go away meanwhile.
  void setServing(bool serving) { serving_ = serving; }

  ImageResult loadImage(ReadFile& file, uint64_t file_size, ImageUse use);

  ReplayStatus replayBatch(std::span<const ReplayRequest> requests) override;
  ImageResult loadImage(ReadFile& file, uint64_t file_size) override {
    return loadImage(file, file_size, ImageUse::kPreamble);
  }
  // Serves the sockets; returns false when the server is to stop.
  bool progress(uint64_t loaded_bytes, uint64_t commands) override;

 private:
  void describeImage(const KeyspaceFiller& loader);
  bool imageProgress(uint64_t offset);
  bool waitServing(int64_t delay_us);
  ReplayStatus replaySlowly(std::span<const ReplayRequest> requests);

  Runtime& runtime_;
  DataSet& data_;
  Executor& executor_;
  const std::function<void()> serve_;
  Client client_;
  KeyDelay delay_;
  bool serving_ = true;
  uint64_t total_bytes_ = 0;
  uint64_t loaded_bytes_ = 0;
  // The bytes of the files before this one.
  uint64_t bytes_before_ = 0;
  uint64_t image_keys_loaded_ = 0;
  uint64_t image_keys_expired_ = 0;
  // The offset in the image at which the sockets were served last.
  uint64_t served_at_offset_ = 0;
  int64_t served_at_ms_ = 0;
  int64_t started_unix_s_ = 0;
  int64_t started_ms_ = 0;
};

}  // namespace inkstone

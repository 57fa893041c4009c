#include "server/durability/loading.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.h"
#include "persistence/rdb/keyspace_filler.h"
#include "server/data/data_set.h"
#include "server/execution/executor.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

// Clients are answered at least this often, however little was loaded meanwhile.
constexpr int64_t kServeMs = 100;
constexpr size_t kKeysAtOnce = 64;

RdbLoadSettings loadSettings(const Runtime& runtime, ImageUse use) {
  RdbLoadSettings settings;
  settings.verify_checksum = runtime.settings.rdbchecksum && runtime.debug.verify_checksums;
  settings.skip_module_aux = runtime.settings.rdb_skip_module_aux;
  settings.replace_existing = use == ImageUse::kMerge;
  if (use != ImageUse::kPreamble) settings.drop_expired_before_ms = runtime.clock.unixMs();
  return settings;
}

std::string quotedList(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += fmt::format("{}'{}'", text.empty() ? "" : ", ", printableName(name));
  }
  return text;
}

}  // namespace

Loading::Loading(Runtime& runtime, DataSet& data, Executor& executor,
                 OutputBlockPool& output_blocks, std::function<void()> serve)
    : runtime_(runtime),
      data_(data),
      executor_(executor),
      serve_(std::move(serve)),
      client_(0, output_blocks) {
  client_.origin = Origin::kLog;
  client_.authenticated = client_.unrestricted = true;
  client_.noteSpecial(Client::kRestricted, false);
  client_.reply().setMuted(true);
}

void Loading::begin(uint64_t total_bytes) {
  runtime_.conditions.set(Conditions::kLoading, true);
  total_bytes_ = total_bytes;
  loaded_bytes_ = 0;
  bytes_before_ = 0;
  started_unix_s_ = runtime_.clock.unixSeconds();
  started_ms_ = runtime_.clock.monotonicMs();
  client_.db = 0;
}

void Loading::end() {
  runtime_.conditions.set(Conditions::kLoading, false);
}

bool Loading::active() const {
  return runtime_.conditions.has(Conditions::kLoading);
}

void Loading::nextFile() {
  bytes_before_ = loaded_bytes_;
  client_.db = 0;
}

int64_t Loading::elapsedMs() const {
  return runtime_.clock.monotonicMs() - started_ms_;
}

ReplayStatus Loading::replayBatch(std::span<const ReplayRequest> requests) {
  if (runtime_.settings.key_load_delay != 0) return replaySlowly(requests);
  return executor_.replay(client_, requests);
}

ReplayStatus Loading::replaySlowly(std::span<const ReplayRequest> requests) {
  for (size_t i = 0; i < requests.size(); ++i) {
    ReplayStatus status = executor_.replay(client_, requests.subspan(i, 1));
    if (status.outcome != ReplayOutcome::kOk) {
      status.executed = i;
      return status;
    }
    // The rest does not matter when the server stops; the next progress() says so.
    if (!waitServing(delay_.nextUs(runtime_.settings.key_load_delay))) break;
  }
  return {ReplayOutcome::kOk, requests.size(), {}};
}

bool Loading::progress(uint64_t loaded_bytes, uint64_t commands) {
  static_cast<void>(commands);
  loaded_bytes_ = bytes_before_ + loaded_bytes;
  if (serving_) serve_();
  return !runtime_.stopping();
}

ImageResult Loading::loadImage(ReadFile& file, uint64_t file_size, ImageUse use) {
  KeyspaceFiller loader(file, file_size, data_.keyspace, data_.access_clock,
                        loadSettings(runtime_, use));
  served_at_offset_ = 0;
  served_at_ms_ = runtime_.clock.monotonicMs();
  KeyspaceFiller::Status status;
  do {
    const int64_t delay = runtime_.settings.key_load_delay;
    status = loader.step(delay == 0 ? kKeysAtOnce : 1);
    image_keys_loaded_ = loader.keysLoaded();
    image_keys_expired_ = loader.keysExpired();
    if (status != KeyspaceFiller::Status::kMore) break;
    if (!imageProgress(loader.offset()) || !waitServing(delay_.nextUs(delay))) {
      return {ImageResult::Status::kAborted, 0, {}};
    }
  } while (true);
  if (status == KeyspaceFiller::Status::kFailed) {
    return {ImageResult::Status::kFailed, 0, loader.error()};
  }
  loaded_bytes_ = bytes_before_ + loader.offset();
  describeImage(loader);
  return {ImageResult::Status::kLoaded, loader.offset(), {}};
}

void Loading::describeImage(const KeyspaceFiller& loader) {
  const RdbFacts& facts = loader.facts();
  if (!facts.redis_version.empty()) {
    runtime_.logger.notice("Loading RDB produced by version {}", facts.redis_version);
  }
  if (facts.unix_seconds != 0) {
    const int64_t age = std::max<int64_t>(runtime_.clock.unixSeconds() - facts.unix_seconds, 0);
    runtime_.logger.notice("RDB age {} seconds", age);
  }
  if (facts.used_memory != 0) {
    runtime_.logger.notice("RDB memory usage when created {:.2f} Mb",
                           static_cast<double>(facts.used_memory) / (1024 * 1024));
  }
  if (!facts.module_aux_skipped.empty()) {
    runtime_.logger.warning(
        "DATA WERE LEFT OUT: the RDB data hold AUX data of the module type{} {}, which belong to "
        "no key, and rdb-skip-module-aux is on",
        facts.module_aux_skipped.size() == 1 ? "" : "s", quotedList(facts.module_aux_skipped));
  }
  if (facts.empty_keys == 0) {
    runtime_.logger.notice("Done loading RDB, keys loaded: {}, keys expired: {}.",
                           loader.keysLoaded(), loader.keysExpired());
    return;
  }
  for (const std::string& name : facts.empty_key_names) {
    runtime_.logger.notice("rdbLoadObject skipping empty key: {}", printableName(name));
  }
  runtime_.logger.notice(
      "Done loading RDB, keys loaded: {}, keys expired: {}, empty keys skipped: {}.",
      loader.keysLoaded(), loader.keysExpired(), facts.empty_keys);
}

// Returns false when the server is to stop.
bool Loading::imageProgress(uint64_t offset) {
  runtime_.clock.advance();
  const int64_t now_ms = runtime_.clock.monotonicMs();
  const auto interval =
      static_cast<uint64_t>(runtime_.settings.loading_process_events_interval_bytes);
  if (offset - served_at_offset_ < interval && now_ms - served_at_ms_ < kServeMs) return true;
  served_at_offset_ = offset;
  served_at_ms_ = now_ms;
  return progress(offset, 0);
}

// Waits in slices, so that clients are answered however long a test delays each key.
bool Loading::waitServing(int64_t delay_us) {
  constexpr int64_t kSliceUs = kServeMs * 1000;
  while (delay_us > 0) {
    std::this_thread::sleep_for(std::chrono::microseconds(std::min(delay_us, kSliceUs)));
    delay_us -= kSliceUs;
    runtime_.clock.advance();
    if (runtime_.clock.monotonicMs() - served_at_ms_ < kServeMs) continue;
    served_at_ms_ = runtime_.clock.monotonicMs();
    if (serving_) serve_();
    if (runtime_.stopping()) return false;
  }
  return true;
}

}  // namespace inkstone

#include "server/process/runtime.h"

#include <array>
#include <bit>
#include <ctime>
#include <filesystem>

#include "server/process/random_bytes.h"

namespace inkstone {
namespace {

uint64_t randomSeed() {
  std::array<unsigned char, sizeof(uint64_t)> bytes;
  fillRandom(bytes);
  return std::bit_cast<uint64_t>(bytes);
}

}  // namespace

Runtime::Runtime(Config& config_in, Logger& logger_in, Environment environment)
    : config(config_in),
      settings(config_in.values()),
      logger(logger_in),
      files(environment.files),
      log_clock(environment.log_clock),
      latency(settings.latency_monitor_threshold),
      random(randomSeed()),
      run_id(randomHex(40)),
      started_unix_s(std::time(nullptr)) {}

std::string Runtime::dataDirectory() const {
  std::error_code gone;
  const std::string directory = std::filesystem::current_path(gone).string();
  return gone ? "." : directory;
}

}  // namespace inkstone

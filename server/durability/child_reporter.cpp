#include "server/durability/child_reporter.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "server/process/clock.h"

namespace inkstone {
namespace {

constexpr int64_t kReportMs = 1000;
// Measuring may take one hundredth of the time.
constexpr int64_t kMeasureShare = 100;
// Reading the clock costs more than writing a small key.
constexpr uint32_t kCallsPerClock = 64;

int64_t nowMs() {
  return Clock::readMonotonicNs() / 1'000'000;
}

}  // namespace

ChildReporter::ChildReporter(int fd) : fd_(fd) {}

void ChildReporter::write(Level level, std::string_view text) {
  ChildMessage message;
  message.type = ChildMessage::Type::kLog;
  message.level = level;
  text = text.substr(0, ChildMessage::kTextMax);
  message.text_length = static_cast<uint16_t>(text.size());
  std::copy(text.begin(), text.end(), message.text.begin());
  send(message);
}

void ChildReporter::progress(uint64_t keys_processed) {
  if (++calls_ % kCallsPerClock != 0) return;
  const int64_t now_ms = nowMs();
  if (now_ms - sent_ms_ < kReportMs) return;
  sent_ms_ = now_ms;
  ChildMessage message;
  message.type = ChildMessage::Type::kProgress;
  message.result.keys = keys_processed;
  if (now_ms - measured_ms_ >= measuring_took_ms_ * kMeasureShare) measureMemory(message);
  send(message);
}

void ChildReporter::finish(const ChildResult& result) {
  ChildMessage message;
  message.type = ChildMessage::Type::kResult;
  message.result = result;
  measureMemory(message);
  send(message);
}

void ChildReporter::measureMemory(ChildMessage& message) {
  const int64_t started_ms = nowMs();
  message.cow_bytes = privateDirtyBytes();
  message.cow_measured = 1;
  measured_ms_ = nowMs();
  measuring_took_ms_ = measured_ms_ - started_ms;
}

// A parent that dies takes its children with it, so an error needs no answer.
void ChildReporter::send(const ChildMessage& message) {
  while (::write(fd_, &message, message.size()) < 0 && errno == EINTR) {
  }
}

uint64_t privateDirtyBytes() {
  const int fd = ::open("/proc/self/smaps_rollup", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  std::array<char, 4096> text;
  const ssize_t length = ::read(fd, text.data(), text.size());
  ::close(fd);
  constexpr std::string_view kName = "Private_Dirty:";
  const std::string_view all(text.data(), static_cast<size_t>(std::max<ssize_t>(length, 0)));
  const size_t at = all.find(kName);
  if (at == std::string_view::npos) return 0;
  const size_t number = all.find_first_of("0123456789", at);
  if (number == std::string_view::npos) return 0;
  uint64_t kilobytes = 0;
  std::from_chars(all.data() + number, all.data() + all.size(), kilobytes);
  return kilobytes * 1024;
}

}  // namespace inkstone

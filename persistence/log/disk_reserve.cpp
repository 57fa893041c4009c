#include "persistence/log/disk_reserve.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace inkstone {

namespace {

// It is tried so often while writes are refused for want of it.
constexpr int64_t kOwedIntervalMs = 1000;
// It is tried so often while it is smaller than it should be.
constexpr int64_t kGrowIntervalMs = 60 * 1000;

double megabytes(uint64_t bytes) {
  return static_cast<double>(bytes) / (1024 * 1024);
}

}  // namespace

void DiskReserve::useDirectory(const std::string& directory) {
  if (file_ != nullptr && directory == directory_) return;
  remove();
  directory_ = directory;
  file_ = std::make_shared<ReserveFile>(files_, directory);
}

void DiskReserve::want(uint64_t bytes) {
  if (bytes < ReserveFile::kBytesMin) bytes = 0;
  if (bytes == wanted_bytes_) return;
  wanted_bytes_ = bytes;
  if (owed()) owed_bytes_ = std::min(given_up_bytes_, bytes);
  tried_ = impossible_ = shortage_told_ = false;
}

void DiskReserve::remove() {
  // Its completion is nobody's, and frees what it gets.
  token_ = 0;
  owed_bytes_ = 0;
  tried_ = impossible_ = shortage_told_ = false;
  file_.reset();
}

bool DiskReserve::giveUp() {
  const uint64_t held = heldBytes();
  if (held == 0) return false;
  const std::error_code error = file_->giveUp();
  // More is being made of it just now: that is soon over, and the write is tried again.
  if (error == std::errc::resource_unavailable_try_again) return false;
  // What was asked of the background thread before tells nothing of what is owed now.
  token_ = 0;
  owed_bytes_ = given_up_bytes_ = held;
  ++times_given_up_;
  last_try_ms_ = clock_.monotonicMs();
  sink_.write(
      LogSink::Level::kWarning,
      error ? fmt::format("The disk is full, and the reserve beside the append only file cannot be "
                          "given up: {}",
                          error.message())
            : fmt::format("The disk is full: the reserve of {:.2f} MB beside the append only file "
                          "is given up for what was executed already. Writes are refused from "
                          "here on, reads are served, until there is room for it again",
                          megabytes(held)));
  return !error;
}

uint64_t DiskReserve::goal() const {
  return owed() ? owed_bytes_ : wanted_bytes_;
}

bool DiskReserve::due(int64_t now_ms) const {
  if (file_ == nullptr || token_ != 0 || impossible_) return false;
  const uint64_t held = heldBytes();
  if (wanted_bytes_ == 0 || held > wanted_bytes_) return held > wanted_bytes_;
  if (!tried_) return true;
  if (owed()) return now_ms - last_try_ms_ >= kOwedIntervalMs;
  return held < wanted_bytes_ && now_ms - last_try_ms_ >= kGrowIntervalMs;
}

void DiskReserve::onCron(bool wanted_elsewhere) {
  const int64_t now_ms = clock_.monotonicMs();
  if (wanted_elsewhere || !due(now_ms)) return;
  tried_ = true;
  last_try_ms_ = now_ms;
  const auto amount = owed() ? ReserveFile::Amount::kWhole : ReserveFile::Amount::kFitting;
  token_ =
      background_.submit([file = file_, bytes = goal(), amount, asked_at = file_->timesGivenUp()] {
        return file->hold(bytes, amount, asked_at);
      });
}

void DiskReserve::make() {
  if (file_ == nullptr || wanted_bytes_ == 0) return;
  tried_ = true;
  last_try_ms_ = clock_.monotonicMs();
  concluded(file_->hold(wanted_bytes_, ReserveFile::Amount::kFitting, file_->timesGivenUp()));
}

bool DiskReserve::onCompletion(const BackgroundSync::Completion& completion) {
  if (completion.token != token_) return false;
  token_ = 0;
  concluded(completion.error);
  return true;
}

// A disk without room is looked at again; whatever else is in the way is told once, and the log
// goes on without a reserve.
void DiskReserve::concluded(std::error_code error) {
  // It was asked for before the reserve was given up.
  if (error == std::errc::operation_canceled) return;
  const uint64_t held = heldBytes();
  if (!error) {
    owed_bytes_ = 0;
    if (held >= wanted_bytes_ || shortage_told_) return;
    shortage_told_ = true;
    sink_.write(LogSink::Level::kNotice,
                fmt::format("The disk has room for {:.2f} of the {:.2f} MB that aof-disk-reserve "
                            "sets aside: the reserve beside the append only file is smaller",
                            megabytes(held), megabytes(wanted_bytes_)));
    return;
  }
  const bool no_space = isNoSpace(error);
  if (no_space && (owed() || shortage_told_)) return;
  shortage_told_ = no_space;
  impossible_ = !no_space;
  owed_bytes_ = 0;
  sink_.write(LogSink::Level::kWarning,
              fmt::format("No disk space can be set aside in {}: {}. A write that meets a full "
                          "disk will be answered with an error after a second",
                          directory_, error.message()));
}

}  // namespace inkstone

#include "persistence/log/log_writer.h"

#include <chrono>
#include <optional>
#include <utility>

namespace inkstone {

namespace {

using Clock = std::chrono::steady_clock;

int64_t microsecondsSince(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count();
}

std::optional<LogWriter::Result> commitGroup(LogWriter::Group group) {
  LogWriter::Result result;
  result.token = group.token;
  result.sync = group.sync;
  if (!group.text->empty()) {
    const Clock::time_point start = Clock::now();
    const IoResult<size_t> appended = group.file->append(group.text->view());
    result.write_us = microsecondsSince(start);
    result.written = appended.value;
    result.write_error = appended.error;
  }
  if (group.sync && !result.write_error) {
    const Clock::time_point start = Clock::now();
    result.sync_error = group.file->sync();
    result.sync_us = microsecondsSince(start);
  }
  return result;
}

}  // namespace

LogWriter::LogWriter(std::function<void()> thread_setup)
    : thread_(commitGroup, std::move(thread_setup)) {}

void LogWriter::submit(Group group) {
  // Without a sync it may be meant to be written while another one runs, and has to wait for that.
  if (group.sync && loopPays()) {
    deferred_ = std::move(group);
    ++deferred_groups_;
    return;
  }
  submitToThread(std::move(group));
}

void LogWriter::submitDeferred() {
  if (std::optional<Group> group = takeDeferred()) submitToThread(std::move(*group));
}

void LogWriter::submitToThread(Group group) {
  other_work_at_submit_ = other_work_;
  thread_.submit(std::move(group));
}

bool LogWriter::loopPays() {
  const bool pays = may_defer_ && loop_idles_ && sync_us_ < kQuickSyncUs;
  deferred_in_a_row_ = pays ? (deferred_in_a_row_ + 1) % kProbeGroups : 0;
  return pays && deferred_in_a_row_ != 0;
}

void LogWriter::drain(std::vector<Result>& out) {
  const size_t before = out.size();
  thread_.drain(out);
  if (out.size() == before) return;
  constexpr int64_t kWeight = 8;
  for (size_t i = before; i < out.size(); ++i) {
    if (out[i].sync) sync_us_ += (out[i].sync_us - sync_us_) / kWeight;
  }
  if (!other_work_at_submit_) return;
  loop_idles_ = other_work_ <= *other_work_at_submit_;
  other_work_at_submit_.reset();
}

}  // namespace inkstone

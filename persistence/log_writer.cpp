#include "persistence/log_writer.h"

#include <chrono>
#include <optional>
#include <utility>

namespace inkstone {

namespace {

using Clock = std::chrono::steady_clock;

int64_t microsecondsSince(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start).count();
}

std::optional<LogWriter::Result> commit(LogWriter::Group group) {
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
  if (group.sync && !result.write_error && result.written == group.text->size()) {
    const Clock::time_point start = Clock::now();
    result.sync_error = group.file->sync();
    result.sync_us = microsecondsSince(start);
  }
  return result;
}

}  // namespace

LogWriter::LogWriter(std::function<void()> thread_setup)
    : thread_(commit, std::move(thread_setup)) {}

}  // namespace inkstone

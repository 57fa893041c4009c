// One thread that does to files what may take long: fdatasync, the close of a big deleted file,
// reading back what the ledger records, setting disk space aside.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <system_error>
#include <vector>

#include "persistence/files/file.h"
#include "persistence/files/job_thread.h"
#include "persistence/ledger/ledger_writer.h"

namespace inkstone {

// All functions are for the loop thread; see JobThread.
class BackgroundSync {
 public:
  struct Completion {
    uint64_t token;
    std::error_code error;
    // How long it took.
    int64_t elapsed_us;
  };

  // `thread_setup` runs first in the new thread.
  explicit BackgroundSync(std::function<void()> thread_setup = {});

  // Calls file->sync(); its result comes back as a Completion with this token, which is not 0.
  void submitSync(std::shared_ptr<AppendFile> file, uint64_t token);

  // Calls ledger->onDurable() with the rest; its result comes back as a Completion with this token.
  void submitRecords(std::shared_ptr<LedgerWriter> ledger, std::shared_ptr<AppendFile> log,
                     uint64_t log_bytes, int64_t unix_ms, uint64_t token);

  // Calls work(); its result comes back as a Completion with this token.
  void submitWork(std::function<std::error_code()> work, uint64_t token);

  // Drops the reference in the thread, so that the last one closes (and frees a deleted file)
  // there. No completion.
  void submitClose(std::shared_ptr<AppendFile> file);

  int completionFd() const { return thread_.completionFd(); }
  void drainCompletions(std::vector<Completion>& out) { thread_.drain(out); }
  void waitIdle() { thread_.waitIdle(); }

 private:
  struct Job {
    std::shared_ptr<AppendFile> file = {};
    // 0: the file is only to be closed.
    uint64_t token = 0;
    std::shared_ptr<LedgerWriter> ledger = {};
    uint64_t log_bytes = 0;
    int64_t unix_ms = 0;
    std::function<std::error_code()> work = {};
  };

  static std::error_code perform(const Job& job);

  JobThread<Job, Completion> thread_;
};

}  // namespace inkstone

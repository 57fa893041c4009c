// The one child process that a server may have: a fork that writes the data set of that moment
// while the server goes on.
//
// The parent forks, watches an info pipe on which the child reports its progress, and reaps the
// child. This class also does everything that a child must do first. The child keeps no descriptor
// but the standard streams and those that were promised to it, has signal handlers of its own, dies
// with its parent, and ends by _exit(). It never touches Asio, the logger or the queues of other
// threads: its lines for the server log go through the pipe, and the parent writes them.
#pragma once

#include <sys/types.h>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/signal_set.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "persistence/files/log_hooks.h"
#include "server/durability/child_reporter.h"

namespace inkstone {

class AppendOnlyLog;
class DataSet;
class OomScore;
class Runtime;

enum class ChildKind : uint8_t { kNone, kRewrite, kSave };

// How a child ended, with its last report.
struct ChildEnd {
  ChildKind kind = ChildKind::kNone;
  pid_t pid = 0;
  // The value that its work returned; -1 when a signal ended it.
  int exit_status = -1;
  // The signal that ended it, or 0.
  int signal = 0;
  uint64_t cow_bytes = 0;
  ChildResult result;
  int64_t elapsed_ms = 0;

  bool ok() const { return exit_status == 0; }
  // Whether stop() ended it, which is no failure.
  bool stoppedOnPurpose() const;
};

struct ChildPlan {
  ChildKind kind = ChildKind::kNone;
  // The name that ps shows in place of the server's: "inkstone-aof-rewrite".
  std::string title;
  // The processors that it is bound to, as in setCpuAffinity().
  std::string cpulist;
  // The number of keys that it is going to write, for INFO.
  uint64_t keys_total = 0;
  // The descriptors that it keeps.
  std::vector<int> keep;
  // Runs in the child, and returns the exit status. An exception is logged and counts as status 1.
  std::function<int(ChildReporter&)> work;
  // Runs in the parent, in the loop, after the child was reaped. There is no child any more then,
  // so a new one may be started.
  std::function<void(const ChildEnd&)> on_end;
};

// Fields of INFO persistence about the running child; all are 0 without one.
struct ChildProgress {
  uint64_t cow_bytes = 0;
  uint64_t cow_peak_bytes = 0;
  // The seconds since cow_bytes was measured.
  int64_t cow_age_s = 0;
  uint64_t keys_processed = 0;
  uint64_t keys_total = 0;

  double percent() const {
    return keys_total == 0
               ? 0
               : 100 * static_cast<double>(keys_processed) / static_cast<double>(keys_total);
  }
};

// For the loop thread. While a child lives, tables do not grow (Keyspace::allowResize) and the AOF
// knows that it lives (AppendOnlyLog::setChildActive).
class ChildProcess {
 public:
  // All must outlive this object.
  ChildProcess(Runtime& runtime, DataSet& data, AppendOnlyLog& log, const OomScore& oom_score);
  // Kills what runs; on_end is not called.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  bool active() const { return kind() != ChildKind::kNone; }
  ChildKind kind() const { return plan_.kind; }
  pid_t pid() const { return pid_; }
  int64_t runningSeconds() const;
  ChildProgress progress() const;

  // Changes what ps shows as the name of a child.
  void setTitleSetter(std::function<void(const std::string&)> show) {
    show_title_ = std::move(show);
  }

  // Forks. There must be no child. After an error, which is not logged, nothing has changed.
  [[nodiscard]] std::error_code start(ChildPlan plan);

  // Ends the child by SIGUSR1, which means that it is stopped on purpose. It ends later; on_end
  // reports it.
  void stop();

  // Does the same, and waits until the child is gone and on_end was called. For SHUTDOWN and DEBUG
  // only: while a child writes to a slow disk, everybody waits.
  void stopAndWait();

  // Call it every tick of serverCron: it reaps the child should the signal be missed.
  void onCron() { reap(); }

 private:
  void runChild(int info_fd, pid_t parent);
  void watchInfo();
  void watchSignal();
  void readInfo();
  void takeMessage(const ChildMessage& message);
  void reap();
  void ended(int wait_status);
  void setSharing(bool sharing);

  Runtime& runtime_;
  DataSet& data_;
  AppendOnlyLog& log_;
  const OomScore& oom_score_;
  std::function<void(const std::string&)> show_title_ = [](const std::string&) {};
  ChildPlan plan_;
  pid_t pid_ = 0;
  bool stopping_ = false;
  int64_t started_ms_ = 0;
  int64_t cow_measured_ms_ = 0;
  ChildProgress progress_;
  ChildResult result_;
  std::string inbox_;
  // The pipe is readable while there is a message from the child.
  asio::posix::stream_descriptor info_;
  asio::signal_set child_signal_;
};

}  // namespace inkstone

// The one child process a server may have: a fork that writes the data set as it is at that moment,
// while the server goes on.
//
// The parent forks, watches an info pipe on which the child tells how far it is, and reaps it. All
// that a child must and must not do first is done here: it keeps no descriptor but the standard
// streams and those it was promised, has signal handlers of its own, dies with its parent, and
// ends by _exit(). It never touches Asio, the logger or the queues of other threads: its log lines
// go through the pipe and are written by the parent.
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

// How a child ended, with the last it told.
struct ChildEnd {
  ChildKind kind = ChildKind::kNone;
  pid_t pid = 0;
  // What its work returned; -1 when a signal ended it.
  int exit_status = -1;
  // The signal that ended it, or 0.
  int signal = 0;
  uint64_t cow_bytes = 0;
  ChildResult result;
  int64_t elapsed_ms = 0;

  bool ok() const { return exit_status == 0; }
  // By stop(): no failure.
  bool stoppedOnPurpose() const;
};

struct ChildPlan {
  ChildKind kind = ChildKind::kNone;
  // What ps shows in place of the server's name: "inkstone-aof-rewrite".
  std::string title;
  // Processors it is bound to, as setCpuAffinity().
  std::string cpulist;
  // Keys it is going to write, for INFO.
  uint64_t keys_total = 0;
  // Descriptors it keeps.
  std::vector<int> keep;
  // Runs in the child; what it returns is the exit status. An exception is logged and counts as 1.
  std::function<int(ChildReporter&)> work;
  // Runs in the parent, in the loop, once the child is reaped; the object then has no child, so a
  // new one may be started.
  std::function<void(const ChildEnd&)> on_end;
};

// Fields of INFO persistence about the child that runs; all 0 without one.
struct ChildProgress {
  uint64_t cow_bytes = 0;
  uint64_t cow_peak_bytes = 0;
  // Seconds since cow_bytes was measured.
  int64_t cow_age_s = 0;
  uint64_t keys_processed = 0;
  uint64_t keys_total = 0;

  double percent() const {
    return keys_total == 0
               ? 0
               : 100 * static_cast<double>(keys_processed) / static_cast<double>(keys_total);
  }
};

// For the loop thread. While a child lives, tables do not grow (Keyspace::allowResize) and the log
// knows of it (AppendOnlyLog::setChildActive).
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

  // Has it end by SIGUSR1, which is how a child is stopped on purpose. It ends later; on_end tells.
  void stop();

  // The same, and waits until it is gone and on_end was called. For SHUTDOWN and DEBUG: a child
  // that is writing to a slow disk keeps everybody waiting.
  void stopAndWait();

  // Call every tick of serverCron: a safety net for the signal.
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
  // Readable while there is something the child told.
  asio::posix::stream_descriptor info_;
  asio::signal_set child_signal_;
};

}  // namespace inkstone

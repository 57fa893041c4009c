#include "server/durability/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <utility>

#include "persistence/files/signals_blocked.h"
#include "persistence/log/append_only_log.h"
#include "server/data/data_set.h"
#include "server/process/oom_score.h"
#include "server/process/process.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

std::error_code lastError() {
  return {errno, std::generic_category()};
}

void resetSignalHandlers() {
  for (int number = 1; number < NSIG; ++number) std::signal(number, SIG_DFL);
  // A pipe that nobody reads, and a file that may not grow, are errors of the write. An interrupt
  // from the terminal is meant for the server, which stops its child.
  for (const int ignored : {SIGPIPE, SIGXFSZ, SIGINT, SIGHUP}) std::signal(ignored, SIG_IGN);
}

// Closes listening sockets, clients, epoll sets, the AOF. A client that hangs up is gone only when
// nobody holds its socket, and two processes must not write to any of them.
void closeAllBut(std::vector<int> keep) {
  std::sort(keep.begin(), keep.end());
  unsigned first = STDERR_FILENO + 1;
  for (const int fd : keep) {
    const auto kept = static_cast<unsigned>(fd);
    if (kept > first) ::close_range(first, kept - 1, 0);
    first = std::max(first, kept + 1);
  }
  ::close_range(first, ~0U, 0);
}

}  // namespace

bool ChildEnd::stoppedOnPurpose() const {
  return signal == SIGUSR1;
}

ChildProcess::ChildProcess(Runtime& runtime, DataSet& data, AppendOnlyLog& log,
                           const OomScore& oom_score)
    : runtime_(runtime),
      data_(data),
      log_(log),
      oom_score_(oom_score),
      info_(runtime.io),
      child_signal_(runtime.io) {}

ChildProcess::~ChildProcess() {
  if (!active()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

int64_t ChildProcess::runningSeconds() const {
  return active() ? (runtime_.clock.monotonicMs() - started_ms_) / 1000 : -1;
}

ChildProgress ChildProcess::progress() const {
  ChildProgress progress = progress_;
  if (cow_measured_ms_ != 0) {
    progress.cow_age_s = (runtime_.clock.monotonicMs() - cow_measured_ms_) / 1000;
  }
  return progress;
}

std::error_code ChildProcess::start(ChildPlan plan) {
  std::array<int, 2> pipe;
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return lastError();
  ::fcntl(pipe[0], F_SETFL, O_NONBLOCK);
  plan_ = std::move(plan);
  watchSignal();
  const pid_t parent = ::getpid();
  const int64_t started_ns = Clock::readMonotonicNs();
  {
    const SignalsBlocked held;
    pid_ = ::fork();
    if (pid_ == 0) runChild(pipe[1], parent);
  }
  const std::error_code error = pid_ < 0 ? lastError() : std::error_code();
  ::close(pipe[1]);
  if (error) {
    ::close(pipe[0]);
    plan_ = {};
    return error;
  }
  const int64_t fork_us = (Clock::readMonotonicNs() - started_ns) / 1000;
  runtime_.stats.latest_fork_us = fork_us;
  ++runtime_.stats.total_forks;
  runtime_.latency.record("fork", fork_us / 1000);

  stopping_ = false;
  started_ms_ = runtime_.clock.monotonicMs();
  cow_measured_ms_ = 0;
  progress_ = {};
  progress_.keys_total = plan_.keys_total;
  result_ = {};
  inbox_.clear();
  // The function object belongs to the child. A pipe whose end it holds would never end if that end
  // stayed open here.
  plan_.work = nullptr;
  info_.assign(pipe[0]);
  watchInfo();
  setSharing(true);
  return {};
}

// Everything from here to _exit() is the child.
void ChildProcess::runChild(int info_fd, pid_t parent) {
  resetSignalHandlers();
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
  // The child of a dead server would go on writing beside the next server.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);

  std::vector<int> keep = plan_.keep;
  keep.push_back(info_fd);
  closeAllBut(std::move(keep));
  show_title_(plan_.title);
  ChildReporter reporter(info_fd);
  if (!setCpuAffinity(plan_.cpulist)) {
    reporter.write(LogSink::Level::kWarning, "Failed to bind the child to its processors");
  }
  oom_score_.applyToChild(runtime_.settings);
  int status = 1;
  try {
    status = plan_.work(reporter);
  } catch (const std::exception& exception) {
    reporter.write(LogSink::Level::kWarning, exception.what());
  }
  ::_exit(status);
}

void ChildProcess::setSharing(bool sharing) {
  data_.keyspace.allowResize(!sharing && runtime_.debug.dict_resizing);
  log_.setChildActive(sharing);
}

void ChildProcess::stop() {
  if (!active() || stopping_) return;
  stopping_ = true;
  ::kill(pid_, SIGUSR1);
  // A child that a test has stopped must end as well.
  ::kill(pid_, SIGCONT);
}

void ChildProcess::stopAndWait() {
  if (!active()) return;
  stop();
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  ended(status);
}

void ChildProcess::watchSignal() {
  asio::error_code ignored;
  child_signal_.add(SIGCHLD, ignored);
  child_signal_.async_wait([this](const asio::error_code& error, int) {
    if (error) return;
    reap();
    if (active()) watchSignal();
  });
}

void ChildProcess::watchInfo() {
  info_.async_wait(asio::posix::stream_descriptor::wait_read,
                   [this](const asio::error_code& error) {
                     if (error || !info_.is_open()) return;
                     readInfo();
                     if (info_.is_open()) watchInfo();
                   });
}

void ChildProcess::readInfo() {
  std::array<char, 16 * 1024> bytes;
  for (;;) {
    const ssize_t length = ::read(info_.native_handle(), bytes.data(), bytes.size());
    if (length < 0 && errno == EINTR) continue;
    if (length == 0) {
      // The child has ended, or is about to. The signal reports how.
      asio::error_code ignored;
      info_.close(ignored);
    }
    if (length <= 0) break;
    inbox_.append(bytes.data(), static_cast<size_t>(length));
  }
  size_t taken = 0;
  while (inbox_.size() - taken >= ChildMessage::kHeadBytes) {
    ChildMessage message;
    std::memcpy(static_cast<void*>(&message), inbox_.data() + taken, ChildMessage::kHeadBytes);
    if (inbox_.size() - taken < message.size()) break;
    std::memcpy(message.text.data(), inbox_.data() + taken + ChildMessage::kHeadBytes,
                message.text_length);
    taken += message.size();
    takeMessage(message);
  }
  inbox_.erase(0, taken);
}

void ChildProcess::takeMessage(const ChildMessage& message) {
  if (message.cow_measured != 0) {
    progress_.cow_bytes = message.cow_bytes;
    progress_.cow_peak_bytes = std::max(progress_.cow_peak_bytes, message.cow_bytes);
    cow_measured_ms_ = runtime_.clock.monotonicMs();
  }
  switch (message.type) {
    case ChildMessage::Type::kLog:
      runtime_.logger.writeFor(pid_, 'C', message.level,
                               {message.text.data(), message.text_length});
      break;
    case ChildMessage::Type::kProgress:
      progress_.keys_processed = message.result.keys;
      break;
    case ChildMessage::Type::kResult:
      progress_.keys_processed = message.result.keys;
      result_ = message.result;
      break;
  }
}

void ChildProcess::reap() {
  if (!active()) return;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == pid_) ended(status);
}

void ChildProcess::ended(int wait_status) {
  if (info_.is_open()) readInfo();
  asio::error_code ignored;
  if (info_.is_open()) info_.close(ignored);
  child_signal_.cancel(ignored);
  ChildEnd end;
  end.kind = kind();
  end.pid = pid_;
  if (WIFEXITED(wait_status)) end.exit_status = WEXITSTATUS(wait_status);
  if (WIFSIGNALED(wait_status)) end.signal = WTERMSIG(wait_status);
  end.cow_bytes = progress_.cow_bytes;
  end.result = result_;
  end.elapsed_ms = runtime_.clock.monotonicMs() - started_ms_;
  const std::function<void(const ChildEnd&)> on_end = std::move(plan_.on_end);
  plan_ = {};
  pid_ = 0;
  progress_ = {};
  cow_measured_ms_ = 0;
  setSharing(false);
  on_end(end);
}

}  // namespace inkstone

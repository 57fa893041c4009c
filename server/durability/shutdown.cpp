#include "server/durability/shutdown.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string_view>

#include "persistence/log/append_only_log.h"
#include "server/durability/log_rewrite.h"
#include "server/durability/snapshots.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

void exitAtOnce(int) {
  constexpr std::string_view kText = "You insist... exiting now.\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kText.data(), kText.size());
  ::_exit(1);
}

// Saving before the end may take longer than somebody is ready to wait, and the loop gets no
// signals meanwhile. So SIGINT ends the process at once as long as this object lives. SIGTERM does
// not: supervisors, `timeout` and process groups send two, and nobody wants to throw the snapshot
// away by that.
class SignalsForce {
 public:
  explicit SignalsForce(asio::signal_set& signals) : signals_(signals) {
    asio::error_code ignored;
    signals_.clear(ignored);
    std::signal(SIGINT, exitAtOnce);
    std::signal(SIGTERM, SIG_IGN);
  }
  ~SignalsForce() {
    asio::error_code ignored;
    for (const int number : {SIGTERM, SIGINT}) signals_.add(number, ignored);
  }
  SignalsForce(const SignalsForce&) = delete;
  SignalsForce& operator=(const SignalsForce&) = delete;

 private:
  asio::signal_set& signals_;
};

}  // namespace

Shutdown::Shutdown(Runtime& runtime, AppendOnlyLog& log, ChildProcess& child, Snapshots& snapshots,
                   LogRewrite& log_rewrite)
    : runtime_(runtime),
      log_(log),
      child_(child),
      snapshots_(snapshots),
      log_rewrite_(log_rewrite),
      signals_(runtime.io) {}

bool Shutdown::prepare(const ShutdownOptions& options) {
  const SignalsForce force_by_signal(signals_);
  runtime_.logger.notice("User requested shutdown...");
  if (!log_rewrite_.prepareShutdown(options.force)) return false;
  if (child_.kind() == ChildKind::kSave) {
    runtime_.logger.warning("There is a child saving an .rdb. Killing it!");
  } else if (child_.kind() == ChildKind::kRewrite) {
    runtime_.logger.warning("There is a child rewriting the AOF. Killing it!");
  }
  child_.stopAndWait();
  if (!finishLog(options.force) || !saveBeforeExit(options)) return false;
  runtime_.stop(0);
  return true;
}

bool Shutdown::finishLog(bool force) {
  if (!log_.isOn()) return true;
  runtime_.logger.notice("Calling fsync() on the AOF file.");
  // Writes may be refused all the same, until there is room for the reserve again.
  if (log_.flushAppendOnlyFile(FlushMode::kForce) == FlushOutcome::kFlushed) return true;
  runtime_.logger.warning("Error writing the append only file before exit.");
  return force;
}

bool Shutdown::saveBeforeExit(const ShutdownOptions& options) {
  if (!options.save && (options.nosave || runtime_.settings.save.empty())) return true;
  runtime_.logger.notice("Saving the final RDB snapshot before exiting.");
  if (snapshots_.save()) return true;
  if (options.force) {
    runtime_.logger.warning("Error trying to save the DB. Exit anyway.");
  } else {
    runtime_.logger.warning("Error trying to save the DB, can't exit.");
  }
  return options.force;
}

void Shutdown::watchSignals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  // A file that may not grow any more is an error of the write, like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  for (const int number : {SIGTERM, SIGINT}) signals_.add(number);
  waitForSignal();
}

void Shutdown::waitForSignal() {
  signals_.async_wait([this](const asio::error_code& error, int number) {
    if (!error) onSignal(number);
  });
}

void Shutdown::onSignal(int number) {
  const char* name = number == SIGINT ? "SIGINT" : "SIGTERM";
  if (runtime_.stopping()) {
    if (number == SIGINT) {
      runtime_.logger.warning("You insist... exiting now.");
      std::_Exit(1);
    }
    return waitForSignal();
  }
  runtime_.logger.warning("Received {} scheduling shutdown...", name);
  const int flags = number == SIGINT ? runtime_.settings.shutdown_on_sigint
                                     : runtime_.settings.shutdown_on_sigterm;
  const ShutdownOptions options{.save = (flags & kShutdownSave) != 0,
                                .nosave = (flags & kShutdownNosave) != 0,
                                .force = (flags & kShutdownForce) != 0};
  if (runtime_.conditions.has(Conditions::kLoading)) {
    // No change has been made that would have to be kept.
    runtime_.stop(0);
  } else if (!prepare(options)) {
    runtime_.logger.warning(
        "Errors trying to shut down the server. Check the logs for more information.");
  }
  waitForSignal();
}

}  // namespace inkstone

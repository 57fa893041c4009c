// How the server ends: what is kept first, and what a signal or SHUTDOWN may force.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string_view>

#include "server/server.h"

namespace inkstone {
namespace {

void exitAtOnce(int) {
  constexpr std::string_view kText = "You insist... exiting now.\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kText.data(), kText.size());
  ::_exit(1);
}

// What is kept before the end may take longer than somebody is ready to wait, and the loop cannot
// be told meanwhile: SIGINT acts by itself as long as this lives. SIGTERM does not: supervisors,
// `timeout` and process groups send two, and nobody means to throw the snapshot away by that.
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

bool Server::prepareShutdown(const ShutdownOptions& options) {
  const SignalsForce force_by_signal(signals_);
  logger.notice("User requested shutdown...");
  if (!log_rewrite.prepareShutdown(options.force)) return false;
  if (!log_rewrite.prepareShutdown(options.force)) return false;
  if (child.kind() == ChildKind::kSave) {
    logger.warning("There is a child saving an .rdb. Killing it!");
  } else if (child.kind() == ChildKind::kRewrite) {
    logger.warning("There is a child rewriting the AOF. Killing it!");
  }
  child.stopAndWait();
  if (!finishLog(options.force) || !saveBeforeExit(options)) return false;
  stop(0);
  return true;
}

bool Server::finishLog(bool force) {
  if (!log.isOn()) return true;
  logger.notice("Calling fsync() on the AOF file.");
  // Writes may be refused all the same, until there is room for the reserve again.
  if (log.flushAppendOnlyFile(FlushMode::kForce) == FlushOutcome::kFlushed) return true;
  logger.warning("Error writing the append only file before exit.");
  return force;
}

bool Server::saveBeforeExit(const ShutdownOptions& options) {
  if (!options.save && (options.nosave || settings.save.empty())) return true;
  logger.notice("Saving the final RDB snapshot before exiting.");
  if (snapshots.save()) return true;
  if (options.force) {
    logger.warning("Error trying to save the DB. Exit anyway.");
  } else {
    logger.warning("Error trying to save the DB, can't exit.");
  }
  return options.force;
}

void Server::watchSignals() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  // A file that may not grow any more is an error of the write, as a full disk is.
  std::signal(SIGXFSZ, SIG_IGN);
  for (const int number : {SIGTERM, SIGINT}) signals_.add(number);
  signals_.async_wait([this](const asio::error_code& error, int number) {
    if (!error) onSignal(number);
  });
}

void Server::onSignal(int number) {
  const char* name = number == SIGINT ? "SIGINT" : "SIGTERM";
  if (stopping()) {
    if (number == SIGINT) {
      logger.warning("You insist... exiting now.");
      std::_Exit(1);
    }
    return watchSignals();
  }
  logger.warning("Received {} scheduling shutdown...", name);
  const int flags = number == SIGINT ? settings.shutdown_on_sigint : settings.shutdown_on_sigterm;
  const ShutdownOptions options{.save = (flags & kShutdownSave) != 0,
                                .nosave = (flags & kShutdownNosave) != 0,
                                .force = (flags & kShutdownForce) != 0};
  if (loading.active()) {
    // Nothing was changed that would have to be kept.
    stop(0);
  } else if (!prepareShutdown(options)) {
    logger.warning("Errors trying to shut down the server. Check the logs for more information.");
  }
  watchSignals();
}

}  // namespace inkstone

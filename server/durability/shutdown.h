// The end of the server: what is saved first, and what a signal or SHUTDOWN may force.
#pragma once

#include <asio/signal_set.hpp>

namespace inkstone {

class AppendOnlyLog;
class ChildProcess;
class LogRewrite;
class Runtime;
class Snapshots;

// The options that words of SHUTDOWN and the directives shutdown-on-* set.
struct ShutdownOptions {
  // `save` asks for a snapshot whatever the save points say, `nosave` for none. Without either
  // there is a snapshot if there are save points.
  bool save = false;
  bool nosave = false;
  // The server stops although something that should be kept could not be kept.
  bool force = false;
};

// For the loop thread.
class Shutdown {
 public:
  // All must outlive this object.
  Shutdown(Runtime& runtime, AppendOnlyLog& log, ChildProcess& child, Snapshots& snapshots,
           LogRewrite& log_rewrite);

  // Stops the child, flushes and syncs the log, writes a snapshot where one is wanted, then stops.
  // False when one of these failed, unless options.force: the server goes on, and a line in the
  // server log says why. While it runs, SIGINT ends the process at once, and SIGTERM changes
  // nothing.
  bool prepare(const ShutdownOptions& options);

  // From now on SIGTERM and SIGINT end the server as the configuration says. Other signals that
  // would end the process are ignored.
  void watchSignals();

 private:
  bool finishLog(bool force);
  bool saveBeforeExit(const ShutdownOptions& options);
  void waitForSignal();
  void onSignal(int number);

  Runtime& runtime_;
  AppendOnlyLog& log_;
  ChildProcess& child_;
  Snapshots& snapshots_;
  LogRewrite& log_rewrite_;
  asio::signal_set signals_;
};

}  // namespace inkstone

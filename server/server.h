// The composition of the server: builds the parts in order, introduces them to each other, and runs
// them until shutdown. No part knows the server.
#pragma once

#include <functional>
#include <string>

#include "persistence/files/posix_file_system.h"
#include "server/acl/access_control.h"
#include "server/clients/clients.h"
#include "server/command_table/command_table.h"
#include "server/cron.h"
#include "server/data/data_set.h"
#include "server/durability/durability.h"
#include "server/event_loop.h"
#include "server/execution/admission.h"
#include "server/execution/executor.h"
#include "server/execution/expire_cycle.h"
#include "server/execution/propagation.h"
#include "server/execution/server_parts.h"
#include "server/net/network.h"
#include "server/process/runtime.h"

namespace inkstone {

// The events that `main` waits for; each happens once at most.
struct ServerEvents {
  // The data files are locked and the sockets are open: from here on this process is the server.
  std::function<void()> on_listening = [] {};
  // Everything is loaded and connections are served (supervised).
  std::function<void()> on_ready = [] {};
  // The server stops serving.
  std::function<void()> on_stop = [] {};
};

class Server {
 public:
  // `config` is complete. All must outlive the server, `environment` by what it refers to. Nothing
  // is opened yet.
  Server(Config& config, Logger& logger, Environment environment);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Opens the sockets, loads the data and serves until shutdown. Returns the exit status of the
  // process.
  int run();

  ServerEvents events;

  // For `main` and for tests.
  const ServerParts& parts() { return parts_; }
  EventLoop& eventLoop() { return loop_; }

 private:
  // Returns why the server may not start, or nothing.
  std::string openAndLoad();
  std::vector<std::string> readyLines() const;

  Runtime runtime_;
  DataSet data_;
  CommandTable commands_;
  LogStack log_stack_;
  Clients clients_;
  AccessControl acl_;
  Propagation propagation_;
  ExpireCycle expire_cycle_;
  Admission admission_;
  const ServerParts parts_;
  Executor executor_;
  Durability durability_;
  Network network_;
  EventLoop loop_;
  Cron cron_;
};

}  // namespace inkstone

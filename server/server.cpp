#include "server/server.h"

#include "server/commands/families.h"
#include "server/config_hooks.h"
#include "storage/memory_usage.h"

namespace inkstone {

Server::Server(Config& config, Logger& logger, Environment environment)
    : runtime_(config, logger, environment),
      data_(runtime_.settings),
      log_stack_(runtime_),
      clients_(runtime_, data_.keyspace, log_stack_.log),
      acl_(runtime_, commands_, clients_.registry),
      propagation_(log_stack_.log),
      expire_cycle_(runtime_, data_, clients_, propagation_),
      admission_(runtime_, commands_, clients_, acl_, log_stack_.log),
      parts_{runtime_,  data_,         commands_,   clients_, acl_,
             executor_, expire_cycle_, durability_, network_},
      executor_(parts_, admission_, propagation_, log_stack_.log),
      durability_(runtime_, data_, log_stack_, executor_, clients_.output_blocks,
                  [this] { loop_.serveWithoutWaiting(); }),
      network_(runtime_, clients_, acl_, executor_, log_stack_.log),
      loop_(parts_, log_stack_),
      cron_(parts_) {
  clients_.blocking.setRunner(executor_);
  registerFamilies(commands_);
  registerConfigHooks(config, parts_);
  applySettings(parts_);
  runtime_.started_memory = usedMemory();
}

Server::~Server() {
  network_.close();
}

std::string Server::openAndLoad() {
  durability_.shutdown.watchSignals();
  // The files are locked before the sockets are opened, because opening a unix socket takes it from
  // the server that has it.
  std::string error = durability_.data_locks.lockAtStart();
  if (error.empty()) error = network_.listeners.open(runtime_.settings);
  if (!error.empty()) return error;
  if (network_.listeners.count() == 0) return "Configured to not listen anywhere, exiting.";
  events.on_listening();
  error = durability_.oom_score.applyToServer(runtime_.settings);
  if (!error.empty()) runtime_.logger.warning("{}", error);
  runtime_.logger.notice("Server initialized");
  error = durability_.data_loader.loadAtStart();
  if (error.empty() && !runtime_.stopping()) error = durability_.data_loader.openLog();
  return error;
}

int Server::run() {
  if (const std::string error = openAndLoad(); !error.empty()) {
    runtime_.logger.warning("{}", error);
    return 1;
  }
  if (!runtime_.stopping()) {
    cron_.start();
    for (const std::string& ready : readyLines()) runtime_.logger.notice("{}", ready);
    events.on_ready();
    loop_.run();
  }
  events.on_stop();
  network_.close();
  runtime_.logger.notice("Inkstone is now ready to exit, bye bye...");
  return *runtime_.exitStatus();
}

std::vector<std::string> Server::readyLines() const {
  std::vector<std::string> lines;
  if (runtime_.settings.port != 0) lines.emplace_back("Ready to accept connections tcp");
  if (!runtime_.settings.unixsocket.empty()) {
    lines.emplace_back("Ready to accept connections unix");
  }
  return lines;
}

}  // namespace inkstone

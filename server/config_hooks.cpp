// What CONFIG SET makes happen at once.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "server/acl/access_control.h"
#include "server/process/process.h"
#include "server/server.h"

namespace inkstone {
namespace {

using HookResult = std::optional<std::string>;

}  // namespace

void Server::registerConfigHooks() {
  config.onChange({"maxmemory-policy", "lfu-log-factor", "lfu-decay-time", "loglevel",
                   "hash-max-listpack-entries", "hash-max-listpack-value", "list-max-listpack-size",
                   "list-compress-depth", "set-max-intset-entries", "set-max-listpack-entries",
                   "set-max-listpack-value", "zset-max-listpack-entries", "zset-max-listpack-value",
                   "locale-collate", "jemalloc-bg-thread", "notify-keyspace-events"},
                  [this](const ConfigValues&, const ConfigValues&) -> HookResult {
                    applySettings();
                    return {};
                  });
  config.onChange({"bind", "port"},
                  [this](const ConfigValues& before, const ConfigValues& now) -> HookResult {
                    if (listeners_.open(now).empty()) return {};
                    if (const std::string lost = listeners_.open(before); !lost.empty()) {
                      logger.warning("{}", lost);
                    }
                    return "Unable to listen on this port. Check server logs.";
                  });
  config.onChange({"appendfsync", "no-appendfsync-on-rewrite", "aof-timestamp-enabled",
                   "aof-load-truncated", "aof-disk-reserve"},
                  [this](const ConfigValues&, const ConfigValues&) -> HookResult {
                    log.updateSettings(logSettings());
                    return {};
                  });
  config.onChange("appendonly", [this](const ConfigValues&, const ConfigValues& now) -> HookResult {
    if (!now.appendonly) {
      log_rewrite.switchOff();
      data_locks.unlockLog();
    } else if (!log_rewrite.switchOn()) {
      return "Unable to turn on AOF. Check server logs.";
    }
    return {};
  });
  config.onChange("maxmemory-clients",
                  [this](const ConfigValues&, const ConfigValues&) -> HookResult {
                    client_memory.recount();
                    return {};
                  });
  config.onChange({"oom-score-adj", "oom-score-adj-values"},
                  [this](const ConfigValues&, const ConfigValues& now) -> HookResult {
                    const std::string error = oom_score.applyToServer(now);
                    if (error.empty()) return {};
                    logger.warning("{}", error);
                    return "Failed to apply new oom_score_adj configuration, check server logs.";
                  });
  config.onChange("maxclients", [](const ConfigValues&, const ConfigValues& now) -> HookResult {
    const int64_t fitting = fitDescriptorLimit(now.maxclients);
    if (fitting >= now.maxclients) return {};
    return fmt::format(
        "The operating system is not able to handle the specified number of clients, try with {}",
        fitting);
  });
  config.onChange({"dir", "dbfilename", "save"},
                  [this](const ConfigValues&, const ConfigValues& now) -> HookResult {
                    if (::chdir(now.dir.c_str()) != 0) return std::string(std::strerror(errno));
                    const std::string refusal = data_locks.follow();
                    if (refusal.empty()) return {};
                    return refusal;
                  });
  config.onChange("requirepass",
                  [this](const ConfigValues&, const ConfigValues& now) -> HookResult {
                    // Who has authenticated stays so.
                    acl->setDefaultPassword(now.requirepass);
                    return {};
                  });
}

}  // namespace inkstone

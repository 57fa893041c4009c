#include "server/config_hooks.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "server/acl/access_control.h"
#include "server/clients/clients.h"
#include "server/data/data_set.h"
#include "server/durability/data_files.h"
#include "server/durability/durability.h"
#include "server/net/network.h"
#include "server/process/process.h"
#include "server/process/runtime.h"
#include "storage/memory_usage.h"

namespace inkstone {
namespace {

using HookResult = std::optional<std::string>;

}  // namespace

void applySettings(const ServerParts& parts) {
  Runtime& runtime = parts.runtime;
  const ConfigValues& settings = runtime.settings;
  parts.data.access_clock.setTime(runtime.clock.unixMs());
  parts.data.applySettings(settings);
  runtime.logger.setLevel(settings.loglevel);
  parts.clients.interests.set(KeyInterests::kNotifications, settings.notify_keyspace_events != 0);
  returnPagesInBackground(settings.jemalloc_bg_thread);
  // This can only fail for the locale of the environment, because names are checked when they are
  // set.
  if (!parts.data.collation.use(settings.locale_collate)) {
    runtime.logger.warning(
        "The environment names no locale that exists; texts are sorted by their bytes.");
  }
}

void registerConfigHooks(Config& config, const ServerParts& parts) {
  config.onChange({"maxmemory-policy", "lfu-log-factor", "lfu-decay-time", "loglevel",
                   "hash-max-listpack-entries", "hash-max-listpack-value", "list-max-listpack-size",
                   "list-compress-depth", "set-max-intset-entries", "set-max-listpack-entries",
                   "set-max-listpack-value", "zset-max-listpack-entries", "zset-max-listpack-value",
                   "locale-collate", "jemalloc-bg-thread", "notify-keyspace-events"},
                  [&parts](const ConfigValues&, const ConfigValues&) -> HookResult {
                    applySettings(parts);
                    return {};
                  });
  config.onChange({"bind", "port"},
                  [&parts](const ConfigValues& before, const ConfigValues& now) -> HookResult {
                    if (parts.network.listeners.open(now).empty()) return {};
                    if (const std::string lost = parts.network.listeners.open(before);
                        !lost.empty()) {
                      parts.runtime.logger.warning("{}", lost);
                    }
                    return "Unable to listen on this port. Check server logs.";
                  });
  config.onChange({"appendfsync", "no-appendfsync-on-rewrite", "aof-timestamp-enabled",
                   "aof-load-truncated", "aof-disk-reserve"},
                  [&parts](const ConfigValues&, const ConfigValues&) -> HookResult {
                    parts.durability.log.updateSettings(logSettings(parts.runtime));
                    return {};
                  });
  config.onChange("appendonly",
                  [&parts](const ConfigValues&, const ConfigValues& now) -> HookResult {
                    if (!now.appendonly) {
                      parts.durability.log_rewrite.switchOff();
                      parts.durability.data_locks.unlockLog();
                    } else if (!parts.durability.log_rewrite.switchOn()) {
                      return "Unable to turn on AOF. Check server logs.";
                    }
                    return {};
                  });
  config.onChange("maxmemory-clients",
                  [&parts](const ConfigValues&, const ConfigValues&) -> HookResult {
                    parts.clients.memory.recount();
                    return {};
                  });
  config.onChange({"oom-score-adj", "oom-score-adj-values"},
                  [&parts](const ConfigValues&, const ConfigValues& now) -> HookResult {
                    const std::string error = parts.durability.oom_score.applyToServer(now);
                    if (error.empty()) return {};
                    parts.runtime.logger.warning("{}", error);
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
                  [&parts](const ConfigValues&, const ConfigValues& now) -> HookResult {
                    if (::chdir(now.dir.c_str()) != 0) return std::string(std::strerror(errno));
                    const std::string refusal = parts.durability.data_locks.follow();
                    if (refusal.empty()) return {};
                    return refusal;
                  });
  config.onChange("requirepass",
                  [&parts](const ConfigValues&, const ConfigValues& now) -> HookResult {
                    // Clients that have authenticated stay so.
                    parts.acl.setDefaultPassword(now.requirepass);
                    return {};
                  });
}

}  // namespace inkstone

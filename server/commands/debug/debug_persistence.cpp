// Subcommands of DEBUG about files and payloads.
#include <optional>
#include <string>

#include "base/ascii.h"
#include "config/units.h"
#include "server/clients/clients.h"
#include "server/command_table/errors.h"
#include "server/commands/debug/debug_handlers.h"
#include "server/data/data_set.h"
#include "server/durability/data_files.h"
#include "server/durability/durability.h"
#include "server/execution/command_context.h"
#include "server/execution/executor.h"
#include "server/execution/propagation.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

void emptyKeyspace(const ServerParts& parts) {
  for (size_t i = 0; i < parts.data.keyspace.size(); ++i) {
    parts.clients.key_events.flushing(i);
    parts.data.keyspace[i].takeContents();
  }
}

// Sockets wait as long as this lives: serving them could free the client a load runs for.
class SocketsWait {
 public:
  explicit SocketsWait(Loading& loading) : loading_(loading) { loading_.setServing(false); }
  ~SocketsWait() { loading_.setServing(true); }
  SocketsWait(const SocketsWait&) = delete;
  SocketsWait& operator=(const SocketsWait&) = delete;

 private:
  Loading& loading_;
};

// Half a data set must not be written to, nor read as if it were whole.
void stopWithError(CommandContext& context, const std::string& reason, std::string_view reply) {
  context.runtime().logger.warning("{}", reason);
  context.runtime().stop(1);
  context.error(reply);
}

struct ReloadOptions {
  bool save = true;
  bool flush = true;
  bool merge = false;
};

bool parseReload(CommandContext& context, ReloadOptions& options) {
  for (const std::string_view word : context.args.subspan(2)) {
    if (equalsIgnoreCase(word, "merge")) {
      options.merge = true;
    } else if (equalsIgnoreCase(word, "noflush")) {
      options.flush = false;
    } else if (equalsIgnoreCase(word, "nosave")) {
      options.save = false;
    } else {
      context.error(errors::kReloadOption);
      return false;
    }
  }
  return true;
}

}  // namespace

void debugLoadAof(CommandContext& context) {
  const ServerParts& parts = context.parts();
  if (parts.durability.loading.active()) return context.error(errors::kLoading);
  if (!parts.durability.log.isOn()) {
    // One that a BGREWRITEAOF wrote. Nothing is removed for one that is not there.
    const std::string path = logSettings(parts.runtime).path();
    const IoResult<bool> found = parts.runtime.files.exists(path);
    if (!found.ok() || !found.value) {
      return context.error("ERR The append-only file is off, and there is none to load");
    }
  } else {
    // What is only in the buffer would be lost with the keys, and so would a transaction without
    // end.
    parts.executor.propagation().closeBlock();
    if (parts.durability.log.flushAppendOnlyFile(FlushMode::kForce) != FlushOutcome::kFlushed) {
      return context.error("ERR The append-only file cannot be written. Check logs.");
    }
  }
  emptyKeyspace(parts);
  const SocketsWait waiting(parts.durability.loading);
  const std::string error = parts.durability.data_loader.loadLog();
  if (error.empty()) return context.reply.ok();
  stopWithError(context, error, "ERR Error trying to load the AOF, check server logs.");
}

void debugReload(CommandContext& context) {
  const ServerParts& parts = context.parts();
  if (parts.durability.loading.active()) return context.error(errors::kLoading);
  ReloadOptions options;
  if (!parseReload(context, options)) return;
  if (options.save && !parts.durability.snapshots.save()) return context.error(errors::kUnnamed);
  if (options.flush) emptyKeyspace(parts);
  const SocketsWait waiting(parts.durability.loading);
  const std::string error = parts.durability.data_loader.loadSnapshot(
      options.merge ? ImageUse::kMerge : ImageUse::kSnapshot);
  if (!error.empty()) {
    return stopWithError(context, error,
                         "ERR Error trying to load the RDB dump, check server logs.");
  }
  parts.runtime.logger.warning("DB reloaded by DEBUG RELOAD");
  context.reply.ok();
}

void debugSetSkipChecksumValidation(CommandContext& context) {
  context.runtime().debug.verify_checksums = !debugSwitchIsOn(context.args[2]);
  context.reply.ok();
}

void debugDictResizing(CommandContext& context) {
  const ServerParts& parts = context.parts();
  parts.runtime.debug.dict_resizing = debugSwitchIsOn(context.args[2]);
  parts.data.keyspace.allowResize(parts.runtime.debug.dict_resizing &&
                                  !parts.durability.child.active());
  context.reply.ok();
}

void debugQuicklistPackedThreshold(CommandContext& context) {
  // The lengths of what stands in a packed node have 32 bits.
  constexpr uint64_t kThresholdMax = (1ULL << 32) - (1ULL << 20);
  const ServerParts& parts = context.parts();
  const std::optional<uint64_t> threshold = parseMemory(context.args[2]);
  if (!threshold || *threshold > kThresholdMax) return context.error(errors::kPackedThreshold);
  EncodingRules rules = parts.data.keyspace.encodingRules();
  rules.list_packed_threshold = *threshold;
  parts.data.keyspace.setEncodingRules(rules);
  context.reply.ok();
}

}  // namespace inkstone

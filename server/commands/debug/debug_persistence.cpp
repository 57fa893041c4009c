// DEBUG subcommands about files and payloads, and how values are laid out in them.
#include <algorithm>
#include <csignal>
#include <optional>
#include <string>

#include "base/ascii.h"
#include "config/units.h"
#include "server/clients/clients.h"
#include "server/command_table/errors.h"
#include "server/commands/debug/debug_subcommands.h"
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

void debugLoadAof(CommandContext& context) {
  const ServerParts& parts = context.parts();
  if (parts.durability.loading.active()) return context.error(errors::kLoading);
  if (!parts.durability.log.isOn()) {
    // A BGREWRITEAOF may have written one. The keys stay if there is none.
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

void debugRewriteStep(CommandContext& context) {
  RewriteSteps& steps = context.durability().log_rewrite.steps;
  if (context.args.size() == 2) {
    steps.disarm();
    return context.reply.ok();
  }
  if (context.args.size() != 4) return context.error(errors::kSyntax);
  const auto step =
      std::find_if(kRewriteStepNames.begin(), kRewriteStepNames.end(),
                   [&](const auto& each) { return equalsIgnoreCase(each.first, context.args[2]); });
  const bool stop = equalsIgnoreCase(context.args[3], "stop");
  if (step == kRewriteStepNames.end() || (!stop && !equalsIgnoreCase(context.args[3], "kill"))) {
    return context.error(errors::kSyntax);
  }
  steps.arm(step->second, stop ? SIGSTOP : SIGKILL);
  context.reply.ok();
}

constexpr DebugSubcommand kSubcommands[] = {
    {.name = "dict-resizing",
     .args_min = 3,
     .args_max = 3,
     .handler = debugDictResizing,
     .help = "DICT-RESIZING <0|1>\n"
             "    Let the tables of databases grow and shrink (1), or not (0)."},
    {.name = "loadaof",
     .args_min = 2,
     .args_max = SIZE_MAX,
     .handler = debugLoadAof,
     .help = "LOADAOF\n"
             "    Write the append-only file out and load the data set from it again."},
    {.name = "quicklist-packed-threshold",
     .args_min = 3,
     .args_max = 3,
     .handler = debugQuicklistPackedThreshold,
     .help = "QUICKLIST-PACKED-THRESHOLD <size>\n"
             "    From which size on an element of a list has a node of its own; 0: when no other "
             "has room."},
    {.name = "reload",
     .args_min = 2,
     .args_max = SIZE_MAX,
     .handler = debugReload,
     .help =
         "RELOAD [NOSAVE] [NOFLUSH] [MERGE]\n"
         "    Write a snapshot, empty the server and load the snapshot; or leave the first or the\n"
         "    second out. MERGE: keys that are there give way."},
    {.name = "rewrite-step",
     .args_min = 2,
     .args_max = 4,
     .handler = debugRewriteStep,
     .help = "REWRITE-STEP [<step> STOP|KILL]\n"
             "    Have the server or its child stop or kill itself where the next rewrite reaches "
             "that\n"
             "    step; without arguments not any more."},
    {.name = "set-skip-checksum-validation",
     .args_min = 3,
     .args_max = 3,
     .handler = debugSetSkipChecksumValidation,
     .help = "SET-SKIP-CHECKSUM-VALIDATION <0|1>\n"
             "    Take snapshots and payloads of RESTORE whatever their checksum (1)."},
};

}  // namespace

std::span<const DebugSubcommand> debugPersistenceSubcommands() {
  return kSubcommands;
}

}  // namespace inkstone

// The files of a rewrite: what they are called while they are written, and how one takes the log's
// place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

#include "persistence/files/append_only_settings.h"
#include "persistence/files/file.h"
#include "persistence/files/log_hooks.h"
#include "persistence/files/rewrite_steps.h"

namespace inkstone {

// <directory>/temp-rewriteaof-<pid>.aof
std::string rewriteTempPath(const std::string& directory, int64_t pid);

// <directory>/temp-rewriteaof-bg-<pid>.aof: the same file when the child has done its part.
std::string rewriteDonePath(const std::string& directory, int64_t pid);
// <directory>/temp-rewriteaof-diff-<pid>.aof: what the child was sent while it wrote.
std::string rewriteSpoolPath(const std::string& directory, int64_t pid);

// <directory>/temp-rewriteaof-ledger-<pid>.aof: the ledger of the new log, until the log has its
// name for good.
std::string rewriteLedgerPath(const std::string& directory, int64_t pid);

// Whether a file of this name was left by a rewrite and is of no use: one of those above, but no
// ledger. That may be the only one the log has.
bool isRewriteTempName(std::string_view name);
bool isRewriteLedgerName(std::string_view name);

// Removes what rewrites that did not come to their end left in settings.directory, and logs each;
// ledgers stay (ledger_choice.h). Only for the start, before a rewrite can run. A file that cannot
// be removed is logged and stays.
void removeRewriteLeftovers(FileSystem& files, const AppendOnlySettings& settings, LogSink& sink);

enum class InstallStep : uint8_t {
  // The new log has its name, and the directory is on the disk.
  kInstalled,
  // The rename failed: the old log stands untouched, and the new file is removed.
  kNotRenamed,
  // The new log has its name, but a power cut may bring the old one back: nothing that only the new
  // one holds may be acknowledged as durable until the directory is synced.
  kDirectoryUnsynced,
};

struct [[nodiscard]] InstallResult {
  InstallStep step;
  std::error_code error;
};

// Gives `temp_path` the name settings.path(). After an error it is removed.
[[nodiscard]] std::error_code renameRewrittenLog(FileSystem& files, LogClock& clock,
                                                 LatencyRecorder& latency, RewriteSteps& steps,
                                                 const AppendOnlySettings& settings,
                                                 const std::string& temp_path);

// Puts `temp_path`, which must be synced, in place of settings.path().
InstallResult installRewrittenLog(FileSystem& files, LogClock& clock, LatencyRecorder& latency,
                                  RewriteSteps& steps, const AppendOnlySettings& settings,
                                  const std::string& temp_path);

}  // namespace inkstone

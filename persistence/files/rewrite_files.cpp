#include "persistence/files/rewrite_files.h"

#include <fmt/format.h>

#include <algorithm>

namespace inkstone {

namespace {

constexpr std::string_view kPrefix = "temp-rewriteaof-";
constexpr std::string_view kDone = "bg-";
constexpr std::string_view kSpool = "diff-";
constexpr std::string_view kLedger = "ledger-";
constexpr std::string_view kSuffix = ".aof";

// <kPrefix><kind><number><kSuffix>
bool isOfKind(std::string_view name, std::string_view kind) {
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return false;
  name.remove_prefix(kPrefix.size());
  if (!name.starts_with(kind)) return false;
  name.remove_prefix(kind.size());
  if (name.size() <= kSuffix.size()) return false;
  name.remove_suffix(kSuffix.size());
  return std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string rewriteTempPath(const std::string& directory, int64_t pid) {
  return fmt::format("{}/{}{}{}", directory, kPrefix, pid, kSuffix);
}

std::string rewriteDonePath(const std::string& directory, int64_t pid) {
  return fmt::format("{}/{}{}{}{}", directory, kPrefix, kDone, pid, kSuffix);
}

std::string rewriteSpoolPath(const std::string& directory, int64_t pid) {
  return fmt::format("{}/{}{}{}{}", directory, kPrefix, kSpool, pid, kSuffix);
}

std::string rewriteLedgerPath(const std::string& directory, int64_t pid) {
  return fmt::format("{}/{}{}{}{}", directory, kPrefix, kLedger, pid, kSuffix);
}

bool isRewriteTempName(std::string_view name) {
  return isOfKind(name, "") || isOfKind(name, kDone) || isOfKind(name, kSpool);
}

bool isRewriteLedgerName(std::string_view name) {
  return isOfKind(name, kLedger);
}

void removeRewriteLeftovers(FileSystem& files, const AppendOnlySettings& settings, LogSink& sink) {
  const IoResult<std::vector<std::string>> names = files.listDirectory(settings.directory);
  for (const std::string& name : names.value) {
    // Somebody may have named the log itself like that.
    if (!isRewriteTempName(name) || name == settings.filename) continue;
    const std::error_code error = files.remove(settings.directory + "/" + name);
    if (error) {
      sink.write(LogSink::Level::kWarning,
                 fmt::format("Cannot remove {}, left by an interrupted rewrite: {}", name,
                             error.message()));
    } else {
      sink.write(LogSink::Level::kNotice,
                 fmt::format("Removed {}, left by an interrupted rewrite", name));
    }
  }
}

std::error_code renameRewrittenLog(FileSystem& files, LogClock& clock, LatencyRecorder& latency,
                                   RewriteSteps& steps, const AppendOnlySettings& settings,
                                   const std::string& temp_path) {
  steps.reach(RewriteStep::kParentBeforeRename);
  const int64_t started_ms = clock.monotonicMs();
  const std::error_code error = files.rename(temp_path, settings.path());
  const int64_t elapsed_ms = clock.monotonicMs() - started_ms;
  if (elapsed_ms > 0) latency.record("aof-rename", elapsed_ms);
  if (error) {
    static_cast<void>(files.remove(temp_path));
  } else {
    steps.reach(RewriteStep::kParentAfterRename);
  }
  return error;
}

// The order is the promise: the data is synced, then comes the rename, then the directory is
// synced, and only then does the new file count for any acknowledgement. Guarded by the test
// "fault 2: data, rename and directory reach the disk in this order".
InstallResult installRewrittenLog(FileSystem& files, LogClock& clock, LatencyRecorder& latency,
                                  RewriteSteps& steps, const AppendOnlySettings& settings,
                                  const std::string& temp_path) {
  if (const std::error_code error =
          renameRewrittenLog(files, clock, latency, steps, settings, temp_path)) {
    return {InstallStep::kNotRenamed, error};
  }
  steps.reach(RewriteStep::kParentBeforeDirectorySync);
  if (const std::error_code error = files.syncDirectory(settings.directory)) {
    return {InstallStep::kDirectoryUnsynced, error};
  }
  steps.reach(RewriteStep::kParentAfterDirectorySync);
  return {InstallStep::kInstalled, {}};
}

}  // namespace inkstone

#include "persistence/start/data_inventory.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <climits>
#include <memory>
#include <optional>

#include "persistence/files/append_only_settings.h"
#include "persistence/files/paths.h"
#include "persistence/ledger/ledger_choice.h"
#include "persistence/ledger/ledger_reader.h"
#include "persistence/log/log_reader.h"
#include "persistence/rdb/rdb_reader.h"
#include "persistence/start/imported_folder.h"
#include "storage/key_hash.h"

namespace inkstone {
namespace {

// It serves reading only: nobody chooses colliding members for a table that is dropped at once.
const KeyHasher kHasher{KeyHasher::Secret{}};

EncodingRules readingRules() {
  EncodingRules rules;
  rules.hasher = &kHasher;
  return rules;
}

std::error_code stateOf(FileSystem& files, const std::string& path, FoundFile& file) {
  const IoResult<bool> found = files.exists(path);
  if (!found.ok() || !found.value) return found.error;
  file.found = true;
  const IoResult<uint64_t> size = files.size(path);
  file.bytes = size.value;
  if (!size.ok()) return size.error;
  const IoResult<int64_t> changed = files.changedUnixMs(path);
  file.time_ms = changed.value;
  return changed.error;
}

// A power cut in the course of a rewrite of an empty data set may leave the new log, which is empty
// too, beside the old one's ledger and a ledger of its own.
bool wasRewrittenEmpty(FileSystem& files, const std::string& path) {
  const IoResult<std::unique_ptr<ReadFile>> file = files.openRead(path);
  if (!file.ok()) return false;
  const PathParts place = linkTargetParts(path);
  AppendOnlySettings settings;
  settings.directory = place.directory;
  settings.filename = place.filename;
  const IoResult<LedgerChoice> choice = chooseLedger(files, settings, *file.value);
  return choice.ok() && choice.value.state == LedgerChoice::State::kNone;
}

std::error_code findLog(FileSystem& files, const DataNames& names, FoundLog& log) {
  if (const std::error_code error = stateOf(files, names.logPath(), log)) return error;
  const IoResult<Ledger> ledger = readLedger(files, ledgerPathOf(names.logPath()));
  // One that cannot be read is as none; whoever loads the log says so.
  if (!ledger.ok() || ledger.value.empty()) return {};
  if (log.found && log.bytes == 0 && wasRewrittenEmpty(files, names.logPath())) return {};
  log.ledger_bytes = ledger.value.offset();
  log.ledger_time_ms = ledger.value.timeUnixMs();
  if (log.found && log.ledger_bytes == log.bytes) log.time_ms = log.ledger_time_ms;
  return {};
}

// What the dump tells before its first key; nothing when it cannot be opened.
std::optional<RdbFacts> readFacts(FileSystem& files, const std::string& path) {
  const IoResult<std::unique_ptr<ReadFile>> file = files.openRead(path);
  if (!file.ok()) return std::nullopt;
  const IoResult<uint64_t> size = file.value->size();
  if (!size.ok()) return std::nullopt;
  const EncodingRules rules = readingRules();
  RdbReader reader(*file.value, size.value, rules, {INT_MAX, false});
  RdbKey key;
  static_cast<void>(reader.next(key));
  return reader.facts();
}

std::error_code findDump(FileSystem& files, const DataNames& names, FoundDump& dump) {
  constexpr int64_t kMsPerSecond = 1000;
  if (const std::error_code error = stateOf(files, names.dumpPath(), dump)) return error;
  if (!dump.hasBytes()) return {};
  dump.changed_ms = dump.time_ms;
  const std::optional<RdbFacts> facts = readFacts(files, names.dumpPath());
  if (!facts) return {};
  dump.version = facts->redis_version;
  // A clock that went ahead when it was written proves nothing: the file is not younger than its
  // own time says.
  if (facts->unix_seconds > 0 && facts->unix_seconds < INT64_MAX / kMsPerSecond) {
    dump.time_ms = std::min(dump.time_ms, facts->unix_seconds * kMsPerSecond);
  }
  IoResult<LogMarkMatch> mark = matchLogMark(files, facts->log_mark, names.logPath());
  dump.mark = mark.value;
  return mark.error;
}

// <log>.<number>.base.rdb, <log>.<number>.base.aof, <log>.<number>.incr.aof; its place in the order
// of loading, or nothing.
std::optional<uint64_t> partNumber(std::string_view name, std::string_view log) {
  if (!name.starts_with(log)) return std::nullopt;
  name.remove_prefix(log.size());
  if (!name.starts_with('.')) return std::nullopt;
  name.remove_prefix(1);
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc()) return std::nullopt;
  name.remove_prefix(static_cast<size_t>(end - name.data()));
  if (name == ".base.rdb" || name == ".base.aof") return 2 * number;
  if (name == ".incr.aof") return 2 * number + 1;
  return std::nullopt;
}

std::vector<std::string> orphansOf(const std::vector<std::string>& names, const std::string& log) {
  std::vector<std::string> found;
  std::copy_if(names.begin(), names.end(), std::back_inserter(found),
               [&log](const std::string& name) { return partNumber(name, log).has_value(); });
  std::sort(found.begin(), found.end(), [&log](const std::string& a, const std::string& b) {
    return partNumber(a, log) < partNumber(b, log);
  });
  return found;
}

std::error_code findParts(FileSystem& files, const DataNames& names, FoundParts& parts) {
  parts.log = readMultiPartLog(files, names.directory, names.log_folder, names.log);
  if (!parts.log.found || !parts.log.error.empty()) {
    const IoResult<std::vector<std::string>> listed = files.listDirectory(names.folderPath());
    const bool none = listed.error == std::errc::no_such_file_or_directory ||
                      listed.error == std::errc::not_a_directory;
    if (!listed.ok() && !none) return listed.error;
    parts.orphans = orphansOf(listed.value, names.log);
  }
  for (const std::string& name : partNames(parts)) {
    FoundFile file;
    if (const std::error_code error = stateOf(files, names.folderPath() + "/" + name, file))
      return error;
    parts.found = true;
    parts.bytes += file.bytes;
    parts.time_ms = std::max(parts.time_ms, file.time_ms);
  }
  parts.imported = parts.found && importIsNoted(files, names.folderPath(), partNames(parts));
  return {};
}

// Adds up what several files hold.
class ContentCount {
 public:
  explicit ContentCount(FileSystem& files) : files_(files) {}

  void add(const std::string& path) {
    const IoResult<std::unique_ptr<ReadFile>> file = files_.openRead(path);
    const IoResult<uint64_t> size = file.ok() ? file.value->size() : IoResult<uint64_t>{};
    if (!file.ok() || !size.ok())
      return stop(file.ok() ? size.error.message() : file.error.message());
    char first = '\0';
    static_cast<void>(file.value->readAt(0, {&first, 1}));
    constexpr char kRdbFirst = 'R';
    uint64_t begin = 0;
    if (first == kRdbFirst) begin = addImage(*file.value, size.value);
    if (begin < size.value && stopped_.empty() && !first_only_) {
      addCommands(*file.value, size.value, begin);
    }
  }

  std::string text() const {
    std::string text = first_only_ || !stopped_.empty() ? "at least " : "";
    if (images_ > 0 || commands_ == 0) text += fmt::format("{} keys", keys_);
    if (images_ > 0 && commands_ > 0) text += " and ";
    if (commands_ > 0) text += fmt::format("{} commands", commands_);
    if (!stopped_.empty()) text += fmt::format(" (not read further: {})", stopped_);
    return text;
  }

 private:
  void stop(const std::string& reason) { stopped_ = reason; }

  bool enough(uint64_t offset) {
    if (read_ + offset > kContentBytesMax) first_only_ = true;
    return first_only_;
  }

  // Returns where the image ends.
  uint64_t addImage(ReadFile& file, uint64_t size) {
    const EncodingRules rules = readingRules();
    RdbReader reader(file, size, rules, {INT_MAX, false});
    RdbKey key;
    ++images_;
    RdbReader::Status status;
    while ((status = reader.next(key)) == RdbReader::Status::kKey) {
      ++keys_;
      if (enough(reader.offset())) return size;
    }
    if (status == RdbReader::Status::kFailed) stop(reader.error().reason);
    read_ += reader.offset();
    return reader.offset();
  }

  void addCommands(ReadFile& file, uint64_t size, uint64_t begin) {
    constexpr size_t kGroup = 64;
    RequestLimits limits;
    limits.bulk_bytes_max = static_cast<int64_t>(std::max(size, kBulkBytesFloor));
    LogReader reader(file, size, kGroup, limits, begin);
    LogReader::Status status;
    while ((status = reader.next()) == LogReader::Status::kCommands) {
      commands_ += reader.count();
      if (enough(reader.validUpTo())) return;
    }
    if (status == LogReader::Status::kDamaged) stop(reader.reason());
    if (status == LogReader::Status::kIoError) stop(reader.error().message());
    read_ += reader.validUpTo();
  }

  FileSystem& files_;
  uint64_t keys_ = 0;
  uint64_t commands_ = 0;
  uint64_t images_ = 0;
  uint64_t read_ = 0;
  // There is more than what was read.
  bool first_only_ = false;
  std::string stopped_;
};

}  // namespace

InventoryResult takeInventory(FileSystem& files, const DataNames& names) {
  InventoryResult result;
  DataInventory& inventory = result.inventory;
  result.path = names.logPath();
  result.error = findLog(files, names, inventory.log);
  if (result.error) return result;
  result.path = names.dumpPath();
  result.error = findDump(files, names, inventory.dump);
  if (result.error) return result;
  result.path = names.folderPath();
  result.error = findParts(files, names, inventory.parts);
  return result;
}

std::vector<std::string> partNames(const FoundParts& parts) {
  const bool usable = parts.log.found && parts.log.error.empty();
  return usable ? parts.log.files : parts.orphans;
}

std::string describeContent(FileSystem& files, const std::vector<std::string>& paths) {
  ContentCount count(files);
  for (const std::string& path : paths) count.add(path);
  return count.text();
}

}  // namespace inkstone

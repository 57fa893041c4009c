#include "persistence/start/data_choice.h"

#include <fmt/format.h>

#include <algorithm>

#include "persistence/files/append_only_settings.h"
#include "persistence/files/moment.h"

namespace inkstone {
namespace {

class Choice {
 public:
  Choice(const DataInventory& inventory, const DataNames& names)
      : log_(inventory.log), dump_(inventory.dump), parts_(inventory.parts), names_(names) {}

  StartChoice withLogOff() {
    choice_.source = dump_.found ? DataSource::kDump : DataSource::kNothing;
    const bool log_newer = log_.hasBytes() && logHasMoreThanDump();
    const bool parts_newer = partsCount() && newerThanDump(parts_);
    if (!log_newer && !parts_newer) {
      if (!log_.hasBytes() && log_.ledger_bytes > 0 && !somethingIsYoungerThanLedger()) {
        choice_.notes.push_back(lostLog() + ". appendonly is no: the start goes on without it");
      }
      return choice_;
    }
    const std::string_view loaded = dump_.found ? "the dump" : "nothing";
    return refuse(
        fmt::format("appendonly is no, so {} would be loaded, but an append only file here "
                    "was written later",
                    loaded));
  }

  StartChoice withLogOn() {
    if (log_.hasBytes()) return withLog();
    if (log_.ledger_bytes > 0 && !somethingIsYoungerThanLedger()) {
      return refuse(lostLog());
    }
    if (!parts_.orphans.empty() && !parts_.log.found) {
      return refuse(
          fmt::format("{} has no manifest {}.manifest, which says in which order its files "
                      "are loaded",
                      names_.folderPath(), names_.log));
    }
    if (parts_.log.found) return withParts();
    if (dump_.found) choice_.source = DataSource::kDump;
    return choice_;
  }

 private:
  StartChoice withLog() {
    choice_.source = DataSource::kLog;
    const bool dump_newer = dump_.hasBytes() && dump_.latestMs() > log_.time_ms && !dumpIsOfLog();
    const bool parts_newer = partsCount() && parts_.time_ms > log_.time_ms;
    if (parts_newer) return refuse("The append only file is older than other data here");
    choice_.compare_dump = dump_newer;
    if (partsCount()) {
      choice_.notes.push_back(fmt::format(
          "The append only files in {} are older than {}, and are not loaded. A Redis 7 that is "
          "started here with appendonly yes would load them: move the folder away before that",
          names_.folderPath(), names_.logPath()));
    }
    return choice_;
  }

  StartChoice withParts() {
    choice_.source = DataSource::kParts;
    choice_.compare_dump =
        parts_.log.error.empty() && dump_.hasBytes() && dump_.latestMs() > parts_.time_ms;
    return choice_;
  }

  // Somebody moved the log away to choose what is left, or a Redis 7 has taken it over.
  bool somethingIsYoungerThanLedger() const {
    const std::vector<std::string>& files = parts_.log.files;
    const bool taken_over = std::find(files.begin(), files.end(), names_.log) != files.end();
    if (taken_over || (partsCount() && parts_.time_ms >= log_.ledger_time_ms)) return true;
    return dump_.hasBytes() && dump_.latestMs() >= log_.ledger_time_ms;
  }

  bool partsCount() const { return parts_.hasBytes() && !parts_.imported; }
  bool newerThanDump(const FoundFile& file) const {
    return !dump_.hasBytes() || file.time_ms > dump_.latestMs();
  }
  bool dumpIsOfLog() const { return dump_.mark.answer == LogMarkAnswer::kThisLog; }

  // The mark says how much of the log the dump holds, better than times do: writes in the dump's
  // own second may be in it or not. Of a file that is not the marked one, a log that is longer has
  // more; but one that is not may have been written anew and shorter, so that its time counts.
  bool logHasMoreThanDump() const {
    const uint64_t held = dump_.mark.log_bytes;
    if (dumpIsOfLog() && dump_.mark.same_file) return log_.bytes > held;
    if (dumpIsOfLog() && held > 0 && log_.bytes > held) return true;
    return newerThanDump(log_);
  }

  // One that is empty is damaged, or an incomplete copy: as bad as one that is missing.
  std::string lostLog() const {
    return fmt::format(
        "{} {}{}, though its checksum ledger tells of {} bytes of it that were on "
        "the disk at {}",
        log_.found ? "The append only file" : "There is no append only file", names_.logPath(),
        log_.found ? " is empty" : "", log_.ledger_bytes, momentText(log_.ledger_time_ms));
  }

  StartChoice refuse(std::string reason) {
    choice_.refusal = std::move(reason);
    choice_.notes.clear();
    if (log_.hasBytes()) choice_.rivals.push_back(DataSource::kLog);
    if (partsCount()) choice_.rivals.push_back(DataSource::kParts);
    if (dump_.hasBytes()) choice_.rivals.push_back(DataSource::kDump);
    return choice_;
  }

  const FoundLog& log_;
  const FoundDump& dump_;
  const FoundParts& parts_;
  const DataNames& names_;
  StartChoice choice_;
};

std::string writerOf(const FoundDump& dump) {
  switch (dump.mark.answer) {
    case LogMarkAnswer::kLogWasOff:
      return " by Inkstone with its log off";
    case LogMarkAnswer::kOtherLog:
      return " by Inkstone beside another log";
    case LogMarkAnswer::kThisLog:
      return " by Inkstone beside this log";
    case LogMarkAnswer::kNoMark:
      break;
  }
  return dump.version.empty() ? "" : " by version " + dump.version;
}

// What a shell takes for one word.
std::string shellWord(const std::string& text) {
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

class Refusal {
 public:
  Refusal(FileSystem& files, const DataInventory& inventory, const DataNames& names,
          const StartChoice& choice)
      : files_(files), inventory_(inventory), names_(names), choice_(choice) {}

  std::vector<std::string> lines() {
    lines_.push_back(choice_.refusal +
                     ". The start is refused, and nothing was changed. There are:");
    for (const DataSource source : choice_.rivals) {
      lines_.push_back(fmt::format("- {}", candidate(source)));
    }
    if (inventory_.log.ledger_bytes > 0 && !inventory_.log.hasBytes()) {
      lines_.push_back(
          fmt::format("- the checksum ledger {} of an append only file of {} bytes, {}",
                      ledgerPathOf(names_.logPath()), inventory_.log.ledger_bytes,
                      momentText(inventory_.log.ledger_time_ms)));
    }
    for (const DataSource source : choice_.rivals) chooseBy(source);
    startWithout();
    if (choice_.rivals.empty()) {
      lines_.push_back(
          "Put the append only file back, or, to start without it, move its ledger "
          "away: " +
          moveAway({ledgerPathOf(names_.logPath())}));
    }
    if (!inventory_.parts.orphans.empty() && !inventory_.parts.log.found) describeManifest();
    return std::move(lines_);
  }

 private:
  std::string candidate(DataSource source) {
    switch (source) {
      case DataSource::kLog:
        return fmt::format("the append only file {}, last written {}, {} bytes, {}",
                           names_.logPath(), momentText(inventory_.log.time_ms),
                           inventory_.log.bytes, describeContent(files_, {names_.logPath()}));
      case DataSource::kParts:
        return fmt::format("the append only files of Redis 7 in {}, last written {}, {} bytes, {}",
                           names_.folderPath(), momentText(inventory_.parts.time_ms),
                           inventory_.parts.bytes, describeContent(files_, partPaths()));
      case DataSource::kDump:
        return fmt::format("the dump {}, written {}{}, {} bytes, {}", names_.dumpPath(),
                           momentText(inventory_.dump.time_ms), writerOf(inventory_.dump),
                           inventory_.dump.bytes, describeContent(files_, {names_.dumpPath()}));
      case DataSource::kNothing:
        break;
    }
    return {};
  }

  std::vector<std::string> partPaths() const {
    std::vector<std::string> paths;
    for (const std::string& name : partNames(inventory_.parts)) {
      paths.push_back(names_.folderPath() + "/" + name);
    }
    return paths;
  }

  void chooseBy(DataSource wanted) {
    // Without its manifest it cannot be taken.
    if (wanted == DataSource::kParts && !inventory_.parts.log.found) return;
    std::vector<std::string> away;
    for (const DataSource other : choice_.rivals) {
      if (other == wanted || goesBefore(wanted, other)) continue;
      away.push_back(pathOf(other));
    }
    if (wanted != DataSource::kLog && inventory_.log.ledger_bytes > 0) {
      away.push_back(ledgerPathOf(names_.logPath()));
    }
    const std::string with_log =
        wanted == DataSource::kDump ? "" : ", and start with appendonly yes";
    if (away.empty()) {
      lines_.push_back(fmt::format("To take {}: start with appendonly yes", shortName(wanted)));
      return;
    }
    lines_.push_back(fmt::format("To take {}: {}{}", shortName(wanted), moveAway(away), with_log));
  }

  // Tells how to start where nothing would be loaded by itself.
  void startWithout() {
    const auto& rivals = choice_.rivals;
    if (rivals.empty()) return;
    if (std::find(rivals.begin(), rivals.end(), DataSource::kDump) != rivals.end()) return;
    std::vector<std::string> away;
    for (const DataSource source : rivals) away.push_back(pathOf(source));
    if (inventory_.log.ledger_bytes > 0) away.push_back(ledgerPathOf(names_.logPath()));
    lines_.push_back("To start without data: " + moveAway(away));
  }

  std::string pathOf(DataSource source) const {
    if (source == DataSource::kLog) return names_.logPath();
    return source == DataSource::kParts ? names_.folderPath() : names_.dumpPath();
  }

  // Without being moved away it is neither loaded nor younger.
  bool goesBefore(DataSource wanted, DataSource other) const {
    if (other != DataSource::kDump) return false;
    const FoundFile& log = wanted == DataSource::kLog
                               ? static_cast<const FoundFile&>(inventory_.log)
                               : inventory_.parts;
    return inventory_.dump.latestMs() <= log.time_ms;
  }

  static std::string_view shortName(DataSource source) {
    switch (source) {
      case DataSource::kLog:
        return "the append only file";
      case DataSource::kParts:
        return "the append only files of Redis 7";
      case DataSource::kDump:
        return "the dump";
      case DataSource::kNothing:
        break;
    }
    return "nothing";
  }

  std::string moveAway(const std::vector<std::string>& paths) const {
    const std::string aside = shellWord(names_.directory + "/aside");
    std::string command = fmt::format("mkdir -p {} && mv", aside);
    for (const std::string& path : paths) command += " " + shellWord(path);
    return command + " " + aside;
  }

  // What it would be if the files are what they seem to be.
  void describeManifest() {
    lines_.push_back(
        fmt::format("To take the append only files of Redis 7: bring {}/{}.manifest back from a "
                    "backup, and move "
                    "the rest away",
                    names_.folderPath(), names_.log));
  }

  FileSystem& files_;
  const DataInventory& inventory_;
  const DataNames& names_;
  const StartChoice& choice_;
  std::vector<std::string> lines_;
};

}  // namespace

StartChoice chooseData(const DataInventory& inventory, const DataNames& names, bool log_is_on) {
  Choice choice(inventory, names);
  return log_is_on ? choice.withLogOn() : choice.withLogOff();
}

std::vector<std::string> describeRefusal(FileSystem& files, const DataInventory& inventory,
                                         const DataNames& names, const StartChoice& choice) {
  return Refusal(files, inventory, names, choice).lines();
}

}  // namespace inkstone

#include "persistence/log/ledger_check.h"

#include <algorithm>
#include <utility>

#include "persistence/files/paths.h"

namespace inkstone {
namespace {

constexpr int64_t kMsPerSecond = 1000;

// The first bytes of a file.
class BeginningOfFile final : public ReadFile {
 public:
  BeginningOfFile(ReadFile& file, uint64_t bytes) : file_(file), bytes_(bytes) {}

  IoResult<size_t> readAt(uint64_t offset, std::span<char> target) override {
    const uint64_t left = bytes_ - std::min(offset, bytes_);
    return file_.readAt(offset, target.first(std::min<uint64_t>(target.size(), left)));
  }
  IoResult<uint64_t> size() override { return {bytes_, {}}; }

 private:
  ReadFile& file_;
  const uint64_t bytes_;
};

// The choice is that of a start.
IoResult<LedgerChoice> chooseFor(FileSystem& files, const std::string& path, ReadFile& file) {
  AppendOnlySettings settings;
  settings.directory = directoryOf(path);
  settings.filename = filenameOf(path);
  return chooseLedger(files, settings, file);
}

class LedgerCheck {
 public:
  LedgerCheck(ReadFile& file, const LogCheckSettings& settings, CommandJudge& judge,
              LedgerCheckResult& result)
      : file_(file), settings_(settings), judge_(judge), result_(result) {}

  void takeDamage() {
    const uint64_t size = result_.log.size;
    const LedgerRecord& damage = *result_.damage;
    // What stands there is unknown, but not known to be wrong.
    const bool too_short = size < damage.end;
    if (too_short && result_.log.verdict != LogVerdict::kValid) {
      // The server does not cut it off: more is missing.
      result_.log.torn = false;
      return;
    }
    if (!too_short) cutAt(damage.begin);
    const bool hopeless = result_.log.verdict == LogVerdict::kBadImage ||
                          result_.log.verdict == LogVerdict::kUnsupported;
    if (!hopeless) result_.log.verdict = LogVerdict::kNotValid;
    result_.log.torn = false;
    result_.log.bad_offset = too_short ? size : damage.begin;
    result_.log.reason = "Not what was on the disk, says the ledger";
  }

  // Where a power cut left a block unwritten, the log is read no further.
  void takeHole() {
    const LogCheckResult whole = result_.log;
    const uint64_t hole = *result_.ledger.hole;
    if (whole.verdict == LogVerdict::kNotValid && whole.ok_up_to < hole) return takeStop();
    cutAt(hole);
    const bool hopeless = result_.log.verdict == LogVerdict::kBadImage ||
                          result_.log.verdict == LogVerdict::kUnreadable;
    if (hopeless) return;
    result_.log.verdict = LogVerdict::kNotValid;
    result_.log.torn = result_.torn_by_ledger = true;
    result_.log.bad_offset = hole;
    result_.log.reason = "A block of zeros that nobody wrote, as a power cut leaves it";
  }

  // The log stops where it ends to be one by its own grammar.
  void takeStop() {
    if (result_.log.torn) return;
    result_.torn_by_ledger =
        mayBeUnsynced(result_.ledger, result_.log.bad_offset, result_.log.size);
    result_.log.torn = result_.torn_by_ledger;
  }

  // What was on the disk by the second that is asked for.
  void takeBack() {
    const std::vector<Ledger::Entry>& entries = result_.ledger.ledger.entries;
    const int64_t end_ms = (*settings_.up_to_second + 1) * kMsPerSecond;
    const auto later = std::partition_point(
        entries.begin(), entries.end(),
        [end_ms](const Ledger::Entry& entry) { return entry.record.time_unix_ms < end_ms; });
    // Nothing tells how old what stands behind the last record is.
    if (later == entries.end()) return;
    result_.decided = later->record;
    if (later == entries.begin()) {
      result_.log.verdict = LogVerdict::kAllLater;
      return;
    }
    result_.decided = std::prev(later)->record;
    cutAt(result_.decided->end);
    const bool whole = result_.log.verdict == LogVerdict::kValid || result_.log.torn;
    if (whole) {
      result_.log.verdict =
          result_.log.ok_up_to > 0 ? LogVerdict::kLaterFollows : LogVerdict::kAllLater;
    }
  }

 private:
  // Checks the log as if it ended at `bytes`: it is whole up to its last whole command before that.
  void cutAt(uint64_t bytes) {
    BeginningOfFile beginning(file_, bytes);
    LogCheckSettings settings = settings_;
    settings.up_to_second.reset();
    const uint64_t size = result_.log.size;
    result_.log = checkLog(beginning, settings, judge_);
    result_.log.size = size;
    if (result_.log.verdict == LogVerdict::kEmpty) result_.log.verdict = LogVerdict::kValid;
  }

  ReadFile& file_;
  const LogCheckSettings& settings_;
  CommandJudge& judge_;
  LedgerCheckResult& result_;
};

}  // namespace

LedgerCheckResult checkLogWithLedger(FileSystem& files, const std::string& path, ReadFile& file,
                                     const LogCheckSettings& settings, CommandJudge& judge) {
  LedgerCheckResult result;
  IoResult<LedgerChoice> ledger = chooseFor(files, path, file);
  result.ledger = std::move(ledger.value);
  result.error = ledger.error;
  if (result.error) return result;
  const IoResult<std::optional<LedgerRecord>> damage = firstDamage(file, result.ledger.ledger);
  result.damage = damage.value;
  result.error = damage.error;
  if (result.error) return result;

  result.log = checkLog(file, settings, judge);
  LedgerCheck check(file, settings, judge, result);
  const bool found_earlier = result.log.verdict == LogVerdict::kNotValid && result.damage &&
                             result.log.ok_up_to <= result.damage->begin;
  if (result.damage && !found_earlier) {
    check.takeDamage();
  } else if (result.damage) {
    // The server does not cut it off: it refuses what is damaged.
    result.log.torn = false;
  } else if (result.ledger.hole) {
    check.takeHole();
  } else if (result.log.verdict == LogVerdict::kNotValid) {
    check.takeStop();
  } else if (settings.up_to_second && !result.log.annotated && !result.ledger.ledger.empty() &&
             result.log.verdict == LogVerdict::kValid) {
    check.takeBack();
  }
  return result;
}

}  // namespace inkstone

// Says whether a log would load, and if not, where and why. Changes nothing.
//
// Reads with the replay's own parser and decoder, so that what is called valid here is loaded by
// the server. The one bound not known here is proto-max-bulk-len: an argument that is whole in the
// file is taken however long it is.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "persistence/files/file.h"
#include "persistence/rdb/rdb_check.h"

namespace inkstone {

// Knows commands; the server's command table stands behind it.
class CommandJudge {
 public:
  virtual ~CommandJudge() = default;

  // Why a load would stop at a command.
  struct Objection {
    // It is for people, and empty if the server would not stop there.
    std::string text;
    // The name is none that this server has.
    bool unknown_name = false;
  };
  virtual Objection objection(std::span<const std::string_view> args) = 0;
};

struct LogCheckSettings {
  // Unix milliseconds.
  int64_t now_ms = 0;
  // Stop in front of the first annotation that names a later Unix second.
  std::optional<int64_t> up_to_second;
};

enum class LogVerdict : uint8_t {
  kEmpty,
  // All of it is sound; but see `missing`.
  kValid,
  // The log is sound up to ok_up_to, where cutting it makes a valid one.
  kNotValid,
  // The RDB preamble is not sound: no part of the log is of use without it.
  kBadImage,
  // Sound as far as bad_offset, and not to be cut: the RDB preamble holds what this server cannot
  // load, or the file is another one than a log, as `reason` says.
  kUnsupported,
  // With up_to_second: what stands up to ok_up_to was written by then, and more follows.
  kLaterFollows,
  // With up_to_second: nothing in the log is as old as that.
  kAllLater,
  // With up_to_second: an annotation at bad_offset begins with #TS: and names no second.
  kBadTimestamp,
  kUnreadable,
};

// Something sound in the log that this server does not have, so that it does not load the log.
struct MissingPart {
  // "this server has no XADD yet"
  std::string reason;
  // "XADD came with Redis 7.2 or before"; empty for a part of the preamble.
  std::string origin;
  uint64_t offset = 0;
  // Where what the server can load ends, in front of the transaction if it stands in one; 0 when it
  // is a part of the preamble, without which nothing is of use.
  uint64_t ok_up_to = 0;
  uint64_t line = 0;
};

struct [[nodiscard]] LogCheckResult {
  LogVerdict verdict = LogVerdict::kValid;
  uint64_t size = 0;
  // End of the last complete command or transaction.
  uint64_t ok_up_to = 0;
  // The line in which checking ended, from 1 on; the preamble has none.
  uint64_t line = 1;
  // Where the first byte is that cannot be right; the size of the file when more had to come.
  uint64_t bad_offset = 0;
  std::string reason;
  // With kNotValid: nothing but the end is missing, as after a crash.
  bool torn = false;
  // The first of them, and how many there are, in what is sound.
  std::optional<MissingPart> missing;
  uint64_t missing_count = 0;
  // With up_to_second: some annotation names a second.
  bool annotated = false;
  // What the preamble holds, if there is one.
  std::optional<RdbCheckResult> image;
  std::error_code error;
};

LogCheckResult checkLog(ReadFile& file, const LogCheckSettings& settings, CommandJudge& judge);

}  // namespace inkstone

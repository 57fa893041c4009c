// What lies in a data folder that a start could load, and how old each is. Changes nothing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

#include "persistence/files/file.h"
#include "persistence/log/multi_part_log.h"
#include "persistence/rdb/log_mark.h"

namespace inkstone {

// The names that the configuration gives.
struct DataNames {
  // Absolute, or "."; without trailing slash.
  std::string directory = ".";
  std::string log = "appendonly.aof";
  std::string log_folder = "appendonlydir";
  std::string dump = "dump.rdb";
  // Where log and dump are when their names are symbolic links, else empty.
  std::string log_target = {};
  std::string dump_target = {};

  std::string logPath() const { return log_target.empty() ? directory + "/" + log : log_target; }
  std::string dumpPath() const {
    return dump_target.empty() ? directory + "/" + dump : dump_target;
  }
  std::string folderPath() const { return directory + "/" + log_folder; }
};

struct FoundFile {
  bool found = false;
  uint64_t bytes = 0;
  // Unix milliseconds: when it was written last, as far as can be told.
  int64_t time_ms = 0;

  bool hasBytes() const { return found && bytes > 0; }
};

// Where the ledger covers the whole log, the time is that of its last record, which copying does
// not change; otherwise it is the file's.
struct FoundLog : FoundFile {
  // What the ledger tells of, and since when; 0 without records.
  uint64_t ledger_bytes = 0;
  int64_t ledger_time_ms = 0;
};

// The time is the one in the file, to the second, which copying does not change; or the file's own
// where that is earlier, or there is none.
struct FoundDump : FoundFile {
  // redis-ver; empty if it does not say.
  std::string version;
  LogMarkMatch mark;

  // Unix milliseconds: when the file was changed last, which a copy may have been later.
  int64_t changed_ms = 0;

  // It may be as young as this: the time in it is that of a second.
  int64_t latestMs() const { return std::min(time_ms + 999, std::max(time_ms, changed_ms)); }
};

// The log of Redis 7 in several files. Bytes and time are those of all its files together, and of
// the youngest.
struct FoundParts : FoundFile {
  MultiPartLog log;
  // Without a manifest: the files that have names of such a log.
  std::vector<std::string> orphans;
  // It was imported, could not be renamed, and is what it was then.
  bool imported = false;
};

struct DataInventory {
  FoundLog log;
  FoundDump dump;
  FoundParts parts;
};

// Fails where the folder or a file's state cannot be read; a file that is there and cannot be read
// is left to whoever loads it. Complexity: reads the ledger, the manifest, and the dump up to its
// first key.
struct [[nodiscard]] InventoryResult {
  DataInventory inventory;
  std::error_code error;
  // What the error is about.
  std::string path;

  bool ok() const { return !error; }
};
InventoryResult takeInventory(FileSystem& files, const DataNames& names);

// The files of the log of Redis 7 in the order they are loaded in, with or without a manifest.
std::vector<std::string> partNames(const FoundParts& parts);

// What a log or a dump holds, for people: "12 keys and 345 commands", "at least 12 keys". Reads at
// most kContentBytesMax; what cannot be read is said.
inline constexpr uint64_t kContentBytesMax = 256 * 1024 * 1024;
std::string describeContent(FileSystem& files, const std::vector<std::string>& paths);

}  // namespace inkstone

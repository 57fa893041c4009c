// Loads the data that the server starts with, and loads them again when a command asks for it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "persistence/log/log_replay.h"
#include "persistence/log/multi_part_log.h"
#include "persistence/rewrite/snapshot_file.h"
#include "persistence/start/data_choice.h"
#include "server/durability/loading.h"

namespace inkstone {

class AppendOnlyLog;
class DataSet;
class LogRewrite;
class Runtime;

class DataLoader {
 public:
  // All must outlive this object.
  DataLoader(Runtime& runtime, DataSet& data, AppendOnlyLog& log, LogRewrite& log_rewrite,
             Loading& loading)
      : runtime_(runtime), data_(data), log_(log), log_rewrite_(log_rewrite), loading_(loading) {}

  // Loads the data that the configuration points to: the dump when the AOF is off, else the AOF.
  // When the AOF is on and has no file, the server must not start empty: then it loads the AOF of
  // Redis 7 in several files, or the dump. It refuses where that would ignore newer data
  // (data_choice.h). The keyspace must be empty. When the returned text is not empty, the server
  // has to exit. Removes the files that interrupted saves and rewrites left.
  [[nodiscard]] std::string loadAtStart();

  // Opens the AOF for appending, if the configuration has one. Call it after loadAtStart(). Data
  // that came from elsewhere are first written as the base of the AOF, because nothing may be
  // acknowledged while they are in no AOF. The returned text means the same as above.
  [[nodiscard]] std::string openLog();

  // Loads the AOF of the server again, into the empty keyspace. It is no error when there is no
  // AOF.
  [[nodiscard]] std::string loadLog();
  // Loads the dump as `use` says. It is an error when there is none.
  [[nodiscard]] std::string loadSnapshot(ImageUse use);

 private:
  LoadResult readLog();
  std::string loadFirstLog();
  std::string loadPart(const AppendOnlySettings& settings, bool is_last);
  std::string loadParts(const MultiPartLog& log);
  std::string load(const DataNames& names, const DataInventory& inventory,
                   const StartChoice& choice);
  std::string loadSource(const DataNames& names, const DataInventory& inventory, DataSource source);
  std::string compareDump(const DataNames& names, const DataInventory& inventory,
                          const StartChoice& choice);
  std::string refuse(const DataNames& names, const DataInventory& inventory,
                     const StartChoice& choice);
  std::string writeBase();
  void markSource();
  std::string conclude(const LoadResult& result);
  std::string settle(const LoadResult& result);
  void noteLostLog(const FoundLog& log);
  void describeLedger(const LoadResult& result);

  Runtime& runtime_;
  DataSet& data_;
  AppendOnlyLog& log_;
  LogRewrite& log_rewrite_;
  Loading& loading_;
  // Set when the log is on and the data came from elsewhere: from where.
  std::optional<std::string> foreign_source_;
  // The AOF that the ledger here is about is gone.
  bool drops_ledger_ = false;
  // The AOF of Redis 7 that was loaded. It is to be marked when our AOF holds its data.
  std::optional<MultiPartLog> imported_;
};

}  // namespace inkstone

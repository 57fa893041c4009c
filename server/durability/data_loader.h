// Which data the server starts with, and loading them again when a command asks for it.
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

class Server;

class DataLoader {
 public:
  // `server` must outlive the loader.
  explicit DataLoader(Server& server) : server_(server) {}

  // Loads what the configuration points to: with the log off the snapshot, with the log on the log.
  // Without a log of ours the server must not start empty over what stands in for one: then it is
  // the log of Redis 7 in several files, or the snapshot. Refuses where that would pass over newer
  // data (data_choice.h). The keyspace is empty before. The server is to exit when the text
  // returned is not empty. Removes what interrupted saves and rewrites left.
  [[nodiscard]] std::string loadAtStart();

  // Opens the log for appending, if the configuration has one, after loadAtStart(). When the data
  // came from elsewhere, they are written as the log's base first: nothing may be acknowledged
  // while they are in no log. The text returned as above.
  [[nodiscard]] std::string openLog();

  // Loads the log that the server has into the empty keyspace again. No log at all is no error.
  [[nodiscard]] std::string loadLog();
  // Loads the snapshot, as `use` says; that there is none is an error.
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

  Server& server_;
  // Set when the log is on and the data came from elsewhere: from where.
  std::optional<std::string> foreign_source_;
  // The log that the ledger here is about is gone.
  bool drops_ledger_ = false;
  // The log of Redis 7 that was loaded, to be marked when ours holds its data.
  std::optional<MultiPartLog> imported_;
};

}  // namespace inkstone

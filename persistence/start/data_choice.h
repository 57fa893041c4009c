// Which of the data in a folder a start loads. Nothing newer is passed over: where it is not
// certain what counts, the start is refused, and a person decides by moving files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "persistence/start/data_inventory.h"

namespace inkstone {

enum class DataSource : uint8_t { kNothing, kLog, kParts, kDump };

struct StartChoice {
  DataSource source = DataSource::kNothing;
  // Not empty: the start is refused, and why; `rivals` are what there is.
  std::string refusal;
  std::vector<DataSource> rivals;
  // Lines about what is there and is not loaded.
  std::vector<std::string> notes;
  // kLog, kParts: the dump is younger. It must hold nothing else, or the start is refused as well.
  bool compare_dump = false;

  bool refused() const { return !refusal.empty(); }
};

// With the log off the dump counts, as in Redis, unless a log is younger. With the log on: the log
// of ours, else the log of Redis 7, else the dump; an empty log is as none. What is younger than
// what would count makes the start refused, except for a dump that holds nothing which the log
// lacks: its mark says so (log_mark.h), or else a comparison.
StartChoice chooseData(const DataInventory& inventory, const DataNames& names, bool log_is_on);

// The refusal for people, line by line: why, every candidate with its date and what it holds, and
// what chooses. Reads the candidates, at most kContentBytesMax of each.
std::vector<std::string> describeRefusal(FileSystem& files, const DataInventory& inventory,
                                         const DataNames& names, const StartChoice& choice);

}  // namespace inkstone

// INFO: its sections, the tables of rows that they show, and their text.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/info/info_field.h"

namespace inkstone {

struct InfoSection {
  std::string_view name;   // as INFO's argument
  std::string_view title;  // as its heading
  bool by_default;
  std::span<const InfoField> fields;
  // Writes the lines that depend on what the server holds; null where there are none.
  void (*append)(const InfoSnapshot&, std::string& out) = nullptr;
};

// All sections, in the order they are shown.
std::span<const InfoSection> infoSections();

// The sections asked for, each once, in their order: names in any case, "default", "all",
// "everything"; those of no argument are the default ones. An unknown name gives nothing.
std::string infoReport(const ServerParts& parts, std::span<const std::string_view> names);

// The tables, one for each section.
std::span<const InfoField> infoServerFields();
std::span<const InfoField> infoClientsFields();
std::span<const InfoField> infoMemoryFields();
std::span<const InfoField> infoPersistenceFields();
std::span<const InfoField> infoStatsFields();
std::span<const InfoField> infoReplicationFields();
std::span<const InfoField> infoCpuFields();
std::span<const InfoField> infoClusterFields();

// The lines that are no rows, because their names depend on what the server holds.
void appendListeners(const InfoSnapshot& snapshot, std::string& out);
void appendCommandStats(const InfoSnapshot& snapshot, std::string& out);
void appendErrorStats(const InfoSnapshot& snapshot, std::string& out);
void appendLatencyStats(const InfoSnapshot& snapshot, std::string& out);
void appendKeyspace(const InfoSnapshot& snapshot, std::string& out);

}  // namespace inkstone

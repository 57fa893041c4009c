// Rows and tables of INFO.
#pragma once

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>

#include "server/info/info_snapshot.h"

namespace inkstone {

struct InfoField {
  std::string_view name;
  std::string (*value)(const InfoSnapshot&);
  // Whether the field is shown; null means always.
  bool (*shown)(const InfoSnapshot&) = nullptr;
};

struct InfoSection {
  std::string_view name;   // as INFO's argument
  std::string_view title;  // as its heading
  bool by_default;
  std::span<const InfoField> fields;
  // Writes the lines that depend on what the server holds; null where there are none.
  void (*append)(const InfoSnapshot&, std::string& out) = nullptr;
};

std::span<const InfoField> infoServerFields();
std::span<const InfoField> infoClientsFields();
std::span<const InfoField> infoMemoryFields();
std::span<const InfoField> infoPersistenceFields();
std::span<const InfoField> infoStatsFields();
std::span<const InfoField> infoReplicationFields();
std::span<const InfoField> infoCpuFields();
std::span<const InfoField> infoClusterFields();
void appendListeners(const InfoSnapshot& snapshot, std::string& out);
void appendCommandStats(const InfoSnapshot& snapshot, std::string& out);
void appendErrorStats(const InfoSnapshot& snapshot, std::string& out);
void appendLatencyStats(const InfoSnapshot& snapshot, std::string& out);
void appendKeyspace(const InfoSnapshot& snapshot, std::string& out);

// Values as text.
template <class Number>
std::string infoNumber(Number value) {
  return fmt::to_string(value);
}
// For fields whose part this server does not have: the value that Redis shows where nobody uses the
// part.
inline std::string infoZero(const InfoSnapshot&) {
  return "0";
}
inline std::string infoZeroHuman(const InfoSnapshot&) {
  return "0B";
}
inline std::string infoFlag(bool value) {
  return value ? "1" : "0";
}
inline std::string infoStatus(bool ok) {
  return ok ? "ok" : "err";
}
// The number with two digits behind the point.
inline std::string infoRatio(double value) {
  return fmt::format("{:.2f}", value);
}
inline std::string infoPercent(double value) {
  return fmt::format("{:.2f}%", value);
}
// A size for people, such as "1.16M".
std::string infoHumanBytes(uint64_t bytes);

}  // namespace inkstone

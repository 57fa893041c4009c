#include "server/info/info_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/ascii.h"

namespace inkstone {
namespace {

bool asksFor(const InfoSection& section, std::string_view name) {
  if (equalsIgnoreCase(name, "default")) return section.by_default;
  return equalsIgnoreCase(name, "all") || equalsIgnoreCase(name, "everything") ||
         equalsIgnoreCase(name, section.name);
}

bool isWanted(const InfoSection& section, std::span<const std::string_view> names) {
  if (names.empty()) return section.by_default;
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return asksFor(section, name); });
}

void appendSection(const InfoSection& section, const InfoSnapshot& snapshot, std::string& out) {
  if (!out.empty()) out += "\r\n";
  fmt::format_to(std::back_inserter(out), "# {}\r\n", section.title);
  for (const InfoField& field : section.fields) {
    if (!field.shown(snapshot)) continue;
    fmt::format_to(std::back_inserter(out), "{}:", field.name);
    appendInfoText(field.value(snapshot), out);
    out += "\r\n";
  }
  if (section.append != nullptr) section.append(snapshot, out);
}

}  // namespace

std::span<const InfoSection> infoSections() {
  static const InfoSection kSections[] = {
      {"server", "Server", true, infoServerFields(), appendListeners},
      {"clients", "Clients", true, infoClientsFields()},
      {"memory", "Memory", true, infoMemoryFields()},
      {"persistence", "Persistence", true, infoPersistenceFields()},
      {"stats", "Stats", true, infoStatsFields()},
      {"replication", "Replication", true, infoReplicationFields()},
      {"cpu", "CPU", true, infoCpuFields()},
      {"modules", "Modules", true, {}},
      {"commandstats", "Commandstats", false, {}, appendCommandStats},
      {"errorstats", "Errorstats", true, {}, appendErrorStats},
      {"latencystats", "Latencystats", false, {}, appendLatencyStats},
      {"cluster", "Cluster", true, infoClusterFields()},
      {"keyspace", "Keyspace", true, {}, appendKeyspace},
  };
  return kSections;
}

std::string infoReport(const ServerParts& parts, std::span<const std::string_view> names) {
  const InfoSnapshot snapshot(parts);
  std::string report;
  for (const InfoSection& section : infoSections()) {
    if (isWanted(section, names)) appendSection(section, snapshot, report);
  }
  return report;
}

}  // namespace inkstone

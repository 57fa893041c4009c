#include "server/process/system_warnings.h"

#include <fmt/format.h>

#include <fstream>

namespace inkstone {
namespace {

std::optional<int64_t> readNumber(const std::string& path) {
  std::ifstream file(path);
  int64_t number = 0;
  if (!(file >> number)) return std::nullopt;
  return number;
}

// The word in brackets of a text such as "always [madvise] never".
std::string readChoice(const std::string& path) {
  std::ifstream file(path);
  std::string word;
  while (file >> word) {
    if (word.size() > 2 && word.front() == '[' && word.back() == ']') {
      return word.substr(1, word.size() - 2);
    }
  }
  return {};
}

}  // namespace

SystemFacts readSystemFacts(const std::string& root) {
  SystemFacts facts;
  facts.overcommit_memory = readNumber(root + "/proc/sys/vm/overcommit_memory");
  facts.somaxconn = readNumber(root + "/proc/sys/net/core/somaxconn");
  facts.huge_pages = readChoice(root + "/sys/kernel/mm/transparent_hugepage/enabled");
  return facts;
}

// The lines begin with words that people search for in server logs.
std::vector<std::string> systemWarnings(const SystemFacts& facts, const SystemNeeds& needs) {
  std::vector<std::string> lines;
  if (needs.port != 0 && facts.somaxconn && *facts.somaxconn < needs.tcp_backlog) {
    lines.push_back(
        fmt::format("WARNING: The TCP backlog setting of {} cannot be enforced because "
                    "/proc/sys/net/core/somaxconn is set to the lower value of {}.",
                    needs.tcp_backlog, *facts.somaxconn));
  }
  if (facts.overcommit_memory && *facts.overcommit_memory != 1) {
    lines.push_back(fmt::format(
        "WARNING overcommit_memory is set to {}! The kernel may refuse the fork of a save or a "
        "rewrite although most of its memory is shared. Run 'sysctl vm.overcommit_memory=1', and "
        "add 'vm.overcommit_memory = 1' to /etc/sysctl.conf for the next boot.",
        *facts.overcommit_memory));
  }
  if (facts.huge_pages == "always" && !needs.huge_pages_off) {
    lines.emplace_back(
        "WARNING Transparent Huge Pages (THP) are always on in this kernel and were not switched "
        "off for this process: a fork then makes writes copy 2 MB at a time, which costs memory "
        "and time. Set disable-thp yes, or run "
        "'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled' as root.");
  }
  return lines;
}

}  // namespace inkstone

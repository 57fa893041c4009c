// Settings of the machine that make a server of this kind fail or stall. They are read once at
// start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inkstone {

// The settings as the kernel reports them; empty where it does not.
struct SystemFacts {
  // /proc/sys/vm/overcommit_memory
  std::optional<int64_t> overcommit_memory;
  // /proc/sys/net/core/somaxconn
  std::optional<int64_t> somaxconn;
  // /sys/kernel/mm/transparent_hugepage/enabled: the word in brackets.
  std::string huge_pages;
};

// Tests give a `root`, which stands in front of the paths.
SystemFacts readSystemFacts(const std::string& root = {});

struct SystemNeeds {
  // 0 when no TCP port is opened.
  int64_t port = 0;
  int64_t tcp_backlog = 0;
  // The process has switched huge pages off for itself.
  bool huge_pages_off = false;
};

// A line for each harmful setting, which says how to change it.
std::vector<std::string> systemWarnings(const SystemFacts& facts, const SystemNeeds& needs);

}  // namespace inkstone

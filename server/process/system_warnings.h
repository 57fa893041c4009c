// Settings of the machine that make a server of this kind fail or stall, looked at once at start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inkstone {

// What the kernel says; nothing where it does not.
struct SystemFacts {
  // /proc/sys/vm/overcommit_memory
  std::optional<int64_t> overcommit_memory;
  // /proc/sys/net/core/somaxconn
  std::optional<int64_t> somaxconn;
  // /sys/kernel/mm/transparent_hugepage/enabled: the word in brackets.
  std::string huge_pages;
};

// `root` stands before the paths, for tests.
SystemFacts readSystemFacts(const std::string& root = {});

struct SystemNeeds {
  // 0: no TCP port is opened.
  int64_t port = 0;
  int64_t tcp_backlog = 0;
  // The process has switched them off for itself.
  bool huge_pages_off = false;
};

// A line for each setting that is in the way, with what to do about it.
std::vector<std::string> systemWarnings(const SystemFacts& facts, const SystemNeeds& needs);

}  // namespace inkstone

// The attempts that were refused lately: ACL LOG.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>

#include "server/acl/acl_request.h"

namespace inkstone {

// Where the command came from.
enum class AclContext : uint8_t { kToplevel, kMulti };

struct AclLogEntry {
  // Numbers start at 0 with the server. An event that is merged into an entry has no number of its
  // own.
  uint64_t id = 0;
  uint64_t count = 1;
  AclReason reason = AclReason::kNone;
  AclContext context = AclContext::kToplevel;
  // The command's full name, the key or channel, or the word that was to authenticate. Of this text
  // and of the user's name only the first AclLog::kTextMax bytes are kept, because clients that may
  // not log in choose both.
  std::string object;
  std::string user;
  // The client in the form of CLIENT LIST.
  std::string client;
  // Unix time of the first and of the last event.
  int64_t created_ms = 0;
  int64_t updated_ms = 0;
};

// The names that ACL LOG shows.
std::string_view aclReasonName(AclReason reason);
std::string_view aclContextName(AclContext context);

class AclLog {
 public:
  static constexpr size_t kTextMax = 128;

  // Notes an event; created_ms is its time, and id and count are set here. An event that differs
  // from an entry only in its client counts for that entry, if the entry came within 60 s before
  // and is among the latest ten. At most `entries_max` entries are kept.
  void add(AclLogEntry event, size_t entries_max);
  void clear() { entries_.clear(); }

  // Latest first.
  const std::list<AclLogEntry>& entries() const { return entries_; }

 private:
  std::list<AclLogEntry>::iterator findAlike(const AclLogEntry& event);

  std::list<AclLogEntry> entries_;
  uint64_t next_id_ = 0;
};

}  // namespace inkstone

// What was refused lately: ACL LOG.
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
  // From 0 on, since the start of the server; a merged event has none of its own.
  uint64_t id = 0;
  uint64_t count = 1;
  AclReason reason = AclReason::kNone;
  AclContext context = AclContext::kToplevel;
  // The command's full name, the key or channel, or the word that was to authenticate. Of this and
  // the user's name the first AclLog::kTextMax bytes: who may not log in chooses both.
  std::string object;
  std::string user;
  // As CLIENT LIST shows it.
  std::string client;
  // Unix time of the first and of the last event.
  int64_t created_ms = 0;
  int64_t updated_ms = 0;
};

// As ACL LOG shows them.
std::string_view aclReasonName(AclReason reason);
std::string_view aclContextName(AclContext context);

class AclLog {
 public:
  static constexpr size_t kTextMax = 128;

  // Notes an event; created_ms is its time, id and count are set here. It counts for the entry of
  // an event that differs only in its client and came within 60 s before, if that is among the
  // latest ten. At most `entries_max` entries are kept.
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

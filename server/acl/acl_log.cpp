#include "server/acl/acl_log.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace inkstone {
namespace {

constexpr int64_t kMergedWithinMs = 60'000;
constexpr ptrdiff_t kComparedMax = 10;

}  // namespace

std::string_view aclReasonName(AclReason reason) {
  switch (reason) {
    case AclReason::kNone:
      break;
    case AclReason::kCommand:
      return "command";
    case AclReason::kKey:
      return "key";
    case AclReason::kAuth:
      return "auth";
    case AclReason::kChannel:
      return "channel";
  }
  return "unknown";
}

std::string_view aclContextName(AclContext context) {
  return context == AclContext::kToplevel ? "toplevel" : "multi";
}

std::list<AclLogEntry>::iterator AclLog::findAlike(const AclLogEntry& event) {
  const auto compared = std::min(kComparedMax, std::ssize(entries_));
  const auto end = std::next(entries_.begin(), compared);
  const auto found = std::find_if(entries_.begin(), end, [&](const AclLogEntry& entry) {
    return entry.reason == event.reason && entry.context == event.context &&
           event.created_ms - entry.updated_ms <= kMergedWithinMs && entry.object == event.object &&
           entry.user == event.user;
  });
  return found == end ? entries_.end() : found;
}

void AclLog::add(AclLogEntry event, size_t entries_max) {
  const auto alike = findAlike(event);
  if (alike != entries_.end()) {
    ++alike->count;
    alike->updated_ms = event.created_ms;
    alike->client = std::move(event.client);
    entries_.splice(entries_.begin(), entries_, alike);
  } else if (entries_max > 0) {
    event.id = next_id_++;
    event.updated_ms = event.created_ms;
    entries_.push_front(std::move(event));
  }
  while (entries_.size() > entries_max) entries_.pop_back();
}

}  // namespace inkstone

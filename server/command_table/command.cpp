#include "server/command_table/command.h"

#include <algorithm>

#include "base/ascii.h"

namespace inkstone {
namespace {

constexpr BitName kCommandFlags[] = {
    {kCmdWrite, "write"},
    {kCmdReadonly, "readonly"},
    {kCmdDenyOom, "denyoom"},
    {kCmdAdmin, "admin"},
    {kCmdPubsub, "pubsub"},
    {kCmdNoScript, "noscript"},
    {kCmdBlocking, "blocking"},
    {kCmdLoading, "loading"},
    {kCmdStale, "stale"},
    {kCmdSkipMonitor, "skip_monitor"},
    {kCmdSkipSlowlog, "skip_slowlog"},
    {kCmdAsking, "asking"},
    {kCmdFast, "fast"},
    {kCmdNoAuth, "no_auth"},
    {kCmdMayReplicate, "may_replicate"},
    {kCmdNoMandatoryKeys, "no_mandatory_keys"},
    {kCmdNoAsyncLoading, "no_async_loading"},
    {kCmdNoMulti, "no_multi"},
    {kCmdMovableKeys, "movablekeys"},
    {kCmdAllowBusy, "allow_busy"},
};

constexpr BitName kAclCategories[] = {
    {kAclKeyspace, "keyspace"},
    {kAclRead, "read"},
    {kAclWrite, "write"},
    {kAclSet, "set"},
    {kAclSortedSet, "sortedset"},
    {kAclList, "list"},
    {kAclHash, "hash"},
    {kAclString, "string"},
    {kAclBitmap, "bitmap"},
    {kAclHyperloglog, "hyperloglog"},
    {kAclGeo, "geo"},
    {kAclStream, "stream"},
    {kAclPubsub, "pubsub"},
    {kAclAdmin, "admin"},
    {kAclFast, "fast"},
    {kAclSlow, "slow"},
    {kAclBlocking, "blocking"},
    {kAclDangerous, "dangerous"},
    {kAclConnection, "connection"},
    {kAclTransaction, "transaction"},
    {kAclScripting, "scripting"},
};

constexpr BitName kKeyFlags[] = {
    {kKeyReadOnly, "RO"},
    {kKeyReadWrite, "RW"},
    {kKeyOverwrite, "OW"},
    {kKeyRemove, "RM"},
    {kKeyAccess, "access"},
    {kKeyUpdate, "update"},
    {kKeyInsert, "insert"},
    {kKeyDelete, "delete"},
    {kKeyNotKey, "not_key"},
    {kKeyIncomplete, "incomplete"},
    {kKeyVariableFlags, "variable_flags"},
};

uint32_t derivedCategories(const CommandRow& row) {
  uint32_t categories = row.categories;
  if ((row.flags & kCmdWrite) != 0) categories |= kAclWrite;
  // Scripting commands are readonly in name only: what they run is judged by itself.
  if ((row.flags & kCmdReadonly) != 0 && (categories & kAclScripting) == 0) categories |= kAclRead;
  if ((row.flags & kCmdAdmin) != 0) categories |= kAclAdmin | kAclDangerous;
  if ((row.flags & kCmdPubsub) != 0) categories |= kAclPubsub;
  if ((row.flags & kCmdBlocking) != 0) categories |= kAclBlocking;
  return categories | ((row.flags & kCmdFast) != 0 ? kAclFast : kAclSlow);
}

// "get" of "config|get".
std::string_view lastPart(std::string_view full_name) {
  return full_name.substr(full_name.find('|') + 1);
}

}  // namespace

Command::Command(const CommandRow& row, const Command* parent)
    : handler_(row.handler),
      flags_(row.flags),
      arity_(row.arity),
      categories_(derivedCategories(row)),
      key_first_(!row.keys.empty() && row.keys[0].begin == KeySpec::Begin::kIndex &&
                 row.keys[0].index == 1 && row.keys[0].find == KeySpec::Find::kRange),
      single_key_(key_first_ && row.keys.size() == 1 && row.keys[0].last == 0),
      touches_data_((row.flags & (kCmdWrite | kCmdReadonly | kCmdDebug)) != 0),
      keys_known_(std::none_of(row.keys.begin(), row.keys.end(),
                               [](const KeySpec& spec) {
                                 return spec.begin == KeySpec::Begin::kUnknown ||
                                        spec.find == KeySpec::Find::kUnknown;
                               })),
      parent_(parent),
      row_(row),
      full_name_(row.name),
      name_(lastPart(row.name)) {}

Command* Command::findSubcommand(std::string_view name) const {
  for (const auto& sub : subcommands_) {
    if (equalsIgnoreCase(sub->name(), name)) return sub.get();
  }
  return nullptr;
}

Command& Command::addSubcommand(const CommandRow& row) {
  const auto behind = std::find_if(subcommands_.begin(), subcommands_.end(),
                                   [&](const auto& sub) { return sub->row().name > row.name; });
  return **subcommands_.insert(behind, std::make_unique<Command>(row, this));
}

std::span<const BitName> commandFlagNames() {
  return kCommandFlags;
}
std::span<const BitName> aclCategoryNames() {
  return kAclCategories;
}
std::span<const BitName> keyFlagNames() {
  return kKeyFlags;
}

uint32_t aclCategoryByName(std::string_view name) {
  for (const BitName& category : kAclCategories) {
    if (equalsIgnoreCase(category.name, name)) return category.bit;
  }
  return 0;
}

}  // namespace inkstone

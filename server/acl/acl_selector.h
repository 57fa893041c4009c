// One set of rules of a user: commands, and the keys and channels they may be used with. A user may
// run what any of its sets allows as a whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/acl/acl_command_rules.h"
#include "server/acl/acl_request.h"
#include "server/acl/acl_rule.h"

namespace inkstone {

class AclSelector {
 public:
  // Allows nothing, but for the channels where acl-pubsub-default says so.
  explicit AclSelector(bool all_channels) : all_channels_(all_channels) {}

  // A rule about commands, keys or channels: "+get", "~app:*", "%R~*", "&news.*", "allkeys", ... On
  // error nothing is changed.
  AclRuleError apply(const CommandTable& table, std::string_view rule);

  AclDenial check(AclRequest& request) const;

  // Everything, without looking.
  bool isUnrestricted() const { return commands_.allowsAll() && all_keys_ && all_channels_; }
  // Any key at all may be read.
  bool readsAllKeys() const;
  bool allowsAllChannels() const { return all_channels_; }
  // `name` is a channel; with `is_pattern` a pattern of channels, which must be allowed as it
  // stands.
  bool allowsChannel(std::string_view name, bool is_pattern) const;
  std::span<const std::string> channelPatterns() const { return channels_; }

  // Rules that give the same, divided by blanks; empty where there is nothing.
  std::string describeCommands() const { return commands_.describe(); }
  std::vector<std::string> allowedToCome(const CommandTable& table) const {
    return commands_.allowedToCome(table);
  }
  std::string describeKeys() const;
  std::string describeChannels() const;
  // All of it, as a line of a file has it.
  std::string describe() const;

 private:
  // What a key pattern allows to do with keys, and what a command needs.
  enum KeyAccess : uint8_t { kRead = 1U << 0, kWrite = 1U << 1, kReadWrite = kRead | kWrite };
  struct KeyPattern {
    std::string pattern;
    uint8_t access;
  };

  AclRuleError addKeys(std::string_view pattern, uint8_t access);
  AclRuleError addKeysByAccess(std::string_view rule);
  AclRuleError addChannels(std::string_view pattern);
  bool allowsKey(std::string_view key, uint32_t key_flags) const;

  AclCommandRules commands_;
  bool all_keys_ = false;
  bool all_channels_;
  std::vector<KeyPattern> keys_;
  std::vector<std::string> channels_;
};

}  // namespace inkstone

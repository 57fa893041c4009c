// One set of rules of a user: commands, and the keys and channels that they may be used with. A
// user may run a command when one of its sets allows all of it.
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
  // A new set allows nothing, except all channels where acl-pubsub-default says so.
  explicit AclSelector(bool all_channels) : all_channels_(all_channels) {}

  // A rule about commands, keys or channels: "+get", "~app:*", "%R~*", "&news.*", "allkeys", ... On
  // error nothing is changed.
  AclRuleError apply(const CommandTable& table, std::string_view rule);

  AclDenial check(AclRequest& request) const;

  // Whether everything is allowed.
  bool isUnrestricted() const { return commands_.allowsAll() && all_keys_ && all_channels_; }
  // Whether any key may be read.
  bool readsAllKeys() const;
  bool allowsAllChannels() const { return all_channels_; }
  // `name` is a channel. With `is_pattern` it is a pattern of channels, and exactly this pattern
  // must be allowed.
  bool allowsChannel(std::string_view name, bool is_pattern) const;
  std::span<const std::string> channelPatterns() const { return channels_; }

  // Rules with the same effect, divided by blanks; empty where there are none.
  std::string describeCommands() const { return commands_.describe(); }
  std::vector<std::string> allowedToCome(const CommandTable& table) const {
    return commands_.allowedToCome(table);
  }
  std::string describeKeys() const;
  std::string describeChannels() const;
  // All rules as they stand in a line of a file.
  std::string describe() const;

 private:
  // The kinds of access that a key pattern allows and a command needs.
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

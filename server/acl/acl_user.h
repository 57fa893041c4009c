// A user of access control: its passwords and rules.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/acl/acl_request.h"
#include "server/acl/acl_rule.h"
#include "server/acl/acl_selector.h"
#include "server/clients/client.h"

namespace inkstone {

// Copies are independent: rules are tried on a copy, which then takes the user's place.
class AclUser {
 public:
  // A new user is off, has no passwords and may do nothing. With `all_channels`
  // (acl-pubsub-default) users and selectors begin with access to all channels.
  AclUser(std::string name, bool all_channels);
  // acl-pubsub-default has changed; it applies to rules that come from now on.
  void setChannelDefault(bool all_channels) { all_channels_ = all_channels; }
  // The user of new connections as long as nothing else is configured: it needs no password and may
  // do everything.
  static AclUser makeDefault(bool all_channels);

  static constexpr std::string_view kDefaultName = kDefaultUserName;

  // Applies a rule: "on", ">password", "(+get ~a)", "+@read", "reset", ... A selector in brackets
  // is one rule. On error nothing is changed.
  AclRuleError apply(const CommandTable& table, std::string_view rule);
  // Replaces all passwords by one; an empty one means that none is needed (requirepass).
  void setOnlyPassword(std::string_view password);

  const std::string& name() const { return name_; }
  bool enabled() const { return enabled_; }
  // Whether any password is accepted.
  bool needsNoPassword() const { return needs_no_password_; }
  // Takes the same time whichever of the passwords it is, or if it is none of them.
  bool hasPassword(std::string_view password) const;

  // The result is empty when the user may run the command with these arguments.
  AclDenial check(AclRequest& request) const;
  // Whether the user may do everything, so that check() need not be called.
  bool isUnrestricted() const;
  // Whether a set of rules that allows the command with these arguments allows reading any key.
  bool mayReadAllKeys(AclRequest& request) const;
  // Whether any set of rules allows it; see AclSelector.
  bool allowsChannel(std::string_view name, bool is_pattern) const;
  // Whether `before` was allowed channels that this user is not allowed, as far as patterns can
  // tell.
  bool hasFewerChannelsThan(const AclUser& before) const;

  // The allowed commands that this server lacks; see AclCommandRules.
  std::vector<std::string> allowedToCome(const CommandTable& table) const;

  // The flags in the words of ACL GETUSER: "on", "nopass", "sanitize-payload", ...
  std::vector<std::string_view> flags() const;
  const std::vector<std::string>& passwordHashes() const { return password_hashes_; }
  // The user's own rules, then those of each pair of brackets.
  std::span<const AclSelector> selectors() const { return selectors_; }
  // Rules that make the same user, as they stand behind the name in a line of a file.
  std::string describe() const;

 private:
  AclRuleError applyPassword(std::string_view rule);
  void addHash(std::string hash);
  AclRuleError removeHash(std::string_view hash);
  AclRuleError addSelector(const CommandTable& table, std::string_view rules);
  void reset();

  std::string name_;
  bool all_channels_;
  bool enabled_ = false;
  bool needs_no_password_ = false;
  // This is only kept and shown: payloads are always checked.
  bool skips_payload_check_ = false;
  std::vector<std::string> password_hashes_;
  std::vector<AclSelector> selectors_;
};

// Joins each selector in brackets to one word, though it came as several. On failure returns
// nothing, and `unmatched` has the first word of the selector without an end.
std::optional<std::vector<std::string>> joinSelectors(std::span<const std::string_view> words,
                                                      std::string& unmatched);

}  // namespace inkstone

// A user of access control lists: passwords and rules.
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

// A copy is independent: rules are tried on one, which then takes the user's place.
class AclUser {
 public:
  // Switched off, without passwords, allowed nothing. `all_channels`: acl-pubsub-default says that
  // users and selectors begin with all of them.
  AclUser(std::string name, bool all_channels);
  // acl-pubsub-default has changed: for rules that come from now on.
  void setChannelDefault(bool all_channels) { all_channels_ = all_channels; }
  // The user that connections begin with, as long as nothing else is configured: no password is
  // asked for, everything is allowed.
  static AclUser makeDefault(bool all_channels);

  static constexpr std::string_view kDefaultName = kDefaultUserName;

  // "on", ">password", "(+get ~a)", "+@read", "reset", ... A selector in brackets is one rule. On
  // error nothing is changed.
  AclRuleError apply(const CommandTable& table, std::string_view rule);
  // One password instead of all; empty: none is asked for (requirepass).
  void setOnlyPassword(std::string_view password);

  const std::string& name() const { return name_; }
  bool enabled() const { return enabled_; }
  // Any password will do.
  bool needsNoPassword() const { return needs_no_password_; }
  // Takes the same time whichever of the passwords it is, or none.
  bool hasPassword(std::string_view password) const;

  // Nothing when it may run the command with these arguments.
  AclDenial check(AclRequest& request) const;
  // It may do everything, so check() need not be asked.
  bool isUnrestricted() const;
  // Whether a set of rules that allows the command with these arguments allows reading any key.
  bool mayReadAllKeys(AclRequest& request) const;
  // By any set of rules; see AclSelector.
  bool allowsChannel(std::string_view name, bool is_pattern) const;
  // Whether `before` was allowed channels that this, as far as patterns tell, is not.
  bool hasFewerChannelsThan(const AclUser& before) const;

  // What any set of rules allows and is not here; see AclCommandRules.
  std::vector<std::string> allowedToCome(const CommandTable& table) const;

  // As ACL GETUSER shows them: "on", "nopass", "sanitize-payload", ...
  std::vector<std::string_view> flags() const;
  const std::vector<std::string>& passwordHashes() const { return password_hashes_; }
  // Its own rules, then what stands in brackets.
  std::span<const AclSelector> selectors() const { return selectors_; }
  // Rules that make the same user, as a line of a file has them behind the name.
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
  // Kept and shown only: payloads are always checked.
  bool skips_payload_check_ = false;
  std::vector<std::string> password_hashes_;
  std::vector<AclSelector> selectors_;
};

// Rules in which each selector in brackets is one word, though it came as several. On failure the
// word that a selector without end begins with is in `unmatched`, and nothing is returned.
std::optional<std::vector<std::string>> joinSelectors(std::span<const std::string_view> words,
                                                      std::string& unmatched);

}  // namespace inkstone

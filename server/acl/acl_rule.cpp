#include "server/acl/acl_rule.h"

namespace inkstone {

std::string_view aclRuleErrorText(AclRuleError error) {
  switch (error) {
    case AclRuleError::kNone:
      break;
    case AclRuleError::kUnknown:
      return "Unknown command or category name in ACL";
    case AclRuleError::kSyntax:
      return "Syntax error";
    case AclRuleError::kFirstArgumentOfSubcommand:
      return "Allowing first-arg of a subcommand is not supported";
    case AclRuleError::kKeysAreAll:
      return "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does "
             "not have any effect. Try 'resetkeys' to start with an empty list of patterns";
    case AclRuleError::kChannelsAreAll:
      return "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and "
             "does not have any effect. Try 'resetchannels' to start with an empty list of "
             "channels";
    case AclRuleError::kNoSuchPassword:
      return "The password you are trying to remove from the user does not exist";
    case AclRuleError::kBadHash:
      return "The password hash must be exactly 64 characters and contain only lowercase "
             "hexadecimal characters";
  }
  return {};
}

bool isAclWord(std::string_view text) {
  constexpr std::string_view kForbidden(" \t\n\v\f\r\0", 7);
  return text.find_first_of(kForbidden) == std::string_view::npos;
}

}  // namespace inkstone

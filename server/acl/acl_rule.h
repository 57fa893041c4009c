// Why a rule of an access control list is refused.
#pragma once

#include <cstdint>
#include <string_view>

namespace inkstone {

enum class AclRuleError : uint8_t {
  kNone,
  // A command or category that there is not. In a file it is reported with the rule.
  kUnknown,
  kSyntax,
  kFirstArgumentOfSubcommand,
  kKeysAreAll,
  kChannelsAreAll,
  kNoSuchPassword,
  kBadHash,
};

// The sentence that replies and logs have for it; empty for kNone.
std::string_view aclRuleErrorText(AclRuleError error);

// Without blanks and zero bytes, which a word of a file cannot have.
bool isAclWord(std::string_view text);

}  // namespace inkstone

// Why a rule of an access control list is refused.
#pragma once

#include <cstdint>
#include <string_view>

namespace inkstone {

enum class AclRuleError : uint8_t {
  kNone,
  // The command or category does not exist. Errors in a file name the rule.
  kUnknown,
  kSyntax,
  kFirstArgumentOfSubcommand,
  kKeysAreAll,
  kChannelsAreAll,
  kNoSuchPassword,
  kBadHash,
};

// The sentence that replies and the server log have for the error; empty for kNone.
std::string_view aclRuleErrorText(AclRuleError error);

// Whether the text has no blanks and no zero bytes, which a word of a file cannot have.
bool isAclWord(std::string_view text);

}  // namespace inkstone

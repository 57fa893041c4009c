// The commands that a set of rules allows.
#pragma once

#include <bitset>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/acl/acl_rule.h"
#include "server/command_table/command.h"
#include "server/command_table/command_table.h"

namespace inkstone {

// A new object allows no command.
class AclCommandRules {
 public:
  void allowAll();
  void denyAll();

  // Applies a rule: "+get", "-config|set", "+@read", "-@all", "+select|0". Commands have the names
  // that they had before rename-command. A rule about a command or category that only other servers
  // have is kept and described, and takes effect once this server has it. On error nothing is
  // changed.
  AclRuleError apply(const CommandTable& table, std::string_view rule);

  // Complexity: O(1), except for commands that are allowed with some first arguments only.
  bool allows(const Command& command, std::span<const std::string_view> args) const;
  // Whether every command is allowed.
  bool allowsAll() const { return all_; }

  // Rules with the same effect: "+@all" or "-@all", then the rules that were added since, in that
  // order, without those that a later rule made void.
  std::string describe() const;
  // The allowed commands that this server lacks, in the words of the rules: "xadd", "script|load",
  // "@search".
  std::vector<std::string> allowedToCome(const CommandTable& table) const;

 private:
  AclRuleError applyToCategory(const CommandTable& table, std::string_view name, bool allow);
  AclRuleError applyToCommand(const CommandTable& table, std::string_view name, bool allow);
  AclRuleError allowFirstArgument(const CommandTable& table, std::string_view name);
  void set(const Command& command, bool allow);
  void setOne(const Command& command, bool allow);
  // `target` is the part of the rule behind its sign, in lower case.
  void noteRule(std::string_view target, bool allow);

  // The index is Command::id.
  std::bitset<kCommandsMax> allowed_;
  bool all_ = false;
  // The rules start from +@all.
  bool from_all_ = false;
  // The key is Command::id. The values are first arguments, in lower case, with which a command is
  // allowed that otherwise is not.
  std::map<size_t, std::vector<std::string>> first_arguments_;
  // The rules with their signs.
  std::vector<std::string> rules_;
};

}  // namespace inkstone

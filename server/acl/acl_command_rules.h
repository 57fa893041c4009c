// Which commands a set of rules allows.
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

// None at first.
class AclCommandRules {
 public:
  void allowAll();
  void denyAll();

  // "+get", "-config|set", "+@read", "-@all", "+select|0". Commands are named as they were before
  // rename-command. A rule about a command or category that other servers of this kind have is kept
  // and described, and holds once this one has it. On error nothing is changed.
  AclRuleError apply(const CommandTable& table, std::string_view rule);

  // O(1), but for commands allowed with some first arguments only.
  bool allows(const Command& command, std::span<const std::string_view> args) const;
  // Whatever there is, without looking.
  bool allowsAll() const { return all_; }

  // Rules that give the same: "+@all" or "-@all", then what was added since, in that order, without
  // what a later rule made void.
  std::string describe() const;
  // What is allowed and not here, in the words of the rules: "xadd", "script|load", "@search".
  std::vector<std::string> allowedToCome(const CommandTable& table) const;

 private:
  AclRuleError applyToCategory(const CommandTable& table, std::string_view name, bool allow);
  AclRuleError applyToCommand(const CommandTable& table, std::string_view name, bool allow);
  AclRuleError allowFirstArgument(const CommandTable& table, std::string_view name);
  void set(const Command& command, bool allow);
  void setOne(const Command& command, bool allow);
  // `target` is what stands behind the sign, in lower case.
  void noteRule(std::string_view target, bool allow);

  // By Command::id.
  std::bitset<kCommandsMax> allowed_;
  bool all_ = false;
  // The rules start from +@all.
  bool from_all_ = false;
  // By Command::id: first arguments, in lower case, with which a command is allowed that otherwise
  // is not.
  std::map<size_t, std::vector<std::string>> first_arguments_;
  // With their signs.
  std::vector<std::string> rules_;
};

}  // namespace inkstone

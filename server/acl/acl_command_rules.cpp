#include "server/acl/acl_command_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "config/known_commands.h"

namespace inkstone {
namespace {

// Subcommands that came after Redis 7.2, of commands that this server has.
constexpr std::array<std::string_view, 6> kSubcommandsToCome = {
    "acl|delrole", "acl|getrole", "acl|roles",
    "acl|setrole", "client|capa", "client|import-source"};

// Whether it is a command or subcommand that other servers have and this one does not.
bool isToCome(const CommandTable& table, std::string_view name) {
  const size_t bar = name.find('|');
  const std::string_view command = name.substr(0, bar);
  if (table.findOriginal(command) == nullptr) {
    return isKnownCommand(command) && (bar == std::string_view::npos || bar + 1 < name.size());
  }
  return std::any_of(kSubcommandsToCome.begin(), kSubcommandsToCome.end(),
                     [name](std::string_view known) { return equalsIgnoreCase(known, name); });
}

}  // namespace

void AclCommandRules::allowAll() {
  denyAll();
  allowed_.set();
  all_ = from_all_ = true;
}

void AclCommandRules::denyAll() {
  allowed_.reset();
  all_ = from_all_ = false;
  first_arguments_.clear();
  rules_.clear();
}

AclRuleError AclCommandRules::apply(const CommandTable& table, std::string_view rule) {
  const bool allow = rule[0] == '+';
  const std::string_view target = rule.substr(1);
  if (target.starts_with('@')) return applyToCategory(table, target.substr(1), allow);
  if (allow && target.find('|') != std::string_view::npos) {
    return allowFirstArgument(table, target);
  }
  return applyToCommand(table, target, allow);
}

AclRuleError AclCommandRules::applyToCategory(const CommandTable& table, std::string_view name,
                                              bool allow) {
  if (equalsIgnoreCase(name, "all")) {
    if (allow) {
      allowAll();
    } else {
      denyAll();
    }
    return AclRuleError::kNone;
  }
  const uint32_t category = aclCategoryByName(name);
  if (category == 0) {
    if (!aclCategoryKnownSince(name)) return AclRuleError::kUnknown;
    noteRule(fmt::format("@{}", lowerCase(name)), allow);
    return AclRuleError::kNone;
  }
  table.forEachOriginal([&](const Command& command) {
    // A container stands for all that it contains.
    if ((command.categories() & category) != 0) return set(command, allow);
    for (const auto& sub : command.subcommands()) {
      if ((sub->categories() & category) != 0) setOne(*sub, allow);
    }
  });
  noteRule(fmt::format("@{}", lowerCase(name)), allow);
  return AclRuleError::kNone;
}

AclRuleError AclCommandRules::applyToCommand(const CommandTable& table, std::string_view name,
                                             bool allow) {
  const Command* const command = table.findOriginalFull(name);
  if (command == nullptr) {
    if (!isToCome(table, name)) return AclRuleError::kUnknown;
    noteRule(lowerCase(name), allow);
    return AclRuleError::kNone;
  }
  set(*command, allow);
  noteRule(command->fullName(), allow);
  return AclRuleError::kNone;
}

// "+config|get" is a subcommand; "+select|0" a command with its first argument.
AclRuleError AclCommandRules::allowFirstArgument(const CommandTable& table, std::string_view name) {
  const size_t bar = name.rfind('|');
  const Command* const command = table.findOriginalFull(name.substr(0, bar));
  const std::string argument = lowerCase(name.substr(bar + 1));
  if (command == nullptr) return applyToCommand(table, name, true);
  if (command->parent() != nullptr) return AclRuleError::kFirstArgumentOfSubcommand;
  if (argument.empty()) return AclRuleError::kSyntax;
  if (!command->subcommands().empty()) return applyToCommand(table, name, true);
  std::vector<std::string>& known = first_arguments_[command->id];
  if (std::find(known.begin(), known.end(), argument) == known.end()) known.push_back(argument);
  noteRule(fmt::format("{}|{}", command->fullName(), argument), true);
  return AclRuleError::kNone;
}

void AclCommandRules::set(const Command& command, bool allow) {
  setOne(command, allow);
  for (const auto& sub : command.subcommands()) setOne(*sub, allow);
}

void AclCommandRules::setOne(const Command& command, bool allow) {
  allowed_.set(command.id, allow);
  all_ = all_ && allow;
  first_arguments_.erase(command.id);
}

void AclCommandRules::noteRule(std::string_view target, bool allow) {
  const auto is_void = [target](std::string_view rule) {
    rule.remove_prefix(1);
    return rule.starts_with(target) && (rule.size() == target.size() || rule[target.size()] == '|');
  };
  rules_.erase(std::remove_if(rules_.begin(), rules_.end(), is_void), rules_.end());
  rules_.push_back(fmt::format("{}{}", allow ? '+' : '-', target));
}

bool AclCommandRules::allows(const Command& command, std::span<const std::string_view> args) const {
  if (all_ || command.has(kCmdNoAuth) || allowed_[command.id]) return true;
  if (first_arguments_.empty() || args.size() < 2) return false;
  const auto found = first_arguments_.find(command.id);
  return found != first_arguments_.end() &&
         std::any_of(found->second.begin(), found->second.end(),
                     [&](std::string_view known) { return equalsIgnoreCase(known, args[1]); });
}

std::vector<std::string> AclCommandRules::allowedToCome(const CommandTable& table) const {
  std::vector<std::string> missing;
  for (const std::string_view rule : rules_) {
    if (!rule.starts_with('+')) continue;
    const std::string_view target = rule.substr(1);
    const bool is_category = target.starts_with('@');
    const bool is_missing =
        is_category ? aclCategoryByName(target.substr(1)) == 0 : isToCome(table, target);
    if (is_missing) missing.emplace_back(target);
  }
  return missing;
}

std::string AclCommandRules::describe() const {
  std::string text = from_all_ ? "+@all" : "-@all";
  for (const std::string& rule : rules_) text += fmt::format(" {}", rule);
  return text;
}

}  // namespace inkstone

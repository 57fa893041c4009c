#include "server/command_table/command_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/ascii.h"
#include "config/known_commands.h"

namespace inkstone {
namespace {

constexpr const char* kNameTaken = "Target command name already exists";

[[noreturn]] void badRow(std::string_view name, std::string_view why) {
  fmt::print(stderr, "command table: '{}': {}\n", name, why);
  std::abort();
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [name](const std::string& one) { return equalsIgnoreCase(one, name); });
}

// A command of Redis 7.2: later names may be somebody's own by now.
bool isClassicName(std::string_view name) {
  const auto since = knownSince(name);
  return since && since->starts_with("Redis 7.2");
}

size_t hashName(std::string_view name) {
  size_t hash = name.size();
  for (char c : name) hash = hash * 33 + static_cast<unsigned char>(toLower(c));
  return hash ^ (hash >> 10);
}

}  // namespace

void CommandTable::add(const CommandRows& rows) {
  for (const CommandRow& row : rows) {
    if (row.name.find('|') != std::string_view::npos) {
      addSubcommand(row);
    } else {
      addCommand(row);
    }
  }
}

void CommandTable::addCommand(const CommandRow& row) {
  if (find(row.name) != nullptr) badRow(row.name, "duplicate");
  commands_.push_back(std::make_unique<Command>(row, nullptr));
  number(*commands_.back());
  names_.push_back({row.name, commands_.back().get()});
  if (names_.size() * 2 > index_.size()) {
    rebuildIndex(index_.size() * 2);
  } else {
    insertIndex(names_.back());
  }
}

void CommandTable::addSubcommand(const CommandRow& row) {
  if (findFull(row.name) != nullptr) badRow(row.name, "duplicate");
  Command* const container = find(row.name.substr(0, row.name.find('|')));
  if (container == nullptr) badRow(row.name, "its container must be added before");
  number(container->addSubcommand(row));
}

void CommandTable::number(Command& command) {
  if (next_id_ == kCommandsMax) badRow(command.fullName(), "too many commands");
  command.id = next_id_++;
}

void CommandTable::insertIndex(Named named) {
  size_t at = hashName(named.name) & (index_.size() - 1);
  while (index_[at].command != nullptr) at = (at + 1) & (index_.size() - 1);
  index_[at] = named;
}

void CommandTable::rebuildIndex(size_t size) {
  index_.assign(size, {});
  for (const Named& named : names_) insertIndex(named);
}

Command* CommandTable::find(std::string_view name) const {
  for (size_t at = hashName(name) & (index_.size() - 1); index_[at].command != nullptr;
       at = (at + 1) & (index_.size() - 1)) {
    if (equalsIgnoreCase(index_[at].name, name)) return index_[at].command;
  }
  return nullptr;
}

Command* CommandTable::findOriginal(std::string_view name) const {
  for (const auto* commands : {&commands_, &switched_off_}) {
    for (const auto& command : *commands) {
      if (equalsIgnoreCase(command->row().name, name)) return command.get();
    }
  }
  return nullptr;
}

bool CommandTable::isTaken(std::string_view name, const Command* by_others_than) const {
  for (const Command* owner : {find(name), findOriginal(name)}) {
    if (owner != nullptr) return owner != by_others_than;
  }
  return contains(taken_by_them_, name) || isClassicName(name);
}

std::optional<std::string> CommandTable::renameToCome(std::string_view from, std::string_view to) {
  const bool was_here = findOriginal(from) != nullptr || contains(renamed_to_come_, from);
  if (was_here || !isKnownCommand(from)) return "No such command in rename-command";
  if (!to.empty() && !equalsIgnoreCase(from, to) && isTaken(to, nullptr)) return kNameTaken;
  renamed_to_come_.emplace_back(from);
  if (!to.empty()) taken_by_them_.emplace_back(to);
  return std::nullopt;
}

std::optional<std::string> CommandTable::rename(std::string_view from, std::string_view to) {
  Command* const command = find(from);
  if (command == nullptr) return renameToCome(from, to);
  if (isTaken(to, command)) return kNameTaken;
  const auto named = std::find_if(names_.begin(), names_.end(),
                                  [command](const Named& n) { return n.command == command; });
  if (to.empty()) {
    names_.erase(named);
    const auto owner = std::find_if(commands_.begin(), commands_.end(),
                                    [command](const auto& c) { return c.get() == command; });
    switched_off_.push_back(std::move(*owner));
    commands_.erase(owner);
  } else {
    named->name = new_names_.emplace_back(to);
  }
  rebuildIndex(index_.size());
  return std::nullopt;
}

Command* CommandTable::findFull(std::string_view name) const {
  const size_t bar = name.find('|');
  Command* command = find(name.substr(0, bar));
  if (command == nullptr || bar == std::string_view::npos) return command;
  return command->findSubcommand(name.substr(bar + 1));
}

Command* CommandTable::findOriginalFull(std::string_view name) const {
  const size_t bar = name.find('|');
  Command* command = findOriginal(name.substr(0, bar));
  if (command == nullptr || bar == std::string_view::npos) return command;
  return command->findSubcommand(name.substr(bar + 1));
}

}  // namespace inkstone

// Finds commands by name.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/command_table/command.h"

namespace inkstone {

// Commands and subcommands that a table can hold.
inline constexpr size_t kCommandsMax = 1024;

class CommandTable {
 public:
  // Aborts on a duplicate name, on a subcommand whose container was not added before, and on too
  // many commands.
  void add(const CommandRows& rows);

  // Name in any case; null if there is no such command. No allocation.
  Command* find(std::string_view name) const;
  // The same by "name" or "name|sub".
  Command* findFull(std::string_view name) const;

  // rename-command: from now on `from` is called `to`, or not at all where that is empty. Returns
  // what is wrong with it, if anything. A name that once was another command's, or that will be, is
  // refused, so that what stands in a log stays unambiguous. A command that other servers of this
  // kind have and this one has not may be renamed: its new name is taken from then on.
  std::optional<std::string> rename(std::string_view from, std::string_view to);
  // By the name it had at registration, also where it was renamed or switched off: a log has those
  // names, too. Complexity: linear in the number of commands.
  Command* findOriginal(std::string_view name) const;
  // The same by "name" or "name|sub".
  Command* findOriginalFull(std::string_view name) const;
  // visit(const Command&): all that were registered, also those that are switched off.
  template <class Visit>
  void forEachOriginal(Visit visit) const {
    for (const auto* commands : {&commands_, &switched_off_}) {
      for (const auto& command : *commands) visit(*command);
    }
  }

  // Those that can be called, in order of registration.
  std::span<const std::unique_ptr<Command>> all() const { return commands_; }

 private:
  struct Named {
    std::string_view name;
    Command* command = nullptr;
  };

  std::optional<std::string> renameToCome(std::string_view from, std::string_view to);
  bool isTaken(std::string_view name, const Command* by_others_than) const;
  void addCommand(const CommandRow& row);
  void addSubcommand(const CommandRow& row);
  void number(Command& command);
  void insertIndex(Named named);
  void rebuildIndex(size_t size);

  std::vector<std::unique_ptr<Command>> commands_;
  std::vector<std::unique_ptr<Command>> switched_off_;
  size_t next_id_ = 0;
  // Names given by rename(); a deque, because the index points into it.
  std::deque<std::string> new_names_;
  // Names of commands that are not here, as rename() was told them, and their new names.
  std::vector<std::string> renamed_to_come_;
  std::vector<std::string> taken_by_them_;
  std::vector<Named> names_;
  // A hash table with open addressing; its size is a power of two, and at most half of it is used.
  std::vector<Named> index_ = std::vector<Named>(1024);
};

}  // namespace inkstone

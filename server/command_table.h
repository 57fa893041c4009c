// Finds commands by name.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "server/command.h"

namespace inkstone {

class CommandTable {
 public:
  // Adds a family. Aborts on a duplicate name, an arity of 0, a missing handler, or a flag
  // combination that cannot be.
  void add(std::vector<CommandRow> rows);

  // Name in any case; null if there is no such command. No allocation.
  Command* find(std::string_view name) const;
  // The same by "name" or "name|sub".
  Command* findFull(std::string_view name) const;

  // In order of registration.
  std::span<const std::unique_ptr<Command>> all() const { return commands_; }

 private:
  void insertIndex(Command* command);

  std::vector<std::unique_ptr<Command>> commands_;
  // Open addressing, power of two, at most half full.
  std::vector<Command*> index_ = std::vector<Command*>(1024);
};

}  // namespace inkstone

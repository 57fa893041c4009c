// MULTI: the commands that a client has queued for EXEC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "storage/key_hash.h"

namespace inkstone {

class Command;

// A command that owns its arguments.
class QueuedCommand {
 public:
  // `frame` is empty, or the canonical text of the request. Then the arguments are parts of it.
  QueuedCommand(Command& command, std::span<const std::string_view> args, std::string_view frame,
                KeyHash key_hash);

  Command& command() const { return *command_; }
  std::span<const std::string_view> args() const { return args_; }
  std::string_view frame() const { return frame_; }
  KeyHash keyHash() const { return key_hash_; }
  size_t argumentBytes() const;
  // The memory that the command takes beside this object.
  size_t bytes() const { return bytes_count_ + args_.capacity() * sizeof(args_[0]); }

 private:
  Command* command_;
  KeyHash key_hash_;
  std::unique_ptr<char[]> bytes_;
  size_t bytes_count_;
  std::vector<std::string_view> args_;
  std::string_view frame_;
};

class Transaction {
 public:
  void queue(QueuedCommand command);

  // A command could not be queued, so EXEC will not execute the others either.
  void fail() { failed_ = true; }
  bool failed() const { return failed_; }

  const std::vector<QueuedCommand>& commands() const { return commands_; }
  // The CommandFlag bits that any of the commands has, and those that all of them have.
  uint32_t anyFlags() const { return any_flags_; }
  uint32_t commonFlags() const { return common_flags_; }
  // The memory that the queue takes, and the part of it that the arguments take.
  size_t bytes() const { return bytes_ + commands_.capacity() * sizeof(QueuedCommand); }
  size_t argumentBytes() const { return argument_bytes_; }

 private:
  std::vector<QueuedCommand> commands_;
  uint32_t any_flags_ = 0;
  uint32_t common_flags_ = UINT32_MAX;
  size_t bytes_ = 0;
  size_t argument_bytes_ = 0;
  bool failed_ = false;
};

}  // namespace inkstone

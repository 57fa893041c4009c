#include "server/clients/transaction.h"

#include <cstring>

#include "server/command_table/command.h"

namespace inkstone {
namespace {

size_t totalBytes(std::span<const std::string_view> args) {
  size_t total = 0;
  for (const std::string_view arg : args) total += arg.size();
  return total;
}

}  // namespace

QueuedCommand::QueuedCommand(Command& command, std::span<const std::string_view> args,
                             std::string_view frame, KeyHash key_hash)
    : command_(&command),
      key_hash_(key_hash),
      bytes_count_(frame.empty() ? totalBytes(args) : frame.size()) {
  bytes_ = std::make_unique_for_overwrite<char[]>(bytes_count_);
  args_.reserve(args.size());
  if (!frame.empty()) {
    std::memcpy(bytes_.get(), frame.data(), frame.size());
    frame_ = {bytes_.get(), frame.size()};
    for (const std::string_view arg : args) {
      args_.push_back(frame_.substr(static_cast<size_t>(arg.data() - frame.data()), arg.size()));
    }
    return;
  }
  char* at = bytes_.get();
  for (const std::string_view arg : args) {
    if (!arg.empty()) std::memcpy(at, arg.data(), arg.size());
    args_.emplace_back(at, arg.size());
    at += arg.size();
  }
}

size_t QueuedCommand::argumentBytes() const {
  return totalBytes(args_);
}

void Transaction::queue(QueuedCommand command) {
  any_flags_ |= command.command().row().flags;
  common_flags_ &= command.command().row().flags;
  bytes_ += command.bytes();
  argument_bytes_ += command.argumentBytes();
  commands_.push_back(std::move(command));
}

}  // namespace inkstone

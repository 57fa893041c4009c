// A command as access control sees it, and the reason why it is denied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "server/command_table/command.h"
#include "server/command_table/command_keys.h"

namespace inkstone {

// The reason of a denial. When several sets of rules deny a command, the client learns of the one
// that came nearest to allowing it: the one with the greatest reason, at the latest argument.
enum class AclReason : uint8_t { kNone, kCommand, kKey, kAuth, kChannel };

struct AclDenial {
  AclReason reason = AclReason::kNone;
  // The argument that is denied; 0 unless it is a key or channel.
  size_t argument = 0;

  explicit operator bool() const { return reason != AclReason::kNone; }
  bool operator==(const AclDenial&) const = default;
};

// A command with its arguments. Its keys are found when they are first asked for, and only once,
// however many sets of rules look at them.
class AclRequest {
 public:
  using Args = std::span<const std::string_view>;

  // `args` begin with the command's name and must outlive this object.
  AclRequest(const Command& command, Args args) : command_(command), args_(args) {}

  const Command& command() const { return command_; }
  Args args() const { return args_; }

  // The keys; none if the arguments contradict the key specifications, because then the command
  // refuses them.
  const std::vector<KeyPosition>& keys();

  // The arguments from firstChannel() up to, but not including, endOfChannels() are channels to
  // publish in or to listen to, or patterns of channels if channelsArePatterns().
  size_t firstChannel() const { return 1; }
  size_t endOfChannels() const;
  bool channelsArePatterns() const {
    return command_.row().channels == ChannelUse::kAllArePatterns;
  }

 private:
  const Command& command_;
  const Args args_;
  std::optional<std::vector<KeyPosition>> keys_;
};

}  // namespace inkstone

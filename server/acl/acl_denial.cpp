// The texts about denials that clients get.
#include <fmt/format.h>

#include "server/acl/access_control.h"

namespace inkstone {

std::string aclDenialReply(const AclUser& user, const Command& command, const AclDenial& denial) {
  switch (denial.reason) {
    case AclReason::kKey:
      return "NOPERM No permissions to access a key";
    case AclReason::kChannel:
      return "NOPERM No permissions to access a channel";
    default:
      return fmt::format("NOPERM User {} has no permissions to run the '{}' command", user.name(),
                         command.fullName());
  }
}

std::string aclDenialText(const AclUser& user, const AclRequest& request, const AclDenial& denial) {
  const std::string_view argument = request.args()[denial.argument];
  switch (denial.reason) {
    case AclReason::kKey:
      return fmt::format("User {} has no permissions to access the '{}' key", user.name(),
                         argument);
    case AclReason::kChannel:
      return fmt::format("User {} has no permissions to access the '{}' channel", user.name(),
                         argument);
    default:
      return fmt::format("User {} has no permissions to run the '{}' command", user.name(),
                         request.command().fullName());
  }
}

std::string aclExecDenialReply(const AclDenial& denial) {
  std::string_view why = "no permission to execute the command or subcommand";
  if (denial.reason == AclReason::kKey) why = "no permission to touch the specified keys";
  if (denial.reason == AclReason::kChannel) {
    why = "no permission to access one of the channels used as arguments";
  }
  return fmt::format(
      "NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC "
      "call. This command is no longer allowed for the following reason: {}",
      why);
}

}  // namespace inkstone

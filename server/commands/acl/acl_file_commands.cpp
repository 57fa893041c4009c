// ACL LOAD and ACL SAVE.
#include "server/acl/access_control.h"
#include "server/command_table/errors.h"
#include "server/commands/families.h"
#include "server/execution/command_context.h"
#include "server/process/runtime.h"

namespace inkstone {
namespace {

void aclLoad(CommandContext& context) {
  if (context.runtime().settings.aclfile.empty()) return context.error(errors::kNoAclFile);
  if (const auto error = context.acl().loadFile(&context.client)) {
    return context.error("ERR " + *error);
  }
  context.reply.ok();
}

void aclSave(CommandContext& context) {
  const ServerParts& parts = context.parts();
  if (parts.runtime.settings.aclfile.empty()) return context.error(errors::kNoAclFile);
  if (const std::error_code error = parts.acl.saveFile()) {
    parts.runtime.logger.warning("Saving the ACL file '{}': {}", parts.runtime.settings.aclfile,
                                 error.message());
    return context.error(errors::kAclSaveFailed);
  }
  context.reply.ok();
}

constexpr CommandRow kRows[] = {
    {.name = "acl|load",
     .arity = 2,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = aclLoad,
     .since = "6.0.0",
     .group = "server",
     .complexity = "O(N) where N is the number of users",
     .summary = "Reads the users from the ACL file.",
     .help = "LOAD\n"
             "    Take the users of the ACL file in place of all that are."},
    {.name = "acl|save",
     .arity = 2,
     .flags = kCmdAdmin | kCmdNoScript | kCmdLoading | kCmdStale,
     .handler = aclSave,
     .since = "6.0.0",
     .group = "server",
     .complexity = "O(N) where N is the number of users",
     .summary = "Writes the users to the ACL file.",
     .tips = {"request_policy:all_nodes", "response_policy:all_succeeded"},
     .help = "SAVE\n"
             "    Write the users to the ACL file."},
};

}  // namespace

CommandRows aclFileRows() {
  return kRows;
}

}  // namespace inkstone

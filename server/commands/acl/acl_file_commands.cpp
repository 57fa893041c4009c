// ACL LOAD and ACL SAVE.
#include "server/acl/access_control.h"
#include "server/command_table/errors.h"
#include "server/commands/acl/acl_handlers.h"
#include "server/execution/command_context.h"
#include "server/process/runtime.h"

namespace inkstone {

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

}  // namespace inkstone

// ACL LOAD and ACL SAVE.
#include "server/acl/access_control.h"
#include "server/command_table/errors.h"
#include "server/commands/acl/acl_handlers.h"
#include "server/execution/command_context.h"
#include "server/server.h"

namespace inkstone {

void aclLoad(CommandContext& context) {
  if (context.server.settings.aclfile.empty()) return context.error(errors::kNoAclFile);
  if (const auto error = context.server.acl->loadFile(&context.client)) {
    return context.error("ERR " + *error);
  }
  context.reply.ok();
}

void aclSave(CommandContext& context) {
  Server& server = context.server;
  if (server.settings.aclfile.empty()) return context.error(errors::kNoAclFile);
  if (const std::error_code error = server.acl->saveFile()) {
    server.logger.warning("Saving the ACL file '{}': {}", server.settings.aclfile, error.message());
    return context.error(errors::kAclSaveFailed);
  }
  context.reply.ok();
}

}  // namespace inkstone

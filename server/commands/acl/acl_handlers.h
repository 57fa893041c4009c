// Handlers of ACL's subcommands.
#pragma once

namespace inkstone {

class CommandContext;

void aclSetUser(CommandContext& context);
void aclGetUser(CommandContext& context);
void aclDelUser(CommandContext& context);
void aclList(CommandContext& context);
void aclUsers(CommandContext& context);
void aclWhoAmI(CommandContext& context);
void aclDryRun(CommandContext& context);

void aclLog(CommandContext& context);

void aclLoad(CommandContext& context);
void aclSave(CommandContext& context);

void aclCat(CommandContext& context);
void aclGenPass(CommandContext& context);
void aclHelp(CommandContext& context);

}  // namespace inkstone

// The command families. Server registers each by one call; none registers itself.
#pragma once

#include <vector>

#include "server/command_table/command.h"

namespace inkstone {

class CommandTable;

// Adds all of them.
void registerFamilies(CommandTable& table);

std::vector<CommandRow> stringCommands();
std::vector<CommandRow> listCommands();
std::vector<CommandRow> hashCommands();
std::vector<CommandRow> setCommands();
std::vector<CommandRow> sortCommands();
std::vector<CommandRow> zsetCommands();
// What works on keys whatever their type: DEL, RENAME, SCAN, OBJECT, ...
std::vector<CommandRow> keyCommands();
// DUMP, RESTORE.
std::vector<CommandRow> dumpCommands();
std::vector<CommandRow> expireCommands();
// What works on whole databases: FLUSHALL, SWAPDB, DBSIZE, ...
std::vector<CommandRow> keySpaceCommands();

std::vector<CommandRow> connectionCommands();
// ACL: users and what they may do.
std::vector<CommandRow> aclCommands();
std::vector<CommandRow> clientCommands();
// MULTI, EXEC, WATCH, ...
std::vector<CommandRow> transactionCommands();
// SUBSCRIBE, PUBLISH, PUBSUB, ...
std::vector<CommandRow> pubsubCommands();
// WAIT, WAITAOF.
std::vector<CommandRow> waitCommands();
std::vector<CommandRow> serverCommands();
std::vector<CommandRow> latencyCommands();
// SAVE, BGSAVE, LASTSAVE.
std::vector<CommandRow> saveCommands();
std::vector<CommandRow> rewriteCommands();
std::vector<CommandRow> configCommands();
// COMMAND itself.
std::vector<CommandRow> commandCommands();
std::vector<CommandRow> debugCommands();

}  // namespace inkstone

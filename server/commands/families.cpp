#include "server/commands/families.h"

#include "server/command_table/command_table.h"

namespace inkstone {

void registerFamilies(CommandTable& table) {
  table.add(stringCommands());
  table.add(listCommands());
  table.add(hashCommands());
  table.add(setCommands());
  table.add(sortCommands());
  table.add(zsetCommands());
  table.add(keyCommands());
  table.add(dumpCommands());
  table.add(expireCommands());
  table.add(keySpaceCommands());
  table.add(connectionCommands());
  table.add(aclCommands());
  table.add(clientCommands());
  table.add(transactionCommands());
  table.add(pubsubCommands());
  table.add(waitCommands());
  table.add(serverCommands());
  table.add(latencyCommands());
  table.add(saveCommands());
  table.add(rewriteCommands());
  table.add(configCommands());
  table.add(commandCommands());
  table.add(debugCommands());
}

}  // namespace inkstone

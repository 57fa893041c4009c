// The parts of the server as command handlers (CommandContext) and INFO reach them. A file includes
// the headers of those that it uses. Beside them only the sources in server/ itself, which compose
// and run the parts, are given all of them; Executor passes them on.
#pragma once

namespace inkstone {

class AccessControl;
class Clients;
class CommandTable;
class DataSet;
class Durability;
class Executor;
class ExpireCycle;
class Network;
class Runtime;

struct ServerParts {
  Runtime& runtime;
  DataSet& data;
  CommandTable& commands;
  Clients& clients;
  AccessControl& acl;
  Executor& executor;
  ExpireCycle& expire_cycle;
  Durability& durability;
  Network& network;
};

}  // namespace inkstone

// The parts of the server, as command handlers reach them (CommandContext). A handler includes the
// headers of those it uses; nobody but handlers and INFO is given all of them.
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

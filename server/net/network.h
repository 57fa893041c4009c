// Sockets: those that are listened to, those of clients, and the threads that run the loop.
#pragma once

#include "server/net/connections.h"
#include "server/net/listeners.h"
#include "server/net/loop_relay.h"
#include "server/net/socket_poller.h"
#include "server/process/runtime.h"

namespace inkstone {

class Network {
 public:
  // All must outlive this object.
  Network(Runtime& runtime, Clients& clients, AccessControl& acl, Executor& executor,
          const AppendOnlyLog& log)
      : poller(runtime.io, runtime.clock),
        connections({runtime, clients, acl, executor, log, poller}),
        listeners(runtime, connections) {}

  // Closes everything; clients that still wait for replies do not get them.
  void close() {
    listeners.close();
    connections.closeAll();
  }

  LoopRelay relay;
  SocketPoller poller;
  Connections connections;
  Listeners listeners;
};

}  // namespace inkstone

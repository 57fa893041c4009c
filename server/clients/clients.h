// Everything about clients, in the order in which it is built: who they are, what they are owed,
// listen to and wait for, and what they are told of keys.
#pragma once

#include "protocol/output_buffer.h"
#include "server/clients/blocking.h"
#include "server/clients/client_memory.h"
#include "server/clients/client_pause.h"
#include "server/clients/client_registry.h"
#include "server/clients/key_events.h"
#include "server/clients/key_interests.h"
#include "server/clients/output_limits.h"
#include "server/clients/pubsub.h"
#include "server/clients/pushes.h"
#include "server/clients/reply_gate.h"
#include "server/clients/side_effects.h"
#include "server/clients/tracking.h"

namespace inkstone {

class Clients {
 public:
  // All must outlive this object.
  Clients(Runtime& runtime, const Keyspace& keyspace, AppendOnlyLog& log);

  // Undoes what is kept of a client beside the client itself: what it watches, listens to and waits
  // for.
  void forget(Client& client);

  // A reply need not wait for the end of the turn: nothing stands out that whoever gets it may
  // count on.
  bool mayAnswer() const {
    return gate.isOpen() && !tracking.broadcastsPending() && !registry.closesPending();
  }

  // In place of replies to writes the client gets errors: see ReplyGate::endHolds().
  void endHolds(Client& client) {
    if (gate.endHolds(client)) output_limits.enforce(client);
  }

  OutputBlockPool output_blocks;
  ClientRegistry registry;
  KeyInterests interests;
  SideEffects side_effects;
  ReplyGate gate;
  OutputLimits output_limits;
  Pushes pushes;
  PubSub pubsub;
  Tracking tracking;
  Blocking blocking;
  ClientPause pause;
  ClientMemory memory;
  KeyEvents key_events;
};

}  // namespace inkstone

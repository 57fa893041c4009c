// Everything about clients, in the order of construction: which clients there are, which replies
// they are owed, what they listen to and wait for, and which changes of keys they are told.
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

  // Forgets what is kept about a client outside of it: the keys that it watches, the channels that
  // it listens to, what it waits for.
  void forget(Client& client);

  // A reply need not wait for the end of the turn: every write may be acknowledged, no invalidation
  // is due, and no client is to be closed. Whoever receives the reply may rely on these.
  bool mayAnswer() const {
    return gate.isOpen() && !tracking.broadcastsPending() && !registry.closesPending();
  }

  // The client gets errors in place of its replies to writes; see ReplyGate::endHolds().
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

// Pushes: messages, notifications and invalidations, which a client is sent without asking at that
// moment.
//
// A message to thousands of clients takes thousands of system calls. A turn makes as many of them
// as fit into the time that its commands took, but into half a millisecond at least. It leaves the
// rest to the next turn, and the push that has waited longest comes first. So no client waits for
// all of them, and a client that gets several pushes meanwhile gets them in one call.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inkstone {

class Client;
class ClientRegistry;
class OutputLimits;
class ReplyGate;
class SideEffects;

class Pushes {
 public:
  Pushes(ClientRegistry& registry, SideEffects& side_effects, ReplyGate& gate, OutputLimits& limits)
      : registry_(registry), side_effects_(side_effects), gate_(gate), limits_(limits) {}

  // Appends a whole push, encoded for the client's version of the protocol, behind the output that
  // the client is owed. A push to the client whose command is being executed comes behind the
  // reply. With `tells_of_write` it waits until all writes so far, and those of the running
  // command, are as durable as promised; otherwise it waits as long as the reply to the command.
  void send(Client& to, std::string_view bytes, bool tells_of_write);

  // The command of `by` is over and its reply has its hold; null if there was no command. The
  // pushes get their holds.
  void settle(Client* by);

  // The client is about to be destroyed.
  void forget(const Client& client);

 private:
  struct Sent {
    Client* to;
    // The place in the output of `to`.
    uint64_t position;
    bool tells_of_write;
  };

  ClientRegistry& registry_;
  SideEffects& side_effects_;
  ReplyGate& gate_;
  OutputLimits& limits_;
  std::vector<Sent> sent_;
  // The pushes to the client whose command is being executed.
  std::string own_;
  bool own_tell_of_write_ = false;
};

}  // namespace inkstone

// What is sent to clients without being asked for at that moment: messages, notifications and
// invalidations.
//
// A message to thousands is thousands of system calls. A turn makes as many of them as its commands
// took time, but for half a millisecond at least, and leaves the rest to the next (in order,
// whoever has waited longest first): nobody waits for all of them, and who is sent several messages
// meanwhile gets them in one call.
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

  // Appends a whole push, encoded for the client's version of the protocol, behind what the client
  // is owed. To the client whose command is running it comes behind the reply. `tells_of_write`: it
  // waits until all that was written so far, and by the running command, is as durable as promised;
  // otherwise it waits as long as the reply of the command does.
  void send(Client& to, std::string_view bytes, bool tells_of_write);

  // The command of `by` is over, with all it brought about and its holds; null: it was none.
  void settle(Client* by);

  // The client is about to go.
  void forget(const Client& client);

 private:
  struct Sent {
    Client* to;
    // In its output.
    uint64_t position;
    bool tells_of_write;
  };

  ClientRegistry& registry_;
  SideEffects& side_effects_;
  ReplyGate& gate_;
  OutputLimits& limits_;
  std::vector<Sent> sent_;
  // To the client whose command is running.
  std::string own_;
  bool own_tell_of_write_ = false;
};

}  // namespace inkstone

// The client whose command is being executed, and whether that command affects other clients.
#pragma once

#include <utility>

namespace inkstone {

class Client;

class SideEffects {
 public:
  // The client whose command is being executed, if it may be sent pushes; else null.
  const Client* executing() const { return executing_; }
  // Returns the client that it was before, which is to be set again.
  const Client* setExecuting(const Client* client) { return std::exchange(executing_, client); }

  // The command has caused something that has to be finished when it is over.
  void note() { pending_ = true; }
  bool pending() const { return pending_; }
  void clear() { pending_ = false; }

 private:
  const Client* executing_ = nullptr;
  bool pending_ = false;
};

}  // namespace inkstone

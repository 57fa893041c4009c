// What the running command brings about for other clients than its own, and which client that is.
#pragma once

#include <utility>

namespace inkstone {

class Client;

class SideEffects {
 public:
  // The client whose command runs, if it may be sent pushes; else null.
  const Client* executing() const { return executing_; }
  // Returns who it was before, to be set again.
  const Client* setExecuting(const Client* client) { return std::exchange(executing_, client); }

  // Something was brought about that has to be finished when the command is over.
  void note() { pending_ = true; }
  bool pending() const { return pending_; }
  void clear() { pending_ = false; }

 private:
  const Client* executing_ = nullptr;
  bool pending_ = false;
};

}  // namespace inkstone

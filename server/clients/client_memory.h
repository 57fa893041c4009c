// maxmemory-clients: what connections take together, and which have to go when that is too much.
#pragma once

#include <cstddef>
#include <cstdint>

namespace inkstone {

class Client;
class ClientRegistry;
class Runtime;

// Bytes that a client takes: buffers, queued commands, and what it subscribed to, watches, waits
// for or tracks. O(1).
size_t clientMemoryBytes(const Client& client);

class ClientMemory {
 public:
  ClientMemory(Runtime& runtime, ClientRegistry& registry)
      : runtime_(runtime), registry_(registry) {}

  // What the client takes may have changed. Without a bound nothing is counted.
  void note(Client& client);
  // The client is about to go.
  void forget(Client& client);
  // All are counted anew: the bound was changed.
  void recount();
  // Closes the connections that take most until the rest is within the bound, but for those that
  // CLIENT NO-EVICT keeps.
  void enforce();

 private:
  bool bounded() const;
  uint64_t bound() const;

  Runtime& runtime_;
  ClientRegistry& registry_;
  uint64_t total_ = 0;
};

}  // namespace inkstone

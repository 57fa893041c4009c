// The bound `maxmemory-clients`: how much memory connections take together, and which of them are
// closed when that is too much.
#pragma once

#include <cstddef>
#include <cstdint>

namespace inkstone {

class Client;
class ClientRegistry;
class Runtime;

// The bytes that a client takes: its buffers, its queued commands, and the memory for what it
// subscribed to, watches, waits for or tracks. O(1).
size_t clientMemoryBytes(const Client& client);

class ClientMemory {
 public:
  ClientMemory(Runtime& runtime, ClientRegistry& registry)
      : runtime_(runtime), registry_(registry) {}

  // Counts the client again, because its size may have changed. Without a bound nothing is counted.
  void note(Client& client);
  // The client is about to be destroyed.
  void forget(Client& client);
  // Counts all clients again, because the bound was changed.
  void recount();
  // Closes the largest connections until the others are within the bound. CLIENT NO-EVICT protects
  // a connection.
  void enforce();

 private:
  bool bounded() const;
  uint64_t bound() const;

  Runtime& runtime_;
  ClientRegistry& registry_;
  uint64_t total_ = 0;
};

}  // namespace inkstone

// How much may wait to be sent to a client, and what becomes of one that is owed more: its
// connection is closed without sending it.
//
// `client-output-buffer-limit` is looked at when commands have run. While one runs, the output asks
// here before it takes another block: a single reply, or what one transaction replies, may be
// larger than the memory there is.
#pragma once

#include <cstddef>
#include <cstdint>

namespace inkstone {

class Client;
class AppendOnlyLog;
class ClientRegistry;
class Runtime;

class OutputLimits {
 public:
  // Before a client has authenticated no more than this waits for it, as since Redis 7.2.8.
  static constexpr size_t kUnauthenticatedBytesMax = 1024;

  OutputLimits(Runtime& runtime, ClientRegistry& registry, const AppendOnlyLog& log)
      : runtime_(runtime), registry_(registry), log_(log) {}

  // Closes the client when the turn ends, if it is owed more than it may be, or more than the soft
  // limit for too long.
  void enforce(Client& client);
  // The same when requests of the client have run: one that has not authenticated is sent its
  // replies first, so that whoever reads them is not meant. The connection may be closed then.
  void enforceAfterRequests(Client& client);
  // So many bytes in all are about to wait for the client: false if they are too many, and then it
  // is closed when the turn ends.
  bool mayWait(Client& client, size_t bytes);

 private:
  // What the hard limit of the client's class, or else client-output-buffer-max, allows.
  uint64_t hardLimit(const Client& client) const;
  void enforceBeforeAuth(Client& client);
  void close(Client& client);

  Runtime& runtime_;
  ClientRegistry& registry_;
  const AppendOnlyLog& log_;
};

}  // namespace inkstone

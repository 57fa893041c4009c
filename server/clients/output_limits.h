// How much output may wait to be sent to a client. When a client is owed more, its connection is
// closed and the output is not sent.
//
// `client-output-buffer-limit` is checked when commands are over. While a command is executed, the
// output asks here before it takes another block, because a single reply, or the reply to one
// transaction, may be larger than the memory of the machine.
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
  // The bytes that may wait for a client which has not authenticated; the same as in Redis since
  // 7.2.8.
  static constexpr size_t kUnauthenticatedBytesMax = 1024;

  OutputLimits(Runtime& runtime, ClientRegistry& registry, const AppendOnlyLog& log)
      : runtime_(runtime), registry_(registry), log_(log) {}

  // Closes the client when the turn ends, if it is owed more than the hard limit, or more than the
  // soft limit for too long.
  void enforce(Client& client);
  // Does the same after requests of the client were executed. A client that has not authenticated
  // is sent its replies first, so a client that reads them is not closed. The connection may be
  // closed when this returns.
  void enforceAfterRequests(Client& client);
  // Asks whether `bytes` in all may wait for the client. If they are too many, returns false and
  // closes the client when the turn ends.
  bool mayWait(Client& client, size_t bytes);

 private:
  // The hard limit of the client's class, or client-output-buffer-max where the class has none.
  uint64_t hardLimit(const Client& client) const;
  void enforceBeforeAuth(Client& client);
  void close(Client& client);

  Runtime& runtime_;
  ClientRegistry& registry_;
  const AppendOnlyLog& log_;
};

}  // namespace inkstone

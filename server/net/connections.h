// All connections: accepts sockets, sends replies and pushes, closes and frees connections.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "server/net/connection.h"
#include "server/net/listening_socket.h"
#include "server/net/read_buffer.h"

namespace inkstone {

class AccessControl;
class Clients;
class Executor;
class Runtime;

// What every connection acts on.
struct ConnectionParts {
  Runtime& runtime;
  Clients& clients;
  AccessControl& acl;
  Executor& executor;
  const AppendOnlyLog& log;
  SocketPoller& poller;
};

class Connections {
 public:
  // All parts must outlive this object.
  explicit Connections(const ConnectionParts& parts);

  // Takes a connected socket over, or refuses it (maxclients, protected mode) and sends the reason.
  void accept(int fd, ListenerKind kind);

  // Lets a peer in that comes by this stream.
  Connection& adopt(std::unique_ptr<ByteStream> stream, Connection::Endpoints endpoints);

  // Sends the output of clients, except the part that waits for the AOF beyond `acknowledged`.
  void sendPending(uint64_t acknowledged);
  // Sends pushes, but only until the moment `until_ns` (Clock::readMonotonicNs()).
  void sendPushes(uint64_t acknowledged, int64_t until_ns);
  void closePending();
  // The connection goes on reading when the queue of the AOF has room.
  void readLater(Connection& connection) { read_later_.push_back(&connection.client()); }
  void resumeReading();
  // Runs the later requests of clients that do not wait any more.
  void runResumed();
  void closeAll();
  // Closes clients that have been idle for longer than `timeout`, and clients above their soft
  // output limit for too long.
  void checkLimits();

  // The connection was closed. freeRetired() destroys it, when nothing refers to it any more.
  void retire(Connection& connection);
  void freeRetired();

 private:
  bool admit(int fd, const Connection::Endpoints& endpoints);

  const ConnectionParts parts_;
  ReadBuffer read_buffer_;
  std::unordered_map<const Client*, std::unique_ptr<Connection>> connections_;
  std::vector<const Client*> retired_;
  std::vector<const Client*> read_later_;
  // Memory of the lists taken from the registry each turn.
  std::vector<Client*> taken_;
};

}  // namespace inkstone

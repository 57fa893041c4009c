// All connections: accepts sockets into them, sends what they owe, closes and frees them.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "server/net/connection.h"
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

  // Takes a connected socket over, or turns it away (maxclients, protected mode) with the reason.
  void accept(int fd, bool is_unix);

  // Sends what clients are owed, except those whose replies wait for the log beyond `acknowledged`.
  void sendPending(uint64_t acknowledged);
  // Sends pushes, at most until that moment (Clock::readMonotonicNs()).
  void sendPushes(uint64_t acknowledged, int64_t until_ns);
  void closePending();
  // The connection is told again that it is readable when the log's queue has room.
  void readLater(Connection& connection) { read_later_.push_back(&connection.client()); }
  void resumeReading();
  // Runs the later requests of clients that do not wait any more.
  void runResumed();
  void closeAll();
  // Clients idle for longer than `timeout`, and those above their soft output limit for too long.
  void checkLimits();

  // A connection was closed: it is destroyed by freeRetired(), when nothing refers to it any more.
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

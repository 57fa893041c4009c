#include "server/net/connections.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <asio/post.hpp>

#include "server/acl/access_control.h"
#include "server/clients/clients.h"
#include "server/command_table/errors.h"
#include "server/net/socket_options.h"
#include "server/process/runtime.h"

namespace inkstone {

Connections::Connections(const ConnectionParts& parts) : parts_(parts) {
  // The turn in which they go on begins although no socket is ready.
  parts_.clients.registry.setOnResume([this] { asio::post(parts_.runtime.io, [] {}); });
}

void Connections::accept(int fd, ListenerKind kind) {
  const bool is_unix = kind == ListenerKind::kUnix;
  Connection::Endpoints endpoints = describeSocket(fd, is_unix, parts_.runtime.settings.unixsocket);
  ++parts_.runtime.stats.connections_received;
  if (!admit(fd, endpoints)) {
    ++parts_.runtime.stats.connections_rejected;
    ::close(fd);
    return;
  }
  if (!is_unix) tuneTcpSocket(fd, parts_.runtime.settings.tcp_keepalive);
  parts_.runtime.logger.verbose("Accepted {}", endpoints.peer);
  adopt(plainStream(fd), std::move(endpoints));
}

Connection& Connections::adopt(std::unique_ptr<ByteStream> stream,
                               Connection::Endpoints endpoints) {
  auto connection = std::make_unique<Connection>(parts_, *this, read_buffer_, std::move(stream),
                                                 std::move(endpoints));
  Connection& started = *connection;
  connections_.emplace(&started.client(), std::move(connection));
  if (!started.start()) started.close();
  return started;
}

bool Connections::admit(int fd, const Connection::Endpoints& endpoints) {
  std::string_view refusal;
  if (parts_.clients.registry.size() >= static_cast<size_t>(parts_.runtime.settings.maxclients)) {
    refusal = errors::kMaxClients;
  } else if (parts_.runtime.settings.protected_mode && parts_.acl.defaultUser().needsNoPassword() &&
             !endpoints.is_local) {
    refusal = errors::kProtectedMode;
  } else {
    return true;
  }
  // The peer learns the reason if its socket takes the line at once.
  [[maybe_unused]] const ssize_t sent = ::send(fd, refusal.data(), refusal.size(), MSG_NOSIGNAL);
  return false;
}

void Connections::sendPending(uint64_t acknowledged) {
  parts_.clients.registry.takeOutputPending(taken_);
  const bool holds_are_over = parts_.log.holdsAreOver();
  for (Client* client : taken_) {
    client->output_scheduled = false;
    if (client->transport == nullptr) continue;
    if (holds_are_over) parts_.clients.endHolds(*client);
    client->transport->send(acknowledged);
    parts_.clients.memory.note(*client);
  }
}

void Connections::sendPushes(uint64_t acknowledged, int64_t until_ns) {
  while (parts_.clients.registry.pushesPending()) {
    Client& client = parts_.clients.registry.takePushPending();
    if (parts_.log.holdsAreOver()) parts_.clients.endHolds(client);
    client.transport->send(acknowledged);
    parts_.clients.memory.note(client);
    if (Clock::readMonotonicNs() >= until_ns) return;
  }
}

void Connections::resumeReading() {
  for (const Client* client : std::exchange(read_later_, {})) {
    connections_.at(client)->resumeReading();
  }
}

// What they run may set others free, whose requests belong to the same turn.
void Connections::runResumed() {
  ClientRegistry& registry = parts_.clients.registry;
  while (registry.resumesPending()) {
    for (const Client* client : registry.takeResumed()) {
      const auto found = connections_.find(client);
      if (found != connections_.end()) found->second->runPending();
    }
  }
}

void Connections::closePending() {
  parts_.clients.registry.takeClosePending(taken_);
  for (const Client* client : taken_) connections_.at(client)->close();
}

void Connections::closeAll() {
  for (auto& [client, connection] : connections_) connection->close();
}

void Connections::checkLimits() {
  const int64_t now_ms = parts_.runtime.clock.monotonicMs();
  const int64_t timeout_ms = parts_.runtime.settings.timeout * 1000;
  parts_.clients.registry.forEach([&](Client& client) {
    const bool may_idle = client.blocked != nullptr || client.subscriptions != nullptr;
    if (timeout_ms > 0 && !may_idle && now_ms - client.last_interaction_ms > timeout_ms) {
      parts_.runtime.logger.verbose("Closing idle client");
      parts_.clients.registry.scheduleClose(client);
    }
    parts_.clients.output_limits.enforce(client);
  });
}

void Connections::retire(Connection& connection) {
  retired_.push_back(&connection.client());
  std::erase(read_later_, &connection.client());
}

void Connections::freeRetired() {
  if (parts_.poller.dispatching()) return;
  for (const Client* client : std::exchange(retired_, {})) connections_.erase(client);
}

}  // namespace inkstone

#include "server/net/connections.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <asio/post.hpp>

#include "server/acl/access_control.h"
#include "server/command_table/errors.h"
#include "server/net/socket_options.h"
#include "server/server.h"

namespace inkstone {

void Connections::accept(int fd, bool is_unix) {
  Connection::Endpoints endpoints = describeSocket(fd, is_unix, server_.settings.unixsocket);
  ++server_.stats.connections_received;
  if (!admit(fd, endpoints)) {
    ++server_.stats.connections_rejected;
    ::close(fd);
    return;
  }
  if (!is_unix) tuneTcpSocket(fd, server_.settings.tcp_keepalive);
  server_.logger.verbose("Accepted {}", endpoints.peer);
  auto connection = std::make_unique<Connection>(server_, fd, std::move(endpoints));
  Connection& started = *connection;
  connections_.emplace(&started.client(), std::move(connection));
  if (!started.start()) started.close();
}

bool Connections::admit(int fd, const Connection::Endpoints& endpoints) {
  std::string_view refusal;
  if (server_.clients.size() >= static_cast<size_t>(server_.settings.maxclients)) {
    refusal = errors::kMaxClients;
  } else if (server_.settings.protected_mode && server_.acl->defaultUser().needsNoPassword() &&
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
  server_.clients.takeOutputPending(taken_);
  const bool holds_are_over = server_.log.holdsAreOver();
  for (Client* client : taken_) {
    client->output_scheduled = false;
    if (client->transport == nullptr) continue;
    if (holds_are_over) server_.executor.endHolds(*client);
    client->transport->send(acknowledged);
    server_.client_memory.note(*client);
  }
}

void Connections::sendPushes(uint64_t acknowledged, int64_t until_ns) {
  while (server_.clients.pushesPending()) {
    Client& client = server_.clients.takePushPending();
    if (server_.log.holdsAreOver()) server_.executor.endHolds(client);
    client.transport->send(acknowledged);
    server_.client_memory.note(client);
    if (Clock::readMonotonicNs() >= until_ns) return;
  }
}

void Connections::resumeReading() {
  for (const Client* client : std::exchange(read_later_, {})) {
    connections_.at(client)->resumeReading();
  }
}

void Connections::resume(Client& client) {
  if (client.transport == nullptr) return;
  resumed_.push_back(&client);
  // The next turn, which executes it, must begin although no socket is ready.
  if (resumed_.size() == 1) asio::post(server_.io, [] {});
}

// The requests that are executed may unblock other clients, whose requests belong to the same turn.
void Connections::runResumed() {
  while (!resumed_.empty()) {
    for (const Client* client : std::exchange(resumed_, {})) {
      const auto found = connections_.find(client);
      if (found != connections_.end()) found->second->runPending();
    }
  }
}

void Connections::closePending() {
  server_.clients.takeClosePending(taken_);
  for (const Client* client : taken_) connections_.at(client)->close();
}

void Connections::closeAll() {
  for (auto& [client, connection] : connections_) connection->close();
}

void Connections::checkLimits() {
  const int64_t now_ms = server_.clock.monotonicMs();
  const int64_t timeout_ms = server_.settings.timeout * 1000;
  server_.clients.forEach([&](Client& client) {
    const bool may_idle = client.blocked != nullptr || client.subscriptions != nullptr;
    if (timeout_ms > 0 && !may_idle && now_ms - client.last_interaction_ms > timeout_ms) {
      server_.logger.verbose("Closing idle client");
      server_.clients.scheduleClose(client);
    }
    server_.output_limits.enforce(client);
  });
}

void Connections::retire(Connection& connection) {
  retired_.push_back(&connection.client());
  std::erase(read_later_, &connection.client());
  std::erase(resumed_, &connection.client());
}

void Connections::freeRetired() {
  if (server_.poller().dispatching()) return;
  for (const Client* client : std::exchange(retired_, {})) connections_.erase(client);
}

}  // namespace inkstone

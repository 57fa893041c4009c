#include "server/net/listeners.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "server/net/connections.h"
#include "server/net/listening_socket.h"
#include "server/process/runtime.h"

namespace inkstone {

Listeners::~Listeners() {
  close();
}

std::string Listeners::open(const ConfigValues& settings) {
  // The same address cannot be bound twice: the open sockets are closed first, and opened again if
  // the new ones fail.
  Sockets fresh;
  Sockets before = std::exchange(sockets_, {});
  const std::string path_before = unix_path_;
  for (const auto& socket : before) {
    asio::error_code ignored;
    socket->descriptor.close(ignored);
  }
  std::string error = openTcp(settings, fresh);
  if (error.empty()) error = openUnix(settings, fresh);
  if (!error.empty()) return error;
  if (!path_before.empty() && path_before != settings.unixsocket) ::unlink(path_before.c_str());
  unix_path_ = settings.unixsocket;
  sockets_ = std::move(fresh);
  descriptions_.clear();
  if (settings.port != 0) {
    descriptions_.push_back(
        fmt::format("name=tcp,bind={},port={}", fmt::join(settings.bind, ",bind="), settings.port));
  }
  if (!unix_path_.empty()) descriptions_.push_back(fmt::format("name=unix,bind={}", unix_path_));
  for (const auto& socket : sockets_) waitForConnection(socket);
  return {};
}

std::string Listeners::openTcp(const ConfigValues& settings, Sockets& sockets) {
  if (settings.port == 0) return {};
  for (const std::string& bind : settings.bind) {
    const bool optional = bind.starts_with('-');
    const std::string address = optional ? bind.substr(1) : bind;
    const ListeningSocket socket = listenTcp(address, settings.port, settings.tcp_backlog);
    if (socket.fd >= 0) {
      sockets.push_back(std::make_shared<Socket>(runtime_.io, socket.fd, ListenerKind::kTcp));
      continue;
    }
    if (optional && socket.unavailable) continue;
    runtime_.logger.warning("Warning: Could not create server TCP listening socket {}:{}: {}",
                            address, settings.port, socket.error);
    return fmt::format("Failed listening on port {} (tcp), aborting.", settings.port);
  }
  if (sockets.empty() && !settings.bind.empty()) {
    return fmt::format("Failed listening on port {} (tcp), aborting.", settings.port);
  }
  return {};
}

std::string Listeners::openUnix(const ConfigValues& settings, Sockets& sockets) {
  if (settings.unixsocket.empty()) return {};
  const ListeningSocket socket =
      listenUnix(settings.unixsocket, settings.unixsocketperm, settings.tcp_backlog);
  if (socket.fd < 0) {
    return fmt::format("Failed opening Unix socket: {}", socket.error);
  }
  sockets.push_back(std::make_shared<Socket>(runtime_.io, socket.fd, ListenerKind::kUnix));
  return {};
}

void Listeners::waitForConnection(const std::shared_ptr<Socket>& socket) {
  socket->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                [this, socket](const asio::error_code& error) {
                                  if (error) return;
                                  acceptAll(*socket);
                                  if (socket->descriptor.is_open()) waitForConnection(socket);
                                });
}

void Listeners::acceptAll(Socket& socket) {
  // A flood of new connections must not delay the existing ones.
  constexpr int kAcceptsMax = 64;
  for (int i = 0; i < kAcceptsMax; ++i) {
    const int fd = ::accept4(socket.descriptor.native_handle(), nullptr, nullptr,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno != EAGAIN) {
        runtime_.logger.warning("Accepting client connection: {}", std::strerror(errno));
      }
      return;
    }
    connections_.accept(fd, socket.kind);
  }
}

void Listeners::close() {
  for (const auto& socket : sockets_) {
    asio::error_code ignored;
    socket->descriptor.close(ignored);
  }
  sockets_.clear();
  if (!unix_path_.empty()) ::unlink(unix_path_.c_str());
  unix_path_.clear();
}

}  // namespace inkstone

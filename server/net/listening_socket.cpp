#include "server/net/listening_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

namespace inkstone {
namespace {

ListeningSocket failed(int fd, const std::string& step) {
  const int error = errno;
  if (fd >= 0) ::close(fd);
  const bool unavailable = error == EADDRNOTAVAIL || error == EAFNOSUPPORT ||
                           error == EPROTONOSUPPORT || error == ENOPROTOOPT;
  return {-1, fmt::format("{}: {}", step, std::strerror(error)), unavailable};
}

ListeningSocket bindAndListen(int fd, const sockaddr* address, socklen_t length, int64_t backlog) {
  if (::bind(fd, address, length) != 0) return failed(fd, "bind");
  if (::listen(fd, static_cast<int>(backlog)) != 0) return failed(fd, "listen");
  return {fd, {}, false};
}

ListeningSocket listenOn(const addrinfo& info, int64_t backlog) {
  const int fd = ::socket(info.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed(fd, "socket");
  const int on = 1;
  // An IPv6 socket that also took IPv4 connections would collide with the IPv4 one on the same
  // port.
  if (info.ai_family == AF_INET6 &&
      setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0) {
    return failed(fd, "setsockopt");
  }
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
    return failed(fd, "setsockopt");
  return bindAndListen(fd, info.ai_addr, info.ai_addrlen, backlog);
}

}  // namespace

ListeningSocket listenTcp(const std::string& address, int64_t port, int64_t backlog) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  const bool any4 = address == "*";
  const bool any6 = address == "::*";
  if (any4) hints.ai_family = AF_INET;
  if (any6) hints.ai_family = AF_INET6;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(any4 || any6 ? nullptr : address.c_str(),
                                std::to_string(port).c_str(), &hints, &found);
  if (error != 0) return {-1, gai_strerror(error), true};
  const ListeningSocket socket = listenOn(*found, backlog);
  freeaddrinfo(found);
  return socket;
}

ListeningSocket listenUnix(const std::string& path, int64_t permissions, int64_t backlog) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return failed(-1, "bind");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed(fd, "socket");
  ::unlink(path.c_str());
  ListeningSocket socket =
      bindAndListen(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address, backlog);
  if (socket.fd >= 0 && permissions != 0 &&
      ::chmod(path.c_str(), static_cast<mode_t>(permissions)) != 0) {
    return failed(fd, "chmod");
  }
  return socket;
}

}  // namespace inkstone

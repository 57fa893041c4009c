// Creates sockets that listen.
#pragma once

#include <cstdint>
#include <string>

namespace inkstone {

// What a listener accepts: it decides about addresses, options of the socket, and the stream.
enum class ListenerKind : uint8_t { kTcp, kUnix };

// A descriptor, or -1 and the reason.
struct ListeningSocket {
  int fd = -1;
  std::string error;
  // The address does not exist on this machine, or the protocol is not supported. It is not set
  // when the address is in use.
  bool unavailable = false;
};

// `address` is IPv4, IPv6 or a host name; "*" is every IPv4 address, "::*" every IPv6 one.
ListeningSocket listenTcp(const std::string& address, int64_t port, int64_t backlog);

// Replaces a socket file that was left behind. With `permissions` 0 the umask decides.
ListeningSocket listenUnix(const std::string& path, int64_t permissions, int64_t backlog);

}  // namespace inkstone

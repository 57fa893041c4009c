// The sockets we accept connections on.
#pragma once

#include <asio/posix/stream_descriptor.hpp>
#include <memory>
#include <string>
#include <vector>

#include "config/config_values.h"
#include "server/net/listening_socket.h"

namespace inkstone {

class Connections;
class Runtime;

class Listeners {
 public:
  // Both must outlive this object.
  Listeners(Runtime& runtime, Connections& connections)
      : runtime_(runtime), connections_(connections) {}
  ~Listeners();

  // Opens the sockets that `settings` asks for (bind, port, unixsocket, tcp-backlog) in place of
  // the open ones. An address that begins with '-' may be missing. On failure the reason is
  // returned and nothing is open.
  [[nodiscard]] std::string open(const ConfigValues& settings);
  void close();

  // A text for each kind of listener, for INFO: "name=tcp,bind=*,bind=-::*,port=6379".
  const std::vector<std::string>& descriptions() const { return descriptions_; }
  size_t count() const { return sockets_.size(); }

 private:
  struct Socket {
    Socket(asio::io_context& io, int fd, ListenerKind kind_in)
        : descriptor(io, fd), kind(kind_in) {}
    asio::posix::stream_descriptor descriptor;
    ListenerKind kind;
  };
  using Sockets = std::vector<std::shared_ptr<Socket>>;

  std::string openTcp(const ConfigValues& settings, Sockets& sockets);
  std::string openUnix(const ConfigValues& settings, Sockets& sockets);
  void waitForConnection(const std::shared_ptr<Socket>& socket);
  void acceptAll(Socket& socket);

  Runtime& runtime_;
  Connections& connections_;
  Sockets sockets_;
  std::vector<std::string> descriptions_;
  std::string unix_path_;
};

}  // namespace inkstone

// One connected socket, TCP or unix, and the client behind it.
#pragma once

#include <asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <string>

#include "protocol/request_parser.h"
#include "server/client.h"
#include "server/query_buffer.h"

namespace inkstone {

class Server;

class Connection final : public ClientTransport {
 public:
  // Where a socket came in.
  struct Endpoints {
    std::string peer;
    std::string local;
    bool is_unix;
    bool is_local;
  };

  // Takes the descriptor over.
  Connection(Server& server, int fd, Endpoints endpoints);
  ~Connection() override;

  Client& client() { return client_; }

  void start();
  // Sends as much of the output as the socket takes; the rest when it takes more.
  void send();
  // Closes the socket. The object may be destroyed when idle() says so.
  void close();
  bool closed() const { return closed_; }
  // No handler of the loop refers to it any more.
  bool idle() const { return operations_ == 0; }

  const std::string& peerAddress() const override { return endpoints_.peer; }
  const std::string& localAddress() const override { return endpoints_.local; }
  int fileDescriptor() const override { return fd_; }
  bool isUnixSocket() const override { return endpoints_.is_unix; }
  bool isLocal() const override { return endpoints_.is_local; }
  size_t queryBufferBytes() const override { return query_.size(); }
  size_t queryBufferFree() const override { return query_.capacity() - query_.size(); }
  size_t pendingArgumentBytes() const override { return parser_.pendingArgs() == 0 ? 0 : query_.size(); }

 private:
  void waitReadable();
  void waitWritable();
  void onReadable();
  // Bytes received, 0 when there was nothing after all; closes on end and error.
  size_t receive(std::span<char> target);
  void processShared();
  void processPrivate();
  bool queryBufferTooBig() const;

  Server& server_;
  const Endpoints endpoints_;
  asio::posix::stream_descriptor socket_;
  const int fd_;
  Client client_;
  RequestParser parser_;
  QueryBuffer query_;
  int operations_ = 0;
  bool waiting_writable_ = false;
  bool closed_ = false;
};

}  // namespace inkstone

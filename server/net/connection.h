// One connected socket, TCP or unix, and the client behind it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "protocol/request_parser.h"
#include "server/clients/client.h"
#include "server/net/byte_stream.h"
#include "server/net/query_buffer.h"
#include "server/net/socket_poller.h"

namespace inkstone {

class AppendOnlyLog;
class Connections;
class ReadBuffer;
struct ConnectionParts;

class Connection final : public ClientTransport, public PolledSocket, private OutputBound {
 public:
  // The two ends of a socket.
  struct Endpoints {
    std::string peer;
    std::string local;
    bool is_unix;
    bool is_local;
  };

  // Takes the descriptor over.
  // `buffer` is shared by all connections. All must outlive this object.
  Connection(const ConnectionParts& parts, Connections& owner, ReadBuffer& buffer,
             std::unique_ptr<ByteStream> stream, Endpoints endpoints);
  ~Connection() override;

  Client& client() { return client_; }

  // Begins to read; false if the socket cannot be watched.
  [[nodiscard]] bool start();
  // Goes on reading after the queue of the AOF was full.
  void resumeReading();
  // Executes the requests that arrived while the client was blocked.
  void runPending();
  // Closes the socket and retires the object, which is destroyed before the loop sleeps.
  void close();

  void onReadable(bool hung_up) override;
  void onWritable() override;

  void send(uint64_t acknowledged) override;
  const std::string& peerAddress() const override { return endpoints_.peer; }
  const std::string& localAddress() const override { return endpoints_.local; }
  int fileDescriptor() const override { return fd_; }
  bool isUnixSocket() const override { return endpoints_.is_unix; }
  bool isLocal() const override { return endpoints_.is_local; }
  size_t queryBufferBytes() const override { return query_.size() + shared_bytes_; }
  size_t queryBufferFree() const override { return query_.capacity() - query_.size(); }
  size_t pendingArgumentBytes() const override {
    return parser_.pendingArgs() == 0 ? 0 : query_.size();
  }

 private:
  bool allowsOutput(size_t bytes) override;
  bool isAuthenticated() const;
  // The number of bytes received; 0 when there were none after all. Closes the connection at the
  // end of the stream and on error.
  size_t receive(std::span<char> target);
  // Receives once and executes the complete requests. Returns false when the socket is empty (after
  // a short read).
  // The peer sends no more.
  void onEnd();
  bool processShared();
  bool processPrivate();
  void sendOrSchedule();
  void checkQueryBuffer();

  const ConnectionParts& parts_;
  Connections& owner_;
  ReadBuffer& buffer_;
  const Endpoints endpoints_;
  const std::unique_ptr<ByteStream> stream_;
  const int fd_;
  Client client_;
  RequestParser parser_;
  QueryBuffer query_;
  // The bytes in the shared buffer, while the requests in it are being executed.
  size_t shared_bytes_ = 0;
  bool closed_ = false;
  bool waiting_writable_ = false;
  // A command of this client is being executed (and may be running the loop).
  bool processing_ = false;
  // The socket became readable meanwhile.
  bool missed_ = false;
  // Something may be left to read when the client is not blocked any more.
  bool unread_ = false;
  // The peer sends no more: the end of the stream follows what is still to be read.
  bool hung_up_ = false;
};

}  // namespace inkstone

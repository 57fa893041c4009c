// A client of a server without sockets that has an address all the same.
#pragma once

#include <string>
#include <utility>

namespace inkstone::test {

class FakeTransport final : public ClientTransport {
 public:
  FakeTransport(std::string peer, std::string local)
      : peer_(std::move(peer)), local_(std::move(local)) {}

  void send(uint64_t) override {}
  const std::string& peerAddress() const override { return peer_; }
  const std::string& localAddress() const override { return local_; }
  int fileDescriptor() const override { return 7; }
  bool isUnixSocket() const override { return peer_.starts_with('/'); }
  bool isLocal() const override { return local_client; }
  size_t queryBufferBytes() const override { return 10; }
  size_t queryBufferFree() const override { return 20; }
  size_t pendingArgumentBytes() const override { return 5; }

  bool local_client = true;

 private:
  const std::string peer_;
  const std::string local_;
};

// Has the server's limits hold for the output of a client, as a connection has.
class LimitedOutput final : public OutputBound {
 public:
  LimitedOutput(const ServerParts& parts, Client& client) : parts_(parts), client_(client) {}
  bool allowsOutput(size_t bytes) override {
    return parts_.clients.output_limits.mayWait(client_, bytes);
  }

 private:
  const ServerParts& parts_;
  Client& client_;
};

// Registered with the server as long as it lives.
struct ConnectedClient {
  ConnectedClient(const ServerParts& parts_in, const std::string& peer)
      : parts(parts_in),
        transport(peer, "127.0.0.1:6379"),
        client(parts_in.clients.registry.nextId() + 100, parts_in.clients.output_blocks) {
    client.transport = &transport;
    client.created_ms = client.last_interaction_ms = parts.runtime.clock.monotonicMs();
    parts.clients.registry.add(client);
  }
  ~ConnectedClient() {
    parts.clients.registry.remove(client);
    client.transport = nullptr;
  }
  ConnectedClient(const ConnectedClient&) = delete;
  ConnectedClient& operator=(const ConnectedClient&) = delete;

  const ServerParts& parts;
  FakeTransport transport;
  Client client;
};

}  // namespace inkstone::test

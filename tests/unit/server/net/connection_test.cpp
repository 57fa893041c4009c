// A connection above a stream that is no plain socket, as TLS will be: it may hold bytes that the
// poller, which is edge-triggered, does not tell of.
#include "server/net/connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <deque>
#include <string>
#include <utility>

#include "server/net/network.h"
#include "tests/unit/server/server_fixture.h"

namespace inkstone::test {
namespace {

// What travels through a LayeredStream, seen from the other side.
struct Wire {
  // Each is given by one read.
  std::deque<std::string> decoded;
  std::string written;
  bool closed = false;
};

class LayeredStream final : public ByteStream {
 public:
  LayeredStream(int fd, Wire& wire) : fd_(fd), wire_(wire) {}

  StreamResult read(std::span<char> target) override {
    std::array<char, 64> raw{};
    static_cast<void>(::recv(fd_, raw.data(), raw.size(), 0));
    if (wire_.decoded.empty()) return {};
    const std::string bytes = std::move(wire_.decoded.front());
    wire_.decoded.pop_front();
    REQUIRE(bytes.size() < target.size());
    std::copy(bytes.begin(), bytes.end(), target.begin());
    return {StreamResult::Status::kMoved, bytes.size(), 0};
  }
  StreamResult write(std::span<const iovec> pieces) override {
    const iovec& piece = pieces.front();
    wire_.written.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
    return {StreamResult::Status::kMoved, piece.iov_len, 0};
  }
  bool hasPending() const override { return !wire_.decoded.empty(); }
  int descriptor() const override { return fd_; }
  void close() override {
    wire_.closed = true;
    ::close(fd_);
  }

 private:
  const int fd_;
  Wire& wire_;
};

struct LayeredConnection : ServerFixture {
  LayeredConnection() {
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    connection = &network().connections.adopt(std::make_unique<LayeredStream>(ends[0], wire),
                                              {"peer", "local", false, true});
    network().poller.dispatch();
  }
  ~LayeredConnection() { ::close(ends[1]); }

  Network& network() { return parts().network; }
  // The peer sends what its layer makes of these, all in one segment.
  void arrive(std::initializer_list<std::string> decoded) {
    wire.decoded.insert(wire.decoded.end(), decoded);
    REQUIRE(::send(ends[1], "x", 1, 0) == 1);
  }

  std::array<int, 2> ends{};
  Wire wire;
  Connection* connection = nullptr;
};

}  // namespace

TEST_CASE("What a stream still holds is read in the next turn, though the socket is empty") {
  LayeredConnection bench;
  bench.arrive({"PING\r\n", "ECHO second\r\n", "ECHO third\r\n"});
  CHECK(bench.network().poller.dispatch() > 0);
  CHECK(bench.wire.written == "+PONG\r\n");
  CHECK(bench.network().poller.dispatch() > 0);
  CHECK(bench.network().poller.dispatch() > 0);
  CHECK(bench.wire.written == "+PONG\r\n$6\r\nsecond\r\n$5\r\nthird\r\n");
  CHECK(bench.network().poller.dispatch() == 0);
}

TEST_CASE("A connection that is closed is not called again for what its stream held") {
  LayeredConnection bench;
  bench.arrive({"QUIT\r\n", "PING\r\n"});
  bench.network().poller.dispatch();
  CHECK(bench.wire.written == "+OK\r\n");
  CHECK(bench.wire.closed);
  CHECK(bench.network().poller.dispatch() == 0);
  CHECK(bench.wire.decoded.size() == 1);
}

TEST_CASE("While a client waits, what its stream holds waits without keeping the loop busy") {
  LayeredConnection bench;
  bench.arrive({"BLPOP list 0\r\n", "PING\r\n"});
  bench.network().poller.dispatch();
  bench.network().poller.dispatch();
  bench.run({"RPUSH", "list", "a"});
  bench.server().eventLoop().serveWithoutWaiting();
  CHECK(bench.wire.written == "*2\r\n$4\r\nlist\r\n$1\r\na\r\n+PONG\r\n");
}

}  // namespace inkstone::test

#include "server/net/socket_options.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace inkstone {
namespace {

struct Address {
  std::string text;
  bool is_loopback = false;
};

Address addressOf(const sockaddr_storage& storage) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
    inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return {fmt::format("{}:{}", text.data(), ntohs(v4.sin_port)),
            (ntohl(v4.sin_addr.s_addr) >> 24) == 127};
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
  inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  return {fmt::format("[{}]:{}", text.data(), ntohs(v6.sin6_port)),
          IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) != 0};
}

void setOption(int fd, int level, int name, int value) {
  // A socket without the option still works, only less well.
  setsockopt(fd, level, name, &value, sizeof value);
}

}  // namespace

Connection::Endpoints describeSocket(int fd, bool is_unix, const std::string& unix_path) {
  if (is_unix) return {unix_path + ":0", unix_path + ":0", true, true};
  sockaddr_storage peer{};
  sockaddr_storage local{};
  socklen_t peer_length = sizeof peer;
  socklen_t local_length = sizeof local;
  getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &peer_length);
  getsockname(fd, reinterpret_cast<sockaddr*>(&local), &local_length);
  const Address peer_address = addressOf(peer);
  return {peer_address.text, addressOf(local).text, false, peer_address.is_loopback};
}

void tuneTcpSocket(int fd, int64_t keepalive_s) {
  setOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  if (keepalive_s == 0) return;
  constexpr int kProbes = 3;
  const int seconds = static_cast<int>(keepalive_s);
  setOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  setOption(fd, IPPROTO_TCP, TCP_KEEPIDLE, seconds);
  setOption(fd, IPPROTO_TCP, TCP_KEEPINTVL, std::max(1, seconds / kProbes));
  setOption(fd, IPPROTO_TCP, TCP_KEEPCNT, kProbes);
}

}  // namespace inkstone

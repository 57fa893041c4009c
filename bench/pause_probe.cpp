// usage: bench-pause-probe PORT PID INSERTS REPLY WORD...
// Sends a command (the words) again and again over one connection, for instance to insert keys, and
// expects the same REPLY each time. In the words, # stands for the number of the insert in 12
// digits and @ for a number made of it that is scattered over all of 32 bits. Reports the longest
// time a single insert waited while the server was at work. The wall clock alone cannot say that:
// on a shared machine the longest of millions of waits is the scheduler's. Therefore each insert
// also reads how much CPU the server's main thread has used, and a wait counts only as far as the
// server was running meanwhile. A PING round before the inserts shows the scheduler's share, for
// the reader.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kPingsMax = 200'000;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

int64_t parseNumber(std::string_view text) {
  int64_t value = -1;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || value < 0) fail("expected a number");
  return value;
}

class Connection {
 public:
  explicit Connection(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (fd_ < 0) fail("socket");
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      fail("connect");
    }
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::close(fd_); }

  void exchange(std::string_view request, std::string_view expected) {
    if (::send(fd_, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
      fail("send");
    }
    std::array<char, 256> reply;
    size_t got = 0;
    while (got < expected.size()) {
      const ssize_t n = ::recv(fd_, reply.data() + got, reply.size() - got, 0);
      if (n <= 0) fail("recv");
      got += static_cast<size_t>(n);
    }
    if (std::string_view(reply.data(), got) != expected) {
      std::fprintf(stderr, "unexpected reply: %.*s\n", static_cast<int>(got), reply.data());
      std::exit(1);
    }
  }

 private:
  int fd_;
};

// Nanoseconds that the main thread of a process has spent on a CPU.
class CpuClock {
 public:
  explicit CpuClock(int64_t pid)
      : fd_(::open(("/proc/" + std::to_string(pid) + "/schedstat").c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ < 0) fail("open schedstat");
  }
  CpuClock(const CpuClock&) = delete;
  CpuClock& operator=(const CpuClock&) = delete;
  ~CpuClock() { ::close(fd_); }

  int64_t now() const {
    std::array<char, 96> text;
    const ssize_t n = ::pread(fd_, text.data(), text.size(), 0);
    if (n <= 0) fail("read schedstat");
    return parseNumber({text.data(), static_cast<size_t>(n)});
  }

 private:
  int fd_;
};

struct Waits {
  std::vector<int64_t> wall_ns;
  int64_t pause_ns = 0;

  int64_t wallMax() const { return *std::max_element(wall_ns.begin(), wall_ns.end()); }
};

// Sends request(i) for each i below `count` and times every exchange.
template <class MakeRequest>
Waits measure(Connection& connection, const CpuClock& cpu, int64_t count, std::string_view expected,
              MakeRequest request) {
  Waits waits;
  waits.wall_ns.reserve(static_cast<size_t>(count));
  int64_t cpu_before = cpu.now();
  int64_t wall_previous = 0;
  int64_t cpu_previous = 0;
  for (int64_t i = 0; i < count; ++i) {
    const std::string_view text = request(i);
    const auto begin = Clock::now();
    connection.exchange(text, expected);
    const int64_t wall = (Clock::now() - begin).count();
    const int64_t cpu_after = cpu.now();
    const int64_t cpu_used = cpu_after - cpu_before;
    cpu_before = cpu_after;
    // The kernel books CPU when a thread stops running, which can be just after we have looked:
    // what the server did for the previous exchange may only appear now.
    waits.pause_ns = std::max(waits.pause_ns, std::min(wall_previous, cpu_previous + cpu_used));
    wall_previous = wall;
    cpu_previous = cpu_used;
    waits.wall_ns.push_back(wall);
  }
  return waits;
}

double percentileUs(std::vector<int64_t>& values, double fraction) {
  const auto at = static_cast<std::ptrdiff_t>(static_cast<double>(values.size() - 1) * fraction);
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return static_cast<double>(values[static_cast<size_t>(at)]) / 1000.0;
}

// Puts the number of an insert into the words of its command.
class Template {
 public:
  explicit Template(std::vector<std::string_view> words) : words_(std::move(words)) {}

  // Valid until the next call.
  std::string_view request(int64_t number) {
    text_ = "*" + std::to_string(words_.size()) + "\r\n";
    for (const std::string_view word : words_) {
      word_.clear();
      for (const char c : word) put(c, number);
      text_ += "$" + std::to_string(word_.size()) + "\r\n" + word_ + "\r\n";
    }
    return text_;
  }

 private:
  void put(char c, int64_t number) {
    if (c == '#') {
      const std::string digits = std::to_string(number);
      word_.append(kDigits - std::min(kDigits, digits.size()), '0').append(digits);
    } else if (c == '@') {
      // Knuth's multiplier: neighbours go far apart, and no two numbers to the same place.
      word_ += std::to_string(static_cast<uint32_t>(number) * 2'654'435'761U);
    } else {
      word_ += c;
    }
  }

  static constexpr size_t kDigits = 12;
  std::vector<std::string_view> words_;
  std::string word_;
  std::string text_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::fprintf(stderr, "usage: %s PORT PID INSERTS REPLY WORD...\n", argv[0]);
    return 2;
  }
  Connection connection(static_cast<uint16_t>(parseNumber(argv[1])));
  const CpuClock cpu(parseNumber(argv[2]));
  const int64_t inserts = std::max<int64_t>(1, parseNumber(argv[3]));
  const std::string reply = std::string(argv[4]) + "\r\n";
  Template command({argv + 5, argv + argc});

  const int64_t pings = std::min(inserts, kPingsMax);
  const Waits ping = measure(connection, cpu, pings, "+PONG\r\n",
                             [](int64_t) { return std::string_view("*1\r\n$4\r\nPING\r\n"); });
  Waits insert = measure(connection, cpu, inserts, reply,
                         [&command](int64_t i) { return command.request(i); });
  std::printf(
      "{\"pause_us\": %.1f, \"wall_max_us\": %.1f, \"ping_wall_max_us\": %.1f, \"p50_us\": %.1f, "
      "\"p99_us\": %.1f}\n",
      static_cast<double>(insert.pause_ns) / 1000.0, static_cast<double>(insert.wallMax()) / 1000.0,
      static_cast<double>(ping.wallMax()) / 1000.0, percentileUs(insert.wall_ns, 0.5),
      percentileUs(insert.wall_ns, 0.99));
  return 0;
}

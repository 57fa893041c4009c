// usage: bench-pause-probe PORT PID INSERTS PIPELINE REPLY WORD...
// Sends a command (the words) again and again over one connection, for instance to insert keys,
// PIPELINE of them at once, and expects the same REPLY each time. In the words, # stands for the
// number of the insert in 12 digits and @ for a number made of it that is scattered over all of 32
// bits. Reports the longest time that one exchange waited while the server was at work. The wall
// clock alone cannot say that: on a shared machine the longest of millions of waits is the
// scheduler's. Therefore each exchange also reads how much CPU the server's main thread has used,
// and a wait counts only as far as the server was running meanwhile. The longest of each thousandth
// of the inserts is reported as well: what is in the server comes back there in another run, what a
// hypervisor adds does not. A PING round before the inserts shows its share, for the reader.
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
constexpr size_t kParts = 1000;

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
    reply_.resize(expected.size());
    size_t got = 0;
    while (got < expected.size()) {
      const ssize_t n = ::recv(fd_, reply_.data() + got, reply_.size() - got, 0);
      if (n <= 0) fail("recv");
      got += static_cast<size_t>(n);
      // An error may be shorter than what is expected.
      if (expected.substr(0, got) != std::string_view(reply_).substr(0, got)) {
        std::fprintf(stderr, "unexpected reply: %.*s\n", static_cast<int>(got), reply_.data());
        std::exit(1);
      }
    }
  }

 private:
  int fd_;
  std::string reply_;
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
  // The longest of each part.
  std::array<int64_t, kParts> pause_ns{};

  int64_t wallMax() const { return *std::max_element(wall_ns.begin(), wall_ns.end()); }
  int64_t pauseMax() const { return *std::max_element(pause_ns.begin(), pause_ns.end()); }
};

std::string repeated(std::string_view text, int64_t times) {
  std::string all;
  for (int64_t i = 0; i < times; ++i) all += text;
  return all;
}

// Sends request(i) for each i below `count`, `pipeline` of them at once, and times every exchange.
template <class MakeRequest>
Waits measure(Connection& connection, const CpuClock& cpu, int64_t count, int64_t pipeline,
              std::string_view reply, MakeRequest request) {
  const std::string expected = repeated(reply, pipeline);
  Waits waits;
  waits.wall_ns.reserve(static_cast<size_t>(count / pipeline));
  int64_t cpu_before = cpu.now();
  int64_t wall_previous = 0;
  int64_t cpu_previous = 0;
  std::string text;
  for (int64_t i = 0; i + pipeline <= count; i += pipeline) {
    text.clear();
    for (int64_t j = i; j < i + pipeline; ++j) text += request(j);
    const auto begin = Clock::now();
    connection.exchange(text, expected);
    const int64_t wall = (Clock::now() - begin).count();
    const int64_t cpu_after = cpu.now();
    const int64_t cpu_used = cpu_after - cpu_before;
    cpu_before = cpu_after;
    // The kernel books CPU when a thread stops running, which can be just after we have looked:
    // what the server did for the previous exchange may only appear now.
    int64_t& pause_ns =
        waits.pause_ns[static_cast<size_t>(i) * kParts / static_cast<size_t>(count)];
    pause_ns = std::max(pause_ns, std::min(wall_previous, cpu_previous + cpu_used));
    wall_previous = wall;
    cpu_previous = cpu_used;
    waits.wall_ns.push_back(wall);
  }
  return waits;
}

double microseconds(int64_t ns) {
  return static_cast<double>(ns) / 1000.0;
}

double percentileUs(std::vector<int64_t>& values, double fraction) {
  const auto at = static_cast<std::ptrdiff_t>(static_cast<double>(values.size() - 1) * fraction);
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return microseconds(values[static_cast<size_t>(at)]);
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
  if (argc < 7) {
    std::fprintf(stderr, "usage: %s PORT PID INSERTS PIPELINE REPLY WORD...\n", argv[0]);
    return 2;
  }
  Connection connection(static_cast<uint16_t>(parseNumber(argv[1])));
  const CpuClock cpu(parseNumber(argv[2]));
  const int64_t pipeline = std::max<int64_t>(1, parseNumber(argv[4]));
  const int64_t inserts = std::max(pipeline, parseNumber(argv[3]));
  const std::string reply = std::string(argv[5]) + "\r\n";
  Template command({argv + 6, argv + argc});

  const int64_t pings = std::max(pipeline, std::min(inserts, kPingsMax));
  const Waits ping = measure(connection, cpu, pings, pipeline, "+PONG\r\n",
                             [](int64_t) { return std::string_view("*1\r\n$4\r\nPING\r\n"); });
  Waits insert = measure(connection, cpu, inserts, pipeline, reply,
                         [&command](int64_t i) { return command.request(i); });
  std::printf(
      "{\"pause_us\": %.1f, \"wall_max_us\": %.1f, \"ping_wall_max_us\": %.1f, \"p50_us\": %.1f, "
      "\"p99_us\": %.1f, \"pauses_us\": [",
      microseconds(insert.pauseMax()), microseconds(insert.wallMax()), microseconds(ping.wallMax()),
      percentileUs(insert.wall_ns, 0.5), percentileUs(insert.wall_ns, 0.99));
  for (size_t part = 0; part < kParts; ++part) {
    std::printf("%s%.1f", part == 0 ? "" : ", ", microseconds(insert.pause_ns[part]));
  }
  std::printf("]}\n");
  return 0;
}

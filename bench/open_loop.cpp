// usage: bench-open-loop PORT RATE STRINGS HASHES MEMBERS OUTPUT
// Writes to a server at a steady rate (commands a second) until its standard input ends, whatever
// the server does meanwhile: a request is due at its moment, not when the one before is answered. A
// latency counts from that moment, so a pause of the server shows in every request that was due
// while it lasted, as it does for users. A generator that waits for replies would send one request
// into the pause and none of the others.
//
// The requests change what bench/data.py's fill "mixed" made of STRINGS strings, HASHES hashes and
// one sorted set of MEMBERS: 70 % SET, 20 % HSET, 10 % ZADD. Prints the moment of the first one
// (CLOCK_MONOTONIC, microseconds), and at the end the number of requests that were never answered.
// OUTPUT gets a pair of 32-bit numbers for each answered request: when it was due, in microseconds
// after the first one, and how long its answer took.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr size_t kConnections = 50;
// So that a loop that fell behind looks at replies before it has caught up.
constexpr int kSendsAtOnceMax = 64;

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

uint64_t parseNumber(std::string_view text) {
  uint64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || value == 0) fail("expected a number above 0");
  return value;
}

int64_t nowUs() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string digits(uint64_t number, size_t width) {
  const std::string text = std::to_string(number);
  return std::string(width - std::min(width, text.size()), '0') + text;
}

void appendArray(std::string& out, std::span<const std::string> words) {
  out += "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
}

// Makes the requests. Their sequence is the same in every run.
class Requests {
 public:
  Requests(uint64_t strings, uint64_t hashes, uint64_t members)
      : strings_(strings), hashes_(hashes), members_(members) {}

  void append(std::string& out) {
    const uint64_t kind = random_() % 10;
    if (kind < 7) {
      appendArray(out, std::array<std::string, 3>{"SET", "key:" + digits(random_() % strings_, 12),
                                                  digits(random_(), 32)});
    } else if (kind < 9) {
      const std::string field = "field:" + std::to_string(random_() % 5);
      const std::string key = "hash:" + digits(random_() % hashes_, 12);
      appendArray(out, std::array<std::string, 4>{"HSET", key, field, digits(random_(), 20)});
    } else {
      const std::string score = std::to_string(random_() % (uint64_t{1} << 32U));
      const std::string member = "member:" + digits(random_() % members_, 8);
      appendArray(out, std::array<std::string, 4>{"ZADD", "zset", score, member});
    }
  }

 private:
  const uint64_t strings_;
  const uint64_t hashes_;
  const uint64_t members_;
  std::mt19937_64 random_{1};
};

struct Answered {
  uint32_t due_us;
  uint32_t latency_us;
};

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
    if (::fcntl(fd_, F_SETFL, O_NONBLOCK) != 0) fail("fcntl");
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::close(fd_); }

  int fd() const { return fd_; }
  size_t unanswered() const { return due_.size(); }

  void request(Requests& requests, uint32_t due_us) {
    requests.append(unsent_);
    due_.push_back(due_us);
    flush();
  }

  // What the socket did not take, because the server does not read, is kept: the rate must hold.
  void flush() {
    if (unsent_.empty()) return;
    const ssize_t sent = ::send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (sent > 0) unsent_.erase(0, static_cast<size_t>(sent));
    if (sent < 0 && errno != EAGAIN) fail("send");
  }

  // Replies are one line each.
  void receive(int64_t start_us, std::vector<Answered>& answered) {
    std::array<char, 16384> bytes;
    const ssize_t got = ::recv(fd_, bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) fail("recv");
    const std::string_view text(bytes.data(), static_cast<size_t>(got));
    if (text.find('-') != std::string_view::npos) {
      std::fprintf(stderr, "refused: %.*s\n", static_cast<int>(text.size()), text.data());
      std::exit(1);
    }
    const auto at_us = static_cast<uint32_t>(nowUs() - start_us);
    for (auto lines = std::count(text.begin(), text.end(), '\n'); lines > 0; --lines) {
      answered.push_back({due_.front(), at_us - due_.front()});
      due_.pop_front();
    }
  }

 private:
  int fd_;
  std::string unsent_;
  std::deque<uint32_t> due_;
};

class OpenLoop {
 public:
  OpenLoop(uint16_t port, uint64_t rate, Requests requests)
      : rate_(rate), requests_(requests), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    for (size_t i = 0; i < kConnections; ++i) {
      connections_.push_back(std::make_unique<Connection>(port));
      watch(connections_.back()->fd(), connections_.back().get());
    }
    watch(STDIN_FILENO, nullptr);
  }
  OpenLoop(const OpenLoop&) = delete;
  OpenLoop& operator=(const OpenLoop&) = delete;
  ~OpenLoop() { ::close(epoll_); }

  // Until standard input ends.
  void run() {
    start_us_ = nowUs();
    std::printf("%lld\n", static_cast<long long>(start_us_));
    std::fflush(stdout);
    while (!ended_) {
      sendDue();
      for (const auto& connection : connections_) connection->flush();
      handleEvents();
    }
  }

  size_t unanswered() const {
    size_t count = 0;
    for (const auto& connection : connections_) count += connection->unanswered();
    return count;
  }
  const std::vector<Answered>& answered() const { return answered_; }

 private:
  void watch(int fd, Connection* connection) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = connection;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) fail("epoll_ctl");
  }

  // When the next request is due, after the start.
  int64_t dueUs() const { return static_cast<int64_t>(sent_ * 1'000'000 / rate_); }

  void sendDue() {
    const int64_t now_us = nowUs() - start_us_;
    for (int sends = 0; sends < kSendsAtOnceMax && dueUs() <= now_us; ++sends) {
      connections_[sent_ % kConnections]->request(requests_, static_cast<uint32_t>(dueUs()));
      ++sent_;
    }
  }

  void handleEvents() {
    std::array<epoll_event, 64> events;
    const int64_t wait_us = std::max<int64_t>(0, dueUs() - (nowUs() - start_us_));
    const timespec wait{wait_us / 1'000'000, (wait_us % 1'000'000) * 1000};
    const int ready =
        ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &wait, nullptr);
    if (ready < 0 && errno != EINTR) fail("epoll_pwait2");
    for (int i = 0; i < ready; ++i) {
      auto* connection = static_cast<Connection*>(events[static_cast<size_t>(i)].data.ptr);
      if (connection == nullptr) {
        ended_ = true;
      } else {
        connection->receive(start_us_, answered_);
      }
    }
  }

  const uint64_t rate_;
  Requests requests_;
  const int epoll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Answered> answered_;
  int64_t start_us_ = 0;
  uint64_t sent_ = 0;
  bool ended_ = false;
};

void write(const char* path, const std::vector<Answered>& answered) {
  std::FILE* file = std::fopen(path, "wb");
  if (file == nullptr) fail(path);
  if (std::fwrite(answered.data(), sizeof(Answered), answered.size(), file) != answered.size() ||
      std::fclose(file) != 0) {
    fail(path);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr, "usage: %s PORT RATE STRINGS HASHES MEMBERS OUTPUT\n", argv[0]);
    return 2;
  }
  // The kernel otherwise bundles wake-ups that are up to 50 us apart: as much as lies between two
  // requests.
  if (::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL) != 0) fail("prctl");
  OpenLoop loop(static_cast<uint16_t>(parseNumber(argv[1])), parseNumber(argv[2]),
                Requests(parseNumber(argv[3]), parseNumber(argv[4]), parseNumber(argv[5])));
  loop.run();
  write(argv[6], loop.answered());
  std::printf("%zu\n", loop.unanswered());
  return 0;
}

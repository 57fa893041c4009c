#include "server/net/socket_poller.h"

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace inkstone {
namespace {

int createEpoll() {
  const int fd = epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return fd;
}

epoll_event eventFor(PolledSocket& socket) {
  epoll_event event{};
  event.events = uint32_t{EPOLLIN} | uint32_t{EPOLLRDHUP} | uint32_t{EPOLLOUT} | uint32_t{EPOLLET};
  event.data.ptr = &socket;
  return event;
}

}  // namespace

SocketPoller::SocketPoller(asio::io_context& io, Clock& clock)
    : epoll_(io, createEpoll()), clock_(clock), woke_at_ns_(clock.monotonicNs()) {}

SocketPoller::~SocketPoller() {
  asio::error_code ignored;
  epoll_.close(ignored);
}

bool SocketPoller::add(int fd, PolledSocket& socket) {
  epoll_event event = eventFor(socket);
  return epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void SocketPoller::rearm(int fd, PolledSocket& socket) {
  epoll_event event = eventFor(socket);
  epoll_ctl(epoll_.native_handle(), EPOLL_CTL_MOD, fd, &event);
}

void SocketPoller::remove(int fd, PolledSocket& socket) {
  std::erase(again_, &socket);
  epoll_event ignored{};
  epoll_ctl(epoll_.native_handle(), EPOLL_CTL_DEL, fd, &ignored);
}

void SocketPoller::wakeWhenReady() {
  if (waiting_) return;
  waiting_ = true;
  epoll_.async_wait(asio::posix::stream_descriptor::wait_read,
                    [this](const asio::error_code&) { waiting_ = false; });
}

int SocketPoller::dispatchSoon() {
  if (!spinPays()) return 0;
  const int64_t until_ns = Clock::readMonotonicNs() + kSpinNs;
  do {
    if (const int count = dispatch(); count > 0) {
      spin_score_ = std::min(spin_score_ + 1, kSpinScoreMax);
      return count;
    }
  } while (Clock::readMonotonicNs() < until_ns);
  spin_score_ = std::max(spin_score_ - kSpinFailureCost, 0);
  return 0;
}

int SocketPoller::dispatch() {
  // Sockets that do not fit are still ready in the next turn.
  constexpr int kEventsMax = 512;
  std::array<epoll_event, kEventsMax> events;
  const int count = epoll_wait(epoll_.native_handle(), events.data(), kEventsMax, 0);
  if (count <= 0 && again_.empty()) return 0;
  const std::vector<PolledSocket*> again = std::exchange(again_, {});
  noteWake();
  ++depth_;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<size_t>(i)];
    auto* socket = static_cast<PolledSocket*>(event.data.ptr);
    const bool hung_up = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    if (hung_up || (event.events & EPOLLIN) != 0) socket->onReadable(hung_up);
    if ((event.events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) socket->onWritable();
  }
  for (PolledSocket* const socket : again) socket->onReadable(false);
  --depth_;
  return std::max(count, 0) + static_cast<int>(again.size());
}

}  // namespace inkstone

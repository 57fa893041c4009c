#include "server/process/process.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace inkstone {

int64_t fitDescriptorLimit(int64_t maxclients) {
  const auto wanted = static_cast<rlim_t>(maxclients + kReservedDescriptors);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return maxclients;
  if (limit.rlim_cur >= wanted) return maxclients;
  rlimit raised = limit;
  raised.rlim_cur = wanted;
  raised.rlim_max = std::max(limit.rlim_max, wanted);
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return maxclients;
  // Only root may raise the hard limit. Every process may raise the soft limit up to it.
  raised.rlim_cur = raised.rlim_max = limit.rlim_max;
  if (limit.rlim_max > limit.rlim_cur && setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  const auto available = static_cast<int64_t>(limit.rlim_cur);
  return std::clamp<int64_t>(available - kReservedDescriptors, 0, maxclients);
}

namespace {

// A byte that no text has tells the parent that the child is ready.
constexpr char kReady = '\0';

[[noreturn]] void waitForChild(int report, pid_t child) {
  std::string text;
  std::array<char, 4096> bytes;
  for (;;) {
    const ssize_t length = ::read(report, bytes.data(), bytes.size());
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) break;
    text.append(bytes.data(), static_cast<size_t>(length));
    if (text.find(kReady) != std::string::npos) std::_Exit(0);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status))
    text += "The server was ended by signal " + std::to_string(WTERMSIG(status)) +
            " before it was ready\n";
  if (text.empty()) text = "The server ended before it was ready\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
  const int exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  // The child was told to end while it loaded, so there is no server, whatever its status.
  std::_Exit(exit_status == 0 ? 1 : exit_status);
}

}  // namespace

Daemon::~Daemon() {
  if (report_ >= 0) ::close(report_);
}

std::string Daemon::begin() {
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::strerror(errno);
  const pid_t child = ::fork();
  if (child < 0) {
    const int error = errno;
    for (const int end : ends) ::close(end);
    return std::strerror(error);
  }
  if (child > 0) {
    ::close(ends[1]);
    waitForChild(ends[0], child);
  }
  ::close(ends[0]);
  report_ = ends[1];
  // The process that waits may be gone.
  std::signal(SIGPIPE, SIG_IGN);
  ::setsid();
  return {};
}

void Daemon::ready() {
  if (report_ < 0) return;
  [[maybe_unused]] const ssize_t written = ::write(report_, &kReady, 1);
  ::close(report_);
  report_ = -1;
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return;
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null, standard);
  if (null > STDERR_FILENO) ::close(null);
}

bool foregroundIsContainer() {
  const char* image = std::getenv("INKSTONE_IMAGE_FOREGROUND");
  return ::getpid() == 1 || (image != nullptr && *image != '\0');
}

bool writePidFile(const std::string& path) {
  std::ofstream file(path, std::ios::trunc);
  file << ::getpid() << '\n';
  file.close();
  return !file.fail();
}

bool disableTransparentHugePages() {
  // A kernel without huge pages has nothing to switch off.
  return prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) == 0;
}

bool setCpuAffinity(const std::string& list) {
  if (list.empty()) return true;
  cpu_set_t processors;
  CPU_ZERO(&processors);
  for (size_t at = 0; at < list.size();) {
    const size_t comma = std::min(list.find(',', at), list.size());
    int first = 0;
    int last = 0;
    int step = 1;
    const std::string part = list.substr(at, comma - at);
    const int read = std::sscanf(part.c_str(), "%d-%d:%d", &first, &last, &step);
    if (read < 1) return false;
    if (read == 1) last = first;
    if (first < 0 || last >= CPU_SETSIZE || step < 1) return false;
    for (int processor = first; processor <= last; processor += step)
      CPU_SET(processor, &processors);
    at = comma + 1;
  }
  return pthread_setaffinity_np(pthread_self(), sizeof processors, &processors) == 0;
}

bool supervisedBySystemd(Supervised mode) {
  return (mode == Supervised::kSystemd || mode == Supervised::kAuto) &&
         std::getenv("NOTIFY_SOCKET") != nullptr;
}

bool supervisedByUpstart(Supervised mode) {
  return (mode == Supervised::kUpstart || mode == Supervised::kAuto) &&
         std::getenv("UPSTART_JOB") != nullptr;
}

bool notifySystemd(const std::string& state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr) return false;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const size_t length = std::strlen(path);
  if (length == 0 || length >= sizeof address.sun_path) return false;
  std::memcpy(address.sun_path, path, length);
  // '@' stands for the zero byte of the abstract name space.
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const auto address_length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  const ssize_t sent = ::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL,
                                reinterpret_cast<const sockaddr*>(&address), address_length);
  ::close(fd);
  return sent == static_cast<ssize_t>(state.size());
}

}  // namespace inkstone

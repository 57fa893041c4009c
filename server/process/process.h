// The server as a process of its machine: descriptors, background, pid file, service manager.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/config_values.h"

namespace inkstone {

// Descriptors kept for what is no client: log, listening sockets, epoll, standard streams.
inline constexpr int64_t kReservedDescriptors = 32;

// Raises the soft limit of open files so that `maxclients` fit, as far as the machine allows.
// Returns how many clients do fit: less than asked for when the limit stays too low, 0 when not
// even one does.
int64_t fitDescriptorLimit(int64_t maxclients);

// The way to the background. The process that was started stays in the foreground until the one in
// the background is ready or has ended, so that a start that fails is seen where it was asked for.
class Daemon {
 public:
  Daemon() = default;
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Forks; returns in the child, in a session of its own, with standard output and standard error
  // as they are. The parent never returns: it exits with status 0 after ready(), or, when the child
  // ends before, prints what the child wrote to reportDescriptor() and exits with its status, or 1.
  // Empty: done; otherwise why there is no child, and this process is still in the foreground.
  [[nodiscard]] std::string begin();
  // Where the parent reads what to print if the start fails; -1 in the foreground.
  int reportDescriptor() const { return report_; }
  // Lets the parent go, and takes the terminal off the standard streams.
  void ready();

 private:
  int report_ = -1;
};

// Whether the process must stay in the foreground because its end is the container's: it is the
// first of its process namespace, or runs in our image (INKSTONE_IMAGE_FOREGROUND is set).
bool foregroundIsContainer();

// Writes the process id and a line end; false when the file cannot be written.
[[nodiscard]] bool writePidFile(const std::string& path);

// Transparent huge pages make the copies after a fork 512 times larger. False if the kernel
// refused.
bool disableTransparentHugePages();

// Binds the calling thread to the processors of `list` ("0,2,4-7" or "0-10:2", as taskset); an
// empty list changes nothing. False when the list cannot be read or none of its processors exists.
[[nodiscard]] bool setCpuAffinity(const std::string& list);

// Whether a service manager waits to be told of readiness: systemd with NOTIFY_SOCKET, Upstart with
// UPSTART_JOB, which waits for a stop signal. `auto` takes whichever there is. Where the directive
// names one that is not there, nobody would ever let a stopped process go on.
bool supervisedBySystemd(Supervised mode);
bool supervisedByUpstart(Supervised mode);

// Sends `state` ("READY=1") to the socket named by NOTIFY_SOCKET
// (https://www.freedesktop.org/software/systemd/man/sd_notify.html); false when there is none or it
// fails.
bool notifySystemd(const std::string& state);

}  // namespace inkstone

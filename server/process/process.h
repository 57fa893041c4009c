// The server as a process of its machine: descriptors, background, pid file, service manager.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "config/config_values.h"

namespace inkstone {

// Descriptors that are kept for uses other than clients: AOF, listening sockets, epoll, standard
// streams.
inline constexpr int64_t kReservedDescriptors = 32;

// Raises the soft limit of open files, as far as the machine allows, so that `maxclients` fit.
// Returns how many clients fit: fewer than `maxclients` when the limit stays too low, 0 when not
// even one does.
int64_t fitDescriptorLimit(int64_t maxclients);

// Moves the server to the background. The process that was started stays in the foreground until
// the one in the background is ready or has ended, so that a failed start is seen where it was
// asked for.
class Daemon {
 public:
  Daemon() = default;
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Forks. The call returns in the child, which has a session of its own, and standard output and
  // standard error as they are. In the parent it never returns: the parent exits with status 0
  // after ready(). When the child ends before that, the parent prints what the child wrote to
  // reportDescriptor() and exits with the child's status, or 1. The returned text is empty, or says
  // why there is no child; then this process is still in the foreground.
  [[nodiscard]] std::string begin();
  // The descriptor from which the parent reads what it prints when the start fails; -1 in the
  // foreground.
  int reportDescriptor() const { return report_; }
  // Lets the parent exit, and takes the standard streams off the terminal.
  void ready();

 private:
  int report_ = -1;
};

// Whether the process must stay in the foreground because its end is the container's: it is the
// first of its process namespace, or runs in our image (INKSTONE_IMAGE_FOREGROUND is set).
bool foregroundIsContainer();

// Writes the process id and a line end; false when the file cannot be written.
[[nodiscard]] bool writePidFile(const std::string& path);

// Switches off transparent huge pages, which make the copies after a fork 512 times larger. Returns
// false if the kernel refused.
bool disableTransparentHugePages();

// Binds the calling thread to the processors of `list` ("0,2,4-7" or "0-10:2", as taskset); an
// empty list changes nothing. False when the list cannot be read or none of its processors exists.
[[nodiscard]] bool setCpuAffinity(const std::string& list);

// Whether a service manager waits to be told that the server is ready: systemd with NOTIFY_SOCKET,
// Upstart with UPSTART_JOB, which waits for a stop signal. `auto` takes the one that is there. When
// the directive names Upstart and it is not there, the process must not stop, because nobody would
// let it go on.
bool supervisedBySystemd(Supervised mode);
bool supervisedByUpstart(Supervised mode);

// Sends `state` ("READY=1") to the socket named by NOTIFY_SOCKET
// (https://www.freedesktop.org/software/systemd/man/sd_notify.html); false when there is none or it
// fails.
bool notifySystemd(const std::string& state);

}  // namespace inkstone

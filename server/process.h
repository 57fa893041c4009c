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

// Goes on in a child process without terminal; the parent exits with status 0.
void daemonize();

// Writes the process id and a line end; false when the file cannot be written.
[[nodiscard]] bool writePidFile(const std::string& path);

// Transparent huge pages make the copies after a fork 512 times larger.
void disableTransparentHugePages();

// Binds the calling thread to the processors of `list` ("0,2,4-7" or "0-10:2", as taskset); an
// empty list changes nothing. False when the list cannot be read or none of its processors exists.
[[nodiscard]] bool setCpuAffinity(const std::string& list);

// Whether the service manager is to be told of readiness: `supervised systemd`, or auto with
// NOTIFY_SOCKET set.
bool supervisedBySystemd(Supervised mode);
// Upstart waits for a stop signal: `supervised upstart`, or auto with UPSTART_JOB set.
bool supervisedByUpstart(Supervised mode);

// Sends `state` ("READY=1") to the socket named by NOTIFY_SOCKET
// (https://www.freedesktop.org/software/systemd/man/sd_notify.html); false when there is none or it
// fails.
bool notifySystemd(const std::string& state);

}  // namespace inkstone

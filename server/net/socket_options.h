// Addresses and options of sockets.
#pragma once

#include <cstdint>
#include <string>

#include "server/net/connection.h"

namespace inkstone {

// The addresses of a connected socket, in the form of CLIENT LIST.
Connection::Endpoints describeSocket(int fd, bool is_unix, const std::string& unix_path);

// Sends small replies without delay, and keepalive probes after `keepalive_s` seconds of silence
// (0: none).
void tuneTcpSocket(int fd, int64_t keepalive_s);

}  // namespace inkstone

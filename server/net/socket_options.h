// Names and options of sockets.
#pragma once

#include <cstdint>
#include <string>

#include "server/net/connection.h"

namespace inkstone {

// Addresses of a connected socket, as CLIENT LIST shows them.
Connection::Endpoints describeSocket(int fd, bool is_unix, const std::string& unix_path);

// No delay for small replies; keepalive probes after `keepalive_s` seconds of silence (0: none).
void tuneTcpSocket(int fd, int64_t keepalive_s);

}  // namespace inkstone

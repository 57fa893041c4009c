// LATENCY DOCTOR: what took long, and what may be done about it, in words.
#pragma once

#include <string>

namespace inkstone {

class Server;

std::string latencyReport(const Server& server);

}  // namespace inkstone

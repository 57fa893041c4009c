// LATENCY DOCTOR: what took long, and what may be done about it, in words.
#pragma once

#include <string>

namespace inkstone {

struct ServerParts;

std::string latencyReport(const ServerParts& parts);

}  // namespace inkstone

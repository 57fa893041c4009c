// The line CLIENT LIST and CLIENT INFO give of a client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace inkstone {

class Client;

// "id=3 addr=127.0.0.1:41604 ... lib-ver=", without line end. `argument_bytes` are those of the
// command the client is executing, 0 if it is not. now_ms is monotonic.
std::string describeClient(const Client& client, int64_t now_ms, size_t argument_bytes);

}  // namespace inkstone

// The line that CLIENT LIST and CLIENT INFO show for a client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace inkstone {

class Client;

// "id=3 addr=127.0.0.1:41604 ... lib-ver=", without line end. `argument_bytes` is the size of the
// arguments of the command that the client is executing, 0 if there is none. now_ms is monotonic.
std::string describeClient(const Client& client, int64_t now_ms, size_t argument_bytes);

}  // namespace inkstone

// The picture that always-show-logo prints at start, with the main facts about the server.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inkstone {

// The lines of the banner, without line ends.
std::vector<std::string> startBanner(std::string_view version, std::string_view redis_version,
                                     int64_t port, int64_t pid);

}  // namespace inkstone

#include "server/process/start_banner.h"

#include <fmt/format.h>

namespace inkstone {

std::vector<std::string> startBanner(std::string_view version, std::string_view redis_version,
                                     int64_t port, int64_t pid) {
  return {
      "",
      "          /\\",
      "         /  \\",
      fmt::format("        /    \\          Inkstone {}", version),
      fmt::format("       /      \\         compatible with Redis {}, {} bit", redis_version,
                  sizeof(void*) * 8),
      "      |   ()   |",
      "      |   ||   |        Running in standalone mode",
      fmt::format("       \\  ||  /         Port: {}", port),
      fmt::format("        \\ || /          PID: {}", pid),
      "         \\||/",
      "    ______\\/______",
      "   (______________)     what is written stays",
      "",
  };
}

}  // namespace inkstone

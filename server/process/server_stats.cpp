#include "server/process/server_stats.h"

namespace inkstone {

void ServerStats::countError(std::string_view text, uint64_t count) {
  error_replies += count;
  const std::string_view code = text.substr(0, text.find(' '));
  const auto found = errors.find(code);
  if (found != errors.end()) {
    found->second += count;
  } else {
    errors.emplace(code, count);
  }
}

}  // namespace inkstone

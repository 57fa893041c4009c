#include "server/process/random_bytes.h"

#include <sys/random.h>

#include <cerrno>
#include <system_error>
#include <vector>

namespace inkstone {

void fillRandom(std::span<unsigned char> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0 && errno != EINTR)
      throw std::system_error(errno, std::generic_category(), "getrandom");
    if (got > 0) bytes = bytes.subspan(static_cast<size_t>(got));
  }
}

std::string randomHex(size_t digits) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::vector<unsigned char> bytes(digits);
  fillRandom(bytes);
  std::string text;
  for (unsigned char byte : bytes) text.push_back(kDigits[byte & 15]);
  return text;
}

}  // namespace inkstone

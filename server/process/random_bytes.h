// Randomness from the kernel.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace inkstone {

void fillRandom(std::span<unsigned char> bytes);

// A random text of so many hexadecimal digits.
std::string randomHex(size_t digits);

}  // namespace inkstone

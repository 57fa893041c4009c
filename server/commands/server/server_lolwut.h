// LOLWUT: a picture made by the computer.
#pragma once

#include <cstdint>
#include <string>

namespace inkstone {

// Ink dropped into water, seen from above: rings that push each other aside, `columns` by `rows`
// characters, a line end behind each row. The same seed gives the same picture.
std::string drawInk(int columns, int rows, int drops, uint64_t seed);

}  // namespace inkstone

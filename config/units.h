// Numbers and sizes as configuration lines write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inkstone {

// Reads a decimal number in the one form that printing gives: no blanks, no '+', no leading zeros.
std::optional<int64_t> parseInteger(std::string_view text);
// Reads a finite number as a decimal fraction or with an exponent.
std::optional<double> parseDecimal(std::string_view text);
std::optional<int64_t> parseOctal(std::string_view text);
// 100, 100b, 1k (1000), 1kb (1024), 1m, 1mb, 1g, 1gb in any case. No digits mean 0. Nothing when it
// does not fit 64 bits.
std::optional<uint64_t> parseMemory(std::string_view text);

// The shortest exact form that parseMemory() reads: 1gb, 3mb, 512.
std::string formatMemory(uint64_t bytes);
std::string formatOctal(int64_t value);
// At most six decimals, no trailing zeros.
std::string formatDecimal(double value);

}  // namespace inkstone

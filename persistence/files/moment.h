// Moments as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inkstone {

// The Unix second of a moment: digits alone are Unix seconds, else it is ISO 8601, the date or date
// and time: "2026-11-30", "2026-11-30T22:05:07", with " " for "T", without ":" and "-", without
// seconds, with a fraction, which is left out; with "Z", " UTC", "+02:00", "+0200" or "+02" behind
// it. Without a zone it is the local time of the process. A date alone is its first second. Nothing
// for what is no moment after 1970.
std::optional<int64_t> parseMoment(std::string_view text);

// A moment of a record for people: "2026-11-29 08:15:00.250 UTC".
std::string momentText(int64_t unix_ms);

}  // namespace inkstone

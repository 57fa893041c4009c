// Glob patterns as CONFIG GET, KEYS, SCAN MATCH and PSUBSCRIBE understand them.
#pragma once

#include <string_view>

namespace inkstone {

// Tells whether the whole of `text` matches `pattern`: '*' any bytes, '?' one byte, "[abc]",
// "[a-c]" and "[^a-c]" one byte of (or not of) a set, '\' takes the next byte literally. A set that
// is never closed ends with the pattern; bounds of a range may stand in either order. `ignore_case`
// folds ASCII letters only. It works on bytes, not on characters, and any bytes may occur. Time is
// O(pattern * text) at worst, however many stars the pattern has; no memory is allocated.
bool globMatch(std::string_view pattern, std::string_view text, bool ignore_case = false);

}  // namespace inkstone

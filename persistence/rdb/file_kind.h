// What a file is that is no data file of ours, by its first bytes: so that a file of another
// producer is called by its name, and never damaged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inkstone {

// As many bytes from the start of a file as recogniseFile() looks at.
inline constexpr size_t kFileKindBytes = 512;

// What a file is, as it can stand behind "it is ": "compressed by gzip: unpack it first". `start`
// is its first kFileKindBytes, or all it has. Nothing for RDB files, and for what is not known.
std::optional<std::string> recogniseFile(std::string_view start);

// Whether a file begins as an RDB file does, whatever its version.
bool beginsAsRdb(std::string_view start);

// Who writes RDB files of a version that is not read here: "written by Valkey 9.2, format 081".
// Empty for a version that nobody writes.
std::string rdbWriter(bool valkey, uint32_t version);

}  // namespace inkstone

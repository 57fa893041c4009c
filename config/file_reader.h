// Whole files of text: configuration, users.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>

namespace inkstone {

// Appends what the file holds to `content`. More than `bytes_max` is file_too_large; what was read
// before an error stays.
std::error_code readFile(const std::string& path, std::string& content,
                         size_t bytes_max = SIZE_MAX);
// The same from a descriptor, which stays open, up to its end.
std::error_code readAll(int fd, std::string& content, size_t bytes_max = SIZE_MAX);

}  // namespace inkstone

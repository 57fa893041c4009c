// Whole files of text: configuration, users.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>

namespace inkstone {

// Appends the content of the file to `content`. A file of more than `bytes_max` is file_too_large;
// what was read before an error stays in `content`.
std::error_code readFile(const std::string& path, std::string& content,
                         size_t bytes_max = SIZE_MAX);
// The same for an open descriptor, up to the end of its file. The descriptor stays open.
std::error_code readAll(int fd, std::string& content, size_t bytes_max = SIZE_MAX);

}  // namespace inkstone

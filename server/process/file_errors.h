// Errors of data files, for people.
#pragma once

#include <string>
#include <system_error>

namespace inkstone {

// The error's text. Where the folder cannot be written, it also has the folder's full path and
// owner, and the user that the server runs as.
std::string describeFileError(const std::string& folder, std::error_code error);

}  // namespace inkstone

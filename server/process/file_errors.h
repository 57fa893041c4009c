// Errors of data files, for people.
#pragma once

#include <string>
#include <system_error>

namespace inkstone {

// The error's text; where the folder cannot be written, also its full path, the user the server
// runs as, and whose the folder is.
std::string describeFileError(const std::string& folder, std::error_code error);

}  // namespace inkstone

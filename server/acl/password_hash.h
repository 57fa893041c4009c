// Passwords as access control stores them: by their SHA-256 (FIPS 180-4), never by their text.
#pragma once

#include <string>
#include <string_view>

namespace inkstone {

// The hash as 64 hexadecimal digits in lower case.
std::string hashPassword(std::string_view password);

// Whether the text has the form that hashPassword() gives.
bool isPasswordHash(std::string_view text);

// Compares two hashes. It takes the same time whichever part of the guess is right, so the time
// tells nothing about the secret.
bool equalsInConstantTime(std::string_view guess, std::string_view secret);

}  // namespace inkstone

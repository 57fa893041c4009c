// Passwords as access control lists keep them: by their SHA-256 (FIPS 180-4), never by their text.
#pragma once

#include <string>
#include <string_view>

namespace inkstone {

// 64 hexadecimal digits, in lower case.
std::string hashPassword(std::string_view password);

// Whether it is of the form that hashPassword() gives.
bool isPasswordHash(std::string_view text);

// Takes as long whatever part of the guess is right, so that time tells nothing of the secret. Both
// are hashes.
bool equalsInConstantTime(std::string_view guess, std::string_view secret);

}  // namespace inkstone

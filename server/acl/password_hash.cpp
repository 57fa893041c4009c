#include "server/acl/password_hash.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace inkstone {
namespace {

constexpr size_t kDigestBytes = 32;

}  // namespace

std::string hashPassword(std::string_view password) {
  std::array<unsigned char, kDigestBytes> digest;
  unsigned size = 0;
  if (EVP_Digest(password.data(), password.size(), digest.data(), &size, EVP_sha256(), nullptr) !=
          1 ||
      size != digest.size()) {
    // Without it the server cannot decide whom to let in.
    fmt::print(stderr, "libcrypto gives no SHA-256\n");
    std::abort();
  }
  std::string text;
  for (const unsigned char byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

bool isPasswordHash(std::string_view text) {
  return text.size() == 2 * kDigestBytes && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool equalsInConstantTime(std::string_view guess, std::string_view secret) {
  return guess.size() == secret.size() &&
         CRYPTO_memcmp(guess.data(), secret.data(), secret.size()) == 0;
}

}  // namespace inkstone

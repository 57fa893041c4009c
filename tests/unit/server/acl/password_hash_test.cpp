#include "server/acl/password_hash.h"

#include <catch2/catch.hpp>

namespace inkstone::test {

TEST_CASE("a password is known by its SHA-256") {
  // FIPS 180-4's examples.
  CHECK(hashPassword("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hashPassword("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hashPassword("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hashPassword(std::string_view("a\0b", 3)) != hashPassword("a"));
}

TEST_CASE("a hash is 64 hexadecimal digits in lower case") {
  const std::string hash = hashPassword("x");
  CHECK(isPasswordHash(hash));
  CHECK_FALSE(isPasswordHash(hash.substr(1)));
  CHECK_FALSE(isPasswordHash(hash + "0"));
  CHECK_FALSE(isPasswordHash("A" + hash.substr(1)));
  CHECK_FALSE(isPasswordHash("g" + hash.substr(1)));
  CHECK_FALSE(isPasswordHash(""));
}

TEST_CASE("hashes are equal as a whole or not at all") {
  const std::string hash = hashPassword("x");
  std::string other = hash;
  other.back() = other.back() == '0' ? '1' : '0';
  CHECK(equalsInConstantTime(hash, hash));
  CHECK_FALSE(equalsInConstantTime(other, hash));
  CHECK_FALSE(equalsInConstantTime(hash.substr(1), hash));
  CHECK_FALSE(equalsInConstantTime("", hash));
}

}  // namespace inkstone::test

#include "base/glob.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

using inkstone::globMatch;

TEST_CASE("a pattern without special characters matches itself only") {
  CHECK(globMatch("abc", "abc"));
  CHECK_FALSE(globMatch("abc", "abcd"));
  CHECK_FALSE(globMatch("abc", "ab"));
  CHECK(globMatch("", ""));
  CHECK_FALSE(globMatch("", "a"));
}

TEST_CASE("star and question mark stand for bytes") {
  CHECK(globMatch("*", ""));
  CHECK(globMatch("h*llo", "heeeello"));
  CHECK(globMatch("h?llo", "hallo"));
  CHECK_FALSE(globMatch("h?llo", "hllo"));
  CHECK(globMatch("**a**", "bab"));
  CHECK(globMatch("*ab*ab", "abxabab"));
  CHECK_FALSE(globMatch("*ab*abc", "abxabab"));
}

TEST_CASE("sets take ranges in either order, negation and escapes") {
  CHECK(globMatch("h[ae]llo", "hello"));
  CHECK_FALSE(globMatch("h[ae]llo", "hillo"));
  CHECK(globMatch("h[a-c]llo", "hbllo"));
  CHECK(globMatch("h[c-a]llo", "hbllo"));
  CHECK_FALSE(globMatch("h[^e]llo", "hello"));
  CHECK(globMatch("h[^e]llo", "hallo"));
  CHECK(globMatch("[\\]]", "]"));
  CHECK(globMatch("[abc", "b"));
  CHECK_FALSE(globMatch("[", "["));
}

TEST_CASE("a backslash takes the next byte literally") {
  CHECK(globMatch("a\\*", "a*"));
  CHECK_FALSE(globMatch("a\\*", "ab"));
  CHECK(globMatch("a\\", "a\\"));
}

TEST_CASE("case is ignored only when asked for") {
  CHECK(globMatch("MAX[M]*", "maxmemory", true));
  CHECK(globMatch("[a-c]x", "BX", true));
  CHECK_FALSE(globMatch("MAX*", "maxmemory"));
}

TEST_CASE("many stars do not multiply the time") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  pattern += "b";
  const auto start = std::chrono::steady_clock::now();
  CHECK_FALSE(globMatch(pattern, std::string(20000, 'a')));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
}

#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "server/execution/executor.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

std::string encoded(const std::vector<std::string>& words) {
  std::string text = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    text += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  return text;
}

// Requests about the members of few keys, some of them small, missing or of another type.
std::vector<std::vector<std::string>> requests() {
  std::vector<std::vector<std::string>> all;
  const auto repeat = [&all](const std::vector<std::string>& words, int times) {
    for (int i = 0; i < times; ++i) {
      all.push_back(words);
      for (std::string& word : all.back()) {
        if (word == "#") word = std::to_string((i * 7919 + 13) % 501);
      }
    }
  };
  for (const char* key : {"big", "small", "missing"}) {
    const std::string name = key;
    const int times = name == "small" ? 5 : 300;
    if (name != "missing") {
      repeat({"HSET", name + ":h", "#", "value"}, times);
      repeat({"SADD", name + ":s", "m", "#"}, times);
      repeat({"ZADD", name + ":z", "CH", "#", "member:#"}, times);
      repeat({"ZADD", name + ":z", "#", "#"}, times);
      repeat({"ZADD", name + ":z", "1", "#"}, times / 2);
    }
    repeat({"HGET", name + ":h", "#"}, times);
    repeat({"HLEN", name + ":h"}, 6);
    repeat({"SISMEMBER", name + ":s", "#"}, times);
    repeat({"ZRANK", name + ":z", "#"}, times);
    repeat({"ZSCORE", name + ":z", "#"}, times);
    repeat({"ZINCRBY", name + ":z", "3", "#"}, name == "missing" ? 0 : times);
    repeat({"ZREM", name + ":z", "#"}, times / 2);
    repeat({"ZRANK", name + ":h", "#"}, 8);
    repeat({"ZADD", name + ":z"}, 8);
  }
  repeat({"ZRANGE", "big:z", "0", "-1", "WITHSCORES"}, 1);
  return all;
}

}  // namespace

TEST_CASE("requests about members give in a pipeline what they give one by one") {
  std::string input;
  std::string expected;
  {
    ServerFixture single;
    for (const std::vector<std::string>& words : requests()) {
      expected += single.run(ServerFixture::Args(words.begin(), words.end()));
      input += encoded(words);
    }
  }
  ServerFixture piped;
  RequestParser parser;
  CHECK(piped.parts().executor.processInput(piped.client(), parser, input) == input.size());
  std::string got;
  OutputBuffer& output = piped.client().output();
  while (!output.empty()) {
    iovec piece;
    REQUIRE(output.gather(&piece, 1) == 1);
    got.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
    output.consume(piece.iov_len);
  }
  CHECK(got == expected);
}

#include "protocol/reply_builder.h"

#include <catch2/catch.hpp>
#include <limits>
#include <vector>

namespace inkstone::testing {
namespace {

std::string contents(OutputBuffer& buffer) {
  std::vector<iovec> pieces(buffer.blockCount());
  const int count = buffer.gather(pieces.data(), static_cast<int>(pieces.size()));
  std::string all;
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    all.append(static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len);
  }
  return all;
}

// The bytes that `write` puts into an empty buffer in one version of the protocol.
template <class Write>
std::string reply(int protocol, Write write) {
  OutputBlockPool pool;
  OutputBuffer buffer(pool);
  ReplyBuilder builder(buffer);
  builder.setProtocol(protocol);
  write(builder);
  return contents(buffer);
}

using Write = void (*)(ReplyBuilder&);

struct Row {
  const char* name;
  Write write;
  const char* resp2;
  const char* resp3;
};

const Row kRows[] = {
    {"ok", [](ReplyBuilder& r) { r.ok(); }, "+OK\r\n", "+OK\r\n"},
    {"simple string", [](ReplyBuilder& r) { r.simpleString("PONG"); }, "+PONG\r\n", "+PONG\r\n"},
    {"integer", [](ReplyBuilder& r) { r.integer(-42); }, ":-42\r\n", ":-42\r\n"},
    {"smallest integer", [](ReplyBuilder& r) { r.integer(std::numeric_limits<int64_t>::min()); },
     ":-9223372036854775808\r\n", ":-9223372036854775808\r\n"},
    {"bulk", [](ReplyBuilder& r) { r.bulk("a\r\nb"); }, "$4\r\na\r\nb\r\n", "$4\r\na\r\nb\r\n"},
    {"empty bulk", [](ReplyBuilder& r) { r.bulk({}); }, "$0\r\n\r\n", "$0\r\n\r\n"},
    {"bulk integer", [](ReplyBuilder& r) { r.bulkInteger(-5); }, "$2\r\n-5\r\n", "$2\r\n-5\r\n"},
    {"null", [](ReplyBuilder& r) { r.null(); }, "$-1\r\n", "_\r\n"},
    {"null array", [](ReplyBuilder& r) { r.nullArray(); }, "*-1\r\n", "_\r\n"},
    {"array", [](ReplyBuilder& r) { r.array(3); }, "*3\r\n", "*3\r\n"},
    {"empty array", [](ReplyBuilder& r) { r.array(0); }, "*0\r\n", "*0\r\n"},
    {"map", [](ReplyBuilder& r) { r.map(3); }, "*6\r\n", "%3\r\n"},
    {"set", [](ReplyBuilder& r) { r.set(3); }, "*3\r\n", "~3\r\n"},
    {"push", [](ReplyBuilder& r) { r.push(2); }, "*2\r\n", ">2\r\n"},
    {"double", [](ReplyBuilder& r) { r.doubleText("3.141"); }, "$5\r\n3.141\r\n", ",3.141\r\n"},
    {"infinity", [](ReplyBuilder& r) { r.doubleText("-inf"); }, "$4\r\n-inf\r\n", ",-inf\r\n"},
    {"true", [](ReplyBuilder& r) { r.boolean(true); }, ":1\r\n", "#t\r\n"},
    {"false", [](ReplyBuilder& r) { r.boolean(false); }, ":0\r\n", "#f\r\n"},
    {"big number", [](ReplyBuilder& r) { r.bigNumber("1234567999999999999999999999999999999"); },
     "$37\r\n1234567999999999999999999999999999999\r\n",
     "(1234567999999999999999999999999999999\r\n"},
    {"verbatim", [](ReplyBuilder& r) { r.verbatim("txt", "a\nb"); }, "$3\r\na\nb\r\n",
     "=7\r\ntxt:a\nb\r\n"},
    {"empty verbatim", [](ReplyBuilder& r) { r.verbatim("mkd", ""); }, "$0\r\n\r\n",
     "=4\r\nmkd:\r\n"},
    {"error", [](ReplyBuilder& r) { r.error("ERR syntax error"); }, "-ERR syntax error\r\n",
     "-ERR syntax error\r\n"},
    {"bytes already encoded", [](ReplyBuilder& r) { r.raw(":1\r\n"); }, ":1\r\n", ":1\r\n"},
};

TEST_CASE("every type of reply has its form in RESP2 and in RESP3") {
  for (const Row& row : kRows) {
    INFO(row.name);
    CHECK(reply(2, row.write) == row.resp2);
    CHECK(reply(3, row.write) == row.resp3);
  }
  CHECK(reply(3, [](ReplyBuilder& r) { r.attribute(1); }) == "|1\r\n");
}

TEST_CASE("a new builder speaks RESP2 and changes version between two replies") {
  CHECK(reply(2, [](ReplyBuilder& r) {
          r.null();
          r.setProtocol(3);
          r.null();
          CHECK(r.protocol() == 3);
        }) == "$-1\r\n_\r\n");
  OutputBlockPool pool;
  OutputBuffer buffer(pool);
  CHECK(ReplyBuilder(buffer).protocol() == 2);
}

TEST_CASE("a bulk string of any length around the limits of a block arrives whole") {
  constexpr size_t kBlock = OutputBlockPool::kBlockBytes;
  for (const size_t length :
       {size_t{4095}, size_t{4096}, size_t{4097}, kBlock - 26, kBlock - 10, kBlock - 9, kBlock - 1,
        kBlock, kBlock + 1, 3 * kBlock, size_t{1000000}}) {
    std::string value(length, 'v');
    value.front() = '<';
    value.back() = '>';
    const std::string expected = "$" + std::to_string(length) + "\r\n" + value + "\r\n";
    CAPTURE(length);
    CHECK((reply(2, [&](ReplyBuilder& r) { r.bulk(value); }) == expected));
    // The text before it leaves little room in the first block.
    const std::string before(kBlock - 100, 'x');
    CHECK((reply(2, [&](ReplyBuilder& r) {
             r.raw(before);
             r.bulk(value);
             r.ok();
           }) == before + expected + "+OK\r\n"));
  }
}

TEST_CASE("a line break in an error becomes a blank, so that it cannot end the reply") {
  OutputBlockPool pool;
  OutputBuffer buffer(pool);
  ReplyBuilder builder(buffer);
  builder.error("ERR unknown command 'a\r\nb\nc\r'");
  CHECK(contents(buffer) == "-ERR unknown command 'a  b c '\r\n");
  CHECK(builder.lastError() == "ERR unknown command 'a  b c '");
}

TEST_CASE("errors are counted and the last one is kept") {
  OutputBlockPool pool;
  OutputBuffer buffer(pool);
  ReplyBuilder builder(buffer);
  CHECK(builder.errorCount() == 0);
  builder.ok();
  CHECK(builder.errorCount() == 0);
  builder.error("ERR one");
  builder.error("WRONGTYPE two");
  CHECK(builder.errorCount() == 2);
  CHECK(builder.lastError() == "WRONGTYPE two");
}

TEST_CASE("an error is written in full, and its beginning remembered") {
  OutputBlockPool pool;
  OutputBuffer buffer(pool);
  ReplyBuilder builder(buffer);
  const std::string echoed(100'000, 'x');
  builder.error("ERR a\r\nb\n" + echoed + "\r");
  CHECK(contents(buffer) == "-ERR a  b " + echoed + " \r\n");
  CHECK(builder.lastError() == ("ERR a  b " + echoed).substr(0, ReplyBuilder::kRememberedErrorMax));
}

TEST_CASE("while muted no type writes anything, errors are counted all the same") {
  for (const int protocol : {2, 3}) {
    OutputBlockPool pool;
    OutputBuffer buffer(pool);
    ReplyBuilder builder(buffer);
    builder.setProtocol(protocol);
    builder.setMuted(true);
    CHECK(builder.muted());
    for (const Row& row : kRows) {
      INFO(row.name);
      row.write(builder);
      CHECK(buffer.size() == 0);
    }
    builder.attribute(1);
    builder.bulk(std::string(100000, 'x'));
    CHECK(buffer.size() == 0);
    CHECK(buffer.memoryBytes() == 0);
    CHECK(builder.errorCount() == 1);
    CHECK(builder.lastError() == "ERR syntax error");
    builder.setMuted(false);
    builder.ok();
    CHECK(contents(buffer) == "+OK\r\n");
  }
}

}  // namespace
}  // namespace inkstone::testing

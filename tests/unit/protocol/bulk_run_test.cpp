#include "protocol/bulk_run.h"

#include <catch2/catch.hpp>
#include <limits>
#include <string>
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

}  // namespace

TEST_CASE("a run of bulks is what single bulks are, whatever their lengths and across blocks") {
  OutputBlockPool pool;
  OutputBuffer run_buffer(pool);
  OutputBuffer single_buffer(pool);
  ReplyBuilder run_reply(run_buffer);
  ReplyBuilder single_reply(single_buffer);
  std::vector<size_t> lengths;
  for (size_t length = 0; length < 140; ++length) lengths.push_back(length);
  for (size_t length :
       {999U, 1000U, 1023U, 1024U, 1025U, 4096U, 4097U, 16300U, 16384U, 40000U, 3U, 100000U}) {
    lengths.push_back(length);
  }
  run_reply.array(lengths.size());
  single_reply.array(lengths.size());
  for (int round = 0; round < 5; ++round) {
    BulkRun run(run_reply);
    for (size_t length : lengths) {
      std::string text(length, '\0');
      for (size_t i = 0; i < length; ++i) text[i] = static_cast<char>(i * 31 + length);
      run.add(text);
      single_reply.bulk(text);
      run.add(static_cast<int64_t>(length));
      single_reply.bulkInteger(static_cast<int64_t>(length));
    }
  }
  CHECK(contents(run_buffer) == contents(single_buffer));
}

TEST_CASE("a run writes the outermost integers and text from nowhere") {
  OutputBlockPool pool;
  OutputBuffer buffer(pool);
  ReplyBuilder reply(buffer);
  {
    BulkRun run(reply);
    run.add(std::numeric_limits<int64_t>::min());
    run.add(std::numeric_limits<int64_t>::max());
    run.add(std::string_view());
  }
  reply.integer(7);
  CHECK(contents(buffer) ==
        "$20\r\n-9223372036854775808\r\n$19\r\n9223372036854775807\r\n$0\r\n\r\n:7\r\n");
}

TEST_CASE("a run into a muted reply writes nothing") {
  OutputBlockPool pool;
  OutputBuffer buffer(pool);
  ReplyBuilder reply(buffer);
  reply.setMuted(true);
  {
    BulkRun run(reply);
    for (int i = 0; i < 100; ++i) run.add("text");
    run.add(std::string(5000, 'x'));
  }
  CHECK(buffer.empty());
  CHECK(buffer.blockCount() == 0);
}

}  // namespace inkstone::testing

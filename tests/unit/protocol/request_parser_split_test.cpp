// The places where the network cuts a stream must not matter: every input, cut anywhere, gives the
// same requests, consumed counts, canonical flags and error.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/unit/protocol/request_feeder.h"
#include "tests/unit/seeded_random.h"

namespace inkstone::testing {
namespace {

using std::string_literals::operator""s;

const std::vector<std::string> kCorpus = {
    "*1\r\n$4\r\nPING\r\n",
    "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$12\r\nvalue\r\nwith\r\n\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\n",
    "*2\r\n$0\r\n\r\n$2\r\n\r\n\r\n",
    "*0\r\n*-1\r\n\r\n\n*1\r\n$1\r\na\r\n",
    "*1\rX$4\rYPINGZZ*1\r\n$4\r\nPING\r\n",
    "*12\r\n$1\r\n0\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n$1\r\n4\r\n$1\r\n5\r\n$1\r\n6\r\n$"
    "1\r\n7\r\n"
    "$1\r\n8\r\n$1\r\n9\r\n$2\r\n10\r\n$2\r\n11\r\n",
    "PING\r\nSET k \"a b\\x41\\n\" 'c\\'d'\r\nGET k\n",
    "PING\r\n*1\r\n$4\r\nPING\r\nQUIT\r\n",
    "ECHO \"unbalanced\r\nPING\r\n",
    "*1\r\n$4\r\nPING\r\n*x\r\n",
    "*1\r\n$4\r\nPING\r\n*2\r\n$1\r\na\r\n$x\r\n",
    "*2\r\n$1\r\na\r\n:1\r\n",
    "*1\r\n$-1\r\n",
    "*1\r\n$17\r\n12345678901234567\r\n",
    "*5\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n3\r\n$1\r\n4\r\n$1\r\n5\r\n",
    "*0000000001\r\n",
    "*1\r\n$0000000004\r\nPING\r\n",
    "*1\r\n$123456789012345678901234567890\r\n",
    "*1\r\n$10\r\nincomplete",
    "no line end",
    "*1\r\n\0"s,
    "a\0b \0\r\n"s,
};

std::vector<RequestLimits> allLimits() {
  RequestLimits tight;
  tight.multibulk_args_max = 4;
  tight.bulk_bytes_max = 16;
  tight.inline_bytes_max = 20;
  RequestLimits unknown;
  unknown.authenticated = false;
  return {RequestLimits{}, tight, unknown};
}

std::vector<size_t> everyByte(size_t size) {
  std::vector<size_t> cuts(size);
  for (size_t i = 0; i < size; ++i) cuts[i] = i;
  return cuts;
}

TEST_CASE("an input cut at any one or two places gives what it gives whole") {
  for (const RequestLimits& limits : allLimits()) {
    for (const std::string& input : kCorpus) {
      INFO(input);
      const Outcome whole = feedCut(input, limits);
      CHECK(feedCut(input, limits, everyByte(input.size())) == whole);
      for (size_t first = 0; first <= input.size(); ++first) {
        CAPTURE(first);
        REQUIRE(feedCut(input, limits, {first}) == whole);
        for (size_t second = first; second <= input.size(); second += 3) {
          CAPTURE(second);
          REQUIRE(feedCut(input, limits, {first, second}) == whole);
        }
      }
    }
  }
}

TEST_CASE("what is too long before authentication fails alike wherever it is cut") {
  RequestLimits limits;
  limits.authenticated = false;
  const std::string bulk = "$16000\r\n" + std::string(16'000, 'x') + "\r\n";
  std::vector<std::string> inputs(4);
  inputs[0].append("*3\r\n").append(bulk).append(bulk).append("$740\r\n").append(740, 'y');
  inputs[1].append("*3\r\n").append(bulk).append(bulk).append("$").append(760, '0');
  inputs[2].append("*").append(32 * 1024, '0');
  inputs[3].append(32 * 1024 + 1, 'a');
  for (std::string& input : inputs) {
    input += "\r\n";
    const Outcome whole = feedCut(input, limits);
    REQUIRE_FALSE(whole.error.empty());
    for (size_t cut = 32 * 1024 - 800; cut < input.size(); cut += 7) {
      CAPTURE(cut);
      REQUIRE(feedCut(input, limits, {cut}) == whole);
      REQUIRE(feedCut(input, limits, {cut, std::min(cut + 1, input.size())}) == whole);
    }
  }
}

TEST_CASE("a line beyond its limit fails alike wherever it is cut") {
  for (const char* start : {"*", "*1\r\n$", ""}) {
    const std::string input = start + std::string(64 * 1024 + 1, '1') + "\r\n";
    const Outcome whole = feedCut(input, {});
    REQUIRE_FALSE(whole.error.empty());
    for (size_t from_end : {1U, 2U, 3U, 4U, 5U, 1000U, 65000U}) {
      CAPTURE(start, from_end);
      CHECK(feedCut(input, {}, {input.size() - from_end}) == whole);
    }
  }
}

std::string randomRequest(SeededRandom& random) {
  std::string request;
  if (random.below(4) == 0) {
    for (uint64_t words = random.below(4); words > 0; --words) request += " w\"\\x20\""s;
    return request + (random.below(2) == 0 ? "\r\n" : "\n");
  }
  const uint64_t count = random.below(6);
  request = "*" + std::to_string(count) + "\r\n";
  for (uint64_t i = 0; i < count; ++i) {
    const std::string value = random.bytes(random.below(24));
    request += "$" + std::to_string(value.size()) + "\r\n" + value + "\r\n";
  }
  return request;
}

// A stream of requests, every second one with a byte changed, added or lost.
std::string randomStream(SeededRandom& random) {
  std::string stream;
  for (uint64_t requests = random.below(5) + 1; requests > 0; --requests) {
    stream += randomRequest(random);
  }
  if (random.below(2) == 0 || stream.empty()) return stream;
  const size_t at = random.below(stream.size());
  const char byte = "*$\r\n0123456789-'\" "[random.below(18)];
  switch (random.below(3)) {
    case 0:
      stream[at] = byte;
      break;
    case 1:
      stream.insert(at, 1, byte);
      break;
    default:
      stream.erase(at, 1);
  }
  return stream;
}

using Feed = Outcome (*)(std::string_view, const RequestLimits&, const std::vector<size_t>&);

// How many of `streams` random streams give something else when they are fed in pieces by `feed`.
int differences(SeededRandom& random, int streams, Feed feed, int& malformed, int& complete) {
  const std::vector<RequestLimits> limits = allLimits();
  int different = 0;
  for (int i = 0; i < streams; ++i) {
    const std::string stream = randomStream(random);
    const RequestLimits& limit = limits[random.below(limits.size())];
    const Outcome whole = feedCut(stream, limit);
    malformed += whole.error.empty() ? 0 : 1;
    complete += whole.requests.empty() ? 0 : 1;
    std::vector<size_t> cuts(random.below(6));
    for (size_t& cut : cuts) cut = random.below(stream.size() + 1);
    std::sort(cuts.begin(), cuts.end());
    const bool same = feed(stream, limit, cuts) == whole &&
                      feed(stream, limit, everyByte(stream.size())) == whole;
    if (!same) UNSCOPED_INFO("cut in pieces something else: stream " << i);
    different += same ? 0 : 1;
  }
  return different;
}

TEST_CASE("random streams give the same requests whole and in random pieces") {
  constexpr int kStreams = 3000;
  SeededRandom random("random streams give the same requests whole and in random pieces");
  CAPTURE(random.seed());
  int malformed = 0;
  int complete = 0;
  CHECK(differences(random, kStreams, feedCut, malformed, complete) == 0);
  // Neither kind may be so rare that nothing is compared.
  CHECK(malformed > kStreams / 20);
  CHECK(complete > kStreams / 2);
}

// Loses the place at each cut, as a parser would that resumed one byte too early.
Outcome feedStumbling(std::string_view input, const RequestLimits& limits,
                      const std::vector<size_t>& cuts) {
  RequestFeeder feeder(limits);
  size_t begin = 0;
  for (const size_t cut : cuts) {
    feeder.feed(input.substr(begin, cut - begin));
    begin = cut == 0 ? 0 : cut - 1;
  }
  feeder.feed(input.substr(begin));
  return feeder.outcome();
}

TEST_CASE("canary: a parser that stumbles at a cut is noticed") {
  SeededRandom random("canary: a parser that stumbles at a cut is noticed");
  int malformed = 0;
  int complete = 0;
  CHECK(differences(random, 100, feedStumbling, malformed, complete) > 50);
}

}  // namespace
}  // namespace inkstone::testing

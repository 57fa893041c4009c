#include "persistence/rdb/rdb_writer.h"

#include <catch2/catch.hpp>
#include <string>

#include "persistence/rdb/rdb_format.h"
#include "persistence/rdb/rdb_input.h"
#include "tests/unit/persistence/rdb/rdb_bytes.h"

namespace inkstone::test {
namespace {

template <class Put>
std::string written(Put put, const RdbWriteSettings& settings = {}) {
  RdbStringSink sink;
  RdbWriter out(sink, settings);
  put(out);
  out.flush();
  return sink.take();
}

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

std::string lengthBytes(uint64_t length) {
  return hex(written([&](RdbWriter& out) { out.putLength(length); }));
}

std::string stringBytes(std::string_view text, bool compress = true) {
  RdbWriteSettings settings;
  settings.compress = compress;
  return written([&](RdbWriter& out) { out.putString(text); }, settings);
}

std::string readBack(std::string_view bytes) {
  RdbInput input(bytes);
  std::string_view text;
  REQUIRE(input.readString(text));
  REQUIRE(input.bytesLeft() == 0);
  return std::string(text);
}

}  // namespace

TEST_CASE("the checksum is that of Jones, in one piece or several", "[rdb]") {
  CHECK(rdbChecksum(0, "123456789") == 0xe9c6d914c4b8d9ca);
  CHECK(rdbChecksum(rdbChecksum(0, "1234"), "56789") == 0xe9c6d914c4b8d9ca);
  CHECK(rdbChecksum(0, "") == 0);
}

TEST_CASE("lengths take the shortest form", "[rdb]") {
  CHECK(lengthBytes(0) == "00");
  CHECK(lengthBytes(63) == "3f");
  CHECK(lengthBytes(64) == "4040");
  CHECK(lengthBytes(16383) == "7fff");
  CHECK(lengthBytes(16384) == "8000004000");
  CHECK(lengthBytes(UINT32_MAX) == "80ffffffff");
  CHECK(lengthBytes(uint64_t{UINT32_MAX} + 1) == "810000000100000000");
  for (const uint64_t length : {uint64_t{0}, uint64_t{63}, uint64_t{64}, uint64_t{16383},
                                uint64_t{16384}, uint64_t{UINT32_MAX}, UINT64_MAX}) {
    const std::string bytes = written([&](RdbWriter& out) { out.putLength(length); });
    RdbInput input(bytes);
    uint64_t read = 0;
    CHECK(input.readLength(read));
    CHECK(read == length);
  }
}

TEST_CASE("text of an integer of 8, 16 or 32 bits is written as that", "[rdb]") {
  CHECK(hex(stringBytes("0")) == "c000");
  CHECK(hex(stringBytes("-128")) == "c080");
  CHECK(hex(stringBytes("128")) == "c18000");
  CHECK(hex(stringBytes("-32769")) == "c2ff7fffff");
  CHECK(hex(stringBytes("2147483647")) == "c2ffffff7f");
  CHECK(hex(stringBytes("-2147483648")) == "c200000080");
  for (const std::string text : {"2147483648", "-2147483649", "007", "+7", "-0", "", " 1"}) {
    CHECK(stringBytes(text) == RdbBytes().string(text).bytes());
  }
  for (const std::string text : {"0", "-128", "128", "-32769", "2147483647"}) {
    CHECK(readBack(stringBytes(text)) == text);
  }
}

TEST_CASE("strings over 20 bytes are compressed if that makes them shorter", "[rdb]") {
  const std::string twenty(20, 'a');
  const std::string more(21, 'a');
  CHECK(stringBytes(twenty) == RdbBytes().string(twenty).bytes());
  CHECK(hex(stringBytes(more)).starts_with("c3"));
  CHECK(stringBytes(more, false) == RdbBytes().string(more).bytes());
  CHECK(readBack(stringBytes(more)) == more);
  const std::string varied = "abcdefghijklmnopqrstuvwxyz0123456789";
  CHECK(stringBytes(varied) == RdbBytes().string(varied).bytes());
}

TEST_CASE("an output is the same however it is gathered", "[rdb]") {
  // Longer than what is gathered, and again so that the second begins in the middle of it.
  const std::string large(40000, 'x');
  RdbStringSink sink;
  RdbWriter out(sink, {});
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    out.putBytes(large.substr(0, static_cast<size_t>(i)));
    expected += large.substr(0, static_cast<size_t>(i));
    out.putByte(7);
    expected += '\x07';
  }
  out.putBytes(large);
  expected += large;
  CHECK(out.bytes() == expected.size());
  out.putChecksum();
  const uint64_t crc = rdbChecksum(0, expected);
  CHECK(sink.text() == expected + RdbBytes().little(crc, 8).bytes());
}

TEST_CASE("without a checksum zeros stand in its place", "[rdb]") {
  RdbWriteSettings settings;
  settings.checksum = false;
  const std::string bytes = written(
      [](RdbWriter& out) {
        out.putByte(1);
        out.putChecksum();
      },
      settings);
  CHECK(hex(bytes) == "010000000000000000");
}

TEST_CASE("a sink that wants no more is told of nothing more", "[rdb]") {
  struct Full : RdbSink {
    bool append(std::string_view) override {
      ++calls;
      return false;
    }
    int calls = 0;
  } sink;
  RdbWriter out(sink, {});
  out.putByte(1);
  CHECK_FALSE(out.failed());
  out.flush();
  CHECK(out.failed());
  out.putBytes(std::string(100000, 'x'));
  out.putChecksum();
  CHECK(sink.calls == 1);
}

}  // namespace inkstone::test

#include "persistence/files/reserve_file.h"

#include <catch2/catch.hpp>
#include <cerrno>

#include "tests/unit/persistence/fault_file_system.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

constexpr uint64_t kKb = 1024;
using Amount = ReserveFile::Amount;

std::error_code hold(ReserveFile& reserve, uint64_t bytes, Amount amount) {
  return reserve.hold(bytes, amount, reserve.timesGivenUp());
}

}  // namespace

TEST_CASE("a reserve takes room from the disk, and gives it back when it is given up or closed") {
  FaultFileSystem files;
  files.setSpace(1000 * kKb);
  {
    ReserveFile reserve(files, "/data");
    REQUIRE_FALSE(hold(reserve, 100 * kKb, Amount::kFitting));
    REQUIRE(reserve.heldBytes() == 100 * kKb);
    REQUIRE(files.space() == 900 * kKb);
    REQUIRE_FALSE(reserve.giveUp());
    REQUIRE(reserve.heldBytes() == 0);
    REQUIRE(files.space() == 1000 * kKb);
    REQUIRE_FALSE(hold(reserve, 200 * kKb, Amount::kFitting));
    REQUIRE_FALSE(hold(reserve, 40 * kKb, Amount::kFitting));
    REQUIRE(files.space() == 960 * kKb);
  }
  REQUIRE(files.space() == 1000 * kKb);
}

TEST_CASE("what fits is a quarter of what is free, in whole pages, and none is an error") {
  FaultFileSystem files;
  files.setSpace(103 * kKb);
  ReserveFile reserve(files, "/data");
  REQUIRE_FALSE(hold(reserve, 1000 * kKb, Amount::kFitting));
  REQUIRE(reserve.heldBytes() == 24 * kKb);
  // The space of the reserve counts as free.
  REQUIRE_FALSE(hold(reserve, 1000 * kKb, Amount::kFitting));
  REQUIRE(reserve.heldBytes() == 24 * kKb);
  // The disk has become fuller.
  files.setSpace(8 * kKb);
  REQUIRE_FALSE(hold(reserve, 1000 * kKb, Amount::kFitting));
  REQUIRE(reserve.heldBytes() == 24 * kKb);
  REQUIRE_FALSE(reserve.giveUp());
  files.setSpace(4 * ReserveFile::kBytesMin - 1);
  REQUIRE(hold(reserve, 1000 * kKb, Amount::kFitting) == std::errc::no_space_on_device);
  REQUIRE(reserve.heldBytes() == 0);
}

TEST_CASE("a whole reserve is taken only where a quarter more is free") {
  FaultFileSystem files;
  ReserveFile reserve(files, "/data");
  files.setSpace(125 * kKb - 1);
  REQUIRE(hold(reserve, 100 * kKb, Amount::kWhole) == std::errc::no_space_on_device);
  REQUIRE(files.space() == 125 * kKb - 1);
  files.setSpace(125 * kKb);
  REQUIRE_FALSE(hold(reserve, 100 * kKb, Amount::kWhole));
  REQUIRE(files.space() == 25 * kKb);
}

TEST_CASE("after a failure nothing is held") {
  FaultFileSystem files;
  ReserveFile reserve(files, "/data");
  files.setSpace(1000 * kKb);
  REQUIRE_FALSE(hold(reserve, 8 * kKb, Amount::kFitting));
  const auto error = GENERATE(std::errc::operation_not_supported, std::errc::io_error);
  files.failNth(Call::kAllocate, 1, error);
  REQUIRE(hold(reserve, 16 * kKb, Amount::kFitting) == error);
  REQUIRE(reserve.heldBytes() == 0);
  REQUIRE(files.space() == 1000 * kKb);
  files.failNth(Call::kOpenAppend, 1, error);
  ReserveFile other(files, "/data");
  REQUIRE(hold(other, 16 * kKb, Amount::kFitting) == error);
}

TEST_CASE("a full disk and a used up quota are a lack of space, other errors are not") {
  REQUIRE(isNoSpace(std::make_error_code(std::errc::no_space_on_device)));
  REQUIRE(isNoSpace({EDQUOT, std::generic_category()}));
  REQUIRE_FALSE(isNoSpace(std::make_error_code(std::errc::file_too_large)));
  REQUIRE_FALSE(isNoSpace(std::make_error_code(std::errc::io_error)));
  REQUIRE_FALSE(isNoSpace({}));
}

TEST_CASE("what was asked for before the reserve was given up is not held any more") {
  FaultFileSystem files;
  files.setSpace(1000 * kKb);
  ReserveFile reserve(files, "/data");
  REQUIRE_FALSE(hold(reserve, 8 * kKb, Amount::kFitting));
  const uint64_t asked_at = reserve.timesGivenUp();
  REQUIRE_FALSE(reserve.giveUp());
  REQUIRE(reserve.hold(16 * kKb, Amount::kFitting, asked_at) == std::errc::operation_canceled);
  REQUIRE(files.space() == 1000 * kKb);
  REQUIRE_FALSE(hold(reserve, 16 * kKb, Amount::kFitting));
}

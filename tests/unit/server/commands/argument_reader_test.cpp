#include <catch2/catch.hpp>

#include "server/clients/clients.h"
#include "server/command_table/command_table.h"
#include "server/command_table/errors.h"
#include "server/commands/argument_reader.h"
#include "tests/unit/server/server_fixture.h"

using namespace inkstone;
using namespace inkstone::test;

namespace {

// A context over the arguments, whatever the command.
struct ReaderFixture : ServerFixture {
  CommandContext context(const Args& args) {
    return {parts(), client(), *parts().commands.find("get"), args, {}};
  }
};

}  // namespace

TEST_CASE_METHOD(ReaderFixture, "an argument reader reads from its first argument to the end") {
  const Args args = {"get", "key", "count", "7", "Name"};
  CommandContext ctx = context(args);
  ArgumentReader reader(ctx, 2);
  CHECK(reader.remaining() == 3);
  CHECK(!reader.matchesKeyword("NAME"));
  CHECK(reader.matchesKeyword("COUNT", 1));
  CHECK(reader.nextInteger() == 7);
  CHECK(!reader.matchesKeyword("NAME", 1));
  CHECK(reader.peek() == "Name");
  CHECK(reader.next() == "Name");
  CHECK(reader.atEnd());
  CHECK(reader.finish());
  CHECK(client().output().empty());
}

TEST_CASE_METHOD(ReaderFixture, "an argument reader replies its first error and reads no further") {
  const Args args = {"get", "1x", "7"};
  CommandContext ctx = context(args);
  ArgumentReader reader(ctx, 1);
  CHECK(reader.nextInteger() == 0);
  CHECK(reader.atEnd());
  CHECK(reader.next().empty());
  CHECK(!reader.matchesKeyword("7"));
  reader.failSyntax();
  CHECK(!reader.finish());
  CHECK(client().reply().lastError() == errors::kNotInteger);
}

TEST_CASE_METHOD(ReaderFixture, "an argument reader wants an argument where one is read") {
  const Args args = {"get"};
  CommandContext ctx = context(args);
  ArgumentReader reader(ctx, 1);
  CHECK(reader.next().empty());
  CHECK(!reader.finish());
  CHECK(client().reply().lastError() == errors::kSyntax);
}

TEST_CASE_METHOD(ReaderFixture, "an argument reader tells an int that is none from one too big") {
  const Args args = {"get", "2147483647", "-2147483649"};
  CommandContext ctx = context(args);
  ArgumentReader reader(ctx, 1);
  CHECK(reader.nextInt() == 2147483647);
  CHECK(reader.nextInt() == 0);
  CHECK(!reader.finish());
  CHECK(client().reply().lastError() == errors::kNotInt);
}

TEST_CASE_METHOD(ReaderFixture, "an argument reader reads a number of keys and that many keys") {
  const NumkeysErrors kErrors = {
      .not_integer = "ERR a", .not_positive = "ERR b '{}'", .too_many = "ERR c"};
  const Args args = {"get", "2", "x", "y", "COUNT", "3"};
  CommandContext ctx = context(args);
  ArgumentReader reader(ctx, 1);
  const auto keys = reader.nextCountedKeys(kErrors);
  REQUIRE(keys.size() == 2);
  CHECK(keys[1] == "y");
  CHECK(reader.matchesKeyword("COUNT", 1));
  CHECK(reader.nextPositive("ERR d") == 3);
  CHECK(reader.finish());

  const auto errorOf = [&](std::string_view count) {
    const Args bad = {"get", count, "x"};
    CommandContext bad_ctx = context(bad);
    ArgumentReader bad_reader(bad_ctx, 1);
    CHECK(bad_reader.nextCountedKeys(kErrors).empty());
    CHECK(!bad_reader.finish());
    return std::string(client().reply().lastError());
  };
  CHECK(errorOf("x") == "ERR a");
  CHECK(errorOf("0") == "ERR b 'get'");
  CHECK(errorOf("-1") == "ERR b 'get'");
  CHECK(errorOf("2") == "ERR c");
  CHECK(errorOf("9223372036854775807") == "ERR c");
}

TEST_CASE_METHOD(ReaderFixture, "an argument reader knows numbers that must not be below a bound") {
  const Args args = {"get", "0", "0", "1x"};
  CommandContext ctx = context(args);
  ArgumentReader reader(ctx, 1);
  CHECK(reader.nextNotNegative("ERR a") == 0);
  CHECK(!reader.failed());
  CHECK(reader.nextPositive("ERR b") == 0);
  CHECK(reader.failed());
  CHECK(!reader.finish());
  CHECK(client().reply().lastError() == "ERR b");
}

TEST_CASE_METHOD(ReaderFixture,
                 "a number of random elements may be negative, but must have a size") {
  const auto parse = [&](std::initializer_list<std::string_view> words, RandomRequest& request) {
    const Args args = words;
    CommandContext ctx = context(args);
    return parseRandomRequest(ctx, "WITHVALUES", request);
  };
  RandomRequest request;
  CHECK(parse({"get", "k", "-3", "withvalues"}, request));
  CHECK((request.count == 3 && request.with_repeats && request.with_values));
  CHECK(!parse({"get", "k", "-9223372036854775808"}, request));
  CHECK(client().reply().lastError() == errors::kNotSymmetricLong);
  CHECK(!parse({"get", "k", "9223372036854775807", "WITHVALUES"}, request));
  CHECK(client().reply().lastError() == errors::kOutOfRange);
  CHECK(!parse({"get", "k", "1", "WITHVALUES", "x"}, request));
  CHECK(client().reply().lastError() == errors::kSyntax);
}

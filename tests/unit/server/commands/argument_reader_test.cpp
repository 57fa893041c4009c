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
